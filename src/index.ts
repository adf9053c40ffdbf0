/** "tickbook": what a notebook uses; the rest of each subject is at "tickbook/stats", "/backtest", "/charts", "/alerts", "/store" and "/controls". */
export {
  type Alert,
  type AlertCondition,
  type AlertLimits,
  type AlertPlace,
  alertsOf,
} from "./analytics/alerts/alerts.ts";
export {
  type CompareSettings,
  type Comparison,
  compareThresholds,
} from "./analytics/alerts/compare-thresholds.ts";
export type { Direction, Judge, Side, Threshold } from "./analytics/alerts/judge.ts";
export type { Measure, MeasureFacts } from "./analytics/alerts/measures/measure.ts";
export { type DefaultRules, defaultRules } from "./analytics/alerts/rules/defaults.ts";
export type {
  AlertRule,
  PairName,
  RuleCondition,
  RuleFile,
  RuleHedge,
  Severity,
} from "./analytics/alerts/rules/rule.ts";
export {
  type AlertScore,
  type Outcome,
  type ScoreSettings,
  scoreAlerts,
  scoreTable,
} from "./analytics/alerts/score.ts";
export type {
  AlertEvent,
  AlertState,
  AlertStateName,
  Observation,
  Observed,
} from "./analytics/alerts/state.ts";
export type { Lane } from "./analytics/alerts/values/nodes.ts";
export { assertCausal, type CausalCheck, type CausalSettings } from "./analytics/backtest/assert-causal.ts";
export { pairMarket } from "./analytics/backtest/pair-market.ts";
export { type BacktestSettings, runBacktest } from "./analytics/backtest/run-backtest.ts";
export { type BuyAndHoldSettings, buyAndHold } from "./analytics/backtest/strategies/buy-and-hold.ts";
export type { HedgeSetting } from "./analytics/backtest/strategies/hedge.ts";
export { meanReversion } from "./analytics/backtest/strategies/mean-reversion.ts";
export {
  type MovingAverageCrossSettings,
  movingAverageCross,
} from "./analytics/backtest/strategies/moving-average-cross.ts";
export type { StrategyDescription } from "./analytics/backtest/strategies/named-strategies.ts";
export type { MeanReversionSettings } from "./analytics/backtest/strategies/reversion-settings.ts";
export type { Neutral, Sizing } from "./analytics/backtest/strategies/sizing.ts";
export type { BarView, Decision, Memo, Rule, RunningRule, Strategy } from "./analytics/backtest/strategy.ts";
export type { SweepFigure, SweepFigures } from "./analytics/backtest/sweep/sweep-figures.ts";
export type {
  Backtest,
  Costs,
  Fill,
  Leg,
  LegCosts,
  Market,
  Order,
  Reason,
  RoundTrip,
} from "./analytics/backtest/types.ts";
export { type ClusterMerge, type ClusterOrder, clusterOrder } from "./analytics/correlation/cluster-order.ts";
export { clustersAbove } from "./analytics/correlation/clusters.ts";
export {
  type CorrelationMatrix,
  type CorrelationMethod,
  type CorrelationSettings,
  correlationMatrix,
} from "./analytics/correlation/correlation.ts";
export {
  type AmihudSettings,
  type Liquidity,
  type LiquiditySettings,
  liquidity,
} from "./analytics/market/liquidity.ts";
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
export { type CasePoint, type PairCase, type PairEvidence, pairCase } from "./analytics/pair/pair-case.ts";
export { type PairTableSettings, pairTable } from "./analytics/pair/pair-table.ts";
export { type PairVerdict, pairVerdict } from "./analytics/pair/pair-verdict.ts";
export type { PriceScale } from "./analytics/pair/price-scale.ts";
export type { PairScreening, ScreenedPair } from "./analytics/pair/screening.ts";
export { type Spread, type SpreadSettings, spread } from "./analytics/pair/spread.ts";
export { type ZScore, zScore } from "./analytics/pair/z-score.ts";
export type { CalendarReturn } from "./analytics/performance/calendar-returns.ts";
export type { Drawdown } from "./analytics/performance/drawdowns.ts";
export type { MetricGroup } from "./analytics/performance/metric-definitions.ts";
export type { MetricUnit } from "./analytics/performance/metric-text.ts";
export type { RollingMetrics } from "./analytics/performance/rolling-metrics.ts";
export type { RoundTripMetrics } from "./analytics/performance/round-trip-metrics.ts";
export {
  type CurveMetrics,
  type LegMetrics,
  type RunMetrics,
  type RunMetricsSettings,
  runMetrics,
} from "./analytics/performance/run-metrics.ts";
export type { Sampling } from "./analytics/performance/sampling.ts";
export { type HuberFit, type HuberSettings, huber } from "./analytics/regression/huber.ts";
export type {
  KalmanLineAt,
  KalmanLineColumns,
  KalmanLineSettings,
  KalmanLineStart,
} from "./analytics/regression/kalman/kalman-line-types.ts";
export type { InterceptSetting, LineFit } from "./analytics/regression/line-fit.ts";
export { type OlsResult, type OlsSettings, ols, type Parameter } from "./analytics/regression/ols.ts";
export type { ErrorKind } from "./analytics/regression/regression-errors.ts";
export { type TheilSenFit, type TheilSenSettings, theilSen } from "./analytics/regression/theil-sen.ts";
export { totalLeastSquares } from "./analytics/regression/tls.ts";
export { type EwSettings, ewZScore } from "./analytics/rolling/ew-z-score.ts";
export type { Operator, PairOperator } from "./analytics/rolling/operator.ts";
export { percentileRank } from "./analytics/rolling/percentile-rank.ts";
export { robustZScore } from "./analytics/rolling/robust-z-score.ts";
export { rollingMean, rollingStd, rollingZScore, type WindowSetting } from "./analytics/rolling/rolling.ts";
export { rollingCorrelation } from "./analytics/rolling/rolling-correlation.ts";
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
export type {
  DataSource,
  PairSource,
  SourceWords,
  SymbolsSource,
  WindowWords,
} from "./app/data/data-source.ts";
export {
  findSeries,
  openImportedBars,
  pairBars,
  performance,
  returnHistogram,
  verdictTable,
  zscoreChart,
} from "./app/data/renamed.ts";
export type { Diagnosis, Disk, Finding } from "./app/doctor/diagnosis.ts";
export type { DoctorSettings } from "./app/doctor/doctor.ts";
export {
  type ExportResult,
  type ExportSettings,
  exportCsv,
  exportParquet,
  type ParquetSettings,
} from "./app/export/export.ts";
export type { PairFrame, PairSettings } from "./app/pair/pair-monitor.ts";
export { screenPairs } from "./app/pair/screen-pairs.ts";
export type { FrozenHedge } from "./app/pair/stored-line.ts";
export type { BacktestCharts } from "./app/study/charts.ts";
export type { BacktestData } from "./app/study/data.ts";
export type { Challenge, Overturn } from "./app/study/verdict/overturn.ts";
export { type BarColumns, type BarRule, type Bars, sliceBars } from "./core/bars.ts";
export { TickbookError } from "./core/errors.ts";
export { formatDuration, formatUtc, parseDuration } from "./core/time.ts";
export type { PairColumns, PairNames, PairOrigin, Timed } from "./core/timed.ts";
export type { Trade, TradeSource, Venue, VenueKind } from "./core/trade.ts";
export type { MissingIds, TradeColumns } from "./core/trade-columns.ts";
export { type AlertHistorySettings, alertHistory } from "./notebook/alerts/alert-history.ts";
export { type PairAlertSettings, type PairAlerts, pairAlerts } from "./notebook/alerts/pair-alerts.ts";
export {
  type BacktestPairSettings,
  type BacktestTerms,
  backtestPair,
  type PairBacktest,
} from "./notebook/backtest/backtest.ts";
export type { BacktestSweep, SweepRequest } from "./notebook/backtest/sweep.ts";
export { type AnyControl, controls } from "./notebook/controls/arrange.ts";
export { barsWithin } from "./notebook/controls/bars-within.ts";
export { type Brush, brush } from "./notebook/controls/brush.ts";
export type { Control } from "./notebook/controls/control.ts";
export { type Derived, derived } from "./notebook/controls/derived.ts";
export { button } from "./notebook/controls/inputs/button.ts";
export { type CheckboxSettings, checkbox } from "./notebook/controls/inputs/checkbox.ts";
export { type DateRangeSettings, dateRange, type TimeRange } from "./notebook/controls/inputs/date-range.ts";
export { type SelectSettings, select } from "./notebook/controls/inputs/select.ts";
export { type SliderSettings, slider } from "./notebook/controls/inputs/slider.ts";
export { type TextSettings, text } from "./notebook/controls/inputs/text.ts";
export { reacting } from "./notebook/controls/reacting.ts";
export { alignedCloses, type Closes, type ClosesSettings } from "./notebook/data/closes.ts";
export { closesFrame, closesFromFrame } from "./notebook/data/closes-frame.ts";
export { openStore } from "./notebook/data/store.ts";
export { type CollectedPair, collectedPair } from "./notebook/pair/collected-pair.ts";
export { type PairControls, type PairControlsSettings, pairControls } from "./notebook/pair/pair-controls.ts";
export { type PairCloses, type PairClosesSettings, pairCloses } from "./notebook/pair/pair-data.ts";
export { type PairWatch, type WatchSettings, watchPair } from "./notebook/pair/pair-watch.ts";
export { type PairsWatch, type PairsWatchSettings, watchPairs } from "./notebook/pair/watch-pairs.ts";
export { live, liveStatus, stopLive } from "./notebook/panels/live.ts";
export type { LiveOptions, LiveStatus } from "./notebook/panels/panels.ts";
export {
  type DataQuality,
  dataQuality,
  type QualitySettings,
  type QualityTable,
} from "./notebook/quality/quality.ts";
export { check } from "./notebook/show/check.ts";
export {
  type ExportButtons,
  type ExportButtonsSettings,
  exportButtons,
} from "./notebook/show/export-buttons.ts";
export { type Exported, saveTable } from "./notebook/show/exported.ts";
export { type ProgressOptions, progress } from "./notebook/show/progress.ts";
export { show } from "./notebook/show/show.ts";
export { barsArquero, tradesArquero } from "./notebook/view/arquero.ts";
export { type ShowOptions, type Viewable, viewOf } from "./notebook/view/views.ts";
export { type BarSettings, barsFromTrades } from "./pipeline/bars/from-trades.ts";
export { type JoinedBars, type JoinSettings, joinBars } from "./pipeline/bars/join.ts";
export { barsFrame, barsFromFrame, tradesFrame } from "./pipeline/bars/polars.ts";
export { type ReadBarsSettings, readBars } from "./pipeline/bars/read-bars.ts";
export type { ImportedBars, ImportedInterval } from "./pipeline/store/imported.ts";
export type { Series } from "./pipeline/store/series.ts";
export type { Changes, Cursor, NewestTrade, TradeRange, TradeStore } from "./pipeline/store/trade-store.ts";
export { type WantedSeries, whichSeries } from "./pipeline/store/which-series.ts";
export { type DrawdownOptions, drawdownChart } from "./render/chart/backtest/drawdown.ts";
export { type EquityOptions, equityChart } from "./render/chart/backtest/equity.ts";
export { type FillsOptions, fillsChart } from "./render/chart/backtest/fills.ts";
export { monthsChart } from "./render/chart/backtest/months.ts";
export { returnsChart } from "./render/chart/backtest/returns.ts";
export { type RollingOptions, rollingChart } from "./render/chart/backtest/rolling.ts";
export { type SignalOptions, signalChart } from "./render/chart/backtest/signal.ts";
export { type SweepChartOptions, sweepChart } from "./render/chart/backtest/sweep.ts";
export { type HeatmapData, type HeatmapOptions, heatmapChart } from "./render/chart/heatmap.ts";
export { type HistogramOptions, histogramChart } from "./render/chart/histogram.ts";
export { type Interval, type IntervalsOptions, intervalsChart } from "./render/chart/intervals.ts";
export type { Line } from "./render/chart/line-layers.ts";
export { type LinesOptions, linesChart } from "./render/chart/lines.ts";
export { type MemoryOptions, memoryChart } from "./render/chart/memory.ts";
export { candleChart } from "./render/chart/pair/candles.ts";
export { type CorrelationOptions, correlationChart } from "./render/chart/pair/correlation.ts";
export { type RatiosOptions, ratiosChart } from "./render/chart/pair/ratios.ts";
export { type SpreadOptions, spreadChart } from "./render/chart/pair/spread.ts";
export { type ZScoreOptions, zScoreChart } from "./render/chart/pair/z-score.ts";
export type { TableColumn, TableData } from "./render/table-data.ts";
export { tiles } from "./render/tiles.ts";
export type { ChartView, HtmlView, View } from "./render/view.ts";
