import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { AlertRule } from "../../../src/analytics/alerts/rules/rule.ts";
import { deliverTo } from "../../../src/app/alerts/delivery.ts";
import { watchLoop } from "../../../src/app/alerts/loop.ts";
import { ruleLoader } from "../../../src/app/alerts/rules-file.ts";
import { watchAlerts } from "../../../src/app/alerts/watch.ts";
import { systemClock } from "../../../src/app/clock.ts";
import { openAlertStore } from "../../../src/pipeline/store/alert-store.ts";
import { openReader } from "../../../src/pipeline/store/read/reader.ts";
import { alertStage } from "../../support/alert-stage.ts";
import { tempFolder } from "../../support/temp.ts";

const MOVED: AlertRule = {
  ...{ name: "moved", symbol: "BTCUSDT", interval: "1s", measure: "priceMove", window: 5 },
  ...{ when: "above", fire: 1, resolve: 0 },
};
const SYMBOLS = ["BTCUSDT", "ETHUSDT"];
const text = (...rules: object[]): string => JSON.stringify({ rules });

test("a file of rules that has changed is taken up once it stands still; one with faults is told once, and the rules stay", (t) => {
  const file = join(tempFolder(t), "rules.json");
  writeFileSync(file, text(MOVED));
  const loader = ruleLoader(file);
  const names = (): string[] => loader.rulesOf(SYMBOLS, SYMBOLS).rules.map(({ name }) => name);
  const look = () => loader.look(SYMBOLS);
  assert.deepEqual([look(), look()], Array(2).fill({ hasChanged: false, problem: "" }));

  writeFileSync(file, text(MOVED, { ...MOVED, name: "second", symbol: "ETHUSDT" }));
  assert.equal(look().hasChanged, false);
  assert.equal(look().hasChanged, true);
  assert.equal(look().hasChanged, false);
  assert.deepEqual(names(), ["moved", "second"]);
  assert.deepEqual(loader.named, ["BTCUSDT", "ETHUSDT"]);

  writeFileSync(file, text({ ...MOVED, symbol: "SOLUSDT" }));
  look();
  assert.match(look().problem, /symbol: "SOLUSDT" is not in the database/);
  assert.equal(look().problem, "");
  writeFileSync(file, "{");
  look();
  assert.match(look().problem, /rules\.json/);
  assert.deepEqual(names(), ["moved", "second"]);

  writeFileSync(file, text({ ...MOVED, fire: 2 }));
  look();
  assert.equal(look().hasChanged, true);
  assert.equal(loader.rulesOf(SYMBOLS, SYMBOLS).rules[0]!.fire, 2);
});

test("a watch goes on with changed rules, and with the states of the alerts that they keep", {
  timeout: 30_000,
}, async (t) => {
  const stage = alertStage(t);
  stage.add(0, 40, { BTCUSDT: (s) => (s < 30 ? 100 : 110), ETHUSDT: () => 50 });
  const file = join(tempFolder(t), "rules.json");
  writeFileSync(file, text({ ...MOVED, window: 20 }));
  const reader = openReader(stage.db);
  const store = openAlertStore(stage.history, systemClock.nowUs());
  const [lines, said] = [[] as string[], [] as (() => void)[]];
  /** Resolves when a line that holds these words is printed. */
  const line = (words: string): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (lines.some((one) => one.includes(words))) resolve();
      };
      said.push(check);
      check();
    });
  const screen = {
    line: (one: string) => {
      lines.push(one);
      for (const check of said) check();
    },
    status: () => {},
    clear: () => {},
  };
  let halt = (): void => {};
  const asked = new Promise<void>((resolve) => {
    halt = resolve;
  });
  t.after(() => halt());
  const loader = ruleLoader(file);
  const delivery = deliverTo([], store);
  const loop = watchLoop({
    ...{ reader, venue: undefined, rules: loader, screen, pollMs: 10 },
    stop: { asked, done: () => {} } as never,
    begin: (series, symbols) => {
      const rules = loader.rulesOf(SYMBOLS, symbols);
      const times = { clock: stage.clock, graceUs: 0, catchUpUs: 3600e6 };
      return watchAlerts({ reader, series, symbols, rules, store, delivery, ...times });
    },
  });
  await line("Watching 1 alert of 1 rule");
  writeFileSync(file, text({ ...MOVED, window: 20 }, { ...MOVED, name: "second" }));
  await line("Watching 2 alerts of 2 rules");
  assert.ok(lines.includes("The rules have changed."));
  writeFileSync(file, text({ ...MOVED, when: "over" }));
  await line("The rules stay as they were.");
  assert.ok(lines.some((one) => one.includes("rules[0].when")));
  halt();
  await loop;
  store.close();
  reader.close();
});
