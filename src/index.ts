/** Everything that a notebook may import from "tickbook". */
export * from "./analytics/index.ts";
export type {
  DataSource,
  PairSource,
  SourceWords,
  SymbolsSource,
  WindowWords,
} from "./app/data/data-source.ts";
export {
  findSeries,
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
export type { FrozenHedge } from "./app/pair/stored-line.ts";
export type { BacktestCharts } from "./app/study/charts.ts";
export type { BacktestData } from "./app/study/data.ts";
export { type BacktestRun, type RunDescription, runDescribed } from "./app/study/run.ts";
export { type SweepOptions, sweep } from "./app/study/sweep/sweep.ts";
export type { Challenge, Overturn } from "./app/study/verdict/overturn.ts";
export { type BarColumns, type BarRule, type Bars, concatBars, sliceBars } from "./core/bars.ts";
export { TickbookError } from "./core/errors.ts";
export { formatDuration, formatUtc, parseDuration } from "./core/time.ts";
export { type Trade, type TradeSource, type Venue, type VenueKind, venueLabel } from "./core/trade.ts";
export type { MissingIds, TradeColumns } from "./core/trade-columns.ts";
export * from "./notebook/index.ts";
export { fillEmpty } from "./pipeline/bars/fill-empty.ts";
export { type BarSettings, barsFromTrades } from "./pipeline/bars/from-trades.ts";
export { type JoinedBars, type JoinSettings, joinBars, joinedColumn } from "./pipeline/bars/join.ts";
export { barsFrame, barsFromFrame, tradesFrame } from "./pipeline/bars/polars.ts";
export { type ReadBarsSettings, readBars } from "./pipeline/bars/read-bars.ts";
export { barRule } from "./pipeline/bars/rule.ts";
export type { ImportedBars, ImportedInterval } from "./pipeline/store/imported.ts";
export { openImportedBars } from "./pipeline/store/read/imported-bars.ts";
export type {
  Changes,
  Cursor,
  NewestTrade,
  Series,
  TradeRange,
  TradeStore,
} from "./pipeline/store/trade-store.ts";
export { type WantedSeries, whichSeries } from "./pipeline/store/which-series.ts";
export { type DrawdownOptions, drawdownChart } from "./render/chart/backtest/drawdown.ts";
export { type EquityOptions, equityChart } from "./render/chart/backtest/equity.ts";
export { type FillsOptions, fillsChart } from "./render/chart/backtest/fills.ts";
export { monthsChart } from "./render/chart/backtest/months.ts";
export { returnsChart } from "./render/chart/backtest/returns.ts";
export { type RollingOptions, rollingChart } from "./render/chart/backtest/rolling.ts";
export { type SignalOptions, signalChart } from "./render/chart/backtest/signal.ts";
export { type SweepChartOptions, sweepChart } from "./render/chart/backtest/sweep.ts";
export { type CoverageHole, type CoverageLine, coverageChart } from "./render/chart/coverage.ts";
export { type HeatmapData, type HeatmapOptions, heatmapChart } from "./render/chart/heatmap.ts";
export { type HistogramOptions, histogramChart } from "./render/chart/histogram.ts";
export { type Interval, type IntervalsOptions, intervalsChart } from "./render/chart/intervals.ts";
export { type Line, type LinesOptions, linesChart } from "./render/chart/lines.ts";
export { type MemoryOptions, memoryChart } from "./render/chart/memory.ts";
export { candleChart } from "./render/chart/pair/candles.ts";
export { type CorrelationOptions, correlationChart } from "./render/chart/pair/correlation.ts";
export { type RatiosOptions, ratiosChart } from "./render/chart/pair/ratios.ts";
export { type SpreadOptions, spreadChart } from "./render/chart/pair/spread.ts";
export { type ZScoreOptions, zScoreChart } from "./render/chart/pair/z-score.ts";
export { csvText } from "./render/csv.ts";
export type { TableColumn, TableData } from "./render/table-data.ts";
export { tiles } from "./render/tiles.ts";
export type { ChartView, HtmlView, View } from "./render/view.ts";
