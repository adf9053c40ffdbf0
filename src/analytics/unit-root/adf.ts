import { requireColumns, requireSettings } from "../../core/arguments.ts";
import { requireFinite, requireOneOf } from "../checks.ts";
import { counted, pText } from "../words.ts";
import { dickeyFuller, type LagSettings } from "./dickey-fuller.ts";
import { mackinnonCritical, mackinnonP } from "./mackinnon.ts";
import type { Trend } from "./mackinnon-tables.ts";
import type { TestResult } from "./test-result.ts";

export interface AdfSettings extends LagSettings {
  /** Deterministic terms: `"n"` none, `"c"` a constant (the default), `"ct"` and a trend, `"ctt"` and its square. */
  readonly trend?: Trend;
}

export interface AdfResult extends TestResult {
  readonly trend: Trend;
}

/**
 * The augmented Dickey-Fuller test: does a series have a unit root, or does it return to its mean (or trend)?
 *
 * An estimator: one result for the whole window. P-value: MacKinnon 1994, asymptotic. Critical values: MacKinnon 2010,
 * at the number of observations of the final regression; in a small sample trust these. NaN at either end is trimmed;
 * a gap inside costs the rows that meet it. Checked against statsmodels and arch (1e-9), and against exact arithmetic
 * at an offset of 1e9, where those are wrong.
 */
export function adf(series: Float64Array, settings: AdfSettings = {}): AdfResult {
  const where = "adf";
  requireColumns(where, { series });
  requireSettings(where, settings, ["trend", "lags", "maxLags"]);

  const { trend = "c" } = settings;
  requireOneOf(where, "trend", trend, ["n", "c", "ct", "ctt"]);
  requireFinite(where, "series", series);
  const { statistic, lags, nobs } = dickeyFuller(where, series, trend, settings);
  const pValue = mackinnonP(statistic, trend, 1);
  const criticalValues = mackinnonCritical(trend, 1, nobs);
  const test = `Augmented Dickey-Fuller, ${TREND_WORDS[trend]}`;
  const around = { n: "zero", c: "a constant mean", ct: "a linear trend", ctt: "a quadratic trend" }[trend];
  const rejected = statistic < criticalValues["5%"];
  return {
    test,
    statistic,
    pValue,
    criticalValues,
    lags,
    nobs,
    trend,
    nullHypothesis: "the series has a unit root: its shocks last",
    alternative: `the series returns to ${around}`,
    sentence:
      `${test}, ${counted(lags, "lag")}, ${nobs} observations: ${statistic.toFixed(2)} is ${rejected ? "below" : "not below"} ` +
      `the 5 % critical value of ${criticalValues["5%"].toFixed(2)} (${pText(pValue)}), so a unit root is ` +
      `${rejected ? `rejected in favour of a return to ${around}` : "not rejected"}.`,
  };
}

/** Deterministic terms in words. */
export const TREND_WORDS: Readonly<Record<Trend, string>> = {
  n: "no constant",
  c: "constant",
  ct: "constant and trend",
  ctt: "constant, trend and squared trend",
};
