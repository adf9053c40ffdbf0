import { quote, refuse } from "../../../core/errors.ts";
import type { Venue } from "../../../core/trade.ts";
import type { HttpGet, HttpReply } from "../../net/http.ts";

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

/** Whether an address is Binance's own, where its spot market is: what answers there needs no other name. */
export function isBinance({ wsUrl, restUrl }: Host): boolean {
  return [wsUrl, restUrl].every((url) => OWN_HOSTS.test(new URL(url).host));
}

/** What the exchange says of itself and of the symbols asked for. */
export interface ExchangeInfo {
  /** What it names itself; undefined: it does not. */
  readonly venue: Venue | undefined;
  /** In the order asked for; without a status: not looked up. */
  readonly symbols: readonly { readonly symbol: string; readonly status: string | undefined }[];
  /** Those that it does not list. */
  readonly unknown: readonly string[];
  /** Request weight that it allows one address. */
  readonly weightPerMinute: number;
}

const OWN_HOSTS =
  /^(stream\.binance\.com:(9443|443)|stream\.binance\.com|data-stream\.binance\.vision|api[1-4]?\.binance\.com|api-gcp\.binance\.com|data-api\.binance\.vision)$/;
const SYMBOL = /^[^\s"'\\/@?&#%<>\p{Ll}\p{C}]{1,50}$/u;

/**
 * Asks exchangeInfo for the symbols. Refuses a lower-case symbol; an exchange that names itself in the header
 * `x-tickbook-venue` (the built-in one) is that venue and never the real one.
 */
export async function fetchExchangeInfo(
  get: HttpGet,
  restUrl: string,
  symbols: readonly string[],
): Promise<ExchangeInfo> {
  for (const symbol of symbols) checkSymbolForm(symbol);
  const states = new Map<string, string>();
  const unknown: string[] = [];
  let venue: Venue | undefined;
  let weightPerMinute = USUAL_WEIGHT;
  // where one of many is unknown the exchange names no culprit: the halves are asked for
  const waiting = chunks(symbols, SYMBOLS_A_REQUEST).reverse();
  for (let some = waiting.pop(); some !== undefined; some = waiting.pop()) {
    const asked = encodeURIComponent(JSON.stringify(some));
    const reply = await get(`${restUrl.replace(/\/+$/, "")}/api/v3/exchangeInfo?symbols=${asked}`);
    const body = readJson(reply);
    if (reply.status === 400 && isObject(body) && body.code === -1121) {
      if (some.length === 1) unknown.push(...some);
      else if (unknown.length < NAMED_UNKNOWN)
        waiting.push(...chunks(some, Math.ceil(some.length / 2)).reverse());
      continue;
    }
    if (reply.status !== 200 || !isObject(body) || !Array.isArray(body.symbols)) throw httpProblem(reply);
    for (const entry of body.symbols) {
      if (isObject(entry) && typeof entry.symbol === "string") states.set(entry.symbol, String(entry.status));
    }
    unknown.push(...some.filter((symbol) => !states.has(symbol)));
    venue = readVenue(reply.header("x-tickbook-venue"));
    weightPerMinute = readWeightLimit(body.rateLimits);
  }
  return {
    venue,
    symbols: symbols.map((symbol) => ({ symbol, status: states.get(symbol) })),
    unknown,
    weightPerMinute,
  };
}

/** The address of a request for more would be longer than servers take. */
const SYMBOLS_A_REQUEST = 100;
/** To find more would cost too many requests. */
const NAMED_UNKNOWN = 5;

function chunks(symbols: readonly string[], size: number): string[][] {
  return Array.from({ length: Math.ceil(symbols.length / size) }, (_, i) =>
    symbols.slice(i * size, (i + 1) * size),
  );
}

const USUAL_WEIGHT = 6000;

function readWeightLimit(limits: unknown): number {
  for (const entry of Array.isArray(limits) ? limits : []) {
    if (!isObject(entry) || entry.rateLimitType !== "REQUEST_WEIGHT" || entry.interval !== "MINUTE") continue;
    const perMinute = Number(entry.limit) / Number(entry.intervalNum);
    if (perMinute > 0 && Number.isFinite(perMinute)) return perMinute;
  }
  return USUAL_WEIGHT;
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

export function refuseUnknown(unknown: readonly string[]): never {
  const symbols = unknown.slice(0, NAMED_UNKNOWN);
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
      const { name, kind, detail } = venue;
      return { name, kind, detail, ...(venue.clock === "own" && { clock: "own" }) };
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
