/** Everything that a notebook may import from "tickbook". */
export * from "./analytics/index.ts";
export type { FrozenHedge, PairFrame, PairSettings } from "./app/pair-monitor.ts";
export { type BarColumns, type Bars, concatBars, sliceBars } from "./core/bars.ts";
export { TickbookError } from "./core/errors.ts";
export { formatDuration, formatUtc, parseDuration } from "./core/time.ts";
export { type Trade, type TradeSource, type Venue, type VenueKind, venueLabel } from "./core/trade.ts";
export * from "./notebook/index.ts";
export { type BarSettings, barsFromTrades } from "./pipeline/bars.ts";
export type { NewestTrade, Series, StoreReader, TradeColumns } from "./pipeline/store/reader.ts";
export { candleChart } from "./render/chart/candles.ts";
export { correlationChart } from "./render/chart/correlation.ts";
export { linesChart } from "./render/chart/lines.ts";
export { spreadChart } from "./render/chart/spread.ts";
export { zscoreChart } from "./render/chart/zscore.ts";
export { csvText } from "./render/csv.ts";
export type { TableColumn, TableData } from "./render/table.ts";
export { tiles } from "./render/tiles.ts";
export type { ChartView, HtmlView, View } from "./render/view.ts";
