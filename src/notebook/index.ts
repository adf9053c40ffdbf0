export { barsArquero, tradesArquero } from "./arquero.ts";
export type { LiveOptions, LiveStatus } from "./desk.ts";
export { live, liveStatus, stopLive } from "./live.ts";
export type { Exported } from "./pair-export.ts";
export { type PairWatch, type WatchSettings, watchPair } from "./pair-watch.ts";
export { type DataQuality, dataQuality, type QualitySettings, type QualityTable } from "./quality.ts";
export { show } from "./show.ts";
export { openStore } from "./store.ts";
export type { ShowOptions, Viewable } from "./views.ts";
