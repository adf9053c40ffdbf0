import { quote } from "../../../core/errors.ts";
import { toMicroseconds } from "../../../core/time.ts";
import type { Trade } from "../../../core/trade.ts";
import type { MergedTrade } from "../../store/ledger/merged.ts";
import { tradeDefect } from "../../store/write/batch.ts";

/** The most rows that one answer holds. */
export const PAGE_ROWS = 1000;
export const TRADES_WEIGHT = 25;
export const AGGREGATES_WEIGHT = 4;

/** A page's rows, ascending, each id once; or why they can't be trusted. `firstId`: the lowest id of all that came. */
export type Page<Row> =
  | { readonly kind: "rows"; readonly firstId: number; readonly rows: readonly Row[] }
  | { readonly kind: "empty" }
  | { readonly kind: "bad"; readonly why: string };

export function tradesUrl(restUrl: string, symbol: string, fromId: number, limit: number): string {
  return `${endpoint(restUrl, "historicalTrades", symbol)}&fromId=${fromId}&limit=${limit}`;
}

/** `fromId` undefined: the newest. */
export function aggregatesUrl(restUrl: string, symbol: string, fromId: number | undefined): string {
  const from = fromId === undefined ? "" : `&fromId=${fromId}`;
  return `${endpoint(restUrl, "aggTrades", symbol)}${from}&limit=${PAGE_ROWS}`;
}

function endpoint(restUrl: string, path: string, symbol: string): string {
  return `${restUrl.replace(/\/+$/, "")}/api/v3/${path}?symbol=${encodeURIComponent(symbol)}`;
}

/**
 * Reads an answer of historicalTrades to a question for the ids `fromId` to `lastId`. Rows beyond them are left out;
 * one row that can't be stored, or came twice with another content, makes the whole page bad.
 */
export function readTrades(
  body: unknown,
  asked: { readonly symbol: string; readonly fromId: number; readonly lastId: number },
  receivedUs: number,
): Page<Trade> {
  return readPage(body, asked.fromId, (row) => {
    const { id, price, qty, time, isBuyerMaker } = row;
    const trade = {
      symbol: asked.symbol,
      id,
      price,
      qty,
      tradeTimeUs: typeof time === "number" ? toMicroseconds(time) : Number.NaN,
      eventTimeUs: null,
      receivedUs,
      isBuyerMaker,
      source: "rest",
    } as Trade;
    return { id: trade.id, row: trade.id > asked.lastId ? undefined : trade, defect: tradeDefect(trade) };
  });
}

/**
 * Reads an answer of aggTrades. Aggregates that the exchange has struck out (no price, ids −1) are left out; the others
 * follow each other by `aggId` as far as they were not left out.
 */
export function readAggregates(
  body: unknown,
  asked: { readonly symbol: string; readonly fromId: number | undefined },
  receivedUs: number,
): Page<MergedTrade> {
  return readPage(body, asked.fromId ?? 0, (row) => {
    const { a, p, q, f, l, T, m } = row;
    if (f === -1 && l === -1) {
      const isId = Number.isSafeInteger(a) && (a as number) >= 0;
      return { id: a as number, row: undefined, defect: isId ? undefined : "a is not an id" };
    }
    const trade = {
      aggId: a,
      first: f,
      last: l,
      price: p,
      qty: q,
      tradeTimeUs: typeof T === "number" ? toMicroseconds(T) : Number.NaN,
      receivedUs,
      isBuyerMaker: m,
    } as MergedTrade;
    return { id: trade.aggId, row: trade, defect: mergedDefect(trade, asked.symbol) };
  });
}

function mergedDefect(merged: MergedTrade, symbol: string): string | undefined {
  const { aggId, first, last, price, qty, tradeTimeUs, receivedUs, isBuyerMaker } = merged;
  if (!Number.isSafeInteger(aggId) || aggId < 0) return "aggregate id is not a whole number below 2^53";
  if (!Number.isSafeInteger(last) || last < first) return "last id is not a whole number from the first on";
  const source = "rest";
  return tradeDefect({
    symbol,
    id: first,
    price,
    qty,
    tradeTimeUs,
    eventTimeUs: null,
    receivedUs,
    isBuyerMaker,
    source,
  });
}

type Fields = Readonly<Record<string, unknown>>;
/** `row` undefined: sound, and of no use. */
interface Read<Row> {
  readonly id: number;
  readonly row: Row | undefined;
  readonly defect: string | undefined;
}

function readPage<Row>(body: unknown, fromId: number, read: (row: Fields) => Read<Row>): Page<Row> {
  if (!Array.isArray(body)) return bad("the answer is no list");
  if (body.length === 0) return { kind: "empty" };
  const found: { readonly id: number; readonly row: Row | undefined }[] = [];
  for (const fields of body) {
    if (typeof fields !== "object" || fields === null) return bad("an entry is no trade");
    const { id, row, defect } = read(fields as Fields);
    if (defect !== undefined) return bad(`${defect}${typeof id === "number" ? ` (id ${id})` : ""}`);
    if (id < fromId) return bad(`id ${id} came where ${fromId} and later were asked for`);
    found.push({ id, row });
  }
  found.sort((x, y) => x.id - y.id);
  const rows: Row[] = [];
  for (const [i, { id, row }] of found.entries()) {
    const before = found[i - 1];
    if (before?.id === id) {
      if (!isSame(before.row, row)) return bad(`id ${id} came twice with different contents`);
    } else if (row !== undefined) rows.push(row);
  }
  return { kind: "rows", firstId: found[0]!.id, rows };
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function bad(why: string): { readonly kind: "bad"; readonly why: string } {
  return { kind: "bad", why: quote(why).slice(1, -1) };
}
