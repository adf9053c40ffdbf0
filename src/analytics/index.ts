export { type AdfResult, type AdfSettings, adf } from "./adf.ts";
export * from "./alerts/index.ts";
export {
  type AutocorrelationResult,
  type AutocorrelationSettings,
  autocorrelation,
  type LjungBoxSettings,
  ljungBox,
} from "./autocorrelation.ts";
export * from "./backtest/index.ts";
export { type ClusterMerge, type ClusterOrder, clusterOrder } from "./cluster-order.ts";
export { clustersAbove } from "./clusters.ts";
export { compareRatios, type NamedRatio } from "./compare-ratios.ts";
export {
  type CorrelationMatrix,
  type CorrelationMethod,
  type CorrelationSettings,
  correlationMatrix,
} from "./correlation.ts";
export { type CrossingsResult, meanCrossings } from "./crossings.ts";
export type { LagChoice, LagSettings } from "./dickey-fuller.ts";
export { chiSquaredCdf, chiSquaredQuantile, chiSquaredSurvival } from "./distributions/chi-squared.ts";
export { fCdf, fQuantile, fSurvival } from "./distributions/f.ts";
export { normalCdf, normalQuantile, normalSurvival } from "./distributions/normal.ts";
export { studentCdf, studentQuantile, studentSurvival } from "./distributions/student-t.ts";
export {
  type EngleGrangerBothWays,
  type EngleGrangerResult,
  type EngleGrangerSettings,
  engleGranger,
  engleGrangerBothWays,
} from "./engle-granger.ts";
export { type EwSettings, ewZScore, ewZScoreOperator } from "./ew-z-score.ts";
export { type ExpandingOlsSettings, expandingOls, expandingOlsOperator } from "./expanding-ols.ts";
export { type HalfLifeResult, type HalfLifeSettings, halfLife } from "./half-life.ts";
export {
  type HedgeMethod,
  type HedgeRatio,
  type HedgeRatioSettings,
  hedgeRatio,
  hedgeRatios,
  hedgeRatioTable,
} from "./hedge-ratio.ts";
export { type HuberFit, type HuberSettings, huber } from "./huber.ts";
export { type HurstResult, type HurstSettings, hurst } from "./hurst.ts";
export { type Innovations, innovationZScore } from "./innovation-z-score.ts";
export { type JarqueBeraResult, jarqueBera } from "./jarque-bera.ts";
export {
  type KalmanLineAt,
  type KalmanLineColumns,
  type KalmanLineOperator,
  type KalmanLineResult,
  type KalmanLineSettings,
  type KalmanLineStart,
  kalmanLine,
  kalmanLineBeta,
  kalmanLineOperator,
} from "./kalman-line.ts";
export { type KalmanNoise, type KalmanNoiseSettings, kalmanNoise } from "./kalman-noise.ts";
export {
  type KalmanRatioAt,
  type KalmanRatioOperator,
  type KalmanRatioResult,
  type KalmanRatioSettings,
  type KalmanRatioStart,
  kalmanRatio,
  kalmanRatioOperator,
} from "./kalman-ratio.ts";
export type { InterceptSetting, LineFit } from "./line-fit.ts";
export {
  type AmihudSettings,
  amihud,
  type Liquidity,
  type LiquiditySettings,
  liquidity,
  secondsBetweenTrades,
  takerImbalance,
} from "./liquidity.ts";
export { type RollSettings, rollingRollSpread, rollSpread } from "./liquidity-roll.ts";
export { type ThinRules, thinBars, withoutThin } from "./liquidity-thin.ts";
export { longestRun } from "./longest-run.ts";
export {
  type KalmanHedgeRatio,
  kalmanHedgeLine,
  kalmanHedgeRatio,
  type MovingHedgeRatio,
  rollingHedgeRatio,
  type ScaleSetting,
} from "./moving-hedge-ratio.ts";
export {
  type MovingRatio,
  type MovingRatioSettings,
  type MovingRatios,
  movingRatios,
} from "./moving-ratios.ts";
export { type OlsResult, type OlsSettings, ols, type Parameter } from "./ols.ts";
export { olsTable } from "./ols-table.ts";
export type { Operator, PairOperator } from "./operator.ts";
export { type PairTableSettings, pairTable } from "./pair-table.ts";
export {
  type PairEvidence,
  type PairVerdict,
  pairVerdict,
  type VerdictPoint,
  verdictTable,
} from "./pair-verdict.ts";
export { percentileRank, percentileRankOperator } from "./percentile-rank.ts";
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
  type CurveMetrics,
  type LegMetrics,
  type Performance,
  type PerformanceSettings,
  performance,
} from "./performance/performance.ts";
export {
  type ReturnMetrics,
  type ReturnMetricsSettings,
  returnMetrics,
} from "./performance/return-metrics.ts";
export type { RollingMetrics } from "./performance/rolling-metrics.ts";
export type { RoundTripMetrics } from "./performance/round-trip-metrics.ts";
export type { Sampling } from "./performance/sampling.ts";
export type { PriceScale } from "./price-scale.ts";
export type { ErrorKind } from "./regression-errors.ts";
export { type ReturnSettings, returns } from "./returns.ts";
export { robustZScore, robustZScoreOperator } from "./robust-z-score.ts";
export {
  rollingMean,
  rollingMeanOperator,
  rollingStd,
  rollingStdOperator,
  rollingZScore,
  rollingZScoreOperator,
  type Window,
} from "./rolling.ts";
export { rollingCorrelation, rollingCorrelationOperator } from "./rolling-correlation.ts";
export {
  type RollingEstimateSettings,
  type RollingEstimates,
  rollingEstimates,
} from "./rolling-estimates.ts";
export {
  type LineAt,
  type LineOperator,
  type LineSeries,
  type RollingOlsSettings,
  rollingOls,
  rollingOlsOperator,
} from "./rolling-ols.ts";
export { type Spread, type SpreadSettings, spread } from "./spread.ts";
export type { Trend } from "./tables/mackinnon.ts";
export {
  type CriticalValues,
  decision,
  type ResultTable,
  type TestResult,
  testsTable,
  testTable,
} from "./test-result.ts";
export { type TheilSenFit, type TheilSenSettings, theilSen } from "./theil-sen.ts";
export { totalLeastSquares } from "./tls.ts";
export { realisedVolatility, type VolatilityResult, type VolatilitySettings } from "./volatility.ts";
