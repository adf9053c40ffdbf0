import assert from "node:assert/strict";
import { test } from "node:test";
import Database from "better-sqlite3";
import { alertsOf } from "../../../src/analytics/alerts/alerts.ts";
import { replayAlerts } from "../../../src/analytics/alerts/replay.ts";
import { defaultRules } from "../../../src/analytics/alerts/rules/defaults.ts";
import type { AlertRule } from "../../../src/analytics/alerts/rules/rule.ts";
import { random } from "../../../src/core/random.ts";
import { readBars } from "../../../src/pipeline/bars/read-bars.ts";
import type { AlertStore } from "../../../src/pipeline/store/alert-store.ts";
import { openReader } from "../../../src/pipeline/store/read/reader.ts";
import { alertStage, type PriceAt, START_US } from "../../support/alert-stage.ts";

const MOVE: AlertRule = {
  name: "moved",
  symbol: "BTCUSDT",
  interval: "1s",
  measure: "priceMove",
  window: 5,
  when: "above",
  fire: 1,
  resolve: 0.5,
  keepFiringFor: "2s",
  coolDown: "4s",
};
/** Jumps by 2 % at every twentieth second. */
const jumps: PriceAt = (second) => 100 * 1.02 ** Math.floor(second / 20);
const calm: PriceAt = () => 50;

test("an alert fires when its bar has closed, is told once, and resolves", (t) => {
  const stage = alertStage(t);
  stage.add(0, 10, { BTCUSDT: jumps, ETHUSDT: calm });
  const watch = stage.watch([MOVE]);
  assert.equal(watch.pass(), false);
  for (let second = 10; second < 50; second++) {
    stage.add(second, second + 1, { BTCUSDT: jumps, ETHUSDT: calm });
    assert.equal(watch.pass(), true);
    assert.equal(watch.pass(), false);
  }
  assert.deepEqual(stage.told(), [
    "21 moved firing",
    "28 moved resolved",
    "41 moved firing",
    "48 moved resolved",
  ]);
  const [fired] = stage.events().filter(({ kind }) => kind === "firing");
  assert.equal(fired!.value.toFixed(6), "2.000000");
  assert.equal(fired!.text, "BTCUSDT: priceMove is 2 % (at or above 1, 5 bars of 1s)");
});

test("stopped and begun again at every moment, it says what one that never stopped says", (t) => {
  const { uniform } = random(3);
  const prices = Array.from({ length: 300 }, () => 100 * (1 + 0.012 * uniform()));
  const rules: AlertRule[] = [
    { ...MOVE, for: "2s" },
    { ...MOVE, name: "down", when: "below", fire: -0.5, resolve: 0, noDataAfter: "3s" },
    ...defaultRules({ pair: ["ETHUSDT", "BTCUSDT"], window: 20 }),
  ];
  const market = {
    BTCUSDT: (second: number) => (second % 50 > 44 ? undefined : prices[second]!),
    ETHUSDT: (second: number) =>
      second % 90 > 70 ? undefined : 50 * (1 + 0.01 * Math.sin(second / 3)) * (prices[second]! / 100),
  };
  const run = (isStopped: (second: number) => boolean): string[] => {
    const stage = alertStage(t);
    stage.add(0, 30, market);
    let watch = stage.watch(rules);
    watch.pass();
    for (let second = 30; second < 130; second++) {
      stage.add(second, second + 1, market);
      watch.pass();
      if (!isStopped(second)) continue;
      watch.end();
      watch = stage.watch(rules);
    }
    watch.pass();
    return stage
      .events()
      .map((event) =>
        JSON.stringify([event.key, event.kind, event.delivery, event.timeUs, event.value.toPrecision(9)]),
      );
  };
  const through = run(() => false);
  assert.ok(through.length > 30);
  assert.deepEqual(
    run(() => true),
    through,
  );
  assert.deepEqual(
    run(() => uniform() < 0.2),
    through,
  );
});

test("what was said live a replay of the stored bars says, too", (t) => {
  const stage = alertStage(t);
  const { normal } = random(12);
  const levels = Array.from({ length: 400 }, () => 100 * Math.exp(2e-3 * normal()));
  const market = {
    BTCUSDT: (s: number) => (s % 70 > 55 ? undefined : levels[s]!),
    ETHUSDT: (s: number) =>
      s % 11 === 5 ? undefined : 0.4 * levels[s]! ** 1.1 * (1 + 4e-4 * Math.sin(s / 7)),
  };
  const rules: AlertRule[] = [
    ...defaultRules({ pair: ["ETHUSDT", "BTCUSDT"], window: 20 }),
    { ...MOVE, interval: "5s", for: "10s", fire: 0.05, resolve: 0 },
  ];
  stage.add(0, 100, market);
  const watch = stage.watch(rules);
  watch.pass();
  for (let s = 100; s < 400; s++) {
    stage.add(s, s + 1, market);
    watch.pass();
  }
  const live = stage
    .events()
    .map(({ key, kind, delivery, timeUs, value }) => [key, kind, delivery, timeUs, value.toPrecision(9)]);
  assert.ok(live.length > 60);

  const reader = openReader(stage.db);
  t.after(() => reader.close());
  const bars = readBars(reader, reader.series(), { every: ["1s", "5s"], toUs: START_US + 399e6 }).flat();
  const alerts = alertsOf(rules, { venue: "sim-seed7", symbols: ["BTCUSDT", "ETHUSDT"] });
  const replayed = replayAlerts(alerts, bars, {
    fromUs: START_US + 99.5e6,
    toUs: START_US + 399.5e6,
  }).flatMap(({ alert, events }) =>
    events.map(({ kind, delivery, timeUs, value }) => [
      alert.key,
      kind,
      delivery,
      timeUs,
      value.toPrecision(9),
    ]),
  );
  const sorted = (rows: readonly unknown[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
  assert.deepEqual(sorted(replayed), sorted(live));
});

test("trades that come late change what is judged next and repeat nothing", (t) => {
  const stage = alertStage(t);
  const holed: PriceAt = (second) => (second >= 22 && second < 26 ? undefined : 100);
  stage.add(0, 15, { BTCUSDT: holed, ETHUSDT: calm });
  const rules: AlertRule[] = [
    {
      name: "thin",
      symbol: "BTCUSDT",
      interval: "1s",
      measure: "tradeCount",
      window: 8,
      when: "below",
      fire: 5,
      resolve: 7,
    },
    {
      name: "hole",
      symbol: "BTCUSDT",
      interval: "1s",
      measure: "holeOpen",
      window: 30,
      when: "above",
      fire: 1,
      resolve: 0,
      silences: false,
    },
  ];
  const watch = stage.watch(rules);
  for (let second = 15; second < 28; second++) {
    stage.add(second, second + 1, { BTCUSDT: holed, ETHUSDT: calm });
    watch.pass();
  }
  stage.add(22, 26, { BTCUSDT: () => 100 }, true);
  for (let second = 28; second < 40; second++) {
    stage.add(second, second + 1, { BTCUSDT: holed, ETHUSDT: calm });
    watch.pass();
  }
  assert.deepEqual(stage.told(), [
    "25 thin firing",
    "27 hole firing",
    "28 thin resolved",
    "28 hole resolved",
  ]);
});

test("a symbol whose trades come late in one piece is judged on them from then on, beside rules on longer bars", (t) => {
  const stage = alertStage(t);
  const rules: AlertRule[] = [
    {
      ...{ name: "few", symbol: "BTCUSDT", interval: "1s", measure: "tradeCount" },
      ...{ window: 20, when: "below", fire: 15, resolve: 18 },
    },
    {
      ...{ name: "minutes", symbol: "BTCUSDT", interval: "1m", measure: "volume" },
      ...{ when: "below", fire: 0 },
    },
  ];
  stage.add(0, 65, { BTCUSDT: calm, ETHUSDT: calm });
  const watch = stage.watch(rules);
  watch.pass();
  for (let second = 65; second < 110; second++) {
    // its connection stands still from 70 to 81, and brings all of it then
    const isStill = second >= 70 && second < 81;
    stage.add(second, second + 1, isStill ? { ETHUSDT: calm } : { BTCUSDT: calm, ETHUSDT: calm });
    if (second === 80) stage.add(70, 81, { BTCUSDT: calm }, true);
    watch.pass();
  }
  const few = stage.told().filter((text) => text.includes("few"));
  assert.deepEqual(few, ["75 few firing", "80 few resolved"]);
});

test("a hole that is filled is seen by short bars, also where longer ones have not ended since", (t) => {
  const stage = alertStage(t);
  const rule = { symbol: "BTCUSDT", measure: "holeOpen", window: 30, when: "above", fire: 1 } as const;
  const rules: AlertRule[] = ["1s", "1m"].map((interval) => ({ ...rule, name: interval, interval }));
  const holed: PriceAt = (second) => (second >= 70 && second < 74 ? undefined : 100);
  stage.add(0, 65, { BTCUSDT: holed, ETHUSDT: calm });
  const watch = stage.watch(rules);
  for (let second = 65; second < 90; second++) {
    stage.add(second, second + 1, { BTCUSDT: holed, ETHUSDT: calm });
    if (second === 80) stage.add(70, 74, { BTCUSDT: calm }, true);
    watch.pass();
  }
  assert.deepEqual(stage.told(), ["75 1s firing", "80 1s resolved"]);
});

test("a venue that falls silent has its time carried on: the stale feed is told, what depends on it is not, and both come back", (t) => {
  const stage = alertStage(t);
  const rules = defaultRules({ pair: ["ETHUSDT", "BTCUSDT"], window: 20 });
  const market = { BTCUSDT: (s: number) => 100 + (s % 7), ETHUSDT: (s: number) => 50 + (s % 5) };
  stage.add(0, 60, market);
  const watch = stage.watch(rules);
  watch.pass();
  for (let i = 0; i < 60; i++) {
    stage.clock.advance(1000);
    watch.pass();
  }
  const silent = stage.told();
  assert.deepEqual(
    silent.slice(-2).map((text) => text.replace(/^\d+ /, "")),
    ["feed stale firing", "feed stale firing"],
  );
  assert.ok(
    stage
      .events()
      .some(
        ({ kind, delivery, silencedBy }) =>
          kind === "no data" && delivery === "silenced" && silencedBy === "feed stale",
      ),
  );
  for (let second = 121; second < 140; second++) {
    stage.add(second, second + 1, market);
    watch.pass();
  }
  const after = stage.told().slice(silent.length);
  assert.equal(after.filter((text) => text.endsWith("feed stale resolved")).length, 2);
});

test("after a pause it judges what was missed, up to its limit, and tells of the rest as missing", (t) => {
  const stage = alertStage(t);
  const market = { BTCUSDT: jumps, ETHUSDT: calm };
  stage.add(0, 30, market);
  const first = stage.watch([MOVE]);
  first.pass();
  first.end();
  stage.add(30, 50, market);
  const second = stage.watch([MOVE]);
  second.pass();
  second.end();
  assert.deepEqual(stage.told(), ["41 moved firing", "48 moved resolved"]);
  stage.add(50, 300, market);
  const third = stage.watch([MOVE], { catchUpUs: 30e6 });
  third.pass();
  const missed = stage.told().slice(2);
  assert.deepEqual(missed, [
    "269 moved no data",
    "270 moved inactive",
    "281 moved firing",
    "288 moved resolved",
  ]);
});

test("a history that can't be written stops nothing: the terminal is told at once, the rest when it can be written again", (t) => {
  const stage = alertStage(t);
  const market = { BTCUSDT: jumps, ETHUSDT: calm };
  stage.add(0, 10, market);
  let isFull = false;
  const lines: Record<string, string[]> = { terminal: [], other: [] };
  const sinks = ["terminal", "other"].map((name) => ({
    name,
    send: (records: readonly { kind: string; id: number }[], done: (id: number) => void) => {
      for (const { kind, id } of records) {
        lines[name]!.push(kind);
        done(id);
      }
    },
    trouble: () => "",
    close: async () => {},
  }));
  const store = (real: AlertStore): AlertStore => ({
    ...real,
    commit: (...all) => {
      if (isFull) throw Object.assign(new Error("full"), { code: "SQLITE_FULL" });
      return real.commit(...all);
    },
  });
  const watch = stage.watch([MOVE], { sinks, store });
  watch.pass();
  isFull = true;
  for (let second = 10; second < 30; second++) {
    stage.add(second, second + 1, market);
    watch.pass();
  }
  assert.deepEqual(lines, { terminal: ["firing", "resolved"], other: [] });
  assert.match(watch.troubles().join(), /history: not written \(SQLITE_FULL\), \d+ waiting/);
  isFull = false;
  stage.add(30, 31, market);
  watch.pass();
  assert.deepEqual(lines, { terminal: ["firing", "resolved"], other: ["firing", "resolved"] });
  assert.deepEqual(watch.troubles(), []);
  assert.deepEqual(stage.told(), ["21 moved firing", "28 moved resolved"]);
});

const STALE: AlertRule = {
  ...{ name: "stale", symbol: "*", interval: "1s", measure: "feedAge" },
  ...{ when: "above", fire: 10, resolve: 1 },
};
const THIN: AlertRule = {
  ...{ name: "thin", symbol: "*", interval: "1s", measure: "volume", window: 5 },
  ...{ when: "below", fire: 1, resolve: 3 },
};

test("a symbol that is silent for longer than any window fires on, through a restart and through late trades of another", (t) => {
  const run = (disturb: "nothing" | "restart" | "late"): string[] => {
    const stage = alertStage(t);
    stage.add(0, 30, { BTCUSDT: calm, ETHUSDT: calm });
    let watch = stage.watch([STALE, THIN]);
    watch.pass();
    for (let second = 30; second < 330; second++) {
      stage.add(second, second + 1, { ETHUSDT: (at) => (at === 190 ? undefined : 50) });
      watch.pass();
      if (second !== 200 || disturb === "nothing") continue;
      if (disturb === "late") stage.add(190, 191, { ETHUSDT: calm }, true);
      else {
        watch.end();
        watch = stage.watch([STALE, THIN]);
      }
    }
    assert.deepEqual(
      watch
        .status()
        .map(({ state }) => state.state)
        .sort(),
      ["firing", "firing", "inactive", "inactive"],
    );
    return stage.told();
  };
  for (const disturb of ["nothing", "restart", "late"] as const)
    assert.deepEqual(run(disturb), ["34 thin firing", "40 stale firing"]);
});

test("what a long sleep or a long catch-up lets go is missing, and not taken for silence", (t) => {
  for (const [isAsleep, catchUpUs] of [
    [true, 3600e6],
    [false, 86_400e6],
  ] as const) {
    const stage = alertStage(t);
    stage.add(0, 30, { BTCUSDT: calm, ETHUSDT: calm });
    let watch = stage.watch([STALE, THIN], { catchUpUs });
    watch.pass();
    if (!isAsleep) watch.end();
    stage.add(30, 14_000, { BTCUSDT: calm, ETHUSDT: calm });
    if (!isAsleep) watch = stage.watch([STALE, THIN], { catchUpUs });
    watch.pass();
    assert.deepEqual(
      stage.told().filter((text) => text.endsWith("firing")),
      [],
    );
    assert.ok(watch.status().every(({ state }) => state.state === "inactive"));
  }
});

test("a history that was tampered with is gone on from as far as it can be read", (t) => {
  for (const change of [
    "UPDATE states SET state = '{}'",
    `UPDATE states SET state = json_set(state, '$.state', 'unheard of')`,
    `UPDATE states SET state = json_set(state, '$.sentUs', 3)`,
    "UPDATE states SET state = '1'",
    `UPDATE progress SET progress = '{"doneUs":{"1000000":"soon"},"frozen":[1],"sentUs":{}}'`,
    `UPDATE progress SET progress = '{"doneUs":7}'`,
    "UPDATE progress SET progress = 'null'",
  ]) {
    const stage = alertStage(t);
    const market = { BTCUSDT: jumps, ETHUSDT: calm };
    stage.add(0, 10, market);
    const first = stage.watch([MOVE]);
    first.pass();
    first.end();
    const db = new Database(stage.history);
    db.exec(change);
    db.close();
    stage.add(10, 12, market);
    const again = stage.watch([MOVE]);
    again.pass();
    stage.add(12, 30, market);
    again.pass();
    assert.deepEqual(stage.told(), ["21 moved firing", "28 moved resolved"], change);
  }
});

test("a watch that has judged ahead of the venue's time, its clock having stood wrong, says so and repeats nothing", (t) => {
  const stage = alertStage(t);
  const market = { BTCUSDT: jumps, ETHUSDT: calm };
  stage.add(0, 25, market);
  const first = stage.watch([MOVE]);
  first.pass();
  first.end();
  const db = new Database(stage.history);
  const doneUs = START_US + 7200e6;
  db.prepare("UPDATE progress SET progress = ?").run(JSON.stringify({ doneUs: { 1000000: doneUs } }));
  db.close();
  const watch = stage.watch([MOVE]);
  stage.add(25, 50, market);
  assert.equal(watch.pass(), false);
  assert.deepEqual(watch.troubles(), [
    "clock: judged up to 2026-01-05T14:00:00Z already, and nothing before that time comes",
  ]);
  assert.deepEqual(stage.told(), []);
  stage.add(7190, 7230, market);
  assert.equal(watch.pass(), true);
  assert.deepEqual(watch.troubles(), []);
  assert.deepEqual(stage.told(), [
    "7201 moved firing",
    "7208 moved resolved",
    "7221 moved firing",
    "7228 moved resolved",
  ]);
});
