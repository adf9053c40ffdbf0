import assert from "node:assert/strict";
import { test } from "node:test";
import { pairHistory } from "../../src/app/pair/pair-history.ts";
import { random } from "../../src/core/random.ts";
import type { Trade } from "../../src/core/trade.ts";
import { readBars } from "../../src/pipeline/bars/read-bars.ts";
import { openReader } from "../../src/pipeline/store/read/reader.ts";
import { openWriter } from "../../src/pipeline/store/write/writer.ts";
import { simulated } from "../support/bars.ts";
import { tempFolder } from "../support/temp.ts";
import { batchOf, trade } from "../support/trades.ts";

const SYMBOLS = ["ETHUSDT", "BTCUSDT"];
const START = Date.UTC(2024, 7, 8, 12, 20) * 1000;
const HOURS = 5;
const LINE = {
  window: 20,
  hedge: { alpha: -3, beta: 1, prices: "log" as const },
  closedUs: Number.POSITIVE_INFINITY,
};

/** Five hours and a half of two symbols with a trade every some seconds, some seconds of which hold several. */
function market(): Trade[][] {
  const source = random(9);
  let price = 60_000;
  return SYMBOLS.map((symbol, k) => {
    const trades: Trade[] = [];
    for (
      let us = START;
      us < START + (HOURS + 0.5) * 3600e6;
      us += 1e6 * (1 + Math.floor(6 * source.uniform()))
    ) {
      price *= 1 + 1e-5 * source.normal();
      const at = {
        symbol,
        tradeTimeUs: us + 500,
        eventTimeUs: us + 500,
        qty: (1 + source.uniform()).toFixed(5),
      };
      const many = source.uniform() < 0.2 ? 3 : 1;
      for (let n = 0; n < many; n++)
        trades.push(
          trade(trades.length + 1, { ...at, price: ((k === 0 ? 0.05 : 1) * (price + n)).toFixed(2) }),
        );
    }
    return trades;
  });
}

function stage(t: { after(end: () => void): void }, leftOut: (one: Trade) => boolean = () => false) {
  const file = `${tempFolder(t as never)}/x.db`;
  const writer = openWriter(file, { venue: simulated, symbols: SYMBOLS });
  const all = market();
  const add = (trades: readonly Trade[]): void => void writer.append(batchOf(trades, SYMBOLS), START);
  for (const trades of all) add(trades.filter((one) => !leftOut(one)));
  const reader = openReader(file);
  t.after(() => {
    reader.close();
    writer.close();
  });
  const series = SYMBOLS.map((symbol) => reader.series().find((one) => one.symbol === symbol)!);
  const history = pairHistory(reader, series as never, 1e6);
  return { all, add, reader, series, history };
}

const toUs = START + (HOURS + 0.5) * 3600e6;

test("a long stretch comes in several answers, the newest hours first, and is then exactly what one pass over its trades gives", (t) => {
  const { reader, series, history } = stage(t);
  const stretch = { fromUs: 0, toUs, bars: 80 };
  const begins: (number | undefined)[] = [];
  let past = history.past(stretch, LINE);
  for (; past.readFromUs !== undefined; past = history.past(stretch, LINE)) begins.push(past.readFromUs);
  assert.equal(past.oldestUs, START + 500);
  assert.equal(past.bars.intervalUs, 300e6);
  assert.ok(begins.length >= 1 && begins.every((us, k) => k === 0 || us! < begins[k - 1]!), String(begins));
  const [whole] = readBars(reader, [series[0]!], {
    every: ["5m"],
    fromUs: Math.floor(START / 300e6) * 300e6,
    toUs,
  })[0]!;
  for (const name of [
    "startUs",
    "endUs",
    "open",
    "high",
    "low",
    "close",
    "tradeCount",
    "firstId",
    "lastId",
    "complete",
  ] as const)
    assert.deepEqual(past.bars[name], whole![name], name);
  for (const name of ["volume", "quoteVolume", "vwap"] as const)
    past.bars[name].forEach((value, k) => {
      const exact = whole![name][k]!;
      assert.ok(Math.abs(value - exact) <= 4 * Number.EPSILON * exact, `${name} ${k}: ${value} ${exact}`);
    });
});

test("spread and z-score in minutes of a block reach from the least to the greatest of their seconds", (t) => {
  const { history } = stage(t);
  const seconds = history.past({ fromUs: toUs - 1800e6, toUs, bars: 1800 }, LINE);
  const minutes = history.past({ fromUs: toUs - 1800e6, toUs, bars: 30 }, LINE);
  assert.deepEqual([seconds.bars.intervalUs, minutes.bars.intervalUs], [1e6, 60e6]);
  minutes.bars.startUs.forEach((us, k) => {
    const inside = [...seconds.bars.startUs.keys()].filter(
      (i) =>
        Math.floor(seconds.bars.startUs[i]! / 60e6) * 60e6 === us && !Number.isNaN(seconds.zScore.last[i]!),
    );
    const values = inside.map((i) => seconds.zScore.last[i]!);
    assert.equal(minutes.zScore.last[k], values.at(-1));
    assert.equal(minutes.zScore.low[k], Math.min(...values));
    assert.equal(minutes.zScore.high[k], Math.max(...values));
  });
});

test("trades that come late, and new ones, are in the next answer", (t) => {
  const hole = (one: Trade): boolean => one.symbol === "ETHUSDT" && one.id >= 1500 && one.id < 1600;
  const { all, add, history } = stage(t, hole);
  const stretch = { fromUs: toUs - 2 * 3600e6, toUs, bars: 2 * 60 };
  const whole = (): readonly [number, number] => {
    const wide = { ...stretch, fromUs: 0, bars: 400 };
    let past = history.past(wide, LINE);
    while (past.readFromUs !== undefined) past = history.past(wide, LINE);
    return [past.bars.tradeCount.reduce((sum, n) => sum + n, 0), past.holes.length];
  };
  const [before, holes] = whole();
  assert.equal(holes, 1);
  add(all[0]!.filter(hole));
  assert.deepEqual(whole(), [before + 100, 0]);
  const last = all[0]!.at(-1)!;
  add([1, 2].map((n) => ({ ...last, id: last.id + n })));
  assert.deepEqual(whole(), [before + 102, 0]);
});

test("where one symbol fell silent long ago the others' hours come two at a time all the same, and are read anew when it goes on", (t) => {
  const silent = (one: Trade): boolean => one.symbol === "BTCUSDT" && one.tradeTimeUs > START + 1800e6;
  const { all, add, history } = stage(t, silent);
  const stretch = { fromUs: 0, toUs, bars: 80 };
  const whole = (): { readonly answers: number; readonly known: number } => {
    let past = history.past(stretch, LINE);
    let answers = 1;
    for (; past.readFromUs !== undefined; past = history.past(stretch, LINE)) answers++;
    return { answers, known: past.zScore.last.filter((z) => !Number.isNaN(z)).length };
  };
  const before = whole();
  assert.ok(before.answers > 1, String(before.answers));
  add(all[1]!.filter((one) => silent(one)));
  const fresh = stage(t);
  const after = whole();
  let past = fresh.history.past(stretch, LINE);
  while (past.readFromUs !== undefined) past = fresh.history.past(stretch, LINE);
  assert.equal(after.known, past.zScore.last.filter((z) => !Number.isNaN(z)).length);
  assert.ok(after.known > before.known + 20, `${before.known} ${after.known}`);
});

test("a stretch that reaches beyond all times gives what is stored at once", (t) => {
  const { history } = stage(t);
  const to = (us: number): number =>
    history.past({ fromUs: toUs - 1800e6, toUs: us, bars: 1e18 }, LINE).bars.length;
  assert.equal(to(8.64e21), to(toUs));
});

test("a past longer than what is kept in minutes is answered as if all of it were, in long bars and in minutes", (t) => {
  const { add, reader, series } = stage(t);
  const endUs = toUs + 60 * 3600e6;
  for (const [k, symbol] of SYMBOLS.entries()) {
    const source = random(k + 20);
    let id = reader.newest(series[k]!)!.id;
    const more: Trade[] = [];
    for (let us = toUs + 1e6; us < endUs; us += 30e6)
      more.push(
        trade(++id, {
          ...{ symbol, tradeTimeUs: us, eventTimeUs: us, qty: "1.00000" },
          price: (3000 + source.normal()).toFixed(2),
        }),
      );
    add(more);
  }
  const few = pairHistory(reader, series as never, 1e6, 4);
  const all = pairHistory(reader, series as never, 1e6, 10_000);
  const whole = (of: typeof few, bars: number) => {
    for (let answers = 1; ; answers++) {
      const past = of.past({ fromUs: 0, toUs: endUs, bars }, LINE);
      if (past.readFromUs === undefined) return { answers, past };
      assert.ok(answers < 100, "it comes to an end");
    }
  };
  for (const bars of [20, 4000, 20]) assert.deepEqual(whole(few, bars).past, whole(all, bars).past);
  // what was forgotten in minutes is there in hours
  few.past({ fromUs: endUs - 3 * 3600e6, toUs: endUs, bars: 180 }, LINE);
  assert.ok(whole(few, 20).answers < whole(few, 4000).answers + 20);
  assert.equal(whole(few, 20).answers, 1);
});
