import { readUnit, type TimeUnit } from "../units.ts";
/** The one part of a stream's name that decides what it carries. */
export type StreamKind = "trade" | "aggTrade" | "silent";

/** A stream as a client names it; undefined: malformed. What the exchange does not carry is silent, and that is no error. */
export function parseStream(name: string): { symbol: string; kind: StreamKind } | undefined {
  if (/^![A-Za-z][\w]*(@[\w:+.-]+)*$/.test(name)) return { symbol: "", kind: "silent" };
  const match = /^([^\s@!/]{1,50})@([A-Za-z]\w*)(@[\w:+.-]+)?$/.exec(name);
  if (!match) return undefined;
  const [, symbol = "", type, extra] = match;
  const kind = extra === undefined && (type === "trade" || type === "aggTrade") ? type : "silent";
  return { symbol, kind };
}

/** What a WebSocket address asks for. */
export interface StreamRequest {
  readonly combined: boolean;
  readonly unit: TimeUnit;
  readonly streams: readonly string[];
}

/** Reads `/ws`, `/ws/<s>[/<s>…]` and `/stream[?streams=<s>/<s>…]`, with `timeUnit`; undefined: no such path. */
export function parseStreamUrl(url: string): StreamRequest | undefined {
  const { pathname, searchParams } = new URL(url, "ws://exchange");
  const unit = readUnit(searchParams.get("timeUnit"));
  const split = (text: string): string[] => text.split("/").filter((name) => name !== "");
  if (pathname === "/stream" || pathname === "/stream/") {
    return { combined: true, unit, streams: split(searchParams.get("streams") ?? "") };
  }
  if (pathname === "/ws" || pathname.startsWith("/ws/")) {
    return { combined: false, unit, streams: split(decodeUri(pathname.slice(3))) };
  }
  return undefined;
}

function decodeUri(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
