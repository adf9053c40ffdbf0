/** "tickbook/backtest". Rules on bars: runs, their figures, sweeps. */
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
export {
  type BreakEvenCost,
  type BreakEvenSettings,
  breakEvenCost,
} from "./analytics/backtest/sweep/break-even-cost.ts";
export type { SweepFigure, SweepFigures } from "./analytics/backtest/sweep/sweep-figures.ts";
export {
  type RefusedCell,
  type SweepAxis,
  type SweepCase,
  type SweepResult,
  type SweepSettings,
  sweepGrid,
} from "./analytics/backtest/sweep/sweep-grid.ts";
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
export type { CalendarReturn } from "./analytics/performance/calendar-returns.ts";
export type { Drawdown } from "./analytics/performance/drawdowns.ts";
export type { MetricGroup } from "./analytics/performance/metric-definitions.ts";
export type { MetricUnit } from "./analytics/performance/metric-text.ts";
export {
  drawdownsTable,
  type Metric,
  metricRows,
  metricsTable,
  monthsTable,
} from "./analytics/performance/metrics-table.ts";
export {
  type ReturnMetrics,
  type ReturnMetricsSettings,
  returnMetrics,
} from "./analytics/performance/return-metrics.ts";
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
export type { BacktestCharts } from "./app/study/charts.ts";
export type { BacktestData } from "./app/study/data.ts";
export { type BacktestRun, type RunDescription, runDescribed } from "./app/study/run.ts";
export { sweep } from "./app/study/sweep/sweep.ts";
export type { Challenge, Overturn } from "./app/study/verdict/overturn.ts";
export type { ThreadOptions } from "./app/threads/run-shared.ts";
export { TickbookError } from "./core/errors.ts";
export {
  type BacktestPairSettings,
  type BacktestTerms,
  backtestPair,
  type PairBacktest,
} from "./notebook/backtest/backtest.ts";
export type { BacktestSweep, SweepRequest } from "./notebook/backtest/sweep.ts";
