export { type AlertHistorySettings, alertHistory } from "./alert-history.ts";
export { type PairAlertSettings, type PairAlerts, pairAlerts } from "./alerts.ts";
export { barsArquero, tradesArquero } from "./arquero.ts";
export {
  type BacktestPairSettings,
  type BacktestTerms,
  backtestPair,
  type PairBacktest,
} from "./backtest.ts";
export type { BacktestSweep, SweepRequest } from "./backtest-sweep.ts";
export { check } from "./check.ts";
export { alignedCloses, type Closes, type ClosesSettings } from "./closes.ts";
export { type CollectedPair, collectedPair } from "./collected-pair.ts";
export * from "./controls/index.ts";
export type { LiveOptions, LiveStatus } from "./desk.ts";
export { live, liveStatus, stopLive } from "./live.ts";
export { type PairControls, type PairControlsSettings, pairControls } from "./pair-controls.ts";
export { type PairBars, type PairBarsSettings, pairBars } from "./pair-data.ts";
export { type Exported, saveTable } from "./pair-export.ts";
export { type PairWatch, type WatchSettings, watchPair } from "./pair-watch.ts";
export { type DataQuality, dataQuality, type QualitySettings, type QualityTable } from "./quality.ts";
export { show } from "./show.ts";
export { openStore } from "./store.ts";
export { type ShowOptions, type Viewable, viewOf } from "./views.ts";
