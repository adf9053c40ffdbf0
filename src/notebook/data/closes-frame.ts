import { requireFields } from "../../core/arguments.ts";
import { quote, refuse } from "../../core/errors.ts";
import { formatDuration } from "../../core/time.ts";
import { pl } from "../../pipeline/polars.ts";
import type { PairCloses } from "../pair/pair-data.ts";
import type { Closes } from "./closes.ts";

/**
 * Closes as a Polars frame: `start`, a datetime in UTC, and a column a symbol, or `y` and `x` of a pair. What Polars makes of it,
 * for example longer bars by `groupByDynamic`, `closesFromFrame` takes back.
 */
export function closesFrame(closes: Closes | PairCloses): pl.DataFrame {
  requireFields("closesFrame", "closes", closes, ["timeUs"]);
  return pl
    .DataFrame({ start: closes.timeUs, ...columnsOf(closes) })
    .withColumns(pl.col("start").cast(pl.Int64).cast(pl.Datetime("us")));
}

/**
 * What `pairCloses` or `alignedCloses` gives, of a frame with the columns of `closesFrame(of)`, by ascending time. The least step
 * between two rows is the length of a bar; a bar that has no row has no price (NaN).
 */
export function closesFromFrame<Of extends Closes | PairCloses>(frame: pl.DataFrame, of: Of): Of {
  requireFields("closesFromFrame", "of", of, ["timeUs", "intervalUs"]);
  if (!pl.DataFrame.isDataFrame(frame)) {
    refuse({
      code: "not-a-frame",
      where: "closesFromFrame",
      problem: "needs a Polars frame; got something else",
      hint: "Pass what closesFrame(of) gives, or what Polars has made of it.",
    });
  }
  const names = Object.keys(columnsOf(of));
  const missing = ["start", ...names].filter((name) => !frame.columns.includes(name));
  if (missing.length > 0 || frame.height < 2) {
    refuse({
      code: "bad-columns",
      where: "closesFromFrame",
      problem: `needs the columns start, ${names.join(", ")} and two rows; got ${quote(frame.columns.join(", "), 200)} and ${frame.height}`,
      hint: "Keep the names of closesFrame: .agg(pl.col(name).last()) keeps that of a column.",
      facts: { missing },
    });
  }
  const startUs = numbers(frame.getColumn("start").cast(pl.Int64));
  const steps = startUs.subarray(1).map((us, i) => us - startUs[i]!);
  const intervalUs = steps.reduce((least, step) => Math.min(least, step), Number.POSITIVE_INFINITY);
  const places = startUs.map((us) => (us - startUs[0]!) / intervalUs);
  const wrong = places.find((place) => !Number.isInteger(place));
  if (!(intervalUs > 0) || wrong !== undefined) {
    refuse({
      code: "bad-grid",
      where: "closesFromFrame",
      problem: `needs rows by ascending time on a grid of equal steps; the least step is ${intervalUs} µs`,
      hint: 'Group by time: groupByDynamic({ indexColumn: "start", every: "5m" }).',
      facts: { intervalUs },
    });
  }
  const length = places.at(-1)! + 1;
  const onGrid = (name: string): Float64Array => {
    const values = new Float64Array(length).fill(Number.NaN);
    numbers(frame.getColumn(name)).forEach((value, row) => {
      values[places[row]!] = value;
    });
    return values;
  };
  const closes = Object.fromEntries(names.map((name) => [name, onGrid(name)]));
  const timeUs = Float64Array.from({ length }, (_, i) => startUs[0]! + i * intervalUs);
  const bars = `${length.toLocaleString("en")} bars of ${formatDuration(intervalUs)}`;
  const grid = { timeUs, intervalUs, length, label: of.label.replace(/[\d,]+ bars of \S+( \S+)?$/, bars) };
  if ("closes" in of) return { ...of, ...grid, closes };
  const priced = (t: number): boolean => closes.y![t]! > 0 && closes.x![t]! > 0;
  const missingBars = [...timeUs.keys()].filter((t) => !priced(t)).length;
  return { ...of, ...grid, ...closes, missing: missingBars };
}

function columnsOf(closes: Closes | PairCloses): Readonly<Record<string, Float64Array>> {
  return "closes" in closes ? closes.closes : { y: closes.y, x: closes.x };
}

function numbers(column: pl.Series): Float64Array {
  const values = column.cast(pl.Float64).toArray() as (number | null)[];
  return Float64Array.from(values, (value) => value ?? Number.NaN);
}
