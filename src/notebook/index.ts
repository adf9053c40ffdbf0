export type { LiveOptions, LiveStatus } from "./desk.ts";
export { live, liveStatus, stopLive } from "./live.ts";
export { show } from "./show.ts";
export type { ShowOptions, Viewable } from "./views.ts";
