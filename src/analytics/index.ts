export * from "./alerts/index.ts";
export * from "./backtest/index.ts";
export { type ClusterMerge, type ClusterOrder, clusterOrder } from "./correlation/cluster-order.ts";
export { clustersAbove } from "./correlation/clusters.ts";
export {
  type CorrelationMatrix,
  type CorrelationMethod,
  type CorrelationSettings,
  correlationMatrix,
} from "./correlation/correlation.ts";
export { chiSquaredCdf, chiSquaredQuantile, chiSquaredSurvival } from "./distributions/chi-squared.ts";
export { fCdf, fQuantile, fSurvival } from "./distributions/f.ts";
export { normalCdf, normalQuantile, normalSurvival } from "./distributions/normal.ts";
export { studentCdf, studentQuantile, studentSurvival } from "./distributions/student-t.ts";
export {
  type AmihudSettings,
  amihud,
  type Liquidity,
  type LiquiditySettings,
  liquidity,
  secondsBetweenTrades,
  takerImbalance,
} from "./market/liquidity.ts";
export { type RollSettings, rollingRollSpread, rollSpread } from "./market/liquidity-roll.ts";
export { type ThinRules, thinBars, withoutThin } from "./market/liquidity-thin.ts";
export { type ReturnSettings, returns } from "./market/returns.ts";
export { realisedVolatility, type VolatilityResult, type VolatilitySettings } from "./market/volatility.ts";
export { type Calibration, type CalibrationSettings, calibrate } from "./pair/calibrate.ts";
export { compareRatios, type NamedRatio } from "./pair/compare-ratios.ts";
export {
  type HedgeMethod,
  type HedgeRatio,
  type HedgeRatioSettings,
  hedgeRatio,
  hedgeRatios,
  hedgeRatioTable,
} from "./pair/hedge-ratio.ts";
export type { LineStability } from "./pair/line-stability.ts";
export {
  type KalmanHedgeRatio,
  kalmanHedgeLine,
  kalmanHedgeRatio,
  type MovingHedgeRatio,
  rollingHedgeRatio,
  type ScaleSetting,
} from "./pair/moving-hedge-ratio.ts";
export {
  type MovingRatio,
  type MovingRatioSettings,
  type MovingRatios,
  movingRatios,
} from "./pair/moving-ratios.ts";
export { type CasePoint, caseTable, type PairCase, type PairEvidence, pairCase } from "./pair/pair-case.ts";
export { type PairTableSettings, pairTable } from "./pair/pair-table.ts";
export { type PairVerdict, pairVerdict, pairVerdictTable } from "./pair/pair-verdict.ts";
export type { PriceScale } from "./pair/price-scale.ts";
export { type Spread, type SpreadSettings, spread } from "./pair/spread.ts";
export { type ZScore, zScore } from "./pair/z-score.ts";
export type { CalendarReturn } from "./performance/calendar-returns.ts";
export type { Drawdown } from "./performance/drawdowns.ts";
export type { MetricGroup } from "./performance/metric-definitions.ts";
export type { MetricUnit } from "./performance/metric-text.ts";
export {
  drawdownsTable,
  type Metric,
  metricRows,
  metricsTable,
  monthsTable,
} from "./performance/metrics-table.ts";
export {
  type ReturnMetrics,
  type ReturnMetricsSettings,
  returnMetrics,
} from "./performance/return-metrics.ts";
export type { RollingMetrics } from "./performance/rolling-metrics.ts";
export type { RoundTripMetrics } from "./performance/round-trip-metrics.ts";
export {
  type CurveMetrics,
  type LegMetrics,
  type RunMetrics,
  type RunMetricsSettings,
  runMetrics,
} from "./performance/run-metrics.ts";
export type { Sampling } from "./performance/sampling.ts";
export { type ExpandingOlsSettings, expandingOls, expandingOlsOperator } from "./regression/expanding-ols.ts";
export { type HuberFit, type HuberSettings, huber } from "./regression/huber.ts";
export {
  type KalmanLineOperator,
  type KalmanLineResult,
  kalmanLine,
  kalmanLineBeta,
  kalmanLineOperator,
} from "./regression/kalman/kalman-line.ts";
export type {
  KalmanLineAt,
  KalmanLineColumns,
  KalmanLineSettings,
  KalmanLineStart,
} from "./regression/kalman/kalman-line-types.ts";
export { type KalmanNoise, type KalmanNoiseSettings, kalmanNoise } from "./regression/kalman/kalman-noise.ts";
export {
  type KalmanRatioAt,
  type KalmanRatioOperator,
  type KalmanRatioResult,
  type KalmanRatioSettings,
  type KalmanRatioStart,
  kalmanRatio,
  kalmanRatioOperator,
} from "./regression/kalman/kalman-ratio.ts";
export type { InterceptSetting, LineFit } from "./regression/line-fit.ts";
export { type OlsResult, type OlsSettings, ols, type Parameter } from "./regression/ols.ts";
export { olsTable } from "./regression/ols-table.ts";
export type { ErrorKind } from "./regression/regression-errors.ts";
export {
  type LineAt,
  type LineOperator,
  type LineSeries,
  type RollingOlsSettings,
  rollingOls,
  rollingOlsOperator,
} from "./regression/rolling-ols.ts";
export { type TheilSenFit, type TheilSenSettings, theilSen } from "./regression/theil-sen.ts";
export { totalLeastSquares } from "./regression/tls.ts";
export { type EwSettings, ewZScore, ewZScoreOperator } from "./rolling/ew-z-score.ts";
export { type Innovations, innovationZScore } from "./rolling/innovation-z-score.ts";
export type { Operator, PairOperator } from "./rolling/operator.ts";
export { percentileRank, percentileRankOperator } from "./rolling/percentile-rank.ts";
export { robustZScore, robustZScoreOperator } from "./rolling/robust-z-score.ts";
export {
  rollingMean,
  rollingMeanOperator,
  rollingStd,
  rollingStdOperator,
  rollingZScore,
  rollingZScoreOperator,
  type Window,
} from "./rolling/rolling.ts";
export { rollingCorrelation, rollingCorrelationOperator } from "./rolling/rolling-correlation.ts";
export {
  type RollingEstimateSettings,
  type RollingEstimates,
  rollingEstimates,
} from "./rolling/rolling-estimates.ts";
export { type AdfResult, type AdfSettings, adf } from "./unit-root/adf.ts";
export {
  type AutocorrelationResult,
  type AutocorrelationSettings,
  autocorrelation,
  type LjungBoxSettings,
  ljungBox,
} from "./unit-root/autocorrelation.ts";
export { type CrossingsResult, meanCrossings } from "./unit-root/crossings.ts";
export type { LagChoice, LagSettings } from "./unit-root/dickey-fuller.ts";
export {
  type EngleGrangerBothWays,
  type EngleGrangerResult,
  type EngleGrangerSettings,
  engleGranger,
  engleGrangerBothWays,
} from "./unit-root/engle-granger.ts";
export { type HalfLifeResult, type HalfLifeSettings, halfLife } from "./unit-root/half-life.ts";
export { type HurstResult, type HurstSettings, hurst } from "./unit-root/hurst.ts";
export { type JarqueBeraResult, jarqueBera } from "./unit-root/jarque-bera.ts";
export { longestRun } from "./unit-root/longest-run.ts";
export type { Trend } from "./unit-root/mackinnon-tables.ts";
export {
  type CriticalValues,
  decision,
  type ResultTable,
  type TestResult,
  testsTable,
  testTable,
} from "./unit-root/test-result.ts";
