import assert from "node:assert/strict";
import { test } from "node:test";
import pl from "nodejs-polars";
import { barsFromTrades } from "../../../src/pipeline/bars/from-trades.ts";
import { barsFromFrame } from "../../../src/pipeline/bars/polars.ts";

const SETTINGS = {
  venue: { name: "x", kind: "real", detail: "" },
  symbol: "X",
  every: "1m",
} as const;
const MS = Date.UTC(2024, 0, 1);
const base = pl.DataFrame({
  id: [1, 2, 3],
  tradeTimeUs: [MS * 1000, MS * 1000 + 30e6, MS * 1000 + 60e6],
  price: [10, 12, 11],
  qty: [1, 2, 4],
  isBuyerMaker: [true, false, true],
});
const taken = (frame: pl.DataFrame): unknown => {
  const { startUs, close, takerBuyVolume } = barsFromFrame(frame, SETTINGS);
  return [[...startUs], [...close], [...takerBuyVolume]];
};

test("a frame's makers may be words, its prices text, its times datetimes of any unit and zone: the same bars", () => {
  const expected = taken(base);
  assert.deepEqual(expected, [
    [MS * 1000, MS * 1000 + 60e6],
    [12, 11],
    [2, 0],
  ]);
  const ms = base.withColumn(
    pl.col("tradeTimeUs").cast(pl.Int64).cast(pl.Datetime("us")).cast(pl.Datetime("ms")),
  );
  const zoned = base.withColumn(
    pl.col("tradeTimeUs").cast(pl.Int64).cast(pl.Datetime("us", "America/New_York")),
  );
  const ns = base.withColumn(
    pl.col("tradeTimeUs").cast(pl.Int64).cast(pl.Datetime("us")).cast(pl.Datetime("ns")),
  );
  const words = base.drop("isBuyerMaker").withColumns(pl.Series("isBuyerMaker", ["true", "FALSE", "True"]));
  const text = base.withColumns(pl.col("price").cast(pl.Utf8), pl.col("qty").cast(pl.Utf8));
  for (const [name, frame] of Object.entries({ ms, zoned, ns, words, text }))
    assert.deepEqual(taken(frame), expected, name);
});

test("makers that are nothing, or something else, are refused and never taken for sellers", () => {
  for (const makers of [
    ["true", "no", "true"],
    ["true", null, "true"],
    [1, 2, 0],
    [true, null, false],
  ])
    assert.throws(
      () => taken(base.drop("isBuyerMaker").withColumns(pl.Series("isBuyerMaker", makers as string[]))),
      /barsFromFrame: needs isBuyerMaker true or false in every row; 1 of 3/,
      String(makers),
    );
});

test("milliseconds where microseconds are due are refused, in frames and in columns", () => {
  const frame = base.withColumn(pl.col("tradeTimeUs").div(1000));
  const said =
    /trade 1 needs a time in microseconds; got 1704067200000, which is 2024-01-01T00:00:00Z in milliseconds/;
  assert.throws(() => taken(frame), said);
  const columns = {
    length: 1,
    id: new Float64Array([1]),
    tradeTimeUs: new Float64Array([MS]),
    price: new Float64Array([10]),
    qty: new Float64Array([1]),
    isBuyerMaker: new Uint8Array([1]),
  };
  assert.throws(() => barsFromTrades(columns, SETTINGS), said);
});

test("what is missing in a row of a frame is refused in the words of barsFromTrades, whichever column it is", () => {
  for (const name of ["id", "tradeTimeUs", "price", "qty"])
    assert.throws(
      () =>
        taken(
          base.withColumn(pl.when(pl.col("id").eq(2)).then(pl.lit(null)).otherwise(pl.col(name)).alias(name)),
        ),
      /bars of X: .*NaN/,
      name,
    );
  assert.throws(() => taken(base.withColumn(pl.lit(Number.NaN).alias("price"))), /price NaN/);
});

test("integers of any width make the same bars, and an interval that is no part of a day is aligned to 1970", () => {
  const whole = base.withColumns(
    pl.col("id").cast(pl.UInt32),
    pl.col("tradeTimeUs").cast(pl.Int64),
    pl.col("isBuyerMaker").cast(pl.Int8),
  );
  assert.deepEqual(taken(whole), taken(base));
  const { startUs } = barsFromFrame(whole, { ...SETTINGS, every: "7s" });
  assert.deepEqual(
    [...startUs].map((us) => us % 7e6),
    [0, 0, 0],
  );
});
