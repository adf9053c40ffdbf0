import { quote, refuse } from "../../core/errors.ts";
import { toMicroseconds } from "../../core/time.ts";
import type { Trade, Venue } from "../../core/trade.ts";
import type { HttpGet, HttpReply } from "./http.ts";

/** Where a venue's WebSocket streams and REST answers come from; the first that answers is used. */
export interface Host {
  readonly wsUrl: string;
  readonly restUrl: string;
}

/** The main host, then the one for market data only, which is reachable from more places. */
export const BINANCE_HOSTS: readonly Host[] = [
  { wsUrl: "wss://stream.binance.com:9443", restUrl: "https://api.binance.com" },
  { wsUrl: "wss://data-stream.binance.vision", restUrl: "https://data-api.binance.vision" },
];

export const BINANCE: Venue = { name: "binance", kind: "real", detail: "Binance spot" };

/** The combined stream of the symbols' trades, times in microseconds. */
export function tradeStreamUrl(wsUrl: string, symbols: readonly string[]): string {
  const streams = symbols.map((symbol) => encodeURIComponent(`${symbol.toLowerCase()}@trade`)).join("/");
  return `${wsUrl.replace(/\/+$/, "")}/stream?streams=${streams}&timeUnit=MICROSECOND`;
}

/** What one frame of the stream is. */
export type Frame =
  | { readonly kind: "trade"; readonly trade: Trade }
  /** The server will leave soon. */
  | { readonly kind: "shutdown" }
  /** An answer to a control message. */
  | { readonly kind: "reply"; readonly error?: string }
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
    return { kind: "bad", why: `no JSON: ${quote(text, 80)}` };
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
      break;
    default:
      return { kind: "other", what: `event ${quote(event.e, 40)}` };
  }
  // error replies come flat or nested, with or without an id
  const error = isObject(message.error) ? message.error : message;
  if (typeof error.code === "number" && typeof error.msg === "string") {
    return { kind: "reply", error: `${error.code}: ${quote(error.msg)}` };
  }
  if ("result" in message) return { kind: "reply" };
  return { kind: "other", what: "a message of an unknown form" };
}

function readTrade(event: Record<string, unknown>, stream: unknown, receivedUs: number): Frame {
  const { s: symbol, t: id, p: price, q: qty, T: time, E: eventTime, m: isBuyerMaker } = event;
  if (typeof symbol !== "string") return { kind: "bad", why: "trade without a symbol" };
  if (typeof stream === "string" && stream !== `${symbol.toLowerCase()}@trade`) {
    return { kind: "bad", why: `trade of ${quote(symbol, 40)} on stream ${quote(stream, 40)}` };
  }
  const trade = {
    symbol,
    id,
    price,
    qty,
    tradeTimeUs: typeof time === "number" ? toMicroseconds(time) : Number.NaN,
    eventTimeUs: typeof eventTime === "number" ? toMicroseconds(eventTime) : Number.NaN,
    receivedUs,
    isBuyerMaker,
    source: "ws",
  };
  return { kind: "trade", trade: trade as Trade };
}

/** What the exchange says of itself and of the symbols asked for. */
export interface ExchangeInfo {
  readonly venue: Venue;
  /** In the order asked for. */
  readonly symbols: readonly { readonly symbol: string; readonly status: string }[];
}

const SYMBOL = /^[^\s"'\\/@?&#%<>\p{Ll}\p{C}]{1,50}$/u;

/**
 * Asks exchangeInfo for the symbols. Refuses a lower-case or unknown symbol; an exchange that names itself in the header
 * `x-tickbook-venue` (the built-in one) is that venue and never the real one.
 */
export async function fetchExchangeInfo(
  get: HttpGet,
  restUrl: string,
  symbols: readonly string[],
): Promise<ExchangeInfo> {
  for (const symbol of symbols) checkSymbolForm(symbol);
  const asked = encodeURIComponent(JSON.stringify(symbols));
  const reply = await get(`${restUrl.replace(/\/+$/, "")}/api/v3/exchangeInfo?symbols=${asked}`);
  const body = readJson(reply);
  if (reply.status === 400 && isObject(body) && body.code === -1121) {
    return refuseUnknown(await findUnknown(get, restUrl, symbols));
  }
  if (reply.status !== 200 || !isObject(body) || !Array.isArray(body.symbols)) throw httpProblem(reply);
  const listed = new Map<string, string>();
  for (const entry of body.symbols) {
    if (isObject(entry) && typeof entry.symbol === "string") listed.set(entry.symbol, String(entry.status));
  }
  const missing = symbols.filter((symbol) => !listed.has(symbol));
  if (missing.length > 0) refuseUnknown(missing);
  return {
    venue: readVenue(reply.header("x-tickbook-venue")) ?? BINANCE,
    symbols: symbols.map((symbol) => ({ symbol, status: listed.get(symbol)! })),
  };
}

export function checkSymbolForm(symbol: string): void {
  if (SYMBOL.test(symbol)) return;
  const upper = symbol.toUpperCase();
  refuse({
    code: "bad-symbol",
    where: "symbols",
    problem: `needs symbols as the exchange writes them, in upper case, separated by commas; got ${quote(symbol, 60)}`,
    hint: SYMBOL.test(upper) ? `Pass ${upper}.` : "Pass for example BTCUSDT,ETHUSDT.",
    facts: { symbol },
  });
}

/** The exchange names no culprit: asks for each symbol alone. */
async function findUnknown(get: HttpGet, restUrl: string, symbols: readonly string[]): Promise<string[]> {
  const unknown: string[] = [];
  for (const symbol of symbols) {
    const reply = await get(`${restUrl}/api/v3/exchangeInfo?symbol=${encodeURIComponent(symbol)}`);
    if (reply.status === 400) unknown.push(symbol);
  }
  return unknown;
}

function refuseUnknown(symbols: readonly string[]): never {
  refuse({
    code: "unknown-symbol",
    where: "symbols",
    problem: `needs symbols that the exchange lists; it does not know ${symbols.map((s) => quote(s, 60)).join(", ")}`,
    hint: "Look up the spelling on the exchange; with --venue sim, npm run exchange -- --help names the symbols.",
    facts: { symbols },
  });
}

function readVenue(header: string | undefined): Venue | undefined {
  if (header === undefined) return undefined;
  try {
    const venue: unknown = JSON.parse(header);
    if (
      isObject(venue) &&
      typeof venue.name === "string" &&
      /^[a-z0-9][a-z0-9-]{0,99}$/.test(venue.name) &&
      (venue.kind === "simulated" || venue.kind === "replayed") &&
      typeof venue.detail === "string"
    ) {
      return { name: venue.name, kind: venue.kind, detail: venue.detail };
    }
  } catch {
    // falls through to the refusal
  }
  return refuse({
    code: "bad-venue",
    where: "x-tickbook-venue",
    problem: `needs a name, a kind (simulated or replayed) and a detail; got ${quote(header)}`,
    hint: "Use the built-in exchange of this version.",
  });
}

/** What went wrong with an HTTP answer, as an error that says what to do. */
export class HttpProblem extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

function httpProblem(reply: HttpReply): HttpProblem {
  if (reply.status === 451) {
    return new HttpProblem(451, "HTTP 451, this address is in a restricted location");
  }
  const body = readJson(reply);
  const said = isObject(body) && typeof body.msg === "string" ? quote(body.msg) : "";
  return new HttpProblem(
    reply.status,
    `HTTP ${reply.status}${said === "" ? " with an unexpected body" : `, ${said}`}`,
  );
}

function readJson(reply: HttpReply): unknown {
  try {
    return JSON.parse(reply.body);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
