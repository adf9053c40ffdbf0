import { rollingZScoreOperator } from "../../rolling/rolling.ts";
import { rollingCorrelationOperator } from "../../rolling/rolling-correlation.ts";
import { adf } from "../../unit-root/adf.ts";
import { halfLife } from "../../unit-root/half-life.ts";
import { type ClosesMeasure, fromZero, type PairMeasureName, type SpreadMeasure } from "./measure.ts";
import { orNothing } from "./or-nothing.ts";
import { recentValues } from "./recent-values.ts";

/** Every quarter of a window, on the grid of time. */
const quarterOf = (window: number): number => Math.ceil(window / 4);

/** An estimate over a window of spreads that is made every quarter of it only, and held in between. */
function heldForQuarter(
  estimate: (spreads: Float64Array) => number,
): Pick<SpreadMeasure, "of" | "from" | "holds" | "start"> {
  return {
    of: "pair",
    from: "spread",
    holds: quarterOf,
    start: ({ window, intervalUs }) => {
      const recent = recentValues(window);
      let held = Number.NaN;
      return (spread, isLast, endUs) => {
        recent.push(spread);
        // the steps at which it is made lie on the grid of time, so that they do not depend on when one began
        const isDue = isLast && (Number.isNaN(held) || (endUs / intervalUs) % quarterOf(window) === 0);
        if (isDue && recent.isFull) held = orNothing(() => estimate(recent.values())) ?? Number.NaN;
        return held;
      };
    },
  };
}

/** The measures of a pair. */
export const PAIR_MEASURES: Readonly<Record<PairMeasureName, ClosesMeasure | SpreadMeasure>> = {
  zScore: {
    of: "pair",
    from: "spread",
    isLevel: true,
    unit: "σ",
    decimals: 2,
    about: "the spread against its own last `window` bars, the current one included",
    leastWindow: 3,
    reach: (window) => {
      if (Number.isNaN(window)) return { least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY };
      const most = (window - 1) / Math.sqrt(window);
      const why = `a z-score of ${window} bars never goes beyond ±${most.toFixed(2)}, (window − 1) / √window`;
      return { least: -most, most, why, hint: "Take a longer window, or fire earlier" };
    },
    start: ({ window }) => {
      const { push } = rollingZScoreOperator({ window });
      return (spread) => push(spread);
    },
  },
  spread: {
    of: "pair",
    from: "spread",
    isLevel: true,
    unit: "log price",
    about: "y − α − βx, of log prices unless `prices` says raw",
    start: () => (spread) => spread,
  },
  correlation: {
    of: "pair",
    from: "closes",
    unit: "",
    decimals: 2,
    about: "of the log returns of both symbols over the last `window` bars",
    leastWindow: 3,
    reach: () => ({ least: -1, most: 1 }),
    looksBack: (window) => window + 1,
    start: ({ window }) => {
      const { push } = rollingCorrelationOperator({ window });
      let [beforeY, beforeX] = [Number.NaN, Number.NaN];
      return (y, x) => {
        const value = push(Math.log(y / beforeY), Math.log(x / beforeX));
        [beforeY, beforeX] = [y, x];
        return value;
      };
    },
  },
  halfLife: {
    ...heldForQuarter((spreads) => halfLife(spreads).correctedHalfLifeBars),
    unit: "bars",
    about:
      "of the spread over the last `window` bars, corrected for bias; recomputed every quarter of a window",
    leastWindow: 10,
    reach: fromZero,
  },
  adfPValue: {
    ...heldForQuarter((spreads) => adf(spreads).pValue),
    unit: "",
    about:
      "of the augmented Dickey-Fuller test of the spread over the last `window` bars; recomputed every quarter of a window",
    leastWindow: 20,
    reach: () => ({ least: 0, most: 1 }),
  },
};
