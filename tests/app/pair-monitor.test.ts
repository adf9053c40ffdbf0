import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { calibrate } from "../../src/analytics/pair/calibrate.ts";
import { hedgeRatio } from "../../src/analytics/pair/hedge-ratio.ts";
import { spread } from "../../src/analytics/pair/spread.ts";
import { rollingZScore } from "../../src/analytics/rolling/rolling.ts";
import { type PairMonitor, type PairSettings, pairMonitor } from "../../src/app/pair/pair-monitor.ts";
import { lengthFor } from "../../src/core/bar-length.ts";
import { random } from "../../src/core/random.ts";
import type { Trade } from "../../src/core/trade.ts";
import { openReader } from "../../src/pipeline/store/read/reader.ts";
import { openWriter } from "../../src/pipeline/store/write/writer.ts";
import { simulated } from "../support/bars.ts";
import { SYMBOLS as BOTH, REPLAY, reading, stored, write } from "../support/stored.ts";
import { tempFolder } from "../support/temp.ts";
import { batchOf, T0, trade } from "../support/trades.ts";

const SYMBOLS = ["ETHUSDT", "BTCUSDT"];
const START = Date.UTC(2024, 7, 8, 12) * 1000;

/** Two symbols with a trade each a second; the second's price follows the first's. */
function market(seconds: number): Trade[] {
  const source = random(4);
  let x = 60_000;
  return Array.from({ length: seconds }, (_, i) => {
    x *= 1 + 1e-4 * source.normal();
    const y = 0.05 * x * (1 + 2e-5 * source.normal());
    return [y, x].map((price, k) =>
      trade(i + 1, {
        symbol: SYMBOLS[k]!,
        price: price.toFixed(2),
        tradeTimeUs: START + i * 1_000_000,
        eventTimeUs: START + i * 1_000_000,
      }),
    );
  }).flat();
}

function stage(t: TestContext): { add: (trades: readonly Trade[]) => void; watch: () => PairMonitor } {
  const file = join(tempFolder(t), "x.db");
  const writer = openWriter(file, { venue: simulated, symbols: SYMBOLS });
  const reader = openReader(file);
  t.after(() => {
    reader.close();
    writer.close();
  });
  return {
    add: (trades) => void writer.append(batchOf(trades, SYMBOLS), START),
    watch: () =>
      pairMonitor(reader, {
        y: "ETHUSDT",
        x: "BTCUSDT",
        interval: "1s",
        window: 20,
        calibrationBars: 20,
        graceMs: 0,
      }),
  };
}

test("late trades bring the numbers that they would have brought in time; the hedge ratio stays as it was fitted", (t) => {
  const { add, watch } = stage(t);
  const trades = market(120);
  const isLate = (one: Trade): boolean => one.id >= 60 && one.id < 64 && one.symbol === "ETHUSDT";
  add(trades.slice(0, 100));
  const monitor = watch();
  const { hedge } = monitor.frame();
  assert.ok(hedge !== undefined);
  add(trades.slice(100).filter((one) => !isLate(one)));
  const before = monitor.frame();
  assert.equal(before.timeUs.length, 115);
  add(trades.filter(isLate).map((one): Trade => ({ ...one, source: "rest" })));
  const after = monitor.frame();
  assert.equal(after.timeUs.length, 119);
  assert.ok(after.closed.y.complete.every((flag) => flag === 1));
  assert.equal(after.hedge, hedge);

  const inTime = stage(t);
  inTime.add(trades);
  const all = inTime.watch().frame();
  assert.equal(all.hedge!.beta, hedge.beta);
  for (const name of ["timeUs", "yClose", "xClose", "spread", "zScore", "correlation"] as const)
    assert.deepEqual(after[name], all[name], name);
});

test("nothing is computed again while the store stays as it is", (t) => {
  const { add, watch } = stage(t);
  add(market(50));
  const monitor = watch();
  assert.equal(monitor.frame(), monitor.frame());
});

const SETTINGS: PairSettings = {
  y: "ETHUSDT",
  x: "BTCUSDT",
  interval: "1s",
  window: 3,
  calibrationBars: 3,
  graceMs: 0,
};
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

test("pairMonitor gives live what the same functions give on all its bars at once", (t) => {
  const file = stored(t, pairs(0, 4));
  const monitor = watching(t, file);
  monitor.frame();
  for (let s = 5; s < 30; s++) {
    write(file, (writer) => writer.append(batchOf(pairs(s, s), BOTH), T0));
    monitor.frame();
  }
  const { timeUs, yClose, xClose, spread: spreads, zScore, hedge } = monitor.frame();
  assert.deepEqual(
    [...timeUs],
    [...timeUs.keys()].map((s) => SECOND + s * 1e6),
  );
  const batch = spread(yClose, xClose, hedge!).values;
  assert.deepEqual(spreads, batch);
  assert.deepEqual(zScore, rollingZScore(batch, { window: 3 }));
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
  const { hedge, spread: spreads, zScore } = watching(t, stored(t, pairs(0, 2))).frame();
  assert.equal(hedge, undefined);
  assert.deepEqual([...spreads, ...zScore], [Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
});

test("pairMonitor says when each symbol's newest trade was", (t) => {
  const trades = [...pairs(0, 3), trade(5, { tradeTimeUs: SECOND + 4e6, eventTimeUs: SECOND + 4e6 })];
  assert.deepEqual(watching(t, stored(t, trades)).frame().newestUs, { y: SECOND + 3.4e6, x: SECOND + 4e6 });
});

test("pairMonitor watches the venue that received a trade last, or the one that is named", (t) => {
  const file = stored(t, pairs(0, 4));
  const later = pairs(0, 4).map((one) => ({ ...one, receivedUs: one.receivedUs + 60e6 }));
  write(file, (writer) => writer.append(batchOf(later, BOTH), T0 + 60e6), REPLAY);
  assert.equal(watching(t, file).frame().venue.name, REPLAY.name);
  assert.equal(watching(t, file, { venue: "binance" }).frame().venue.name, "binance");
});

test("pairMonitor refuses settings and symbols that it can't watch, in the words of the cell that asked", (t) => {
  const file = stored(t, pairs(0, 4));
  for (const [settings, says] of [
    [{ window: 1 }, /^watchPair: window needs a whole number of at least 3; got 1\. /],
    [{ window: 60.5 }, /^watchPair: window needs a whole number of at least 3; got 60\.5\. /],
    [{ bars: 2 }, /^watchPair: bars needs a whole number of at least 4; got 2\. /],
    [{ window: undefined }, /^watchPair: calibrationBars needs a whole number of at least 60; got 3\. /],
    [
      { window: undefined, calibrationBars: 500, bars: 0 },
      /^watchPair: bars needs a whole number of at least 61; /,
    ],
    [{ graceMs: -1 }, /^watchPair: graceMs needs a whole number of at least 0; got -1\. /],
    [{ interval: "5 parsecs" }, /^watchPair: interval: needs a whole number with a unit/],
    [{ y: "BTCUSDT" }, /^watchPair: needs two different symbols; got "BTCUSDT" twice\. /],
    [
      { y: "ethusdt" },
      /needs "ethusdt" and "BTCUSDT" at one venue; it holds BTCUSDT \(binance\), ETHUSDT \(binance\)\. /,
    ],
    [{ venue: "mars" }, /: needs a venue that it holds; got "mars", /],
  ] as const) {
    assert.throws(() => watching(t, file, settings), { name: "TickbookError", message: says });
  }
});

test("a desk that is opened later has the line of one that was there before: it follows from what is stored", (t) => {
  const { add, watch } = stage(t);
  const trades = market(900);
  add(trades.slice(0, 100));
  const early = watch();
  const { hedge } = early.frame();
  assert.equal(hedge!.bars, 20);
  add(trades.slice(100));
  const late = watch();
  assert.deepEqual(late.frame().hedge, hedge);
  assert.equal(early.frame().hedge, hedge);
  // the line of a backtest that calibrates on the same bars
  const closes = [1, 0].map((k) =>
    Float64Array.from(trades.filter((_, i) => i % 2 === 1 - k).slice(0, 20), ({ price }) => Number(price)),
  );
  const line = hedgeRatio(closes[0]!, closes[1]!);
  assert.ok(Math.abs(line.beta - hedge!.beta) < 1e-12);
});

test("the line is that of the day: yesterday's until today has bars enough", (t) => {
  const { add, watch } = stage(t);
  const day = market(30);
  add(day);
  const monitor = watch();
  const first = monitor.frame().hedge!;
  add(moved(market(10), 86_400e6, 31));
  assert.deepEqual(monitor.frame().hedge, first);
  assert.deepEqual(watch().frame().hedge, first);
  add(moved(market(40), 86_400e6, 31).slice(20));
  const second = monitor.frame().hedge!;
  assert.equal(second.fromUs, first.fromUs + 86_400e6);
  assert.deepEqual(watch().frame().hedge, second);
});

test("line, window and verdict are those that calibrate, and so a backtest, makes of the same stored bars", (t) => {
  const trades = market(900);
  const file = stored(t, trades);
  const open = () => watching(t, file, { window: undefined, calibrationBars: 500 }).frame();
  const { hedge, window, measured, zScore, spread: spreads } = open();
  const closes = ["ETHUSDT", "BTCUSDT"].map((symbol) =>
    Float64Array.from(
      trades.filter((one) => one.symbol === symbol),
      ({ price }) => Number(price),
    ),
  ) as [Float64Array, Float64Array];
  const made = calibrate(...closes, { calibrationBars: 500 });
  assert.deepEqual(hedge!.calibration, made);
  assert.deepEqual([hedge!.alpha, hedge!.beta, window], [made.alpha, made.beta, made.window]);
  assert.deepEqual(measured, { bars: 500, of: 500 });
  assert.deepEqual(zScore, rollingZScore(spreads, { window: made.window }));
  // a kernel that starts anew
  assert.deepEqual(open(), open());
});

test("a long stretch asks for no more bars in view: its window has room", (t) => {
  const settings = { window: undefined, calibrationBars: 4000, bars: 300 };
  const monitor = watching(t, stored(t, market(400)), settings);
  assert.equal(monitor.settings.bars, 300);
  assert.equal(monitor.frame().timeUs.length, 300);
  assert.equal(monitor.frame().measured.of, 4000);
});

test("until the stretch is stored it counts what is there, bar by bar, and has no line", (t) => {
  const trades = market(200);
  const file = stored(t, trades.slice(0, 80));
  const monitor = watching(t, file, { window: undefined, calibrationBars: 120 });
  assert.deepEqual(monitor.frame().measured, { bars: 39, of: 120 });
  for (let s = 40; s < 120; s += 20) {
    write(file, (writer) => writer.append(batchOf(trades.slice(2 * s, 2 * s + 40), BOTH), START));
    const { measured, hedge, zScore } = monitor.frame();
    assert.deepEqual([measured.bars, hedge], [s + 19, undefined]);
    assert.ok(zScore.every((z) => Number.isNaN(z)));
  }
  write(file, (writer) => writer.append(batchOf(trades.slice(240, 260), BOTH), START));
  assert.equal(monitor.frame().hedge!.bars, 120);
});

test("a price that stands still through the stretch gives no line, and says so; prices are there all the same", (t) => {
  const still = market(100).map((one) => (one.symbol === "BTCUSDT" ? { ...one, price: "60000.00" } : one));
  const { hedge, fault, yClose } = watching(t, stored(t, still), {
    window: undefined,
    calibrationBars: 60,
  }).frame();
  assert.equal(hedge, undefined);
  assert.match(fault!, /constant|stand|never moves/);
  assert.equal(yClose.length, 99);
});

test("the past of a pair is what was drawn: the same spread and z-score at the same bars", (t) => {
  const { add, watch } = stage(t);
  add(market(200));
  const monitor = watch();
  const now = monitor.frame();
  const [fromUs, toUs] = [now.timeUs[60]!, now.timeUs[120]!];
  const past = monitor.past({ fromUs, toUs, bars: 100 });
  assert.equal(past.bars.intervalUs, 1_000_000);
  assert.deepEqual(past.bars.close, now.closed.y.close.slice(60, 120));
  assert.deepEqual(past.spread.last, now.spread.slice(60, 120));
  assert.deepEqual(past.zScore.last, now.zScore.slice(60, 120));
  assert.deepEqual(past.spread.low, past.spread.high);
});

test("a stretch with more bars than there is room for comes in longer bars, each with the reach of what it holds", (t) => {
  const { add, watch } = stage(t);
  add(market(200));
  const monitor = watch();
  const now = monitor.frame();
  const past = monitor.past({ fromUs: START, toUs: START + 190e6, bars: 40 });
  assert.equal(past.bars.intervalUs, 5_000_000);
  assert.equal(past.bars.length, 38);
  for (let bar = 5; bar < 38; bar++) {
    const inside = now.zScore.slice(5 * bar, 5 * bar + 5);
    assert.equal(past.bars.close[bar], now.closed.y.close[5 * bar + 4]);
    assert.equal(past.zScore.last[bar], inside[4]);
    assert.equal(past.zScore.low[bar], Math.min(...inside));
    assert.equal(past.zScore.high[bar], Math.max(...inside));
  }
});

test("lengthFor takes usual lengths that are multiples of the pair's own", () => {
  const day = { fromUs: 0, toUs: 86_400e6 };
  assert.equal(lengthFor({ ...day, bars: 86_400 }, 1e6), 1e6);
  assert.equal(lengthFor({ ...day, bars: 400 }, 1e6), 300e6);
  assert.equal(lengthFor({ ...day, bars: 400 }, 7e6), 7e6 * Math.ceil(86_400 / 400 / 7));
  assert.equal(lengthFor({ fromUs: 0, toUs: 400 * 86_400e6, bars: 100 }, 60e6), 4 * 86_400e6);
});

/** The same trades, so much later, numbered from another id on. */
function moved(trades: readonly Trade[], byUs: number, first: number): Trade[] {
  return trades.map((one, i) => ({
    ...one,
    id: first + Math.floor(i / 2),
    tradeTimeUs: one.tradeTimeUs + byUs,
    eventTimeUs: (one.eventTimeUs ?? 0) + byUs,
  }));
}

const OPEN: Partial<PairSettings> = { window: undefined, calibrationBars: undefined };

test("unless told the stretch is as long as what is stored, in steps, and a desk that is opened later has the same", (t) => {
  const trades = market(1500);
  const file = stored(t, trades.slice(0, 2 * 450));
  const early = watching(t, file, OPEN);
  assert.deepEqual(early.frame().measured, { bars: 449, of: 500 });
  let at = 450;
  for (const [upTo, bars] of [
    [600, 500],
    [702, 700],
    [990, 700],
    [1010, 1000],
    [1402, 1400],
    [1500, 1400],
  ] as const) {
    write(file, (writer) => writer.append(batchOf(trades.slice(2 * at, 2 * upTo), BOTH), START));
    at = upTo;
    const { hedge, measured } = early.frame();
    assert.deepEqual([hedge!.bars, measured], [bars, { bars, of: bars }]);
    assert.deepEqual(watching(t, file, OPEN).frame(), early.frame());
    const closes = [0, 1].map((k) =>
      Float64Array.from({ length: bars }, (_, i) => Number(trades[2 * i + k]!.price)),
    ) as [Float64Array, Float64Array];
    assert.deepEqual(hedge!.calibration, calibrate(...closes, { calibrationBars: bars }));
  }
});

test("what was collected over midnight is one stretch: a day begins anew once it holds the longest", (t) => {
  const toMidnightUs = 12 * 3600e6 - 600e6;
  const trades = moved(market(1500), toMidnightUs, 1);
  const { hedge } = watching(t, stored(t, trades), OPEN).frame();
  assert.equal(hedge!.bars, 1400);
  assert.equal(hedge!.fromUs, START + toMidnightUs);
});

test("trades of the stretch that come late change a running desk to what a new one finds", (t) => {
  const trades = market(700);
  const isLate = (one: Trade): boolean => one.id >= 60 && one.id < 90 && one.symbol === "ETHUSDT";
  const file = stored(
    t,
    trades.filter((one) => !isLate(one)),
  );
  const running = watching(t, file, OPEN);
  const before = running.frame().hedge!;
  write(file, (writer) =>
    writer.append(
      batchOf(
        trades.filter(isLate).map((one): Trade => ({ ...one, source: "rest" })),
        BOTH,
      ),
      START,
    ),
  );
  const after = running.frame().hedge!;
  assert.notEqual(after.beta, before.beta);
  assert.deepEqual(after, watching(t, file, OPEN).frame().hedge);
});
