import type { Trade } from "../../src/core/trade.ts";
import type { HttpReply } from "../../src/pipeline/net/http.ts";
import { T0, trade } from "./trades.ts";

/** Sixteen trades a millisecond, so that pages end between trades of the same time. */
export function historyTrade(symbol: string, id: number): Trade {
  const price = (symbol === "BTCUSDT" ? 60_000 : 2_400) + (id % 7) * 0.01;
  return trade(id, {
    symbol,
    price: price.toFixed(8),
    tradeTimeUs: T0 + Math.floor(id / 16) * 1000,
    eventTimeUs: null,
    isBuyerMaker: id % 3 === 0,
    source: "rest",
  });
}

export type Answer = HttpReply | Error;

/** The history of an exchange behind REST, and what was asked of it. */
export interface History {
  get(url: string): Promise<HttpReply>;
  /** `trades BTCUSDT 100 50`: path, symbol, fromId, limit; with the host's name before it where there are several. */
  readonly asked: string[];
  /** The oldest and the newest id that is served. */
  from: number;
  to: number;
  /** What happens to the next requests, first come first served; undefined: the true answer. */
  readonly script: ((request: Request, answer: () => readonly Row[]) => Answer | undefined)[];
  /** Paths that a host answers with a status of its own. */
  readonly closed: Map<string, number>;
  headers: Readonly<Record<string, string>>;
}

export type Row = Record<string, unknown>;
export interface Request {
  readonly host: string;
  readonly path: string;
  readonly symbol: string;
  readonly fromId: number | undefined;
  readonly limit: number;
}

export function reply(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpReply {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { status, body: text, header: (name) => headers[name] };
}

export function tradeRow(symbol: string, id: number): Row {
  const { price, qty, tradeTimeUs, isBuyerMaker } = historyTrade(symbol, id);
  return { id, price, qty, quoteQty: "1.0", time: tradeTimeUs, isBuyerMaker, isBestMatch: true };
}

/** Aggregate `a` merges the two trades 2a and 2a + 1, at the price and side of the first. */
export function aggregateRow(symbol: string, a: number): Row {
  const { price, tradeTimeUs, isBuyerMaker } = mergedTrade(symbol, 2 * a);
  return { a, p: price, q: "0.04000000", f: 2 * a, l: 2 * a + 1, T: tradeTimeUs, m: isBuyerMaker, M: true };
}

/** A trade as the aggregates know it: both of a pair have one price and one side. */
export function mergedTrade(symbol: string, id: number): Trade {
  return { ...historyTrade(symbol, id - (id % 2)), id };
}

export function history(from: number, to: number): History {
  const self: History = {
    asked: [],
    from,
    to,
    script: [],
    closed: new Map(),
    headers: {},
    get: async (url) => {
      const { host, pathname, searchParams } = new URL(url);
      const path = pathname.replace("/api/v3/", "");
      const fromText = searchParams.get("fromId");
      const request = {
        host,
        path,
        symbol: searchParams.get("symbol")!,
        fromId: fromText === null ? undefined : Number(fromText),
        limit: Number(searchParams.get("limit")),
      };
      const name = path === "historicalTrades" ? "trades" : path;
      self.asked.push(`${host} ${name} ${request.symbol} ${fromText ?? "newest"} ${request.limit}`);
      const status = self.closed.get(`${host} ${path}`);
      if (status !== undefined) return reply(status, "<html></html>");
      const answer = (): readonly Row[] => rowsOf(self, request);
      const scripted = self.script.shift()?.(request, answer);
      if (scripted instanceof Error) throw scripted;
      return scripted ?? reply(200, answer(), self.headers);
    },
  };
  return self;
}

function rowsOf({ from, to }: History, { path, symbol, fromId, limit }: Request): Row[] {
  const isSingle = path === "historicalTrades";
  const [low, high] = isSingle ? [from, to] : [Math.ceil(from / 2), Math.floor((to + 1) / 2) - 1];
  const first = Math.max(low, fromId ?? high - limit + 1);
  const last = Math.min(high, first + limit - 1);
  const rows: Row[] = [];
  for (let id = first; id <= last; id++)
    rows.push(isSingle ? tradeRow(symbol, id) : aggregateRow(symbol, id));
  return rows;
}
