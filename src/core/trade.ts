import { requireFields } from "./arguments.ts";

/**
 * What kind of market a venue is: an exchange at an address of its own, a market made from a seed, a recorded tape played
 * again, files whose origin only their user knows, or an exchange of which all that is known is the name its user gave it.
 */
export type VenueKind = "real" | "simulated" | "replayed" | "file" | "other";

/** Whose clock a venue's times are of: this world's, or one of its own, as that of a tape or of a market at another pace. */
export type VenueClock = "world" | "own";

/** Where trades come from. Venues never share a database key. */
export interface Venue {
  /** Lower case letters, digits and `-`: `binance`, `sim-seed7`, `replay-spot-20240808-1790000000000`. */
  readonly name: string;
  readonly kind: VenueKind;
  /** What a person reads beside every number of a venue which is not real: its seed, its tape and speed, or its file. */
  readonly detail: string;
  /** `"own"` of what is replayed or from a file, else `"world"`, unless told. */
  readonly clock?: VenueClock;
}

/** Whether a venue's times are those of this world: only then do latency, growth and silence say something. */
export function keepsWorldClock({ kind, clock }: Venue): boolean {
  return (
    (clock ?? (kind === "real" || kind === "simulated" || kind === "other" ? "world" : "own")) === "world"
  );
}

/** How a trade reached the store. */
export type TradeSource = "ws" | "rest" | "import";

/** One trade of one symbol. Times are integer microseconds since 1970 UTC. */
export interface Trade {
  readonly symbol: string;
  /** Per symbol and venue; consecutive trades differ by 1. */
  readonly id: number;
  /** The exchange's decimal text, in quote units. */
  readonly price: string;
  /** The exchange's decimal text, in base units. */
  readonly qty: string;
  readonly tradeTimeUs: number;
  /** When the exchange published it; null where it came without (REST, files). */
  readonly eventTimeUs: number | null;
  readonly receivedUs: number;
  /** True: the taker sold. */
  readonly isBuyerMaker: boolean;
  readonly source: TradeSource;
}

const LABELS = { simulated: "SIMULATED", replayed: "REPLAYED", file: "FILE", other: "OTHER" } as const;

/** The sentence that stands on every chart and export of a venue which is not real; empty for a real one. */
export function venueLabel(venue: Venue): string {
  requireFields("venueLabel", "venue", venue, ["kind", "detail"]);

  if (venue.kind === "real") return "";
  return `${LABELS[venue.kind]} · ${venue.detail}`;
}
