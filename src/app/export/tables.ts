import { assetsOf } from "../../core/assets.ts";
import { type Bars, barColumn, makeBars, sliceBars } from "../../core/bars.ts";
import { e8ToText } from "../../core/decimal.ts";
import { refuse } from "../../core/errors.ts";
import { firstAtLeast } from "../../core/search.ts";
import { formatDuration } from "../../core/time.ts";
import type { TradeColumns } from "../../core/trade-columns.ts";
import { importedLengths } from "../../pipeline/bars/imported-series.ts";
import { readBars } from "../../pipeline/bars/read-bars.ts";
import { barRule } from "../../pipeline/bars/rule.ts";
import type { Series, TradeStore } from "../../pipeline/store/trade-store.ts";
import type { TableData } from "../../render/table-data.ts";

/** What of a series is exported. */
export interface ExportRange {
  /** Of bars: `1m`, `500 trades` and so on. */
  readonly interval?: string;
  /** From (included) and to (not included); everything unless told. */
  readonly fromUs?: number;
  readonly toUs?: number;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

const BLOCK_ROWS = 65_536;
const DAY_US = 86_400_000_000;

/** Trades, a block at a time. */
export function* tradeTables(store: TradeStore, series: Series, settings: ExportRange): Generator<TableData> {
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
    yield tradesTable(series, block, exactTexts(store, series, block));
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

/** Prices and quantities as text. */
interface ExactTexts {
  readonly price: readonly string[];
  readonly qty: readonly string[];
}

/** From here on eight decimals need more digits than a double has. */
const LONG = 2 ** 26;

/** Of a block with values that doubles do not tell to the last digit: their text. Undefined: it has none. */
function exactTexts(store: TradeStore, series: Series, trades: TradeColumns): ExactTexts | undefined {
  const { id, price, qty, lastId, length } = trades;
  const isLong = (value: number): boolean => value >= LONG;
  if (!price.some(isLong) && !qty.some(isLong)) return undefined;
  const text = (e8: bigint): string => e8ToText(e8, 8).replace(/\.?0+$/, "");
  const texts = { price: Array.from(price, String), qty: Array.from(qty, String) };
  const [fromId, toId] = [id[0]!, id[length - 1]! + 1];
  const put = (exactId: number, priceE8: bigint, qtyE8: bigint): void => {
    const row = firstAtLeast(id, exactId);
    if (id[row] !== exactId) return;
    texts.price[row] = text(priceE8);
    texts.qty[row] = text(qtyE8);
  };
  const single = store.exact(series, fromId, toId, length);
  for (let k = 0; k < single.length; k++) put(single.id[k]!, single.priceE8[k]!, single.qtyE8[k]!);
  if (lastId === undefined) return texts;
  for (const { id: first, priceE8, qtyE8 } of store.exactMerged(series, fromId, toId))
    put(first, priceE8, qtyE8);
  return texts;
}

/** Trades as a table; `last_id` is another than `id` where a row stands for merged trades. */
export function tradesTable({ symbol }: Series, trades: TradeColumns, texts?: ExactTexts): TableData {
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
      { name: "price", values: texts?.price ?? price, kind: "number", unit },
      { name: "qty", values: texts?.qty ?? qty, kind: "number", unit: base },
      { name: "side", values: side, kind: "text" },
    ],
  };
}

/** Bars, a day or more at a time where time makes them. */
export function* barTables(store: TradeStore, series: Series, settings: ExportRange): Generator<Bars> {
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
