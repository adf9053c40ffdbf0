import { requireColumns } from "../../core/arguments.ts";
import { refuse } from "../../core/errors.ts";
import { requireCount, requireFinite } from "../checks.ts";
import { centre } from "../mean.ts";
import { completeRows } from "../regression/complete-rows.ts";
import { pText } from "../words.ts";
import type { TestResult } from "./test-result.ts";

export interface JarqueBeraResult extends TestResult {
  /** m₃ / m₂^(3/2), divisor n. */
  readonly skewness: number;
  /** m₄ / m₂², divisor n: 3 for the normal. */
  readonly kurtosis: number;
}

/**
 * The Jarque-Bera test: are values normal, judged by skewness and kurtosis? n/6 (S² + (K − 3)²/4), chi-squared with two
 * degrees of freedom: an asymptotic law, rough below some hundreds of values. Missing values are left out.
 */
export function jarqueBera(values: Float64Array): JarqueBeraResult {
  const where = "jarqueBera";
  requireColumns(where, { values });

  requireFinite(where, "values", values);
  const known = completeRows([values]).columns[0]!;
  const nobs = known.length;
  requireCount(where, nobs, 3, "for a skewness");
  const off = centre(known).values;
  const largest = off.reduce((most, d) => Math.max(most, Math.abs(d)), 0);
  // in units of the largest, so that no power of a tiny deviation vanishes
  const moment = (power: number): number => off.reduce((sum, d) => sum + (d / largest) ** power, 0) / nobs;
  const variance = moment(2);
  if (largest === 0) {
    refuse({
      code: "no-variation",
      where,
      problem: `needs values that vary; got ${nobs} times ${known[0]}`,
      hint: "Check that the feed is alive, or take a longer window.",
      facts: { value: known[0] },
    });
  }
  const skewness = moment(3) / variance ** 1.5;
  const kurtosis = moment(4) / variance ** 2;
  const statistic = (nobs / 6) * (skewness ** 2 + (kurtosis - 3) ** 2 / 4);
  // chi-squared with two degrees of freedom is exponential
  const pValue = Math.exp(-statistic / 2);
  return {
    test: "Jarque-Bera",
    statistic,
    pValue,
    criticalValues: { "1%": -2 * Math.log(0.01), "5%": -2 * Math.log(0.05), "10%": -2 * Math.log(0.1) },
    lags: 0,
    nobs,
    skewness,
    kurtosis,
    nullHypothesis: "the values are normal",
    alternative: "their skewness or kurtosis is not that of the normal",
    sentence:
      `Jarque-Bera, ${nobs} observations: ${statistic.toFixed(2)} with skewness ${skewness.toFixed(2)} and kurtosis ` +
      `${kurtosis.toFixed(2)} (${pText(pValue)}), so normality is ${pValue < 0.05 ? "rejected" : "not rejected"} at 5 %.`,
  };
}
