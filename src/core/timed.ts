import type { Venue } from "./trade.ts";

/** What the bars under a result are, as the closes of a pair tell it: a chart takes its axis and its small print from it. */
export interface Timed {
  /** Of each value, µs since 1970 UTC. */
  readonly timeUs: Float64Array;
  readonly venue?: Venue;
  /** Which data, in words. */
  readonly label?: string;
  /** Begin of the first bar and end of the last. */
  readonly domainUs?: readonly [number, number];
}

/** Names of a pair, where they are known. */
export interface PairNames {
  readonly y: string;
  readonly x: string;
}

/** Two series on one grid of bars, with what is known of them; what `pairCloses` returns fits. */
export interface PairColumns extends Partial<Timed> {
  readonly y: Float64Array;
  readonly x: Float64Array;
  readonly names?: PairNames;
}

/** The part of a pair, or of a result made from one, that results made from it keep. */
export type PairOrigin = Partial<Timed> & { readonly names?: PairNames };

export function originOf({ timeUs, venue, label, domainUs, names }: PairOrigin): PairOrigin {
  return {
    ...(timeUs !== undefined && { timeUs }),
    ...(venue !== undefined && { venue }),
    ...(label !== undefined && { label }),
    ...(domainUs !== undefined && { domainUs }),
    ...(names !== undefined && { names }),
  };
}
