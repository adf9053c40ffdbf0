import { requireKnown } from "../../../core/arguments.ts";
import { refuse } from "../../../core/errors.ts";
import { requireOneOf, requireWindow } from "../../checks.ts";
import { rollingMean } from "../../rolling/rolling.ts";
import type { Strategy } from "../strategy.ts";
import { requireSizing, type Sizing, unitsOfY } from "./sizing.ts";

export interface MovingAverageCrossSettings {
  /** Bars of the two means of closes. */
  readonly fast: number;
  readonly slow: number;
  /** `"long"`, the default: flat while the fast mean is below; `"both"`: short then. */
  readonly side?: "long" | "both";
  readonly size: Exclude<Sizing, { readonly by: "risk" }>;
}

/** Follows the first leg's trend: long while the mean of the newest closes stands above that of more. Its signal is their ratio less 1. */
export function movingAverageCross(settings: MovingAverageCrossSettings): Strategy {
  const where = "movingAverageCross";
  requireKnown(where, "settings", settings, ["fast", "slow", "side", "size"]);
  const { fast, slow, side = "long", size } = settings;
  requireWindow(where, fast, 1);
  requireWindow(where, slow, 2);
  requireOneOf(where, "side", side, ["long", "both"]);
  requireOneOf(where, "size.by", size?.by, ["units", "notional", "equity"]);
  requireSizing(where, size);
  if (fast >= slow) {
    refuse({
      code: "bad-thresholds",
      where,
      problem: `needs fast below slow; got fast ${fast}, slow ${slow}`,
      hint: "Pass for example fast: 20, slow: 100.",
      facts: { fast, slow },
    });
  }
  return {
    name: "moving average cross",
    settings: { ...settings },
    begin({ legs, length }, memo = (_, make) => make()) {
      const { close } = legs[0]!;
      const mean = (window: number): Float64Array =>
        memo(`mean ${window}`, () => rollingMean(close, { window }));
      const [quick, calm] = [mean(fast), mean(slow)];
      const trend = Float64Array.from({ length }, (_, t) => quick[t]! / calm[t]! - 1);
      return {
        signals: { trend },
        mainSignal: "trend",
        warmUpBars: slow,
        decide(view) {
          const now = trend[view.bar]!;
          const want = now > 0 ? 1 : now < 0 ? (side === "both" ? -1 : 0) : undefined;
          if (want === undefined || want === Math.sign(view.target(0))) return undefined;
          const at = { priceY: view.close(0), priceX: 1, beta: 0, deviation: 0, equity: view.equity };
          const unitsY = want === 0 ? 0 : want * unitsOfY(size, at, "none", "log");
          return { units: legs.map((_, k) => (k === 0 ? unitsY : 0)), reason: want === 0 ? "exit" : "entry" };
        },
      };
    },
  };
}
