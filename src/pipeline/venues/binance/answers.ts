import { quote } from "../../../core/errors.ts";
import { toMicroseconds } from "../../../core/time.ts";
import type { HttpReply } from "../../net/http.ts";

/** What an answer over REST means for what comes next. */
export type RestVerdict =
  | { readonly kind: "ok"; readonly body: unknown }
  /** No request at all for so long. */
  | { readonly kind: "pause"; readonly forMs: number; readonly reason: string }
  /** This host does not serve us: nothing at all, or not this path. */
  | { readonly kind: "closed"; readonly what: "host" | "path"; readonly reason: string }
  /** The same question will get the same answer. */
  | { readonly kind: "refused"; readonly reason: string }
  /** May go better another time. */
  | { readonly kind: "failed"; readonly reason: string };

const LIMITED_MS = 60_000;
const BANNED_MS = 120_000;
const LONGEST_MS = 3 * 86_400_000;
/** Disconnected, unexpected, timeout, busy, shutting down. */
const PASSING = [-1000, -1001, -1006, -1007, -1008, -1016];
const TOO_MUCH = -1003;

export function restVerdict(reply: HttpReply, nowUs: number): RestVerdict {
  const { status } = reply;
  const body = readJson(reply.body);
  if (status === 200) {
    return body === undefined
      ? { kind: "failed", reason: "HTTP 200 with a body that is no JSON" }
      : { kind: "ok", body };
  }
  const { code, msg } = (body ?? {}) as { code?: unknown; msg?: unknown };
  const said = typeof msg === "string" ? `: ${quote(msg)}` : "";
  const reason = `HTTP ${status}${said}`;
  if (status === 418) return { kind: "pause", forMs: banMs(reply, msg, nowUs), reason };
  if (status === 429 || code === TOO_MUCH) {
    return { kind: "pause", forMs: retryAfterMs(reply) ?? LIMITED_MS, reason };
  }
  if (status === 451) {
    return { kind: "closed", what: "host", reason: "HTTP 451, this address is in a restricted location" };
  }
  if (status === 403) return { kind: "closed", what: "host", reason: "HTTP 403, its firewall turns us away" };
  if (status === 401)
    return { kind: "closed", what: "path", reason: "HTTP 401, it wants a key of an account here" };
  if (status === 404) return { kind: "closed", what: "path", reason: "HTTP 404, not served here" };
  if (status >= 400 && status < 500 && status !== 408 && !PASSING.includes(code as number)) {
    return { kind: "refused", reason };
  }
  return { kind: "failed", reason };
}

/** A ban's end is in the header, or in the text as milliseconds since 1970; two minutes is the shortest there is. */
function banMs(reply: HttpReply, msg: unknown, nowUs: number): number {
  const header = retryAfterMs(reply);
  if (header !== undefined) return header;
  const until = /until (\d{13,16})\b/.exec(String(msg))?.[1];
  const ms = until === undefined ? 0 : (toMicroseconds(Number(until)) - nowUs) / 1000;
  return Math.min(LONGEST_MS, Math.max(BANNED_MS, ms));
}

function retryAfterMs(reply: HttpReply): number | undefined {
  const text = reply.header("retry-after");
  if (text === undefined || !/^\d{1,12}$/.test(text)) return undefined;
  return Math.min(LONGEST_MS, Math.max(1000, Number(text) * 1000));
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
