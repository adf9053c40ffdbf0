import assert from "node:assert/strict";
import { test } from "node:test";
import type { Bars } from "../../../src/core/bars.ts";
import type { TradeColumns } from "../../../src/core/trade-columns.ts";
import { barsFromTrades } from "../../../src/pipeline/bars/from-trades.ts";
import { joinBars, joinedColumn } from "../../../src/pipeline/bars/join.ts";
import { simulated } from "../../support/bars.ts";

const SECOND = 1_000_000;

/** Bars with one trade at each of these seconds, at a price equal to it. */
function barsAt(seconds: readonly number[], every = "1s"): Bars {
  const of = (values: readonly number[]): Float64Array => Float64Array.from(values);
  const trades: TradeColumns = {
    length: seconds.length,
    id: of(seconds.map((_, i) => i + 1)),
    tradeTimeUs: of(seconds.map((s) => s * SECOND)),
    price: of(seconds),
    qty: of(seconds.map(() => 1)),
    isBuyerMaker: new Uint8Array(seconds.length),
  };
  return barsFromTrades(trades, { venue: simulated, symbol: "X", every });
}

test("inner keeps the times at which each symbol has a bar", () => {
  const [a, b, c] = [barsAt([1, 2, 4, 7]), barsAt([2, 3, 4, 7]), barsAt([1, 2, 4])];
  const joined = joinBars([a, b, c], { how: "inner" });
  assert.deepEqual([...joined.endUs], [3 * SECOND, 5 * SECOND]);
  assert.deepEqual([...joinedColumn(joined, 1, b, "startUs")], [2 * SECOND, 4 * SECOND]);
  assert.deepEqual([...joined.rows[2]!], [1, 2]);
});

test("last takes each symbol's last known bar, unless it is older than the limit", () => {
  const [a, b] = [barsAt([1, 2, 9]), barsAt([4, 5])];
  const joined = joinBars([a, b], { how: "last", maxAgeUs: 3 * SECOND });
  assert.deepEqual(
    [...joined.endUs],
    [2, 3, 5, 6, 10].map((s) => s * SECOND),
  );
  assert.deepEqual([...joinedColumn(joined, 0, a, "close")], [1, 2, 2, 2, 9]);
  const nan = Number.NaN;
  assert.deepEqual([...joinedColumn(joined, 1, b, "close")], [nan, nan, 4, 5, nan]);
});

test("a longer bar is used when it has ended, not from its start on", () => {
  const [seconds, minutes] = [barsAt([58, 59, 60, 61]), barsAt([10, 70], "1m")];
  const joined = joinBars([seconds, minutes], { how: "last", maxAgeUs: 3600 * SECOND });
  assert.deepEqual(
    [...joined.endUs],
    [59, 60, 61, 62, 120].map((s) => s * SECOND),
  );
  assert.deepEqual([...joined.rows[1]!], [-1, 0, 0, 0, 1]);
});

test("of several bars that end in one microsecond the last one counts", () => {
  const a = barsAt([1, 1, 1, 2], "1 trades");
  const joined = joinBars([a, barsAt([1, 2], "1 trades")], { how: "inner" });
  assert.deepEqual([...joined.rows[0]!], [2, 3]);
});

test("nothing joined is nothing, and a negative age or no symbol is refused", () => {
  assert.equal(joinBars([barsAt([]), barsAt([1])], { how: "inner" }).length, 0);
  assert.throws(() => joinBars([], { how: "inner" }), { code: "bad-join" });
  assert.throws(() => joinBars([barsAt([1])], { how: "last", maxAgeUs: -1 }), { code: "bad-join" });
});
