import { quote, refuse } from "../../../core/errors.ts";
import type { Series, StoreReader } from "./reader.ts";

/** The series of a symbol: at the venue named, or at the one that received a trade of it last. */
export function findSeries(reader: StoreReader, symbol: string, venue?: string): Series {
  const all = reader.series();
  const found = all
    .filter((series) => series.symbol === symbol && (venue ?? series.venue.name) === series.venue.name)
    .map((series) => ({ series, receivedUs: reader.newest(series)?.receivedUs ?? 0 }))
    .sort((a, b) => b.receivedUs - a.receivedUs);
  if (found[0] !== undefined) return found[0].series;
  const there = all.map((series) => `${series.symbol} (${series.venue.name})`).join(", ");
  return refuse({
    code: "unknown-series",
    where: reader.path,
    problem: `needs ${quote(symbol)}${venue === undefined ? "" : ` at a venue named ${quote(venue)}`}; the database holds ${there || "no symbols yet"}`,
    hint: "Name one of those, or collect it: npm start -- --symbols A,B.",
    facts: { symbol, venue },
  });
}
