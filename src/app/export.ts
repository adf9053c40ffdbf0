import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { requireFields, requireSettings, requireText } from "../core/arguments.ts";
import { assetsOf } from "../core/assets.ts";
import { type Bars, barColumn, makeBars, sliceBars } from "../core/bars.ts";
import { quote, refuse } from "../core/errors.ts";
import { firstAtLeast } from "../core/search.ts";
import { formatDuration } from "../core/time.ts";
import type { TradeColumns } from "../core/trade-columns.ts";
import { importedLengths } from "../pipeline/bars/imported-series.ts";
import { readBars } from "../pipeline/bars/read-bars.ts";
import { barRule } from "../pipeline/bars/rule.ts";
import { checkRange } from "../pipeline/store/read/reader.ts";
import type { Series, TradeStore } from "../pipeline/store/trade-store.ts";
import { csvChunks } from "../render/csv.ts";
import type { TableData } from "../render/table-data.ts";

export interface ExportSettings {
  readonly what: "trades" | "bars";
  /** Of bars: `1m`, `500 trades` and so on. */
  readonly interval?: string;
  /** From (included) and to (not included); everything unless told. */
  readonly fromUs?: number;
  readonly toUs?: number;
  /** CSV for a spreadsheet in a European locale. */
  readonly excel?: boolean;
  /** Text that a spreadsheet would run gets a `'` before it, unless this is false. */
  readonly guardFormulas?: boolean;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

export interface ExportResult {
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
}

/**
 * Writes trades or closed bars of a series as one CSV file (`.csv`, `.csv.gz`), piece by piece: memory stays bounded. It comes into its place
 * when it is whole. The bar that is still forming is left out.
 */
export function exportCsv(
  store: TradeStore,
  series: Series,
  path: string,
  settings: ExportSettings,
): ExportResult {
  requireFields("exportCsv", "store", store, []);
  requireFields("exportCsv", "series", series, ["venue"]);
  requireText("exportCsv", "path", path);
  requireSettings("exportCsv", settings, [
    "what",
    "interval",
    "fromUs",
    "toUs",
    "excel",
    "guardFormulas",
    "onProgress",
  ]);

  const { fromUs, toUs, what } = settings;
  if (what !== "trades" && what !== "bars") {
    refuse({
      code: "bad-setting",
      where: "exportCsv",
      problem: `what must be "trades" or "bars"; got ${quote(what)}`,
      hint: 'Pass for example { what: "trades" }.',
    });
  }
  checkRange(series, { ...(fromUs !== undefined && { fromUs }), ...(toUs !== undefined && { toUs }) });
  const tables =
    settings.what === "bars" ? barTables(store, series, settings) : tradeTables(store, series, settings);
  const { guardFormulas, excel = false } = settings;
  const isPacked = /\.gz$/i.test(path);
  if (!/\.(csv|tsv|txt)(\.gz)?$/i.test(path) && /\.(parquet|feather|xlsx?|json|zip)$/i.test(path)) {
    refuse({
      code: "bad-setting",
      where: basename(path),
      problem: "needs a name that ends in .csv or .csv.gz; exports are CSV",
      hint: "Parquet of whole days is what npm run archive writes.",
    });
  }
  return writeFile(
    path,
    (text) => (isPacked ? gzipSync(text) : text),
    (write) => {
      let rows = 0;
      let header = true;
      for (const table of tables) {
        const options = {
          venue: series.venue,
          header,
          excel,
          ...(guardFormulas !== undefined && { guardFormulas }),
        };
        for (const chunk of csvChunks(table, options)) write(chunk);
        rows += table.length;
        header = false;
      }
      return rows;
    },
  );
}

const BLOCK_ROWS = 65_536;
const DAY_US = 86_400_000_000;

function* tradeTables(store: TradeStore, series: Series, settings: ExportSettings): Generator<TableData> {
  const { fromUs, toUs, onProgress } = settings;
  if (store.newest(series) === undefined && importedLengths(store, series).length > 0) {
    refuse({
      code: "no-trades",
      where: `trades of ${series.symbol}`,
      problem: "needs trades; it holds bars only, which came as bars",
      hint: `Export those: --what bars --interval ${formatDuration(importedLengths(store, series)[0]!)}.`,
    });
  }
  const range = { ...(fromUs !== undefined && { fromUs }), ...(toUs !== undefined && { toUs }) };
  const newest = store.newest(series)?.id ?? 0;
  const end = toUs === undefined ? newest : (store.firstIdAt(series, toUs) ?? newest);
  let first: number | undefined;
  let isEmpty = true;
  for (const block of store.blocks(series, range, BLOCK_ROWS)) {
    first ??= block.id[0]!;
    yield tradesTable(series, block);
    isEmpty = false;
    onProgress?.({ done: block.id[block.length - 1]! - first, total: Math.max(1, end - first) });
  }
  if (isEmpty) yield tradesTable(series, EMPTY);
}

const none = new Float64Array(0);
const EMPTY: TradeColumns = {
  length: 0,
  id: none,
  tradeTimeUs: none,
  price: none,
  qty: none,
  isBuyerMaker: new Uint8Array(0),
};

/** Trades as a table; `last_id` is another than `id` where a row stands for merged trades. */
export function tradesTable({ symbol }: Series, trades: TradeColumns): TableData {
  const { length, id, tradeTimeUs, price, qty, isBuyerMaker, lastId = id } = trades;
  const { base, quote: unit } = assetsOf(symbol);
  const side = Array.from(isBuyerMaker, (maker) => (maker === 1 ? "sell" : "buy"));
  return {
    length,
    columns: [
      { name: "symbol", values: new Array(length).fill(symbol), kind: "text" },
      { name: "id", values: id, kind: "integer" },
      { name: "last_id", values: lastId, kind: "integer" },
      { name: "time", values: tradeTimeUs, kind: "time", unit: "UTC" },
      { name: "price", values: price, kind: "number", unit },
      { name: "qty", values: qty, kind: "number", unit: base },
      { name: "side", values: side, kind: "text" },
    ],
  };
}

/** Bars, a day or more at a time where time makes them. */
function* barTables(store: TradeStore, series: Series, settings: ExportSettings): Generator<Bars> {
  const { interval, onProgress } = settings;
  if (interval === undefined) {
    refuse({
      code: "no-interval",
      where: "interval",
      problem: "bars need an interval; got none",
      hint: "Pass for example 1m.",
    });
  }
  const rule = barRule(interval, "interval");
  const newestUs = store.newest(series)?.timeUs;
  const oldestUs = store.trades(series, { limit: 1 }).tradeTimeUs[0];
  if (newestUs === undefined) {
    const lengths = importedLengths(store, series);
    if (lengths.length > 0) {
      const range = {
        ...(settings.fromUs !== undefined && { fromUs: settings.fromUs }),
        ...(settings.toUs !== undefined && { toUs: settings.toUs }),
      };
      const [[bars]] = readBars(store, [series], { every: [rule], ...range }) as [[Bars]];
      yield bars;
      return;
    }
  }
  if (newestUs === undefined || oldestUs === undefined) {
    yield makeBars({ venue: series.venue, symbol: series.symbol, rule }, 0, (name) => barColumn(name, 0));
    return;
  }
  const firstUs = settings.fromUs ?? (rule.by === "time" ? startOf(oldestUs, rule.intervalUs) : oldestUs);
  const endUs = Math.min(settings.toUs ?? Number.POSITIVE_INFINITY, newestUs + 1);
  // nothing from there on: an empty table
  const beginUs = Math.min(firstUs, endUs - 1);
  if (rule.by !== "time") {
    const [[bars]] = readBars(store, [series], { every: [rule], fromUs: beginUs, toUs: endUs }) as [[Bars]];
    yield sliceBars(bars, 0, Math.max(0, bars.length - 1));
    return;
  }
  const step = Math.ceil(DAY_US / rule.intervalUs) * rule.intervalUs;
  for (let fromUs = beginUs; fromUs < endUs; ) {
    const toUs = Math.min(endUs, startOf(fromUs, step) + step);
    const [[bars]] = readBars(store, [series], { every: [rule], fromUs, toUs }) as [[Bars]];
    const limitUs = Math.min(newestUs, settings.toUs ?? newestUs);
    yield sliceBars(bars, 0, firstAtLeast(bars.endUs, limitUs + 0.5));
    fromUs = toUs;
    onProgress?.({ done: fromUs - beginUs, total: endUs - beginUs });
  }
}

function startOf(us: number, stepUs: number): number {
  return Math.floor(us / stepUs) * stepUs;
}

/** Writes beside the place and moves into it. */
function writeFile(
  path: string,
  pack: (text: string) => string | Uint8Array,
  fill: (write: (text: string) => void) => number,
): ExportResult {
  const draft = join(dirname(path), `.${basename(path)}.part`);
  try {
    const file = openSync(draft, "w");
    try {
      const rows = fill((text) => {
        const packed = pack(text);
        if (typeof packed === "string") writeSync(file, packed);
        else writeSync(file, packed);
      });
      fsyncSync(file);
      closeSync(file);
      const { size: bytes } = statSync(draft);
      renameSync(draft, path);
      return { path, rows, bytes };
    } catch (error) {
      closeQuietly(file);
      throw error;
    }
  } catch (error) {
    rmSync(draft, { force: true });
    const { code = "" } = error as NodeJS.ErrnoException;
    if (!/^E[A-Z]+$/.test(code)) throw error;
    return refuse({
      code: "cannot-write",
      where: basename(path),
      problem: `needs a folder that exists and can be written to; ${quote(dirname(path))} gave ${code}`,
      hint: "Make the folder or room, or pass another --out.",
      facts: { path, code },
    });
  }
}

function closeQuietly(file: number): void {
  try {
    closeSync(file);
  } catch {
    // closed already
  }
}
