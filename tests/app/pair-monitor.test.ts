import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { rollingZScore, spread } from "../../src/analytics/index.ts";
import { type PairSettings, pairMonitor } from "../../src/app/pair-monitor.ts";
import type { Trade } from "../../src/core/trade.ts";
import { REPLAY, reading, SYMBOLS, stored, write } from "../support/stored.ts";
import { batchOf, T0, trade } from "../support/trades.ts";

const SETTINGS: PairSettings = { y: "ETHUSDT", x: "BTCUSDT", interval: "1s", window: 3, graceMs: 0 };
const SECOND = Math.floor(T0 / 1e6) * 1e6;

/** A trade of each symbol in each of these seconds. */
function pairs(first: number, last: number): Trade[] {
  const trades: Trade[] = [];
  for (let s = first; s <= last; s++) {
    for (const [symbol, price] of [
      ["BTCUSDT", 60_000 + 10 * ((s * 7) % 5)],
      ["ETHUSDT", 2600 + ((s * 3) % 4)],
    ] as const) {
      const tradeTimeUs = SECOND + s * 1e6 + 400_000;
      trades.push(
        trade(s + 1, { symbol, price: `${price}.00000000`, tradeTimeUs, eventTimeUs: tradeTimeUs }),
      );
    }
  }
  return trades;
}

const watching = (t: TestContext, file: string, settings: Partial<PairSettings> = {}) =>
  pairMonitor(reading(t, file), { ...SETTINGS, ...settings });

test("pairMonitor fits its hedge ratio once, on the first bars, and never again", (t) => {
  const file = stored(t, pairs(0, 5));
  const monitor = watching(t, file);
  const early = monitor.frame();
  write(file, (writer) => writer.append(batchOf(pairs(6, 20), SYMBOLS), T0));
  const late = monitor.frame();
  assert.equal(early.timeUs.length, 5);
  assert.equal(late.timeUs.length, 20);
  assert.equal(late.hedge, early.hedge);
  assert.deepEqual([early.hedge?.fromUs, early.hedge?.toUs], [SECOND, SECOND + 3e6]);
  assert.deepEqual(late.spread.slice(0, 5), early.spread);
  assert.deepEqual(late.zscore.slice(0, 5), early.zscore);
});

test("pairMonitor gives live what the same functions give on all its bars at once", (t) => {
  const file = stored(t, pairs(0, 4));
  const monitor = watching(t, file);
  monitor.frame();
  for (let s = 5; s < 30; s++) {
    write(file, (writer) => writer.append(batchOf(pairs(s, s), SYMBOLS), T0));
    monitor.frame();
  }
  const { timeUs, yClose, xClose, spread: spreads, zscore, hedge } = monitor.frame();
  assert.deepEqual(
    [...timeUs],
    [...timeUs.keys()].map((s) => SECOND + s * 1e6),
  );
  const batch = spread(yClose, xClose, hedge!).values;
  assert.deepEqual(spreads, batch);
  assert.deepEqual(zscore, rollingZScore(batch, { window: 3 }));
});

test("pairMonitor keeps the bars that both symbols have, and the forming ones apart", (t) => {
  const lone = pairs(0, 6).filter(({ symbol, id }) => symbol === "BTCUSDT" || id !== 3);
  const { timeUs, closed, forming } = watching(t, stored(t, lone)).frame();
  assert.deepEqual(
    [...timeUs],
    [0, 1, 3, 4, 5].map((s) => SECOND + s * 1e6),
  );
  assert.deepEqual([closed.x.length, closed.y.length], [6, 5]);
  assert.deepEqual([forming.x.length, forming.y.length], [1, 1]);
});

test("pairMonitor waits with NaN while there are too few bars", (t) => {
  const { hedge, spread: spreads, zscore } = watching(t, stored(t, pairs(0, 2))).frame();
  assert.equal(hedge, undefined);
  assert.deepEqual([...spreads, ...zscore], [Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
});

test("pairMonitor says when each symbol's newest trade was", (t) => {
  const trades = [...pairs(0, 3), trade(5, { tradeTimeUs: SECOND + 4e6, eventTimeUs: SECOND + 4e6 })];
  assert.deepEqual(watching(t, stored(t, trades)).frame().newestUs, { y: SECOND + 3.4e6, x: SECOND + 4e6 });
});

test("pairMonitor watches the venue that received a trade last, or the one that is named", (t) => {
  const file = stored(t, pairs(0, 4));
  const later = pairs(0, 4).map((one) => ({ ...one, receivedUs: one.receivedUs + 60e6 }));
  write(file, (writer) => writer.append(batchOf(later, SYMBOLS), T0 + 60e6), REPLAY);
  assert.equal(watching(t, file).frame().venue.name, REPLAY.name);
  assert.equal(watching(t, file, { venue: "binance" }).frame().venue.name, "binance");
});

test("pairMonitor refuses settings and symbols that it can't watch, in the words of the cell that asked", (t) => {
  const file = stored(t, pairs(0, 4));
  for (const [settings, says] of [
    [{ window: 1 }, /^watchPair: window needs a whole number of at least 3; got 1\. /],
    [{ window: 60.5 }, /^watchPair: window needs a whole number of at least 3; got 60\.5\. /],
    [{ bars: 2 }, /^watchPair: bars needs a whole number of at least 4; got 2\. /],
    [{ graceMs: -1 }, /^watchPair: graceMs needs a whole number of at least 0; got -1\. /],
    [{ interval: "5 parsecs" }, /^watchPair: interval: needs a whole number with a unit/],
    [{ y: "BTCUSDT" }, /^watchPair: needs two different symbols; got "BTCUSDT" twice\. /],
    [
      { y: "ethusdt" },
      /needs "ethusdt" and "BTCUSDT" at one venue; the database holds BTCUSDT \(binance\), ETHUSDT \(binance\)\. /,
    ],
    [{ venue: "mars" }, /at one venue named "mars"; /],
  ] as const) {
    assert.throws(() => watching(t, file, settings), { name: "TickbookError", message: says });
  }
});
