import { inUnit } from "../units.ts";
import type { Query } from "./query.ts";
import type { RestWorld } from "./rest-world.ts";

const DAY_US = 86_400_000_000;

/**
 * `GET /api/v3/ticker/24hr?type=MINI` of all symbols: ids and count of the trades of a day, and what of prices a list of the
 * most traded symbols needs none of is left out.
 */
export function tickers(_: Query, { source, nowUs, unit }: RestWorld): unknown {
  return source.symbols.map(({ symbol }, s) => {
    const firstId = Math.max(source.firstId(s), source.lastId(s, nowUs - DAY_US, "trade") + 1);
    const lastId = source.lastId(s, nowUs, "trade");
    return {
      symbol,
      openTime: inUnit(nowUs - DAY_US, unit),
      closeTime: inUnit(nowUs, unit),
      firstId,
      lastId,
      count: Math.max(0, lastId - firstId + 1),
    };
  });
}
