import { quote, refuse } from "../../core/errors.ts";
import { keepsWorldClock, type Venue, type VenueKind } from "../../core/trade.ts";

/** The less a market is real, the more it has to be said. */
const KINDS: readonly VenueKind[] = ["real", "file", "replayed", "simulated"];

/** One venue that stands for several: their names, the kind of the one that is the least real. */
export function jointVenue(venues: readonly Venue[]): Venue {
  const each = [...new Map(venues.map((venue) => [venue.name, venue])).values()];
  if (each.length === 1) return each[0]!;
  const kind = KINDS[Math.max(...each.map((venue) => KINDS.indexOf(venue.kind)))]!;
  return {
    name: each.map(({ name }) => name).join("+"),
    kind,
    clock: each.every(keepsWorldClock) ? "world" : "own",
    detail: each.map(({ name, detail }) => `${name} (${detail})`).join(" and "),
  };
}

/** Names for the markets of a run: their symbols; with the venue before it where two have the same symbol. */
export function marketNames(
  markets: readonly { readonly venue: string; readonly symbol: string }[],
): string[] {
  const names = markets.map(({ venue, symbol }, k) =>
    markets.some((other, i) => i !== k && other.symbol === symbol) ? `${venue}:${symbol}` : symbol,
  );
  if (new Set(names).size === names.length) return names;
  return refuse({
    code: "bad-pair",
    where: "x",
    problem: `needs another market than y; got ${names.map((name) => quote(name, 60)).join(" and ")}`,
    hint: "Choose another symbol, venue or source for one of them.",
  });
}
