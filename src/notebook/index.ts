export { type AlertHistorySettings, alertHistory } from "./alerts/alert-history.ts";
export { type PairAlertSettings, type PairAlerts, pairAlerts } from "./alerts/pair-alerts.ts";
export {
  type BacktestPairSettings,
  type BacktestTerms,
  backtestPair,
  type PairBacktest,
} from "./backtest/backtest.ts";
export type { BacktestSweep, SweepRequest } from "./backtest/sweep.ts";
export * from "./controls/index.ts";
export { alignedCloses, type Closes, type ClosesSettings } from "./data/closes.ts";
export { openStore } from "./data/store.ts";
export { type CollectedPair, collectedPair } from "./pair/collected-pair.ts";
export { type PairControls, type PairControlsSettings, pairControls } from "./pair/pair-controls.ts";
export { type PairCloses, type PairClosesSettings, pairCloses } from "./pair/pair-data.ts";
export { type Exported, saveTable } from "./pair/pair-export.ts";
export { type PairWatch, type WatchSettings, watchPair } from "./pair/pair-watch.ts";
export { type PairsWatch, type PairsWatchSettings, watchPairs } from "./pair/watch-pairs.ts";
export { live, liveStatus, stopLive } from "./panels/live.ts";
export type { LiveOptions, LiveStatus } from "./panels/panels.ts";
export { type DataQuality, dataQuality, type QualitySettings, type QualityTable } from "./quality/quality.ts";
export { check } from "./show/check.ts";
export { type ProgressOptions, progress } from "./show/progress.ts";
export { show } from "./show/show.ts";
export { barsArquero, tradesArquero } from "./view/arquero.ts";
export { type ShowOptions, type Viewable, viewOf } from "./view/views.ts";
