import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { watchPair } from "../../../src/notebook/pair/pair-watch.ts";
import { watchPairs } from "../../../src/notebook/pair/watch-pairs.ts";
import { storeMarket } from "../../support/market-store.ts";
import { tempFolder } from "../../support/temp.ts";

const SETTINGS = { interval: "1s", window: 20, calibrationBars: 60, bars: 60 };
const SYMBOLS = ["BTCUSDT", "ETHUSDT", "SOLUSDT", "LTCUSDT"];

function stored(t: TestContext): string {
  const source = join(tempFolder(t), "x.db");
  storeMarket(source, { seconds: 120 });
  return source;
}

test("each pair of many has the numbers that it has alone", (t) => {
  const source = stored(t);
  const { columns, length } = watchPairs({ ...SETTINGS, symbols: SYMBOLS, source }).data();
  assert.equal(length, 6);
  const [names, z, correlation] = columns.map(({ values }) => Array.from(values));
  for (const [i, name] of names!.entries()) {
    const [y, x] = String(name).split("/") as [string, string];
    const alone = watchPair({ ...SETTINGS, y: `${y}USDT`, x: `${x}USDT`, source }).frame();
    assert.ok(Math.abs((z![i] as number) - alone.zScore.at(-1)!) <= 0.005, String(name));
    assert.ok(Math.abs((correlation![i] as number) - alone.correlation.at(-1)!) <= 0.005, String(name));
  }
});

test("the pairs of the symbols that are collected are calibrated some at a look, and the table says how many wait", (t) => {
  const pairs = watchPairs({ ...SETTINGS, source: stored(t) });
  const captions = Array.from({ length: 5 }, () => pairs.data().caption);
  assert.deepEqual(captions, [
    "Pairs: reading 7 of 28",
    "Pairs: reading 14 of 28",
    "Pairs: reading 21 of 28",
    "Pairs: 28 tests at 10 %, each by itself; where none is a pair, up to 3 say yes by chance",
    "Pairs: 28 tests at 10 %, each by itself; where none is a pair, up to 3 say yes by chance",
  ]);
});

test("watchPairs refuses one symbol, more than twelve, and one that comes twice", (t) => {
  const source = stored(t);
  for (const symbols of [["BTCUSDT"], Array(13).fill("BTCUSDT"), ["BTCUSDT", "ETHUSDT", "BTCUSDT"]]) {
    assert.throws(() => watchPairs({ ...SETTINGS, symbols, source }), {
      message: /^watchPairs: needs 2 to 12 different symbols; got /,
    });
  }
});
