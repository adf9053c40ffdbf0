import { requireColumns, requireSettings } from "../../core/arguments.ts";
import { refuse } from "../../core/errors.ts";
import { requireBetween, requireCount, requireFinite, requireWhole } from "../checks.ts";
import { chiSquaredQuantile, chiSquaredSurvival } from "../distributions/chi-squared.ts";
import { normalQuantile } from "../distributions/normal.ts";
import { centre, dot } from "../mean.ts";
import { trimMissing } from "../regression/complete-rows.ts";
import { counted, pText } from "../words.ts";
import type { TestResult } from "./test-result.ts";

export interface AutocorrelationSettings {
  /** The longest lag; min(⌊10 log₁₀ n⌋, n − 1) unless given. */
  readonly lags?: number;
  /** Of the band; 0.95 unless given. */
  readonly confidence?: number;
}

export interface AutocorrelationResult {
  /** Lags 0, 1, …; the first is 1. */
  readonly values: Float64Array;
  /** ± this much is what a series without memory stays within: Φ⁻¹((1 + confidence) / 2) / √n. */
  readonly band: number;
  readonly nobs: number;
}

/**
 * Autocorrelations r[k] = Σ (s[t] − mean)(s[t−k] − mean) / Σ (s[t] − mean)², divisor n at every lag, so that they are
 * those of a possible series. NaN at either end is trimmed; a gap inside is refused.
 */
export function autocorrelation(
  series: Float64Array,
  settings: AutocorrelationSettings = {},
): AutocorrelationResult {
  const where = "autocorrelation";
  requireColumns(where, { series });
  requireSettings(where, settings, ["lags", "confidence"]);

  const { confidence = 0.95 } = settings;
  requireBetween(where, "confidence", confidence, 0, 1);
  const values = unbroken(where, series);
  const nobs = values.length;
  const { lags = Math.max(1, Math.min(Math.floor(10 * Math.log10(nobs)), nobs - 1)) } = settings;
  requireWhole(where, "lags", lags, 1);
  return {
    values: coefficients(where, values, lags),
    band: normalQuantile((1 + confidence) / 2) / Math.sqrt(nobs),
    nobs,
  };
}

export interface LjungBoxSettings {
  /** Lags that are tested together; min(10, ⌊n / 5⌋), but more than the model has parameters, unless given. */
  readonly lags?: number;
  /** Parameters of the model whose residuals are tested: they cost degrees of freedom; 0 unless given. */
  readonly modelParameters?: number;
}

/**
 * The Ljung-Box test: does a series remember? Q = n (n + 2) Σ r[k]² / (n − k), chi-squared with lags − model
 * parameters degrees of freedom. Checked against statsmodels (1e-9).
 */
export function ljungBox(series: Float64Array, settings: LjungBoxSettings = {}): TestResult {
  const where = "ljungBox";
  requireColumns(where, { series });
  requireSettings(where, settings, ["lags", "modelParameters"]);

  const values = unbroken(where, series);
  const nobs = values.length;
  const { modelParameters = 0 } = settings;
  const { lags = Math.max(modelParameters + 1, Math.min(10, Math.floor(nobs / 5))) } = settings;
  requireWhole(where, "lags", lags, 1);
  requireWhole(where, "modelParameters", modelParameters, 0);
  requireWhole(where, "lags less modelParameters", lags - modelParameters, 1);
  const r = coefficients(where, values, lags);
  let sum = 0;
  for (let k = 1; k <= lags; k++) sum += (r[k]! * r[k]!) / (nobs - k);
  const statistic = nobs * (nobs + 2) * sum;
  const df = lags - modelParameters;
  const pValue = chiSquaredSurvival(statistic, df);
  const rejected = pValue < 0.05;
  return {
    test: "Ljung-Box",
    statistic,
    pValue,
    criticalValues: {
      "1%": chiSquaredQuantile(0.99, df),
      "5%": chiSquaredQuantile(0.95, df),
      "10%": chiSquaredQuantile(0.9, df),
    },
    lags,
    nobs,
    nullHypothesis: `no autocorrelation up to lag ${lags}`,
    alternative: "some autocorrelation",
    sentence:
      `Ljung-Box, ${counted(lags, "lag")}, ${nobs} observations: ${statistic.toFixed(2)} (${pText(pValue)}), ` +
      `so the absence of autocorrelation is ${rejected ? "rejected" : "not rejected"} at 5 %.`,
  };
}

function coefficients(where: string, values: Float64Array, lags: number): Float64Array {
  requireCount(where, values.length, lags + 1, `for ${counted(lags, "lag")}`);
  const { values: off } = centre(values);
  const total = dot(off, off);
  if (total === 0) {
    refuse({
      code: "no-variation",
      where,
      problem: `needs a series that varies; got ${values.length} times ${values[0]}`,
      hint: "Check that the feed is alive, or take a longer window.",
      facts: { value: values[0] },
    });
  }
  return Float64Array.from(
    { length: lags + 1 },
    (_, k) => dot(off.subarray(k), off.subarray(0, off.length - k)) / total,
  );
}

function unbroken(where: string, series: Float64Array): Float64Array {
  requireFinite(where, "series", series);
  const values = trimMissing(series);
  const index = values.findIndex(Number.isNaN);
  if (index >= 0) {
    refuse({
      code: "missing-value",
      where,
      problem: `needs a series without gaps, for its lags are bars apart; got a missing value inside, ${index} bars after the first`,
      hint: "Cut the series at the gap.",
      facts: { index },
    });
  }
  return values;
}
