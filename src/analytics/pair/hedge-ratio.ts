import { requireColumns, requireList, requireSettings } from "../../core/arguments.ts";
import { refuse } from "../../core/errors.ts";
import { requireBetween, requireOneOf, requireSameLength } from "../checks.ts";
import { normalQuantile } from "../distributions/normal.ts";
import { huber } from "../regression/huber.ts";
import { type OlsSettings, ols } from "../regression/ols.ts";
import type { ErrorKind } from "../regression/regression-errors.ts";
import { theilSen } from "../regression/theil-sen.ts";
import { totalLeastSquares } from "../regression/tls.ts";
import type { ResultTable } from "../unit-root/test-result.ts";
import { requireMoving } from "./moving-prices.ts";
import { onScale, type PriceScale } from "./price-scale.ts";

/** `ols`, `totalLeastSquares`, `huber` or `theilSen`. */
export type HedgeMethod = "ols" | "tls" | "huber" | "theil-sen";

export interface HedgeRatioSettings {
  /** `"ols"` unless given. */
  readonly method?: HedgeMethod;
  /** A constant beside x; true unless given. `"theil-sen"` needs it. */
  readonly intercept?: boolean;
  /** `"log"` unless given. */
  readonly prices?: PriceScale;
  /** Errors of `"ols"`; `"HAC"` with Andrews' lags unless given, for the residuals of a pair remember. */
  readonly errors?: ErrorKind;
  /** Of the band; 0.95 unless given. */
  readonly confidence?: number;
}

/** How much of x to hold against one of y. It can be handed to `spread` as it is. */
export interface HedgeRatio {
  readonly method: HedgeMethod;
  readonly beta: number;
  readonly alpha: number;
  /**
   * The band of β; NaN for `"tls"`. It supposes that a spread exists. Only that of `"ols"` knows that residuals
   * remember; those of `"huber"` and `"theil-sen"` suppose that they do not, and are too narrow where they do.
   */
  readonly low: number;
  readonly high: number;
  readonly prices: PriceScale;
  readonly nobs: number;
  readonly missing: number;
}

/**
 * One hedge ratio for the whole window that is passed: y = α + βx on log prices unless `prices: "raw"` is asked for.
 * Applied inside that window it is in-sample.
 */
export function hedgeRatio(y: Float64Array, x: Float64Array, settings: HedgeRatioSettings = {}): HedgeRatio {
  const where = "hedgeRatio";
  requireColumns(where, { y, x });
  requireSettings(where, settings, ["method", "intercept", "prices", "errors", "confidence"]);

  const { method = "ols", intercept = true, prices = "log", errors = "HAC", confidence = 0.95 } = settings;
  requireOneOf(where, "method", method, HEDGE_METHODS);
  requireBetween(where, "confidence", confidence, 0, 1);
  requireSameLength(where, { y: y.length, x: x.length });
  const [ys, xs] = [onScale(where, "y", y, prices), onScale(where, "x", x, prices)];
  if (intercept) requireMoving(where, { x: xs });
  const line = FITS[method](ys, xs, { intercept, errors, confidence });
  const { beta, alpha, low, high, nobs, missing } = line;
  return { method, beta, alpha, low, high, prices, nobs, missing };
}

/** Every method on one window, side by side. */
export function hedgeRatios(
  y: Float64Array,
  x: Float64Array,
  settings: Pick<HedgeRatioSettings, "prices" | "errors" | "confidence"> = {},
): readonly HedgeRatio[] {
  requireColumns("hedgeRatios", { y, x });
  requireSettings("hedgeRatios", settings, ["prices", "errors", "confidence"]);

  return HEDGE_METHODS.map((method) => hedgeRatio(y, x, { ...settings, method }));
}

/** Hedge ratios as a table: a row a method. */
export function hedgeRatioTable(ratios: readonly HedgeRatio[]): ResultTable {
  requireList("hedgeRatioTable", "ratios", ratios);

  const of = (name: string, pick: (ratio: HedgeRatio) => string | number, digits?: number) => ({
    name,
    values: ratios.map(pick),
    ...(digits === undefined ? {} : { digits }),
  });
  return {
    columns: [
      of("method", ({ method }) => METHOD_WORDS[method]),
      of("β", ({ beta }) => beta, 4),
      of("β from", ({ low }) => low, 4),
      of("β to", ({ high }) => high, 4),
      of("α", ({ alpha }) => alpha, 4),
      of("prices", ({ prices }) => prices),
      of("bars", ({ nobs }) => nobs),
    ],
    length: ratios.length,
    caption: "Hedge ratios",
  };
}

const HEDGE_METHODS: readonly HedgeMethod[] = ["ols", "tls", "huber", "theil-sen"];

export const METHOD_WORDS: Readonly<Record<HedgeMethod, string>> = {
  ols: "least squares",
  tls: "total least squares",
  huber: "Huber",
  "theil-sen": "Theil-Sen",
};

type Line = Pick<HedgeRatio, "alpha" | "beta" | "low" | "high" | "nobs" | "missing">;
type LineSettings = Required<Pick<OlsSettings, "intercept" | "errors" | "confidence">>;

const FITS: Readonly<
  Record<HedgeMethod, (y: Float64Array, x: Float64Array, settings: LineSettings) => Line>
> = {
  ols: (y, x, settings) => {
    const { alpha, parameters, nobs, missing } = ols(y, x, { ...settings, lags: "andrews" });
    const { estimate, low, high } = parameters[parameters.length - 1]!;
    return { alpha, beta: estimate, low, high, nobs, missing };
  },
  tls: (y, x, { intercept }) => ({
    ...totalLeastSquares(y, x, { intercept }),
    low: Number.NaN,
    high: Number.NaN,
  }),
  huber: (y, x, { intercept, confidence }) => {
    const fit = huber(y, x, { intercept });
    const reach = normalQuantile((1 + confidence) / 2) * fit.betaError;
    return { ...fit, low: fit.beta - reach, high: fit.beta + reach };
  },
  "theil-sen": (y, x, { intercept, confidence }) => {
    if (!intercept) {
      refuse({
        code: "bad-setting",
        where: "hedgeRatio",
        problem: 'method "theil-sen" has an intercept; got intercept: false',
        hint: "Leave intercept out, or choose another method.",
        facts: { intercept },
      });
    }
    return theilSen(y, x, { confidence });
  },
};
