import type { SocketEnd } from "../net/socket.ts";

/** What the end of a connection means for the next attempt. */
export interface Verdict {
  /** For people. */
  readonly reason: string;
  /** No attempt before. */
  readonly waitMs: number;
  /** Whom the wait concerns: this shard, everybody at this host, or this machine wherever it turns. */
  readonly scope: "shard" | "host" | "all";
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** Binance's longest ban. */
const LONGEST_S = 3 * 86_400;

export function judge({ code, reason, status, retryAfterS, untrusted }: SocketEnd): Verdict {
  const asked =
    retryAfterS === undefined ? undefined : Math.min(LONGEST_S, Math.max(0, retryAfterS)) * SECOND;
  if (untrusted) return { reason, waitMs: MINUTE, scope: "host" };
  switch (status) {
    case undefined:
      break;
    case 418:
      return {
        reason: "HTTP 418, this address is banned for a while",
        waitMs: asked ?? 2 * MINUTE,
        scope: "all",
      };
    case 429:
      return { reason: "HTTP 429, too many attempts", waitMs: asked ?? MINUTE, scope: "all" };
    case 451:
      return {
        reason:
          "HTTP 451, this address is in a restricted location; data-stream.binance.vision, for market data only, may be open to it",
        waitMs: asked ?? 10 * MINUTE,
        scope: "host",
      };
    default:
      return { reason, waitMs: asked ?? 0, scope: "host" };
  }
  const said = reason === "" ? `closed with code ${code}` : `${reason} (code ${code})`;
  // closed for breaking a rule, such as too many messages
  if (code === 1008) return { reason: said, waitMs: 5 * SECOND, scope: "shard" };
  return { reason: code === 1006 && reason !== "" ? reason : said, waitMs: 0, scope: "shard" };
}
