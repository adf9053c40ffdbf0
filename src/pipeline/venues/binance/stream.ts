import { quote } from "../../../core/errors.ts";
import { toMicroseconds } from "../../../core/time.ts";
import type { Trade } from "../../../core/trade.ts";

/** Names that an address may hold without being cut on the way: far below the 8,000 characters at which it is. */
const URL_STREAMS = 200;
const URL_CHARACTERS = 4000;
/** A longer SUBSCRIBE than 4,096 bytes is never answered. */
const CHUNK_STREAMS = 100;
const CHUNK_BYTES = 4000;

export function tradeStream(symbol: string): string {
  return `${symbol.toLowerCase()}@trade`;
}

/** The combined stream of any number of names, also of none: then they follow by SUBSCRIBE. Times in microseconds. */
export function streamUrl(wsUrl: string, streams: readonly string[]): string {
  const names = streams.map(escapeName).join("/");
  const query = names === "" ? "" : `streams=${names}&`;
  return `${wsUrl.replace(/[?#].*$/, "").replace(/\/+$/, "")}/stream?${query}timeUnit=MICROSECOND`;
}

/** How many of the names, from the first on, fit into an address. */
export function streamsInUrl(wsUrl: string, streams: readonly string[]): number {
  let characters = streamUrl(wsUrl, []).length + "streams=&".length;
  let count = 0;
  for (const stream of streams) {
    characters += escapeName(stream).length + 1;
    if (count === URL_STREAMS || characters >= URL_CHARACTERS) break;
    count++;
  }
  return count;
}

/** Groups of names of which each fits into one SUBSCRIBE. */
export function subscribeChunks(streams: readonly string[]): string[][] {
  const chunks: string[][] = [];
  let bytes = 0;
  for (const stream of streams) {
    const size = Buffer.byteLength(JSON.stringify(stream)) + 1;
    const last = chunks.at(-1);
    if (last === undefined || last.length === CHUNK_STREAMS || bytes + size > CHUNK_BYTES) {
      chunks.push([stream]);
      bytes = Buffer.byteLength(subscribeMessage([], 999_999)) + size;
    } else {
      last.push(stream);
      bytes += size;
    }
  }
  return chunks;
}

export function subscribeMessage(streams: readonly string[], id: number): string {
  return JSON.stringify({ method: "SUBSCRIBE", params: streams, id });
}

export function listMessage(id: number): string {
  return JSON.stringify({ method: "LIST_SUBSCRIPTIONS", id });
}

/** `@` stands in an address as it is: exchanges have read it so for longest. */
function escapeName(stream: string): string {
  return encodeURIComponent(stream).replaceAll("%40", "@");
}

/** An answer to a control message; `id` is undefined where it carries none. */
export interface Reply {
  readonly kind: "reply";
  readonly id: unknown;
  readonly error?: string;
  readonly result?: unknown;
}

/** What one frame of the stream is. */
export type Frame =
  | {
      readonly kind: "trade";
      readonly trade: Trade;
      /** Its times came in milliseconds, though microseconds were asked for. */
      readonly milliseconds: boolean;
    }
  /** The server will leave soon. */
  | { readonly kind: "shutdown" }
  | Reply
  /** Well-formed, and nothing of ours. */
  | { readonly kind: "other"; readonly what: string }
  /** Nothing that can be understood. */
  | { readonly kind: "bad"; readonly why: string };

/**
 * Reads one text frame, wrapped (`{stream, data}`) or bare. Which values can be stored is the store's to say
 * (`tradeDefect`): here only the names and the units are Binance's.
 */
export function readFrame(text: string, receivedUs: number): Frame {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return { kind: "bad", why: `no JSON: ${quote(text.slice(0, 100), 80)}` };
  }
  if (!isObject(message))
    return { kind: "other", what: `a bare ${Array.isArray(message) ? "array" : typeof message}` };
  const wrapped = isObject(message.data);
  const event = wrapped ? (message.data as Record<string, unknown>) : message;
  switch (event.e) {
    case "trade":
      return readTrade(event, wrapped ? message.stream : undefined, receivedUs);
    case "serverShutdown":
      return { kind: "shutdown" };
    case undefined:
      return readReply(message) ?? { kind: "other", what: "a message of an unknown form" };
    default:
      return { kind: "other", what: `event ${quote(event.e, 40)}` };
  }
}

/** Error replies come flat or nested, with or without an id. */
function readReply(message: Record<string, unknown>): Reply | undefined {
  const error = isObject(message.error) ? message.error : message;
  if (typeof error.code === "number" && typeof error.msg === "string") {
    return { kind: "reply", id: message.id, error: `${error.code}: ${quote(error.msg)}` };
  }
  return "result" in message ? { kind: "reply", id: message.id, result: message.result } : undefined;
}

function readTrade(event: Record<string, unknown>, stream: unknown, receivedUs: number): Frame {
  const { s: symbol, t: id, p: price, q: qty, T: time, E: eventTime, m: isBuyerMaker } = event;
  if (typeof symbol !== "string") return { kind: "bad", why: "trade without a symbol" };
  if (typeof stream === "string" && stream !== tradeStream(symbol)) {
    return { kind: "bad", why: `trade of ${quote(symbol, 40)} on stream ${quote(stream, 40)}` };
  }
  const tradeTimeUs = typeof time === "number" ? toMicroseconds(time) : Number.NaN;
  const trade = {
    symbol,
    id,
    price,
    qty,
    tradeTimeUs,
    eventTimeUs: typeof eventTime === "number" ? toMicroseconds(eventTime) : Number.NaN,
    receivedUs,
    isBuyerMaker,
    source: "ws",
  };
  const milliseconds = typeof time === "number" && tradeTimeUs !== time;
  return { kind: "trade", trade: trade as Trade, milliseconds };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
