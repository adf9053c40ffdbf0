import { multiplyDecimals, sumDecimals } from "../aggregate.ts";
import type { MarketTrade } from "../source.ts";
import { inUnit, type TimeUnit } from "../units.ts";
import { type Query, RestRefusal } from "./query.ts";
import { floorId, lastServed, limit, type RestWorld, symbolIndex, timeUs } from "./rest-world.ts";

const SECOND = 1_000_000;
/** Fixed lengths only: calendar months are left to the real exchange. */
const INTERVALS: Readonly<Record<string, number>> = {
  "1s": SECOND,
  "1m": 60 * SECOND,
  "3m": 180 * SECOND,
  "5m": 300 * SECOND,
  "15m": 900 * SECOND,
  "30m": 1800 * SECOND,
  "1h": 3600 * SECOND,
  "2h": 7200 * SECOND,
  "4h": 14_400 * SECOND,
  "6h": 21_600 * SECOND,
  "8h": 28_800 * SECOND,
  "12h": 43_200 * SECOND,
  "1d": 86_400 * SECOND,
};
/** The answer is made from the trades themselves; a window with more of them is refused. */
const MOST_TRADES = 300_000;

/** `GET /api/v3/klines`, from the first trade on; an interval without one is flat. */
export function klines(query: Query, world: RestWorld): unknown {
  const symbol = symbolIndex(query, world);
  const name = query.text("interval");
  if (name === undefined) {
    throw new RestRefusal(
      -1102,
      "Mandatory parameter 'interval' was not sent, was empty/null, or malformed.",
    );
  }
  const interval = Object.hasOwn(INTERVALS, name) ? INTERVALS[name]! : 0;
  if (interval === 0) throw new RestRefusal(-1120, "Invalid interval.");
  const shift = zoneShift(query);
  const most = limit(query, world);
  const startUs = timeUs(query, "startTime");
  const endUs = timeUs(query, "endTime") ?? Number.POSITIVE_INFINITY;
  const floorTo = (us: number): number => Math.floor((us + shift) / interval) * interval - shift;

  // only intervals that open at or after startTime, and at or before endTime
  const lastOpen = floorTo(Math.min(endUs, world.databaseUs));
  const firstOpen =
    startUs === undefined ? lastOpen - (most - 1) * interval : floorTo(startUs + interval - 1);
  const end = Math.min(lastOpen, firstOpen + (most - 1) * interval) + interval;
  const { source } = world;
  const first = Math.max(floorId(symbol, world), source.lastId(symbol, firstOpen - 1, "trade") + 1);
  const last = Math.min(lastServed(symbol, world), source.lastId(symbol, end - 1, "trade"));
  if (last - first >= MOST_TRADES) {
    throw new RestRefusal(
      -1127,
      `Lookup interval is too big; it holds more than ${MOST_TRADES} trades here.`,
    );
  }
  const before = source.lastId(symbol, firstOpen - 1, "trade");
  let price =
    before < floorId(symbol, world) ? undefined : source.trades(symbol, before, before, 1)[0]?.price;
  const out: unknown[] = [];
  const trades = source.trades(symbol, first, last, MOST_TRADES);
  let next = 0;
  for (let open = firstOpen; open < end; open += interval) {
    const bar: MarketTrade[] = [];
    while (next < trades.length && floorTo(trades[next]!.tradeTimeUs) <= open) bar.push(trades[next++]!);
    if (bar.length > 0) out.push(kline(bar, open, interval, world.unit));
    else if (price !== undefined && open + interval <= world.databaseUs)
      out.push(flat(price, open, interval, world.unit));
    price = bar.at(-1)?.price ?? price;
  }
  return out;
}

/** An interval without a trade stands at the last price. */
function flat(price: string, open: number, interval: number, unit: TimeUnit): unknown {
  const none = "0.00000000";
  const prices = [price, price, price, price];
  return [inUnit(open, unit), ...prices, none, inUnit(open + interval - 1, unit), none, 0, none, none, "0"];
}

function kline(trades: readonly MarketTrade[], open: number, interval: number, unit: TimeUnit): unknown {
  const prices = trades.map(({ price }) => price);
  const extreme = (better: (a: number, b: number) => boolean): string =>
    prices.reduce((best, price) => (better(Number(price), Number(best)) ? price : best));
  const bought = trades.filter(({ isBuyerMaker }) => !isBuyerMaker);
  const base = (part: readonly MarketTrade[]): string => sumDecimals(part.map(({ qty }) => qty));
  const quote = (part: readonly MarketTrade[]): string =>
    sumDecimals(part.map(({ price, qty }) => multiplyDecimals(price, qty)));
  return [
    inUnit(open, unit),
    prices[0],
    extreme((a, b) => a > b),
    extreme((a, b) => a < b),
    prices.at(-1),
    base(trades),
    inUnit(open + interval - 1, unit),
    quote(trades),
    trades.length,
    base(bought),
    quote(bought),
    "0",
  ];
}

/** `-12:00` … `+14:00`, also `0` and `8`, in microseconds. */
function zoneShift(query: Query): number {
  const text = query.text("timeZone");
  if (text === undefined) return 0;
  const match = /^([+-]?)(\d{1,2})(?::(\d{2}))?$/.exec(text);
  const minutes = match ? Number(match[2]) * 60 + Number(match[3] ?? 0) : Number.NaN;
  const signed = match?.[1] === "-" ? -minutes : minutes;
  if (!(signed >= -720 && signed <= 840)) {
    throw new RestRefusal(-1130, "Data sent for parameter 'timeZone' is not valid.");
  }
  return signed * 60 * SECOND;
}
