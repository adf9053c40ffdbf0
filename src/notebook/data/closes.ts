import {
  requireSettings,
  SOURCE_NAMES,
  type SymbolsSource,
  WINDOW_NAMES,
} from "../../app/data/data-source.ts";
import { readMarket } from "../../app/study/read-market.ts";
import { quote, refuse } from "../../core/errors.ts";
import { formatDuration } from "../../core/time.ts";
import { type Venue, venueLabel } from "../../core/trade.ts";

export interface ClosesSettings extends SymbolsSource {
  /** A bar of a database counts when each symbol's newest time has passed its end by this much; 1000 unless told. */
  readonly graceMs?: number;
}

/** Closing prices of several symbols on one grid of bars of one length. */
export interface Closes {
  readonly venue: Venue;
  /** How many bars of which length; where from, if the venue's own label does not say it. */
  readonly label: string;
  readonly symbols: readonly string[];
  readonly intervalUs: number;
  readonly length: number;
  /** Start of each bar, µs since 1970 UTC. */
  readonly timeUs: Float64Array;
  /**
   * By symbol. A bar without a trade has the close before it; NaN where trades are missing, so that the close is not
   * known, and where a file has none.
   */
  readonly closes: Readonly<Record<string, Float64Array>>;
}

export const CLOSES_NAMES: readonly string[] = [...SOURCE_NAMES, ...WINDOW_NAMES, "graceMs"];

/** Closes of several symbols from any source: closed bars, from where all of them have begun to where the first of them ends. */
export function alignedCloses(settings: ClosesSettings = {}): Closes {
  requireSettings("alignedCloses", settings, ["symbols", ...CLOSES_NAMES]);
  return readCloses(settings);
}

/** The same for a call that has checked its own settings. */
export function readCloses(settings: ClosesSettings): Closes {
  const { graceMs } = settings;
  if (graceMs !== undefined && !(Number.isInteger(graceMs) && graceMs >= 0)) {
    refuse({
      code: "bad-setting",
      where: "graceMs",
      problem: `needs a whole number of milliseconds, at least 0; got ${quote(graceMs)}`,
      hint: "Leave it out for 1000.",
    });
  }
  const { market, venue } = readMarket(settings);
  const { legs, length, intervalUs, startUs } = market;
  const from = venueLabel(venue) === "" ? venue.name : "";
  return {
    venue,
    label: [from, `${length.toLocaleString("en")} bars of ${formatDuration(intervalUs)}`]
      .filter(Boolean)
      .join(" · "),
    symbols: legs.map(({ symbol }) => symbol),
    intervalUs,
    length,
    timeUs: startUs,
    closes: Object.fromEntries(legs.map(({ symbol, close }) => [symbol, close])),
  };
}
