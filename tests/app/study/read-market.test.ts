import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { pairBars } from "../../../src/app/data/renamed.ts";
import { projectRoot } from "../../../src/app/project.ts";
import { backtestData } from "../../../src/app/study/data.ts";
import { formatUtc } from "../../../src/core/time.ts";
import type { Trade } from "../../../src/core/trade.ts";
import { backtestPair } from "../../../src/notebook/backtest/backtest.ts";
import { alignedCloses } from "../../../src/notebook/data/closes.ts";
import { pairCloses } from "../../../src/notebook/pair/pair-data.ts";
import { storeMarket } from "../../support/market-store.ts";
import { SYMBOLS, write } from "../../support/stored.ts";
import { tempFolder } from "../../support/temp.ts";
import { batchOf, T0, trade } from "../../support/trades.ts";

const BEGIN = Date.UTC(2025, 0, 9, 9) * 1000;
const PAIR = { y: "ETHUSDT", x: "BTCUSDT" } as const;

/** Trades of a symbol at these seconds, ids from `first` on. */
function at(symbol: string, first: number, seconds: readonly number[]): Trade[] {
  return seconds.map((s, i) => {
    const us = BEGIN + s * 1e6;
    const price = (1000 + first + i).toFixed(2);
    return trade(first + i, { symbol, price, tradeTimeUs: us, eventTimeUs: us, receivedUs: us });
  });
}

function add(file: string, trades: readonly Trade[]): void {
  write(file, (writer) => writer.append(batchOf(trades, SYMBOLS), T0));
}

const every = (step: number, from: number, to: number): number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);

const minutes = (n: number): string => formatUtc(BEGIN + n * 60e6);

describe("the window of stored bars", () => {
  /** One symbol goes on for ten minutes, the other stops in the eighth. */
  const uneven = (t: TestContext): string => {
    const file = join(tempFolder(t), "uneven.db");
    add(file, [...at("BTCUSDT", 1, every(10, 0, 610)), ...at("ETHUSDT", 1, every(10, 0, 440))]);
    return file;
  };

  for (const { y, x } of [PAIR, { y: PAIR.x, x: PAIR.y }]) {
    it(`is the one that ran, and ends at the last bar closed in both legs (${y} against ${x})`, (t) => {
      const { request, market } = backtestData({ source: uneven(t), y, x });
      assert.deepEqual([request.from, request.to], [minutes(0), minutes(7)]);
      assert.equal(market.length, 7);
      assert.equal(market.startUs[6]! + market.intervalUs, BEGIN + 7 * 60e6);
    });
  }

  it("stays as it was when later trades come, in either leg", (t) => {
    const file = uneven(t);
    const before = backtestData({ source: file, ...PAIR });
    add(file, at("ETHUSDT", 46, every(10, 450, 900)));
    add(file, at("BTCUSDT", 63, every(10, 620, 900)));
    const again = backtestData(before.request, projectRoot);
    assert.equal(again.fingerprint, before.fingerprint);
    assert.deepEqual(again.request, before.request);
    assert.deepEqual(again.coverage, before.coverage);
  });

  it("has the close before it where its first and last bars are empty, and is the same read by itself", (t) => {
    const file = join(tempFolder(t), "quiet.db");
    add(file, [...at("BTCUSDT", 1, every(10, 0, 900)), ...at("ETHUSDT", 1, [5, 130, 190, 700, 900])]);
    const whole = backtestData({ source: file, ...PAIR });
    assert.equal(whole.market.length, 14);
    const part = backtestData({ source: file, ...PAIR, from: minutes(1), to: minutes(10) });
    assert.deepEqual([part.request.from, part.request.to], [minutes(1), minutes(10)]);
    assert.deepEqual([...part.market.legs[0]!.close], [...whole.market.legs[0]!.close.subarray(1, 10)]);
    assert.deepEqual([...part.market.legs[0]!.close], [1001, 1002, 1003, 1003, 1003, 1003, 1003, 1003, 1003]);
    assert.ok(Number.isNaN(part.market.legs[0]!.open[0]!), "a stale price never fills");
  });

  it("that has no bar is refused by the words and times it was asked for", (t) => {
    const source = uneven(t);
    const asking = (given: object) => () => backtestData({ source, ...PAIR, ...given });
    assert.throws(asking({ from: "2030-01-01" }), {
      code: "no-bars",
      message: `from: needs a time before the data end; got 2030-01-01T00:00:00Z, and the data reach from ${minutes(0)} to ${minutes(7)}. Choose an earlier one.`,
    });
    assert.throws(
      asking({ to: "2020-01-01" }),
      /^TickbookError: to: needs a time after the data begin; got 2020-/,
    );
    assert.throws(
      asking({ from: "2025-01-09T09:01:10", to: "2025-01-09T09:01:50" }),
      /needs a closed bar of 1m in the window/,
    );
  });
});

describe("one call for closes and bars", () => {
  const window = { interval: "1s", from: "2025-01-09T09:00:10", to: "2025-01-09T09:01:30" };

  it("gives research and backtest the same prices of a database and of the seeded market itself", (t) => {
    const db = join(tempFolder(t), "m.db");
    storeMarket(db, { seconds: 120, fromUs: BEGIN });
    const run = {
      hedge: { method: "fixed", beta: 1 },
      window: 10,
      entry: 2,
      size: { by: "units", units: 1 },
    } as const;
    const [first, ...others] = [db, "sim:7"].flatMap((source) => {
      const closes = pairCloses({ source, ...PAIR, ...window });
      const aligned = alignedCloses({ source, symbols: [PAIR.y, PAIR.x], ...window });
      const { market } = backtestPair({ source, ...PAIR, ...window, ...run, costs: {} }).data;
      return [
        [closes.timeUs, closes.y, closes.x],
        [aligned.timeUs, aligned.closes[PAIR.y]!, aligned.closes[PAIR.x]!],
        [market.startUs, market.legs[0]!.close, market.legs[1]!.close],
      ].map((columns) => columns.map((column) => [...column]));
    });
    assert.equal(first![0]!.length, 80);
    for (const other of others) assert.deepEqual(other, first);
  });

  it("gives them the same prices of a file, in the window that is asked for", (t) => {
    const path = join(tempFolder(t), "bars.csv");
    const rows = every(1, 0, 99).map((i) => `${BEGIN / 1e6 + 60 * i},${10 + (i % 7)},${20 + (i % 5)}`);
    writeFileSync(path, ["time,ETHUSDT,BTCUSDT", ...rows].join("\n"));
    const part = { source: path, ...PAIR, from: minutes(10), to: minutes(95), interval: "5m" };
    const closes = pairCloses({ ...part, leastBars: 2 });
    const { market, request } = backtestData(part);
    assert.deepEqual([...closes.y], [...market.legs[0]!.close]);
    assert.deepEqual([closes.length, request.from, request.to], [17, minutes(10), minutes(95)]);
    assert.equal(pairCloses({ ...part, bars: 4, leastBars: 2 }).length, 4);
  });

  it("takes two sources, one a leg, over the time that both have", (t) => {
    const db = join(tempFolder(t), "m.db");
    storeMarket(db, { seconds: 120, fromUs: BEGIN });
    const one = backtestData({ source: db, ...PAIR, ...window });
    const two = backtestData({ source: [db, "sim:7"], ...PAIR, ...window });
    assert.equal(two.fingerprint, one.fingerprint);
    assert.deepEqual(backtestData(two.request, projectRoot).fingerprint, two.fingerprint);
    const open = backtestData({
      source: ["sim:7", db],
      ...PAIR,
      interval: "1s",
      from: minutes(-10),
      bars: 60,
      to: minutes(1),
    });
    assert.deepEqual([open.request.from, open.request.to], [minutes(0), minutes(1)]);
    const same = backtestData({ source: ["sim:7", "sim:8"], y: PAIR.y, x: PAIR.y, ...window });
    assert.deepEqual(
      same.market.legs.map(({ symbol }) => symbol),
      ["sim-seed7:ETHUSDT", "sim-seed8:ETHUSDT"],
    );
    assert.equal(same.venue.name, "sim-seed7+sim-seed8");
    assert.throws(() => backtestData({ source: ["sim:7", "sim:7"], y: PAIR.y, x: PAIR.y, ...window }), {
      code: "bad-pair",
    });
  });

  it("refuses what it does not know, what has no effect, and the words of before with the new ones", () => {
    const asking = (given: object) => () => pairCloses({ source: "sim:7", ...PAIR, ...given });
    assert.throws(asking({ windw: 3 }), {
      code: "unknown-setting",
      message: /^pairCloses: settings can be y, x, /,
    });
    assert.throws(asking({ symbols: ["A"] }), { code: "unknown-setting" });
    assert.throws(asking({ db: "x.db" }), { code: "renamed", message: /Write source: "x\.db"\.$/ });
    assert.throws(asking({ venue: "binance" }), { code: "no-effect" });
    assert.throws(asking({ graceMs: 5 }), { code: "no-effect" });
    assert.throws(() => alignedCloses({ source: "sim:7", y: "ETHUSDT" } as never), {
      code: "unknown-setting",
    });
    assert.throws(() => alignedCloses("x.db" as never), /Write \{ source: "x\.db" \}\.$/);
    assert.throws(() => pairBars(), { code: "renamed", message: /^pairBars: is written pairCloses,/ });
  });
});
