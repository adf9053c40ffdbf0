import type { FeedState } from "../../../pipeline/feed/feed.ts";
import type { LogEntry } from "../../terminal/log.ts";

/** What the log says of a feed's change of state; undefined: nothing that a person needs. */
export function feedEntry(state: FeedState): LogEntry | undefined {
  switch (state.kind) {
    case "live":
      return { level: "info", event: "live", message: `live: trades of ${state.symbols.join(", ")} arrive` };
    case "replacing":
      return {
        level: "info",
        event: "replacing",
        message: `opening another connection to take over: ${state.reason}`,
      };
    case "replaced":
      return { level: "info", event: "replaced", message: "the new connection has taken over" };
    case "waiting":
      return {
        level: "warn",
        event: "disconnected",
        message: `disconnected: ${state.reason}; trying again in ${(state.retryMs / 1000).toFixed(1)} s`,
      };
    default:
      return undefined;
  }
}
