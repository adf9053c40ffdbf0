/** "tickbook/store". Trades, bars and closes: reading them from any source. */
export type {
  DataSource,
  PairSource,
  SourceWords,
  SymbolsSource,
  WindowWords,
} from "./app/data/data-source.ts";
export type { Diagnosis, Disk, Finding } from "./app/doctor/diagnosis.ts";
export type { DoctorSettings } from "./app/doctor/doctor.ts";
export {
  type ExportResult,
  type ExportSettings,
  exportCsv,
  exportParquet,
  type ParquetSettings,
} from "./app/export/export.ts";
export { type BarColumns, type BarRule, type Bars, concatBars, sliceBars } from "./core/bars.ts";
export { TickbookError } from "./core/errors.ts";
export type { Trade, TradeSource, Venue, VenueKind } from "./core/trade.ts";
export type { MissingIds, TradeColumns } from "./core/trade-columns.ts";
export { alignedCloses, type Closes, type ClosesSettings } from "./notebook/data/closes.ts";
export { openStore } from "./notebook/data/store.ts";
export { type PairCloses, type PairClosesSettings, pairCloses } from "./notebook/pair/pair-data.ts";
export {
  type DataQuality,
  dataQuality,
  type QualitySettings,
  type QualityTable,
} from "./notebook/quality/quality.ts";
export { barsArquero, tradesArquero } from "./notebook/view/arquero.ts";
export { fillEmpty } from "./pipeline/bars/fill-empty.ts";
export { type BarSettings, barsFromTrades } from "./pipeline/bars/from-trades.ts";
export { type JoinedBars, type JoinSettings, joinBars } from "./pipeline/bars/join.ts";
export { barsFrame, barsFromFrame, tradesFrame } from "./pipeline/bars/polars.ts";
export { type ReadBarsSettings, readBars } from "./pipeline/bars/read-bars.ts";
export { barRule } from "./pipeline/bars/rule.ts";
export type { ImportedBars, ImportedInterval } from "./pipeline/store/imported.ts";
export type { Series } from "./pipeline/store/series.ts";
export type { Changes, Cursor, NewestTrade, TradeRange, TradeStore } from "./pipeline/store/trade-store.ts";
export { type WantedSeries, whichSeries } from "./pipeline/store/which-series.ts";
export { csvText } from "./render/csv.ts";
export type { TableColumn, TableData } from "./render/table-data.ts";
