import type { Venue, VenueKind } from "../../../core/trade.ts";

/** A venue's row. */
export interface VenueRow {
  readonly name: string;
  readonly kind: VenueKind;
  readonly detail: string;
}

/**
 * A venue as it was when it was stored. Its clock is kept in its name, which the exchange makes: a simulated market that left the
 * world's clock is named with its pace and its start, `sim-seed7-x5-1790000000000`.
 */
export function storedVenue({ name, kind, detail }: VenueRow): Venue {
  const isAway = kind === "simulated" && /-x[a-z0-9-]+-\d+$/.test(name);
  return { name, kind, detail, ...(isAway && { clock: "own" }) };
}
