import { requireFields, requireKnown } from "../../core/arguments.ts";
import { plainText, quote, refuse } from "../../core/errors.ts";
import type { Series, TradeStore } from "./trade-store.ts";

/** Which markets of a store are meant, in the words of whoever asks. */
export interface WantedSeries {
  /** Symbols, plain (`ETHUSDT`) or with their venue (`coinbase:ETH-USD`); all of one venue unless told. */
  readonly symbols?: readonly string[];
  /** The venue of plain symbols. */
  readonly venue?: string;
}

/**
 * The series that are meant, one a symbol, in the order asked for. A plain symbol is at the venue asked for, else at the venue
 * that holds all the plain ones and received a trade last. Without symbols: all series of the venue asked for, else of the one
 * that received a trade last; none where the store holds none.
 */
export function whichSeries(store: TradeStore, wanted: WantedSeries): Series[] {
  requireFields("whichSeries", "store", store, ["series"]);
  requireKnown("whichSeries", "settings", wanted, ["symbols", "venue"]);
  const { symbols = [], venue } = wanted;
  const all = store.series();
  const chosen = venueIn(store, all, wanted);
  if (symbols.length === 0) return all.filter((one) => one.venue.name === chosen);
  const markets = symbols.map((text) => marketOf(text, all));
  return markets.map(
    (one) => findIn(all, one.venue ?? chosen, one.symbol) ?? refuseUnknown(store, all, markets, venue),
  );
}

/** The venue of the plain symbols that are wanted, as `whichSeries` chooses it; undefined: there are none, or none holds them all. */
export function whichVenue(store: TradeStore, wanted: WantedSeries): string | undefined {
  return venueIn(store, store.series(), wanted);
}

function venueIn(
  store: TradeStore,
  all: readonly Series[],
  { symbols = [], venue }: WantedSeries,
): string | undefined {
  const venues = [...new Set(all.map((one) => one.venue.name))];
  if (venue !== undefined && !venues.includes(venue)) {
    refuse({
      code: "unknown-venue",
      where: store.label,
      problem: `needs a venue that it holds; got ${quote(venue, 60)}, and it holds ${heldText(all)}`,
      hint: "Name one of those, or leave the venue out.",
      facts: { venue },
    });
  }
  if (venue !== undefined) return venue;
  const plain = symbols.flatMap((text) => {
    const market = marketOf(text, all);
    return market.venue === undefined ? [market.symbol] : [];
  });
  if (symbols.length > 0 && plain.length === 0) return undefined;
  const holding = venues.filter((name) => plain.every((symbol) => findIn(all, name, symbol) !== undefined));
  return newestOf(store, all, holding);
}

interface Market {
  readonly venue: string | undefined;
  readonly symbol: string;
}

/** `coinbase:ETH-USD` → venue and symbol. A symbol that is stored by that very text is plain. */
function marketOf(text: string, all: readonly Series[]): Market {
  const at = text.indexOf(":");
  if (at < 0 || all.some(({ symbol }) => symbol === text)) return { venue: undefined, symbol: text };
  return { venue: text.slice(0, at), symbol: text.slice(at + 1) };
}

function findIn(all: readonly Series[], venue: string | undefined, symbol: string): Series | undefined {
  return all.find((one) => one.venue.name === venue && one.symbol === symbol);
}

/** Of some venues the one that received a trade last, of whichever symbol; of equal ones the one that came later. */
function newestOf(store: TradeStore, all: readonly Series[], venues: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestUs = Number.NEGATIVE_INFINITY;
  for (const name of venues) {
    const us = Math.max(
      ...all.map((one) => (one.venue.name === name ? (store.newest(one)?.receivedUs ?? 0) : 0)),
    );
    if (us >= bestUs) [best, bestUs] = [name, us];
  }
  return best;
}

function refuseUnknown(
  store: TradeStore,
  all: readonly Series[],
  wanted: readonly Market[],
  venue: string | undefined,
): never {
  const names = wanted.map((one) =>
    quote(one.venue === undefined ? one.symbol : `${one.venue}:${one.symbol}`, 60),
  );
  const plain = wanted.filter((one) => one.venue === undefined).length;
  const where =
    venue !== undefined ? ` at a venue named ${quote(venue, 60)}` : plain > 1 ? " at one venue" : "";
  return refuse({
    code: "unknown-series",
    where: store.label,
    problem: `needs ${names.join(" and ")}${where}; it holds ${heldText(all)}`,
    hint: "Name one of those, or collect it: npm start -- --symbols A,B.",
    facts: { symbols: wanted.map(({ symbol }) => symbol), venue },
  });
}

function heldText(all: readonly Series[]): string {
  return (
    all.map(({ symbol, venue }) => plainText(`${symbol} (${venue.name})`)).join(", ") || "no symbols yet"
  );
}

/** Time of the newest trade of a venue, µs; −∞ without any. Looks at each of its symbols. */
export function venueTimeUs(store: Pick<TradeStore, "series" | "newest">, venue: string): number {
  return store.series().reduce((most, series) => {
    if (series.venue.name !== venue) return most;
    return Math.max(most, store.newest(series)?.timeUs ?? Number.NEGATIVE_INFINITY);
  }, Number.NEGATIVE_INFINITY);
}
