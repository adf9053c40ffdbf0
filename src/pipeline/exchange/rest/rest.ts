import { aggregate, multiplyDecimals } from "../aggregate.ts";
import type { ExchangeSettings } from "../settings.ts";
import type { MarketSource, MarketTrade } from "../source.ts";
import type { Timeline } from "../timeline.ts";
import { inUnit, readUnit } from "../units.ts";
import { exchangeInfo } from "./exchange-info.ts";
import { klines } from "./klines.ts";
import { json, type Query, RestRefusal, type RestReply, readQuery } from "./query.ts";
import { floorId, lastServed, limit, type RestWorld, symbolIndex, timeUs } from "./rest-world.ts";
import { tickers } from "./tickers.ts";
import type { Weights } from "./weights.ts";

export interface RestRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly address: string;
}

interface Endpoint {
  readonly weight: number;
  readonly parameters: readonly string[];
  readonly answer: (query: Query, world: RestWorld) => unknown;
}

const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  "/api/v3/ping": { weight: 1, parameters: [], answer: () => ({}) },
  "/api/v3/time": {
    weight: 1,
    parameters: [],
    answer: (_, { nowUs, unit }) => ({ serverTime: inUnit(nowUs, unit) }),
  },
  "/api/v3/exchangeInfo": {
    weight: 20,
    parameters: ["symbol", "symbols", "permissions", "symbolStatus", "showPermissionSets"],
    answer: exchangeInfo,
  },
  "/api/v3/trades": {
    weight: 25,
    parameters: ["symbol", "limit"],
    answer(query, world) {
      const symbol = symbolIndex(query, world);
      const most = limit(query, world);
      const last = world.source.lastId(symbol, world.nowUs, "event");
      return latest(world, symbol, last, most).map((trade) => tradeRow(trade, world));
    },
  },
  "/api/v3/historicalTrades": {
    weight: 25,
    parameters: ["symbol", "fromId", "limit"],
    answer(query, world) {
      const symbol = symbolIndex(query, world);
      const fromId = query.whole("fromId");
      const most = limit(query, world);
      const last = lastServed(symbol, world);
      const trades =
        fromId === undefined
          ? latest(world, symbol, last, most)
          : world.source.trades(symbol, Math.max(fromId, floorId(symbol, world)), last, most);
      return trades.map((trade) => tradeRow(trade, world));
    },
  },
  "/api/v3/aggTrades": {
    weight: 4,
    parameters: ["symbol", "fromId", "startTime", "endTime", "limit"],
    answer: aggTrades,
  },
  "/api/v3/ticker/24hr": { weight: 80, parameters: ["type", "symbolStatus"], answer: tickers },
  "/api/v3/klines": {
    weight: 2,
    parameters: ["symbol", "interval", "startTime", "endTime", "timeZone", "limit"],
    answer: klines,
  },
};

/** REST as a function: every check, weight and shape; the socket is somebody else's matter. */
export function restAnswerer(
  source: MarketSource,
  time: Timeline,
  settings: ExchangeSettings,
  weights: Weights,
): (request: RestRequest) => RestReply {
  return ({ method, url, headers, address }) => {
    const { pathname, searchParams } = new URL(url, "http://exchange");
    const endpoint = Object.hasOwn(ENDPOINTS, pathname) ? ENDPOINTS[pathname] : undefined;
    if (!endpoint || (settings.marketDataOnly && pathname === "/api/v3/historicalTrades")) {
      return {
        status: 404,
        headers: { "content-type": "text/html" },
        body: "<html><body><h2>404 Not found</h2></body></html>\n",
      };
    }
    if (method !== "GET")
      return json({ code: -1000, msg: `Request method '${method}' is not supported.` }, 405);
    const verdict = weights.spend(address, endpoint.weight);
    const used = { "x-mbx-used-weight": String(verdict.used), "x-mbx-used-weight-1m": String(verdict.used) };
    const withWeight = (reply: RestReply, more: Record<string, string> = {}): RestReply => ({
      ...reply,
      headers: { ...reply.headers, ...used, ...more },
    });
    if (verdict.status !== 200) {
      const msg =
        verdict.status === 429
          ? `Too much request weight used; current limit is ${settings.weightPerMinute} request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.`
          : `Way too much request weight used; IP banned until ${verdict.untilMs}. Please use WebSocket Streams for live updates to avoid bans.`;
      return withWeight(json({ code: -1003, msg }, verdict.status), {
        "retry-after": String(verdict.retryAfterS),
      });
    }
    const nowUs = time.nowUs();
    const world: RestWorld = {
      source,
      settings,
      nowUs,
      databaseUs: nowUs - settings.restLagMs * 1000,
      unit: readUnit(String(headers["x-mbx-time-unit"] ?? "")),
    };
    try {
      return withWeight(json(endpoint.answer(readQuery(searchParams, endpoint.parameters), world)));
    } catch (error) {
      if (!(error instanceof RestRefusal)) throw error;
      return withWeight(json({ code: error.code, msg: error.message }, 400));
    }
  };
}

function latest(world: RestWorld, symbol: number, last: number, most: number): readonly MarketTrade[] {
  const from = Math.max(floorId(symbol, world), last - most + 1);
  return world.source.trades(symbol, from, last, most);
}

function tradeRow({ id, price, qty, tradeTimeUs, isBuyerMaker }: MarketTrade, { unit }: RestWorld): unknown {
  const quoteQty = multiplyDecimals(price, qty);
  return { id, price, qty, quoteQty, time: inUnit(tradeTimeUs, unit), isBuyerMaker, isBestMatch: true };
}

/** By aggregate id, or by trade time, or the most recent; whole aggregates only. */
function aggTrades(query: Query, world: RestWorld): unknown {
  const { source, unit } = world;
  const symbol = symbolIndex(query, world);
  const fromId = query.whole("fromId");
  const startUs = timeUs(query, "startTime");
  const endUs = timeUs(query, "endTime");
  const most = limit(query, world);
  if (fromId !== undefined && (startUs !== undefined || endUs !== undefined)) {
    throw new RestRefusal(-1128, "Combination of optional parameters invalid.");
  }
  const floor = floorId(symbol, world);
  const served = lastServed(symbol, world);
  /** Nothing later than now is looked for: a source may have to read up to there. */
  const lastBy = (us: number): number => source.lastId(symbol, Math.min(us, world.nowUs), "trade");
  // a bound in milliseconds takes in its whole millisecond
  const end = endUs === undefined ? served : Math.min(served, lastBy(endUs + 999));
  const forward = fromId !== undefined || startUs !== undefined;
  const start =
    fromId !== undefined
      ? source.firstIdOfAggregate(symbol, fromId)
      : startUs !== undefined
        ? lastBy(startUs - 1) + 1
        : floor;
  const whole = forward
    ? forwards(world, symbol, Math.max(start, floor), end, most)
    : backwards(world, symbol, floor, end, most);
  return whole.map(({ aggregateId, firstId, lastId, qty, fills }) => {
    const { price, tradeTimeUs, isBuyerMaker } = fills[0]!;
    return {
      a: aggregateId,
      p: price,
      q: qty,
      f: firstId,
      l: lastId,
      T: inUnit(tradeTimeUs, unit),
      m: isBuyerMaker,
      M: true,
    };
  });
}

const PAGE = 4000;

function forwards(
  world: RestWorld,
  symbol: number,
  from: number,
  to: number,
  most: number,
): ReturnType<typeof aggregate> {
  const out: ReturnType<typeof aggregate> = [];
  for (let next = from; out.length < most; ) {
    const trades = world.source.trades(symbol, next, to, PAGE);
    const groups = aggregate(trades);
    // the last group of a full page may go on behind it
    if (trades.length === PAGE && groups.length > 1) groups.pop();
    out.push(...groups);
    if (trades.length < PAGE) break;
    next = out.at(-1)!.lastId + 1;
  }
  return out.slice(0, most);
}

function backwards(
  world: RestWorld,
  symbol: number,
  floor: number,
  last: number,
  most: number,
): ReturnType<typeof aggregate> {
  const [newest] = world.source.trades(symbol, last, last, 1);
  if (!newest) return [];
  const from = world.source.firstIdOfAggregate(symbol, newest.aggregateId - most + 1);
  return forwards(world, symbol, Math.max(from, floor), last, most);
}
