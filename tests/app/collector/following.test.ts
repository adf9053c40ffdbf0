import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type SymbolChanges, symbolChanges } from "../../../src/app/collector/symbols/changes.ts";
import { chosenSymbols, type SymbolChoice } from "../../../src/app/collector/symbols/choice.ts";
import { type Following, following } from "../../../src/app/collector/symbols/following.ts";
import { roster } from "../../../src/app/collector/symbols/roster.ts";
import type { LogEntry } from "../../../src/app/terminal/log.ts";
import { TickbookError } from "../../../src/core/errors.ts";
import { random } from "../../../src/core/random.ts";
import type { Feed } from "../../../src/pipeline/feed/feed.ts";
import { virtualClock } from "../../support/virtual-clock.ts";

const HELD = ["AUSDT", "BUSDT", "CUSDT"];
const DAY = { CUSDT: 300, BUSDT: 200, AUSDT: 100 };

/** A choice that was begun with what is held, at an exchange that may answer. */
function begun(t: TestContext, first: SymbolChoice, isAnswered: boolean, active: readonly string[] = HELD) {
  const clock = virtualClock();
  const noted: LogEntry[] = [];
  const names = roster();
  for (const symbol of HELD) names.enroll(symbol);
  names.activate(active);
  const exchange: { listed: Record<string, number> | undefined } = { listed: undefined };
  const changes: SymbolChanges = symbolChanges({
    roster: names,
    feeds: {
      replace: () => {},
      replaced: async () => {},
    } as never,
    log: (entry) => noted.push(entry),
    resolve: async (choice) => {
      if (choice.patterns.length === 0) return { symbols: choice.names, unanswered: undefined };
      const { listed } = exchange;
      if (listed === undefined) {
        const held = names.names.map((symbol) => ({ symbol, trades: 1 }));
        const { names: named, patterns } = choice;
        return { symbols: chosenSymbols({ names: named, patterns }, held), unanswered: "HTTP 418" };
      }
      const all = Object.entries(listed).map(([symbol, trades]) => ({ symbol, trades }));
      return { symbols: chosenSymbols(choice, all), unanswered: undefined };
    },
    check: async (added) => {
      if (added.includes("NOPE"))
        throw new TickbookError({ code: "unknown-symbol", where: "symbols", problem: "needs", hint: "x" });
    },
    join: async (fresh) => {
      for (const symbol of fresh) names.enroll(symbol);
    },
    back: () => {},
    startFeed: () => undefined as unknown as Feed,
  });
  const kept: Following = following(first, isAnswered, changes, {
    clock,
    random: random(1),
    log: (entry) => noted.push(entry),
  });
  t.after(() => kept.stop());
  const pass = async (ms: number): Promise<void> => {
    for (let done = 0; done < ms; done += 1000) {
      clock.advance(1000);
      for (let i = 0; i < 20; i++) await Promise.resolve();
    }
  };
  return { kept, exchange, noted, pass, clock, active: () => names.active() };
}

// row 120
test("the most traded that were taken from the database are ranked as soon as the exchange answers, and then no more", async (t) => {
  const choice = { names: [], patterns: ["*USDT"], mostTraded: 1 };
  const { exchange, pass, active, noted, clock } = begun(t, choice, false);
  await pass(600_000);
  assert.deepEqual(active(), HELD);
  assert.ok(noted.length > 3, "it is not asked again and again");
  assert.ok(noted.every(({ event }) => event === "unreachable"));
  exchange.listed = DAY;
  await pass(300_000);
  assert.deepEqual(active(), ["CUSDT"]);
  exchange.listed = { ...DAY, AUSDT: 999 };
  await pass(7_200_000);
  assert.deepEqual(active(), ["CUSDT"]);
  assert.equal(clock.pendingTimers(), 0);
});

test("all of a pattern that were taken from the database are added to when the exchange answers, and each hour", async (t) => {
  const { exchange, pass, active } = begun(t, { names: [], patterns: ["*USDT"] }, false);
  await pass(10_000);
  exchange.listed = { BUSDT: 5, DUSDT: 1 };
  await pass(20_000);
  // one that has not traded for a day may come back
  assert.deepEqual(active(), [...HELD, "DUSDT"]);
  exchange.listed = { EUSDT: 1 };
  await pass(3_500_000);
  assert.equal(active().length, 4);
  await pass(200_000);
  assert.deepEqual(active(), [...HELD, "DUSDT", "EUSDT"]);
});

test("what was added or removed by hand stays so, until there is another choice", async (t) => {
  const first = { names: [], patterns: ["*USDT"], mostTraded: 2 };
  const { kept, exchange, pass, active } = begun(t, first, false);
  await kept.change({ names: ["XEUR"], patterns: [] }, ["CUSDT"]);
  assert.deepEqual(active(), ["AUSDT", "BUSDT", "XEUR"]);
  exchange.listed = DAY;
  await pass(10_000);
  assert.deepEqual(active(), ["XEUR", "BUSDT"]);
  await kept.choose({ names: [], patterns: ["*USDT"] });
  assert.deepEqual(active(), ["CUSDT", "BUSDT", "AUSDT"]);
  await kept.change(undefined, ["AUSDT"]);
  await pass(7_200_000);
  assert.deepEqual(active(), ["CUSDT", "BUSDT"]);
  await kept.change({ names: [], patterns: ["*USDT"] }, ["BUSDT"]);
  assert.deepEqual(active(), ["CUSDT", "AUSDT"]);
  await assert.rejects(
    kept.change({ names: ["AUSDT"], patterns: [] }, ["AUSDT"]),
    /either added or removed; got both for AUSDT/,
  );
});

test("another choice that the exchange can't settle leaves all as it is, and is taken when it answers", async (t) => {
  const { kept, exchange, pass, active, noted } = begun(t, { names: ["AUSDT"], patterns: [] }, true, [
    "AUSDT",
  ]);
  await kept.choose({ names: [], patterns: ["*EUR"] });
  assert.deepEqual(active(), ["AUSDT"]);
  assert.match(noted.at(-1)!.message!, /asked again until it answers/);
  // a request meanwhile is not held up
  await kept.change(undefined, ["XUSDT"]);
  await assert.rejects(kept.change({ names: [], patterns: ["*BTC"] }, []), /needs an exchange that says/);
  exchange.listed = { XEUR: 4, ...DAY };
  await pass(20_000);
  assert.deepEqual(active(), ["XEUR"]);
});

test("a choice that is refused changes nothing, and the one before is kept true", async (t) => {
  const { kept, exchange, pass, active } = begun(t, { names: [], patterns: ["*USDT"] }, true);
  await assert.rejects(kept.choose({ names: ["NOPE"], patterns: [] }), { code: "unknown-symbol" });
  exchange.listed = { ...DAY, DUSDT: 1 };
  await pass(3_700_000);
  assert.deepEqual(active(), [...HELD, "DUSDT"]);
});
