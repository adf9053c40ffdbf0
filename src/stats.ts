/** "tickbook/stats". Statistics of series and pairs, without a file, a chart or a notebook. */
export { type ClusterMerge, type ClusterOrder, clusterOrder } from "./analytics/correlation/cluster-order.ts";
export { clustersAbove } from "./analytics/correlation/clusters.ts";
export {
  type CorrelationMatrix,
  type CorrelationMethod,
  type CorrelationSettings,
  correlationMatrix,
} from "./analytics/correlation/correlation.ts";
export {
  chiSquaredCdf,
  chiSquaredQuantile,
  chiSquaredSurvival,
} from "./analytics/distributions/chi-squared.ts";
export { fCdf, fQuantile, fSurvival } from "./analytics/distributions/f.ts";
export { normalCdf, normalQuantile, normalSurvival } from "./analytics/distributions/normal.ts";
export { studentCdf, studentQuantile, studentSurvival } from "./analytics/distributions/student-t.ts";
export {
  type AmihudSettings,
  amihud,
  type Liquidity,
  type LiquiditySettings,
  liquidity,
  secondsBetweenTrades,
  takerImbalance,
} from "./analytics/market/liquidity.ts";
export { type RollSettings, rollingRollSpread, rollSpread } from "./analytics/market/liquidity-roll.ts";
export { type ThinRules, thinBars, withoutThin } from "./analytics/market/liquidity-thin.ts";
export { type ReturnSettings, returns } from "./analytics/market/returns.ts";
export {
  realisedVolatility,
  type VolatilityResult,
  type VolatilitySettings,
} from "./analytics/market/volatility.ts";
export { type Calibration, type CalibrationSettings, calibrate } from "./analytics/pair/calibrate.ts";
export { compareRatios, type NamedRatio } from "./analytics/pair/compare-ratios.ts";
export {
  type HedgeMethod,
  type HedgeRatio,
  type HedgeRatioSettings,
  hedgeRatio,
  hedgeRatios,
  hedgeRatioTable,
} from "./analytics/pair/hedge-ratio.ts";
export type { LineStability } from "./analytics/pair/line-stability.ts";
export {
  type KalmanHedgeRatio,
  kalmanHedgeLine,
  kalmanHedgeRatio,
  type MovingHedgeRatio,
  rollingHedgeRatio,
  type ScaleSetting,
} from "./analytics/pair/moving-hedge-ratio.ts";
export {
  type MovingRatio,
  type MovingRatioSettings,
  type MovingRatios,
  movingRatios,
} from "./analytics/pair/moving-ratios.ts";
export {
  type CasePoint,
  caseTable,
  type PairCase,
  type PairEvidence,
  pairCase,
} from "./analytics/pair/pair-case.ts";
export { type PairTableSettings, pairTable } from "./analytics/pair/pair-table.ts";
export { type PairVerdict, pairVerdict, pairVerdictTable } from "./analytics/pair/pair-verdict.ts";
export type { PriceScale } from "./analytics/pair/price-scale.ts";
export type { PairScreening, ScreenedPair } from "./analytics/pair/screening.ts";
export { type Spread, type SpreadSettings, spread } from "./analytics/pair/spread.ts";
export { type ZScore, zScore } from "./analytics/pair/z-score.ts";
export {
  type ExpandingOlsSettings,
  expandingOls,
  expandingOlsOperator,
} from "./analytics/regression/expanding-ols.ts";
export { type HuberFit, type HuberSettings, huber } from "./analytics/regression/huber.ts";
export {
  type KalmanLineOperator,
  type KalmanLineResult,
  kalmanLine,
  kalmanLineBeta,
  kalmanLineOperator,
} from "./analytics/regression/kalman/kalman-line.ts";
export type {
  KalmanLineAt,
  KalmanLineColumns,
  KalmanLineSettings,
  KalmanLineStart,
} from "./analytics/regression/kalman/kalman-line-types.ts";
export {
  type KalmanNoise,
  type KalmanNoiseSettings,
  kalmanNoise,
} from "./analytics/regression/kalman/kalman-noise.ts";
export {
  type KalmanRatioAt,
  type KalmanRatioOperator,
  type KalmanRatioResult,
  type KalmanRatioSettings,
  type KalmanRatioStart,
  kalmanRatio,
  kalmanRatioOperator,
} from "./analytics/regression/kalman/kalman-ratio.ts";
export type { InterceptSetting, LineFit } from "./analytics/regression/line-fit.ts";
export { type OlsResult, type OlsSettings, ols, type Parameter } from "./analytics/regression/ols.ts";
export { olsTable } from "./analytics/regression/ols-table.ts";
export type { ErrorKind } from "./analytics/regression/regression-errors.ts";
export {
  type LineAt,
  type LineOperator,
  type LineSeries,
  type RollingOlsSettings,
  rollingOls,
  rollingOlsOperator,
} from "./analytics/regression/rolling-ols.ts";
export { type TheilSenFit, type TheilSenSettings, theilSen } from "./analytics/regression/theil-sen.ts";
export { totalLeastSquares } from "./analytics/regression/tls.ts";
export { type EwSettings, ewZScore, ewZScoreOperator } from "./analytics/rolling/ew-z-score.ts";
export { type Innovations, innovationZScore } from "./analytics/rolling/innovation-z-score.ts";
export type { Operator, PairOperator } from "./analytics/rolling/operator.ts";
export { percentileRank, percentileRankOperator } from "./analytics/rolling/percentile-rank.ts";
export { robustZScore, robustZScoreOperator } from "./analytics/rolling/robust-z-score.ts";
export {
  rollingMean,
  rollingMeanOperator,
  rollingStd,
  rollingStdOperator,
  rollingZScore,
  rollingZScoreOperator,
  type WindowSetting,
} from "./analytics/rolling/rolling.ts";
export { rollingCorrelation, rollingCorrelationOperator } from "./analytics/rolling/rolling-correlation.ts";
export {
  type RollingEstimateSettings,
  type RollingEstimates,
  rollingEstimates,
} from "./analytics/rolling/rolling-estimates.ts";
export { type AdfResult, type AdfSettings, adf } from "./analytics/unit-root/adf.ts";
export {
  type AutocorrelationResult,
  type AutocorrelationSettings,
  autocorrelation,
  type LjungBoxSettings,
  ljungBox,
} from "./analytics/unit-root/autocorrelation.ts";
export { type CrossingsResult, meanCrossings } from "./analytics/unit-root/crossings.ts";
export type { LagChoice, LagSettings } from "./analytics/unit-root/dickey-fuller.ts";
export {
  type EngleGrangerBothWays,
  type EngleGrangerResult,
  type EngleGrangerSettings,
  engleGranger,
  engleGrangerBothWays,
} from "./analytics/unit-root/engle-granger.ts";
export { type HalfLifeResult, type HalfLifeSettings, halfLife } from "./analytics/unit-root/half-life.ts";
export { type HurstResult, type HurstSettings, hurst } from "./analytics/unit-root/hurst.ts";
export { type JarqueBeraResult, jarqueBera } from "./analytics/unit-root/jarque-bera.ts";
export { longestRun } from "./analytics/unit-root/longest-run.ts";
export type { Trend } from "./analytics/unit-root/mackinnon-tables.ts";
export {
  type CriticalValues,
  decision,
  type ResultTable,
  type TestResult,
  testsTable,
  testTable,
} from "./analytics/unit-root/test-result.ts";
export { type ScreeningSettings, screenPairs } from "./app/pair/screen-pairs.ts";
export type { ThreadOptions } from "./app/threads/run-shared.ts";
export { TickbookError } from "./core/errors.ts";
export type { PairColumns, PairNames, PairOrigin, Timed } from "./core/timed.ts";
