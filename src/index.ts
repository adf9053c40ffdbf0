export { quote, type Refusal, refuse, TickbookError } from "./core/errors.ts";
export {
  type LiveOptions,
  type LiveStatus,
  live,
  liveStatus,
  type ShowOptions,
  show,
  stopLive,
  type Viewable,
} from "./notebook/index.ts";
