import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { sliceBars } from "../../../src/core/bars.ts";
import { random } from "../../../src/core/random.ts";
import { barsFromTrades } from "../../../src/pipeline/bars/from-trades.ts";
import { readBars } from "../../../src/pipeline/bars/read-bars.ts";
import { openReader, type StoreReader } from "../../../src/pipeline/store/read/reader.ts";
import { openWriter } from "../../../src/pipeline/store/write/writer.ts";
import { simulated } from "../../support/bars.ts";
import { assertSameBars } from "../../support/same-bars.ts";
import { tempFolder } from "../../support/temp.ts";
import { batchOf, T0, trade } from "../../support/trades.ts";

const SYMBOLS = ["BTCUSDT", "ETHUSDT"];
const SECOND = 1_000_000;
const START = Math.floor(T0 / (60 * SECOND)) * 60 * SECOND;

function stored(t: TestContext): StoreReader {
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
