import { extname } from "node:path";
import { quote, refuse } from "../../core/errors.ts";
import { formatDuration, parseDuration } from "../../core/time.ts";
import { type Venue, venueLabel } from "../../core/trade.ts";
import { joinBars, joinedColumn } from "../../pipeline/bars/join.ts";
import { readBars } from "../../pipeline/bars/read-bars.ts";
import { type ReadOptions, readOptions } from "../../pipeline/files/asking.ts";
import { readBarFile } from "../../pipeline/files/bar-file.ts";
import { isTableFile } from "../../pipeline/files/file-name.ts";
import type { Series, StoreReader } from "../../pipeline/store/read/reader.ts";
import { whichSeries } from "../../pipeline/store/which-series.ts";
import { openStore } from "./store.ts";

export interface ClosesSettings extends ReadOptions {
  /** Which symbols, or columns of a file; all that there are unless told. */
  readonly symbols?: readonly string[];
  /** Length of a bar: `"1s"`, `"5m"`, …; of a file, its own unless told. */
  readonly interval?: string;
  /** `"store"`, the default: the database of `openStore`. Or a file: a database (.db), or bars (.parquet, .csv). */
  readonly source?: string;
  /** The newest so many bars; all of them unless told. */
  readonly bars?: number;
  /** Which venue of a database; the one that received a trade last unless told. */
  readonly venue?: string;
  /** A bar of a database counts when the venue's newest time has passed its end by this much; 1000 unless told. */
  readonly graceMs?: number;
}

/** Closing prices of several symbols on one grid of bars of one length. */
export interface Closes {
  readonly venue: Venue;
  /** How many bars of which length; where from, if the venue's own label does not say it. */
  readonly label: string;
  readonly symbols: readonly string[];
  readonly intervalUs: number;
  readonly length: number;
  /** Start of each bar, µs since 1970 UTC. */
  readonly timeUs: Float64Array;
  /**
   * By symbol. A bar without a trade has the close before it; NaN where trades are missing, so that the close is not
   * known, and where a file has none.
   */
  readonly closes: Readonly<Record<string, Float64Array>>;
}

/** Closes of several symbols, from a live, replayed or older database or from a file, by one setting. */
export function alignedCloses(settings: ClosesSettings = {}): Closes {
  const { source = "store", bars } = settings;
  if (bars !== undefined && !(Number.isInteger(bars) && bars >= 1)) {
    refuse({
      code: "bad-setting",
      where: "bars",
      problem: `needs a whole number of bars, at least 1; got ${quote(bars)}`,
      hint: "Leave it out to have all.",
    });
  }
  const kind = source === "store" ? ".db" : extname(source).toLowerCase();
  const isForeign = settings.table !== undefined || settings.query !== undefined;
  if ([".db", ".sqlite", ".sqlite3"].includes(kind) && !isForeign)
    return fromStore(openStore(source === "store" ? undefined : source), settings);
  if (isTableFile(source) || isForeign) return fromFile(source, settings);
  return refuse({
    code: "bad-source",
    where: "source",
    problem: `needs "store", a database (.db) or a file of rows (.csv, .parquet, …); got ${quote(source)}`,
    hint: 'Pass for example "store" or "../data/prices.parquet".',
    facts: { source },
  });
}

function fromStore(reader: StoreReader, settings: ClosesSettings): Closes {
  const { interval = "1m", bars: most, graceMs = 1000 } = settings;
  try {
    const series = seriesOf(reader, settings);
    const { venue } = series[0]!;
    const intervalUs = parseDuration(interval, "interval");
    const newestUs = Math.max(...series.map((one) => reader.newest(one)?.timeUs ?? 0));
    const toUs = Math.floor((newestUs - graceMs * 1000) / intervalUs) * intervalUs;
    const range = most === undefined ? {} : { fromUs: toUs - most * intervalUs };
    const all = readBars(reader, series, { every: [interval], toUs, ...range, empty: "flat" }).map(
      ([bars]) => bars!,
    );
    const joined = joinBars(all, { how: "inner" });
    const closes = all.map((bars, k) => {
      const [close, trades, complete] = (["close", "tradeCount", "complete"] as const).map((name) =>
        joinedColumn(joined, k, bars, name),
      );
      // a bar that is empty because its trades are missing has no price of its own
      return close!.map((price, t) => (trades![t] === 0 && complete![t] === 0 ? Number.NaN : price));
    });
    return {
      venue,
      symbols: series.map(({ symbol }) => symbol),
      intervalUs,
      length: joined.length,
      timeUs: joined.endUs.map((end) => end - intervalUs),
      closes: Object.fromEntries(series.map(({ symbol }, k) => [symbol, closes[k]!])),
      label: labelOf(venueLabel(venue) === "" ? venue.name : "", joined.length, intervalUs),
    };
  } finally {
    reader.close();
  }
}

/** Those asked for that have a trade, as `whichSeries` chooses them. */
function seriesOf(reader: StoreReader, { symbols, venue }: ClosesSettings): readonly Series[] {
  const wanted = { ...(symbols !== undefined && { symbols }), ...(venue !== undefined && { venue }) };
  const all = whichSeries(reader, wanted);
  const chosen = symbols === undefined ? all.filter((one) => reader.newest(one) !== undefined) : all;
  if (chosen.length > 0) return chosen;
  return refuse({
    code: "no-trades",
    where: reader.path,
    problem: `needs trades; the database holds none`,
    hint: "Wait for the collector of npm start, or name another database as the source.",
  });
}

function fromFile(path: string, settings: ClosesSettings): Closes {
  const { symbols, interval, bars: most, sessions = false } = settings;
  const every = interval === undefined ? {} : { every: interval };
  const caller = { voice: "settings" as const, nowUs: Date.now() * 1000 };
  const file = readBarFile(path, { ...readOptions(settings), ...every }, caller);
  const names = symbols ?? file.priceColumns;
  const ownUs = file.intervalUs;
  const intervalUs = interval === undefined ? ownUs : Math.max(ownUs, parseDuration(interval, "interval"));
  const { startUs, barOf } = file.grid(intervalUs, sessions);
  const from = most === undefined ? 0 : Math.max(0, startUs.length - most);
  const closes = names.map((name) => {
    const column = file.column(name);
    const close = new Float64Array(startUs.length).fill(Number.NaN);
    // the last row of a bar is its close
    for (let row = 0; row < barOf.length; row++) close[barOf[row]!] = column[row]!;
    return close.subarray(from);
  });
  return {
    venue: file.venue,
    symbols: names,
    intervalUs,
    length: startUs.length - from,
    timeUs: startUs.subarray(from),
    closes: Object.fromEntries(names.map((name, k) => [name, closes[k]!])),
    label: labelOf(venueLabel(file.venue) === "" ? file.venue.detail : "", startUs.length - from, intervalUs),
  };
}

function labelOf(from: string, length: number, intervalUs: number): string {
  return [from, `${length.toLocaleString("en")} bars of ${formatDuration(intervalUs)}`]
    .filter(Boolean)
    .join(" · ");
}
