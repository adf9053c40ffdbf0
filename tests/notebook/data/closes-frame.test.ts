import assert from "node:assert/strict";
import { test } from "node:test";
import pl from "nodejs-polars";
import type { Closes } from "../../../src/notebook/data/closes.ts";
import { closesFrame, closesFromFrame } from "../../../src/notebook/data/closes-frame.ts";
import { simulated } from "../../support/bars.ts";

const MINUTE = 60e6;
const START = Date.UTC(2026, 0, 5) * 1000;
const length = 12;
const closes: Closes = {
  venue: simulated,
  label: "12 bars of 1m",
  symbols: ["A", "B"],
  intervalUs: MINUTE,
  length,
  timeUs: Float64Array.from({ length }, (_, i) => START + i * MINUTE),
  closes: {
    A: Float64Array.from({ length }, (_, i) => 100 + i),
    B: Float64Array.from({ length }, (_, i) => (i === 3 ? Number.NaN : 50 - i)),
  },
};

test("closes come back from Polars as they were, missing prices included", () => {
  assert.deepEqual(closesFromFrame(closesFrame(closes), closes), closes);
});

test("longer bars of Polars have the last closes, their length and their label", () => {
  const frame = closesFrame(closes)
    .groupByDynamic({ indexColumn: "start", every: "4m", closed: "left", label: "left" })
    .agg(pl.all().last());
  const longer = closesFromFrame(frame, closes);
  assert.deepEqual([longer.intervalUs, longer.length, longer.label], [4 * MINUTE, 3, "3 bars of 4m"]);
  assert.deepEqual([...longer.closes.A!], [103, 107, 111]);
  assert.deepEqual([...longer.closes.B!], [Number.NaN, 43, 39]);
});

test("a bar without a row has no price", () => {
  const frame = closesFrame(closes).filter(pl.col("A").neq(pl.lit(105)));
  const found = closesFromFrame(frame, closes);
  assert.equal(found.length, length);
  assert.deepEqual([...found.closes.A!.subarray(4, 7)], [104, Number.NaN, 106]);
});

test("a frame without its columns, with one row, or off a grid is refused, and so is what is no frame", () => {
  const frame = closesFrame(closes);
  const refused = (given: unknown, problem: RegExp): void => {
    assert.throws(() => closesFromFrame(given as pl.DataFrame, closes), {
      name: "TickbookError",
      message: problem,
    });
  };
  refused([1, 2], /needs a Polars frame; got something else/);
  refused(frame.drop("B"), /needs the columns start, A, B and two rows; got .*start, A/);
  refused(frame.head(1), /two rows; got .* and 1\. /);
  refused(frame.sort("start", true), /ascending time on a grid/);
  const shifted = frame.withColumns(
    pl
      .when(pl.col("A").gt(105))
      .then(pl.col("start").cast(pl.Int64).add(7))
      .otherwise(pl.col("start").cast(pl.Int64))
      .alias("start"),
  );
  refused(shifted, /on a grid of equal steps/);
});
