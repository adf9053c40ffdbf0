import { requireColumns, requireSettings } from "../../core/arguments.ts";
import { requireWindow } from "../checks.ts";
import { onScale, type PriceScale } from "../pair/price-scale.ts";
import type { WindowSetting } from "../rolling/rolling.ts";
import { WindowPairMoments } from "../rolling/window-pair-moments.ts";

export interface RollSettings {
  /** `"log"` (the default): the spread is a share of the price. `"raw"`: in quote units. */
  readonly prices?: PriceScale;
}

/**
 * Roll's estimate of the spread that takers pay, from prices alone: 2 √(−cov(Δp[t], Δp[t−1])), n − 1 divisor. Trades that
 * alternate between bid and ask make moves turn back.
 *
 * NaN where moves do not turn back (a covariance of 0 or more), which is common on bars: the measure then has nothing to
 * say. Best on single trades. Needs at least four prices. Roll (1984), Journal of Finance 39.
 */
export function rollSpread(prices: Float64Array, settings: RollSettings = {}): number {
  requireColumns("rollSpread", { prices });
  requireSettings("rollSpread", settings, ["prices"]);

  const window = prices.length;
  requireWindow("rollSpread", window, 4);
  return rollingRollSpread(prices, { ...settings, window })[window - 1]!;
}

/** `rollSpread` of the last `window` prices, the current one included. Causal; NaN until the window is full. */
export function rollingRollSpread(
  prices: Float64Array,
  settings: RollSettings & WindowSetting,
): Float64Array {
  const where = "rollingRollSpread";
  requireColumns(where, { prices });
  const { window, prices: scale = "log" } = requireSettings(where, settings, ["prices", "window"]);

  requireWindow(where, window, 4);
  const levels = onScale(where, "prices", prices, scale);
  const moves = levels.map((level, t) => (t === 0 ? Number.NaN : level - levels[t - 1]!));
  const [now, before] = [moves.subarray(1), moves.subarray(0, -1)];
  // a view of `window` prices holds window − 2 pairs of moves
  const pairs = window - 2;
  const out = new Float64Array(prices.length).fill(Number.NaN);
  const moments = new WindowPairMoments(pairs, { centred: true, sloped: false });
  for (let at = 0; at < now.length; ) {
    const [from, to] = moments.take(now, before, at);
    for (let i = from; i < to; i++) {
      const covariance = moments.xe[i]! / (pairs - 1);
      if (covariance < 0) out[at + i - from + 1] = 2 * Math.sqrt(-covariance);
    }
    at += to - from;
  }
  return out;
}
