import { requireColumns, requireSettings } from "../../core/arguments.ts";
import { refuse } from "../../core/errors.ts";
import { regressorsOf, requireFinite, requireOneOf, requireSameLength, requireWhole } from "../checks.ts";
import { completeRows } from "../regression/complete-rows.ts";
import { leastSquares } from "../regression/least-squares.ts";
import { counted, pText } from "../words.ts";
import { TREND_WORDS } from "./adf.ts";
import { dickeyFuller, type LagSettings } from "./dickey-fuller.ts";
import { mackinnonCritical, mackinnonP } from "./mackinnon.ts";
import type { Trend } from "./mackinnon-tables.ts";
import type { TestResult } from "./test-result.ts";

export interface EngleGrangerSettings extends LagSettings {
  /** Deterministic terms of the regression between the series; `"c"` unless given. */
  readonly trend?: Exclude<Trend, "n">;
}

export interface EngleGrangerResult extends TestResult {
  readonly trend: Trend;
  /** The slopes of the first regression, in the order of the regressors. */
  readonly beta: Float64Array;
  /** Its constant, at the first bar where there is a trend. */
  readonly alpha: number;
  /** Its residuals: the spread under test; NaN where something was missing. */
  readonly residuals: Float64Array;
}

export interface EngleGrangerBothWays {
  /** y on x. */
  readonly yOnX: EngleGrangerResult;
  /** x on y. */
  readonly xOnY: EngleGrangerResult;
  readonly sentence: string;
}

/**
 * Engle and Granger's test: is there a combination y − α − βx that returns to its mean, though y and x do not?
 *
 * Least squares, then a Dickey-Fuller regression of the residuals without a constant. P-value and critical values are
 * those of MacKinnon for this number of series, at the observations of that regression: the one-series values of `adf`
 * would reject far too often, since the residuals were made to look stationary. The series are taken as they are:
 * pass logs for a spread of logs. Swapping y and x gives another answer; `engleGrangerBothWays` gives both.
 * Checked against statsmodels' `coint` (1e-9), whose critical values stand at one observation fewer than the series.
 */
export function engleGranger(
  y: Float64Array,
  x: Float64Array | readonly Float64Array[],
  settings: EngleGrangerSettings = {},
): EngleGrangerResult {
  const where = "engleGranger";
  requireColumns(where, { y });
  requireSettings(where, settings, ["trend", "lags", "maxLags"]);

  const { trend = "c" } = settings;
  const regressors = regressorsOf(where, x);
  const names = regressors.map((_, j) => (regressors.length === 1 ? "x" : `x${j + 1}`));
  requireOneOf(where, "trend", trend, ["c", "ct", "ctt"]);
  requireWhole(where, "the number of regressors", regressors.length, 1);
  if (regressors.length > 5) {
    refuse({
      code: "too-many-series",
      where,
      problem: `needs at most 5 regressors, which is as far as MacKinnon's tables go; got ${regressors.length}`,
      hint: "Leave some out.",
      facts: { got: regressors.length },
    });
  }
  requireSameLength(
    where,
    Object.fromEntries([["y", y.length], ...regressors.map((column, j) => [names[j]!, column.length])]),
  );
  requireFinite(where, "y", y);
  regressors.forEach((column, j) => {
    requireFinite(where, names[j]!, column);
  });

  const { columns, indices } = completeRows([y, ...regressors]);
  const time = [...trend].slice(1).map((_, power) => Float64Array.from(indices, (t) => t ** (power + 1)));
  const fit = leastSquares(where, columns[0]!, [...columns.slice(1), ...time], true, [...names, "t", "t²"]);
  if (!(fit.residualSquares > 1e-26 * fit.totalSquares)) {
    refuse({
      code: "collinear",
      where,
      problem: `needs a spread between its series; got y as a combination of ${names.join(", ")}`,
      hint: "Check that two different series were passed.",
      facts: { residualSquares: fit.residualSquares },
    });
  }
  const residuals = new Float64Array(y.length).fill(Number.NaN);
  indices.forEach((at, i) => {
    residuals[at] = fit.residuals[i]!;
  });
  const { statistic, lags, nobs } = dickeyFuller(where, residuals, "n", settings);
  const series = regressors.length + 1;
  const pValue = mackinnonP(statistic, trend, series);
  const criticalValues = mackinnonCritical(trend, series, nobs);
  const test = `Engle-Granger, ${series} series, ${TREND_WORDS[trend]}`;
  const rejected = statistic < criticalValues["5%"];
  return {
    test,
    statistic,
    pValue,
    criticalValues,
    lags,
    nobs,
    trend,
    alpha: fit.alpha,
    beta: fit.beta.slice(0, regressors.length),
    residuals,
    nullHypothesis: "the series are not cointegrated: no combination of them returns to its mean",
    alternative: "the residual of y on the others returns to its mean",
    sentence:
      `${test}, ${counted(lags, "lag")}, ${nobs} observations: ${statistic.toFixed(2)} is ${rejected ? "below" : "not below"} ` +
      `the 5 % critical value of ${criticalValues["5%"].toFixed(2)} (${pText(pValue)}), so the absence of ` +
      `cointegration is ${rejected ? "rejected" : "not rejected"}.`,
  };
}

/** `engleGranger` of y on x and of x on y, with what the two say together. */
export function engleGrangerBothWays(
  y: Float64Array,
  x: Float64Array,
  settings: EngleGrangerSettings = {},
): EngleGrangerBothWays {
  requireColumns("engleGrangerBothWays", { y, x });
  requireSettings("engleGrangerBothWays", settings, ["trend", "lags", "maxLags"]);

  const yOnX = engleGranger(y, x, settings);
  const xOnY = engleGranger(x, y, settings);
  const count = [yOnX, xOnY].filter(
    ({ statistic, criticalValues }) => statistic < criticalValues["5%"],
  ).length;
  const words = [
    "Neither direction rejects the absence of cointegration at 5 %",
    "Only one direction rejects the absence of cointegration at 5 %: the evidence is weak",
    "Both directions reject the absence of cointegration at 5 %",
  ];
  const sentence = `${words[count]} (y on x ${pText(yOnX.pValue)}, x on y ${pText(xOnY.pValue)}).`;
  return { yOnX, xOnY, sentence };
}
