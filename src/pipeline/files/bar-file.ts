import { basename } from "node:path";
import { assetsOf } from "../../core/assets.ts";
import type { ToldColumn } from "../../core/bars.ts";
import { quote, refuse } from "../../core/errors.ts";
import { formatDuration } from "../../core/time.ts";
import type { Venue, VenueKind } from "../../core/trade.ts";
import { barsFromTrades } from "../bars/from-trades.ts";
import type { FileOptions } from "./asking.ts";
import { type BarGrid, barGrid } from "./bar-grid.ts";
import { type Caller, type FileData, readFile } from "./read-file.ts";
import type { FileTrades } from "./rows/file-trades.ts";
import type { FileSeries } from "./rows/series.ts";
import { plain } from "./rows/trades.ts";

/** Bars of one or several symbols from files, on common rows. */
export interface BarFile {
  readonly venue: Venue;
  /** What the bars were made from. */
  readonly from: "bars" | "trades" | "merged trades";
  /** Begin of the bars of any symbol, µs since 1970 UTC, ascending. */
  readonly timeUs: Float64Array;
  /** What each symbol's closes are called: its column, or its own name. */
  readonly priceColumns: readonly string[];
  /** Which of `priceColumns` a symbol means. */
  nameOf(symbol: string): string;
  /** The closes of a symbol, NaN where it has none: of the column of its very name, or of its own. */
  column(symbol: string): Float64Array;
  /** What else the file has of that symbol; undefined: nothing, or a volume that is nowhere above 0. */
  more(symbol: string, what: "open" | "volume" | "trades"): Float64Array | undefined;
  readonly intervalUs: number;
  /** Bars of that length from the first row to the last; without those that have no row, if asked. */
  grid(intervalUs: number, skipsGaps?: boolean): BarGrid;
  /** What a reader has to know about how it was read. */
  readonly told: readonly string[];
}

export interface BarFileSettings extends FileOptions {
  /** Of files of trades: the length of the bars to make; `"1m"` unless told. */
  readonly every?: string;
}

/**
 * Bars from a file or several, each a symbol or more: of bars as they are, of trades made here. Files that hold one symbol
 * each are joined by time.
 */
export function readBarFile(
  paths: string | readonly string[],
  settings: BarFileSettings,
  caller: Caller,
): BarFile {
  const { every = "1m", ...options } = settings;
  const files = (typeof paths === "string" ? [paths] : paths).map((path) => readFile(path, options, caller));
  const where = files.map(({ file }) => file).join(" and ");
  const from = files.some(({ kind }) => kind !== files[0]!.kind) ? mixed(where) : files[0]!.kind;
  const told = [...new Set(files.flatMap((file) => file.told))];
  const all = files.flatMap((file) => (from === "bars" ? file.series : madeOf(file, every, told)));
  return barFileOf(where, all, {
    venue: venueOf(files, where),
    from: from === "merged" ? "merged trades" : from,
    told,
  });
}

/** Series of bars as one file: on common rows. */
export function barFileOf(
  where: string,
  all: readonly FileSeries[],
  about: Pick<BarFile, "venue" | "from" | "told">,
): BarFile {
  const byName = distinct(where, all);
  const ownUs = commonLength(where, all);
  const timeUs = union(all);
  const byWall = all.some(({ spacing }) => spacing.by === "wall");
  const wallUs = new Float64Array(timeUs.length);
  const rowsOf = all.map(({ timeUs: own, wallUs: wall }) => {
    const rows = new Int32Array(timeUs.length).fill(-1);
    for (let row = 0, i = 0; row < timeUs.length && i < own.length; row++) {
      if (own[i] !== timeUs[row]) continue;
      wallUs[row] = wall[i]!;
      rows[row] = i++;
    }
    return rows;
  });
  const spread = (k: number, column: Float64Array): Float64Array =>
    Float64Array.from(rowsOf[k]!, (i) => (i < 0 ? Number.NaN : column[i]!));
  const find = (symbol: string): number => findSeries(where, byName, all, symbol);
  return {
    ...about,
    timeUs,
    priceColumns: byName,
    nameOf: (symbol) => byName[find(symbol)]!,
    column: (symbol) => {
      const k = find(symbol);
      return spread(k, all[k]!.close);
    },
    more: (symbol, what) => {
      const k = find(symbol);
      const column = all[k]![ROLES[what]];
      if (column === undefined || (what !== "open" && !column.some((value) => value > 0))) return undefined;
      return spread(k, column);
    },
    intervalUs: ownUs,
    grid: (intervalUs, skipsGaps = false) =>
      barGrid(where, { timeUs, wallUs, ownUs, byWall }, intervalUs, skipsGaps),
  };
}

const ROLES = { open: "open", volume: "volume", trades: "tradeCount" } as const satisfies Record<
  string,
  ToldColumn
>;

function mixed(where: string): never {
  return refuse({
    code: "mixed-kinds",
    where,
    problem: "needs files of one kind; one holds bars and the other trades",
    hint: "Take both as bars, or both as trades.",
  });
}

/** Bars of a file of trades; a bar in which nothing traded has the price before it. */
function madeOf(file: FileData, every: string, told: string[]): FileSeries[] {
  if (file.trades.some(({ isCounted }) => !isCounted))
    told.push(`${file.file} has trades without ids: nothing proves that they are all.`);
  return file.trades.map((trades) => seriesOfTrades(file, trades, every));
}

export function seriesOfTrades(
  file: FileData,
  { symbol, columns, hasSide }: FileTrades,
  every: string,
  empty: "flat" | "skip" = "flat",
): FileSeries {
  const venue: Venue = { name: file.file, kind: "file", detail: file.file };
  const bars = barsFromTrades(columns, { venue, symbol, every, empty });
  const {
    length,
    startUs,
    intervalUs,
    open,
    high,
    low,
    close,
    volume,
    quoteVolume,
    tradeCount,
    takerBuyVolume,
  } = bars;
  return {
    symbol: symbol === "" ? undefined : symbol,
    closeName: "price",
    length,
    timeUs: startUs,
    wallUs: startUs,
    row: startUs,
    spacing: { intervalUs, by: "time" },
    open,
    high,
    low,
    close,
    volume,
    quoteVolume,
    tradeCount,
    ...(hasSide && { takerBuyVolume }),
  };
}

/** A name for each series; two of one name are refused. */
function distinct(where: string, all: readonly FileSeries[]): string[] {
  const closes = new Set(all.map(({ closeName }) => closeName));
  const names = all.map(({ symbol, closeName }) =>
    symbol === undefined ||
    (closes.size === all.length &&
      closeName !== symbol &&
      /close|price/i.test(closeName) &&
      closeName.length > 6)
      ? closeName
      : symbol,
  );
  const twice = names.find((name, k) => names.indexOf(name) !== k);
  if (twice === undefined) return names;
  return refuse({
    code: "same-symbol",
    where,
    problem: `needs a symbol once; ${quote(twice, 60)} is there twice`,
    hint: "Name the files by their symbols, for example BTCUSDT-1h.csv and ETHUSDT-1h.csv.",
  });
}

function commonLength(where: string, all: readonly FileSeries[]): number {
  const lengths = [...new Set(all.map(({ spacing }) => spacing.intervalUs))];
  if (lengths.length === 1) return lengths[0]!;
  return refuse({
    code: "several-intervals",
    where,
    problem: `needs bars of one length; got ${lengths.map(formatDuration).join(" and ")}`,
    hint: "Take files of one length.",
  });
}

/** The times of all series, ascending, each once. */
function union(all: readonly FileSeries[]): Float64Array {
  const [first] = all;
  const isOne = all.every(
    ({ timeUs, length }) => length === first!.length && timeUs.every((us, i) => us === first!.timeUs[i]),
  );
  if (isOne) return first!.timeUs;
  const both = Float64Array.from(all.flatMap(({ timeUs }) => [...timeUs])).sort();
  return both.filter((us, i) => i === 0 || us !== both[i - 1]);
}

/** The series of a symbol: of its very name, else of its letters, else of its base: `ETHUSDT` finds `eth_close`. */
export function findSeries(
  where: string,
  names: readonly string[],
  all: readonly FileSeries[],
  symbol: string,
): number {
  const wanted = plain(symbol);
  const base = assetsOf(wanted).base;
  const rules: ((series: FileSeries, k: number) => boolean)[] = [
    ({ closeName, symbol: own }, k) => names[k] === symbol || closeName === symbol || own === symbol,
    ({ symbol: own, closeName }) => plain(own ?? closeName) === wanted,
    ({ symbol: own }) =>
      base !== "" && own !== undefined && (plain(own) === base || assetsOf(plain(own)).base === base),
    // a file of one market that does not name it
    ({ symbol: own }) => all.length === 1 && own === undefined,
  ];
  for (const rule of rules) {
    const found = all.flatMap((series, k) => (rule(series, k) ? [k] : []));
    if (found.length === 1) return found[0]!;
    if (found.length > 1) break;
  }
  return refuse({
    code: "no-column",
    where,
    problem: `needs closes of ${quote(symbol, 60)}; the file has ${names.join(", ")}`,
    hint: "Name its columns as y and x.",
    facts: { symbol, columns: names },
  });
}

const KINDS: readonly string[] = ["real", "simulated", "replayed", "file"] satisfies VenueKind[];

/** The venue that one of our own exports names; else the file itself. */
function venueOf(files: readonly FileData[], where: string): Venue {
  const { venue } = files[0]!;
  if (venue === undefined || !KINDS.includes(venue.kind))
    return { name: basename(where), kind: "file", detail: where };
  // what a file says of an exchange is what a file says
  const kind = venue.kind === "real" ? "file" : (venue.kind as VenueKind);
  return { name: venue.name, kind, detail: `${venue.name}, from ${where}`, clock: "own" };
}
