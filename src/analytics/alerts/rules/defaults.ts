import { requireSettings } from "../../../core/arguments.ts";
import { formatDuration } from "../../../core/time.ts";
import { requireWindow } from "../../checks.ts";
import type { PairName, SimpleRule } from "./rule.ts";
import { durationUs } from "./times.ts";

export interface DefaultRules {
  /** y and x of the rules on a pair; without one these are left out. */
  readonly pair?: PairName;
  /** Length of the bars; `"1s"` unless told. */
  readonly interval?: string;
  /** Bars of z-score and correlation; 60 unless told. */
  readonly window?: number;
}

/**
 * The rules that come with Tickbook: |z| at 2.5 for five bars, low correlation, little volume, a feed without trades, trades
 * missing for ten seconds. Chosen by what they tell on a market in which nothing happens (docs/alerts.md).
 */
export function defaultRules(settings: DefaultRules = {}): SimpleRule[] {
  const {
    pair,
    interval = "1s",
    window = 60,
  } = requireSettings("defaultRules", settings, ["pair", "interval", "window"]);
  requireWindow("defaultRules", window, 2);

  const every = { symbol: "*", interval } as const;
  const ofData: SimpleRule[] = [
    {
      ...every,
      name: "feed stale",
      measure: "feedAge",
      when: "above",
      fire: 10,
      resolve: 1,
      remind: "15m",
      severity: "critical",
      text: "no trade of {symbol} for {value} s",
    },
    {
      ...every,
      name: "hole open",
      measure: "holeOpen",
      window,
      when: "above",
      fire: 1,
      resolve: 0,
      // one that is filled at once, as where the stream begins behind the stored past, is no news; but each is counted for no
      // longer than the window is
      for: formatDuration(Math.min(10e6, (window - 1) * durationUs(interval))),
      remind: "15m",
      text: "{symbol}: trades are missing in {value} of the last {window} bars",
    },
    {
      ...every,
      name: "low volume",
      measure: "quoteVolume",
      window,
      when: "below",
      fire: 1000,
      resolve: 2000,
      for: "10s",
      coolDown: "1m",
      severity: "info",
      text: "{symbol}: {value} quote units traded in the last {window} bars, at or below {fire}",
    },
  ];
  if (pair === undefined) return ofData;
  const ofPair = { pair, interval, window } as const;
  return [
    ...ofData,
    {
      ...ofPair,
      name: "z-score out",
      measure: "zScore",
      when: "abs",
      fire: 2.5,
      resolve: 1,
      for: formatDuration(5 * durationUs(interval)),
      coolDown: "5m",
      remind: "15m",
      text: "{pair}: z is {value}, beyond ±{fire}",
    },
    {
      ...ofPair,
      name: "low correlation",
      measure: "correlation",
      when: "below",
      fire: 0.3,
      resolve: 0.4,
      for: "10s",
      coolDown: "1m",
      text: "{pair}: correlation of returns is {value}, at or below {fire}",
    },
  ];
}
