/** Everything that a notebook may import from "tickbook". */
export * from "./analytics/index.ts";
export type { BacktestCharts } from "./app/backtest-charts.ts";
export type { BacktestData, DataRequest } from "./app/backtest-data.ts";
export type { Challenge, Overturn } from "./app/backtest-overturn.ts";
export { type BacktestRun, type RunDescription, runDescribed } from "./app/backtest-run.ts";
export type { Diagnosis, Disk, DoctorSettings } from "./app/doctor.ts";
export type { Finding } from "./app/doctor-findings.ts";
export { type ExportResult, type ExportSettings, exportCsv } from "./app/export.ts";
export type { FrozenHedge, PairFrame, PairSettings } from "./app/pair-monitor.ts";
export { type SweepOptions, sweep } from "./app/sweep.ts";
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
export { findSeries } from "./pipeline/store/find-series.ts";
export {
  type ImportedBars,
  type ImportedInterval,
  openImportedBars,
} from "./pipeline/store/imported-bars.ts";
export type {
  Changes,
  Cursor,
  NewestTrade,
  Series,
  StoreReader,
  TradeRange,
} from "./pipeline/store/reader.ts";
export { candleChart } from "./render/chart/candles.ts";
export { correlationChart } from "./render/chart/correlation.ts";
export { type CoverageHole, type CoverageLine, coverageChart } from "./render/chart/coverage.ts";
export { type DrawdownOptions, drawdownChart } from "./render/chart/drawdown.ts";
export { type EquityOptions, equityChart } from "./render/chart/equity.ts";
export { type FillsOptions, fillsChart } from "./render/chart/fills.ts";
export { type HeatmapData, type HeatmapOptions, heatmapChart } from "./render/chart/heatmap.ts";
export { type HistogramOptions, histogramChart } from "./render/chart/histogram.ts";
export { type Interval, type IntervalsOptions, intervalsChart } from "./render/chart/intervals.ts";
export { type Line, type LinesOptions, linesChart } from "./render/chart/lines.ts";
export { type MemoryOptions, memoryChart } from "./render/chart/memory.ts";
export { monthsChart } from "./render/chart/months.ts";
export { type RatiosOptions, ratiosChart } from "./render/chart/ratios.ts";
export { returnHistogram } from "./render/chart/returns.ts";
export { type RollingOptions, rollingChart } from "./render/chart/rolling.ts";
export { type SignalOptions, signalChart } from "./render/chart/signal.ts";
export { spreadChart } from "./render/chart/spread.ts";
export { type SweepChartOptions, sweepChart } from "./render/chart/sweep.ts";
export { zscoreChart } from "./render/chart/zscore.ts";
export { csvText } from "./render/csv.ts";
export type { TableColumn, TableData } from "./render/table.ts";
export { tiles } from "./render/tiles.ts";
export type { ChartView, HtmlView, View } from "./render/view.ts";
