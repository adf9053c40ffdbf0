import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { sliceBars } from "../../../src/core/bars.ts";
import { random } from "../../../src/core/random.ts";
import { barsFromTrades } from "../../../src/pipeline/bars/from-trades.ts";
import { readBars } from "../../../src/pipeline/bars/read-bars.ts";
import { openReader } from "../../../src/pipeline/store/read/reader.ts";
import type { TradeStore } from "../../../src/pipeline/store/trade-store.ts";
import { openWriter } from "../../../src/pipeline/store/write/writer.ts";
import { simulated } from "../../support/bars.ts";
import { assertSameBars } from "../../support/same-bars.ts";
import { tempFolder } from "../../support/temp.ts";
import { batchOf, T0, trade } from "../../support/trades.ts";

const SYMBOLS = ["BTCUSDT", "ETHUSDT"];
const SECOND = 1_000_000;
const START = Math.floor(T0 / (60 * SECOND)) * 60 * SECOND;

function stored(t: TestContext): TradeStore {
  const file = join(tempFolder(t), "x.db");
  const writer = openWriter(file, { venue: simulated, symbols: SYMBOLS });
  const source = random(7);
  const trades = SYMBOLS.flatMap((symbol) => {
    let tradeTimeUs = START;
    return Array.from({ length: 900 }, (_, i) => {
      tradeTimeUs += Math.floor(source.uniform() * 400_000);
      return trade(i + 1, {
        symbol,
        tradeTimeUs,
        eventTimeUs: tradeTimeUs,
        price: `${100 + i}`,
        qty: "0.25",
      });
    }).filter(() => source.uniform() < 0.98);
  });
  writer.append(batchOf(trades, SYMBOLS), T0);
  const reader = openReader(file);
  t.after(() => {
    reader.close();
    writer.close();
  });
  return reader;
}

test("several symbols and kinds of bars come from one pass, each as if it were alone", (t) => {
  const reader = stored(t);
  const series = reader.series();
  const every = ["1s", "1m", "50 trades"];
  const all = readBars(reader, series, { every });
  series.forEach((one, i) => {
    every.forEach((rule, k) => {
      assertSameBars(all[i]![k]!, barsFromTrades(reader.trades(one), { ...one, every: rule }));
    });
  });
});

test("a range gives the bars that start in it, whole, also where it is on no bar's edge", (t) => {
  const reader = stored(t);
  const [btc] = reader.series();
  const [seconds, minutes] = readBars(reader, [btc!], { every: ["1s", "1m"] })[0]!;
  const [fromUs, toUs] = [START + 10.5 * SECOND, START + 70.5 * SECOND];
  const [s, m, n] = readBars(reader, [btc!], { every: ["1s", "1m", "5 trades"], fromUs, toUs })[0]!;
  const at = seconds!.startUs.findIndex((us) => us >= fromUs);
  const end = seconds!.startUs.findIndex((us) => us >= toUs);
  assertSameBars(s!, sliceBars(seconds!, at, end));
  assertSameBars(m!, sliceBars(minutes!, 1, 2));
  assert.ok(n!.startUs[0]! >= fromUs && n!.endUs.at(-1)! < toUs);
  const alone = readBars(reader, [btc!], { every: ["5 trades"], fromUs, toUs })[0]![0]!;
  assertSameBars(n!, alone);
});

test("empty intervals are filled when asked; a range without trades has no bars", (t) => {
  const reader = stored(t);
  const [btc] = reader.series();
  const flat = readBars(reader, [btc!], { every: ["100ms"], empty: "flat" })[0]![0]!;
  assert.ok(flat.startUs.every((us, i) => us === flat.startUs[0]! + i * 100_000));
  assert.ok(flat.tradeCount.includes(0));
  const none = readBars(reader, [btc!], { every: ["1s"], fromUs: START + 1e12, empty: "flat" })[0]![0]!;
  assert.equal(none.length, 0);
});

test("a reversed range, an unknown interval and an unknown symbol are refused", (t) => {
  const reader = stored(t);
  const [btc] = reader.series();
  assert.throws(() => readBars(reader, [btc!], { every: ["1s"], fromUs: 2e6, toUs: 1e6 }), {
    code: "bad-range",
  });
  // within one bar, too
  assert.throws(() => readBars(reader, [btc!], { every: ["1m"], fromUs: START + 2e6, toUs: START + 1e6 }), {
    code: "bad-range",
  });
  assert.throws(() => readBars(reader, [btc!], { every: ["1y"] }), { code: "bad-duration" });
});

/** Trades whose times go back now and then, by up to 59 s, also across the edges of bars. */
function jittery(t: TestContext): TradeStore {
  const file = join(tempFolder(t), "x.db");
  const writer = openWriter(file, { venue: simulated, symbols: ["BTCUSDT"] });
  const source = random(11);
  let timeUs = START;
  const trades = Array.from({ length: 3000 }, (_, i) => {
    timeUs += Math.floor(source.uniform() * 400_000);
    const back = source.uniform() < 0.1 ? Math.floor(source.uniform() * 59 * SECOND) : 0;
    const tradeTimeUs = Math.max(START, timeUs - back);
    return trade(i + 1, { tradeTimeUs, eventTimeUs: tradeTimeUs, price: `${100 + (i % 50)}`, qty: "0.25" });
  }).filter(() => source.uniform() < 0.97);
  writer.append(batchOf(trades), T0);
  const reader = openReader(file);
  t.after(() => {
    reader.close();
    writer.close();
  });
  return reader;
}

test("a range of bars never begins with half a bar, however times go back: it is a part of all the bars", (t) => {
  const reader = jittery(t);
  const [btc] = reader.series();
  for (const every of ["1s", "7s", "1m"]) {
    const [all] = readBars(reader, [btc!], { every: [every] })[0]!;
    for (let k = 0; k < 60; k++) {
      const fromUs = START + k * 7 * SECOND;
      const toUs = fromUs + (1 + (k % 5)) * 35 * SECOND;
      const [part] = readBars(reader, [btc!], { every: [every], fromUs, toUs })[0]!;
      const at = all!.startUs.findIndex((us) => us >= fromUs);
      const end = all!.startUs.findIndex((us) => us >= toUs);
      assertSameBars(part!, sliceBars(all!, at, end < 0 ? all!.length : end));
    }
  }
});

test("by hand: a trade of an earlier minute with a later id lies inside the bar that had begun", (t) => {
  const file = join(tempFolder(t), "x.db");
  const writer = openWriter(file, { venue: simulated, symbols: ["BTCUSDT"] });
  const at = (id: number, seconds: number, price: string) => {
    const tradeTimeUs = START + seconds * SECOND;
    return trade(id, { tradeTimeUs, eventTimeUs: tradeTimeUs, price, qty: "1.00000000" });
  };
  const rows = [at(1, 59, "10"), at(2, 60, "20"), at(3, 59.9, "30"), at(4, 61, "40"), at(5, 125, "50")];
  writer.append(batchOf(rows), T0);
  const reader = openReader(file);
  t.after(() => {
    reader.close();
    writer.close();
  });
  const [btc] = reader.series();
  const fromUs = START + 60 * SECOND;
  const [bars] = readBars(reader, [btc!], { every: ["1m"], fromUs, toUs: fromUs + 60 * SECOND })[0]!;
  assert.deepEqual(
    [bars!.length, bars!.open[0], bars!.firstId[0], bars!.tradeCount[0], bars!.high[0]],
    [1, 20, 2, 3, 40],
  );
  assert.equal(reader.firstIdAt(btc!, fromUs), 2);
  // trades by time: the third is one of the minute before
  assert.deepEqual([...reader.trades(btc!, { fromUs }).id], [2, 4, 5]);
  assert.deepEqual([...reader.trades(btc!, { toUs: fromUs }).id], [1, 3]);
  assert.deepEqual([...reader.trades(btc!, { fromUs, limit: 2 }).id], [2, 4]);
  assert.deepEqual(
    [...reader.blocks(btc!, { fromUs, limit: 2 }, 1)].map((block) => [...block.id]),
    [[2], [4]],
  );
});

test("a range of trades by time holds those whose time is in it, and only them", (t) => {
  const reader = jittery(t);
  const [btc] = reader.series();
  const all = reader.trades(btc!);
  for (let k = 0; k < 40; k++) {
    const fromUs = START + k * 11 * SECOND;
    const toUs = fromUs + (1 + (k % 7)) * 13 * SECOND;
    const expected = [...all.id].filter((_, row) => {
      const us = all.tradeTimeUs[row]!;
      return us >= fromUs && us < toUs;
    });
    assert.deepEqual([...reader.trades(btc!, { fromUs, toUs }).id], expected);
    const blocks = [...reader.blocks(btc!, { fromUs, toUs }, 50)];
    assert.deepEqual(
      blocks.flatMap((block) => [...block.id]),
      expected,
    );
    for (const limit of [1, 7, 40])
      assert.deepEqual([...reader.trades(btc!, { fromUs, toUs, limit }).id], expected.slice(0, limit));
    assert.equal(
      reader.firstIdAt(btc!, fromUs),
      [...all.id].find((_, row) => all.tradeTimeUs[row]! >= fromUs),
    );
  }
});
