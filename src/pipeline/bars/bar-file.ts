import { existsSync } from "node:fs";
import { basename } from "node:path";
import pl from "nodejs-polars";
import { assetsOf } from "../../core/assets.ts";
import { quote, refuse } from "../../core/errors.ts";
import { formatUtc } from "../../core/time.ts";
import type { Venue, VenueKind } from "../../core/trade.ts";

/** A file of bars: a row a bar, a column a symbol. */
export interface BarFile {
  readonly venue: Venue;
  /** Start of the bars, µs since 1970 UTC, ascending. */
  readonly timeUs: Float64Array;
  /** The numbers that are prices: named `close`, `…_close` or `…_price`; all where none is named so. */
  readonly priceColumns: readonly string[];
  /** The prices of a symbol: of the column of its very name, or of its close. */
  column(symbol: string): Float64Array;
  /** What else the file has of that symbol; undefined: no such column. */
  more(symbol: string, what: "open" | "volume" | "trades"): Float64Array | undefined;
  /** The most common distance of one row from the next. */
  readonly intervalUs: number;
}

const TIME_NAMES =
  /^(time|timestamp|datetime|date|start|open[_ ]?time|trade[_ ]?time|ts|__index_level_0__)(_?(us|ms|s))?$/i;

/** Reads a Parquet or CSV file by its column of times (UTC) and its columns of prices. */
export function readBarFile(path: string): BarFile {
  const frame = readFrame(path);
  const timeUs = timesOf(path, frame);
  const numbers = frame.columns.filter((_, k) =>
    /^(Float|U?Int|Decimal)/.test(String(frame.dtypes[k]?.variant)),
  );
  const named = numbers.filter((name) => /(^|[_ ])(close|price)$/i.test(name) && !/log/i.test(name));
  const values = (name: string): Float64Array => {
    const column = frame.getColumn(name).cast(pl.Float64).toArray() as (number | null)[];
    return Float64Array.from(column, (value) => value ?? Number.NaN);
  };
  return {
    venue: venueOf(path, frame),
    timeUs,
    intervalUs: spacingOf(path, timeUs),
    priceColumns: named.length > 0 ? named : numbers.filter((name) => !TIME_NAMES.test(name)),
    column: (symbol) => values(columnOf(path, frame.columns, symbol)),
    more: (symbol, what) => {
      const close = columnOf(path, frame.columns, symbol);
      const front = close.replace(/(close|price)$/i, "");
      const wanted = (front === close ? [`${close}_${what}`, `${close} ${what}`] : [`${front}${what}`]).map(
        (name) => name.toLowerCase(),
      );
      const name = numbers.find((one) => wanted.includes(one.toLowerCase()));
      return name === undefined ? undefined : values(name);
    },
  };
}

function spacingOf(path: string, timeUs: Float64Array): number {
  const counts = new Map<number, number>();
  for (let i = 1; i < timeUs.length; i++) {
    const step = timeUs[i]! - timeUs[i - 1]!;
    counts.set(step, (counts.get(step) ?? 0) + 1);
  }
  const most = [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best), [0, 0]);
  if (most[0] > 0) return most[0];
  return refuse({
    code: "too-few-rows",
    where: path,
    problem: `needs at least 2 rows, to know the length of a bar; got ${timeUs.length}`,
    hint: "Check that the file is whole.",
  });
}

function readFrame(path: string): pl.DataFrame {
  if (!existsSync(path)) {
    refuse({
      code: "no-file",
      where: path,
      problem: "needs a file of bars; there is none of this name",
      hint: "Pass a path from the notebook's folder on, or an absolute one.",
    });
  }
  try {
    return /\.parquet$/i.test(path) ? pl.readParquet(path) : pl.readCSV(path, { tryParseDates: true });
  } catch (error) {
    return refuse({
      code: "bad-file",
      where: path,
      problem: `needs Parquet or CSV with a header; got ${quote(String((error as Error).message).split("\n")[0])}`,
      hint: "Check that the file is whole, and that its name ends in .parquet or .csv.",
    });
  }
}

/** The column of a symbol: of its very name, else its close: `ETHUSDT` finds `ethusdt`, `eth_close` and the like. */
function columnOf(path: string, columns: readonly string[], symbol: string): string {
  const { base } = assetsOf(symbol);
  const plain = symbol.toLowerCase();
  const wanted = [plain, `${plain}_close`, `${plain} close`];
  if (base !== "") wanted.push(`${base.toLowerCase()}_close`, base.toLowerCase());
  const exact = columns.find((name) => name === symbol);
  const found = exact ?? wanted.flatMap((want) => columns.filter((name) => name.toLowerCase() === want))[0];
  return (
    found ??
    refuse({
      code: "no-column",
      where: path,
      problem: `needs a column ${quote(symbol)}${base === "" ? "" : ` or ${quote(`${base.toLowerCase()}_close`)}`}; the file has ${columns.join(", ")}`,
      hint: "Name two of its columns as y and x.",
      facts: { symbol, columns },
    })
  );
}

function timesOf(path: string, frame: pl.DataFrame): Float64Array {
  const isTime = (k: number): boolean => /^(Datetime|Date)$/.test(String(frame.dtypes[k]?.variant));
  const index = frame.columns.findIndex((name, k) => isTime(k) || TIME_NAMES.test(name));
  if (index < 0) {
    return refuse({
      code: "no-time",
      where: path,
      problem: `needs a column of times (time, timestamp, date, start, …); the file has ${frame.columns.join(", ")}`,
      hint: "Give the column of times one of these names.",
      facts: { columns: frame.columns },
    });
  }
  const name = frame.columns[index]!;
  const column = frame.getColumn(name);
  const variant = String(column.dtype.variant);
  const times = /^(Datetime|Date)$/.test(variant)
    ? Float64Array.from(column.cast(pl.Datetime("us")).cast(pl.Int64).toArray(), (us) =>
        us === null ? Number.NaN : Number(us),
      )
    : Float64Array.from(column.toArray() as unknown[], microseconds);
  const bad = times.findIndex((us, i) => !Number.isFinite(us) || (i > 0 && us <= times[i - 1]!));
  if (bad >= 0) {
    const at = times[bad]!;
    const got = Number.isFinite(at) ? formatUtc(at) : quote(String(column.toArray()[bad]), 60);
    refuse({
      code: "bad-time",
      where: path,
      problem: `needs times that ascend; got ${got} in row ${bad + 1}${bad > 0 ? ` after ${formatUtc(times[bad - 1]!)}` : ""}`,
      hint: "Sort the rows by time and leave out doubles.",
      facts: { row: bad, column: name },
    });
  }
  return times;
}

/** Seconds, milliseconds, microseconds and nanoseconds are told apart by magnitude; text is ISO 8601, UTC where it says nothing. */
function microseconds(value: unknown): number {
  if (typeof value === "number" || typeof value === "bigint") {
    const time = Number(value);
    const size = Math.abs(time);
    return size < 1e11 ? time * 1e6 : size < 1e14 ? time * 1e3 : size < 1e17 ? time : time / 1e3;
  }
  const text = String(value).trim().replace(" ", "T");
  return Date.parse(/(Z|[+-]\d\d:?\d\d)$/i.test(text) || !text.includes("T") ? text : `${text}Z`) * 1000;
}

/** The venue that one of our own exports names; else the file itself. */
function venueOf(path: string, frame: pl.DataFrame): Venue {
  const first = (name: string): unknown =>
    frame.height > 0 && frame.columns.includes(name) ? frame.getColumn(name).get(0) : undefined;
  const [name, kind] = [first("venue"), first("venue_kind")];
  const file = basename(path);
  if (typeof name === "string" && ["real", "simulated", "replayed"].includes(String(kind)))
    return { name, kind: kind as VenueKind, detail: `${name}, from ${file}` };
  return { name: file, kind: "real", detail: file };
}
