import type { Clock } from "../../core/time.ts";
import type { HttpGet } from "../../pipeline/net/http.ts";
import type { OpenSocket, SocketEnd } from "../../pipeline/net/socket.ts";
import type { Host } from "../../pipeline/venues/binance/info.ts";
import { streamUrl, tradeStream } from "../../pipeline/venues/binance/stream.ts";

/** A text frame, and when it came. */
export interface SeenFrame {
  readonly text: string;
  readonly atMs: number;
}

/** An answer of REST, or why there was none. */
export interface SeenAnswer {
  readonly path: string;
  readonly atMs: number;
  readonly status: number;
  readonly contentType: string;
  /** Request weight of this minute as the exchange counts it; NaN where it does not say. */
  readonly usedWeight: number;
  readonly body: string;
  readonly problem: string;
}

/** The questions that are asked over REST; each at most once. */
export type Question =
  | "time"
  | "info"
  | "info-unknown"
  | "tickers"
  | "newest"
  | "history"
  | "history-ahead"
  | "history-oldest"
  | "history-many"
  | "aggregates"
  | "aggregates-singles";

/** What an exchange did while it was looked at: nothing is judged here. */
export interface Observations {
  readonly host: Host;
  readonly symbols: readonly string[];
  /** How many times faster than real its time runs; 1 but in rehearsals. */
  readonly pace: number;
  readonly lookedMs: number;
  readonly opened: boolean;
  readonly end: SocketEnd | undefined;
  readonly frames: readonly SeenFrame[];
  readonly binaries: number;
  /** When the server's pings came. */
  readonly pingsMs: readonly number[];
  readonly answers: Readonly<Partial<Record<Question, SeenAnswer>>>;
}

export interface ObserveSettings {
  readonly host: Host;
  readonly symbols: readonly string[];
  readonly lookMs: number;
  readonly pace?: number;
  readonly clock: Clock;
  readonly get: HttpGet;
  readonly openSocket: OpenSocket;
  readonly signal?: AbortSignal;
}

/** Numbers of the control messages. */
export const LIST_ID = 1;
export const UNKNOWN_ID = 2;
export const MALFORMED_ID = 3;
export const UNKNOWN_SYMBOL = "ZZZNOSUCHZZZ";
const MOST_FRAMES = 300_000;
const ROWS = 100;

/** Looks at an exchange's trade streams and history for a while: one connection, four control messages, eleven requests. */
export async function observe(settings: ObserveSettings): Promise<Observations> {
  const { host, symbols, lookMs, pace = 1, clock, openSocket } = settings;
  const frames: SeenFrame[] = [];
  const pingsMs: number[] = [];
  let [opened, binaries] = [false, 0];
  let end: SocketEnd | undefined;
  const socket = openSocket(streamUrl(host.wsUrl, symbols.map(tradeStream)), {
    opened: () => {
      opened = true;
    },
    text: (text) => {
      if (frames.length < MOST_FRAMES) frames.push({ text, atMs: clock.monotonicMs() });
    },
    binary: () => {
      binaries++;
    },
    alive: () => pingsMs.push(clock.monotonicMs()),
    ended: (how) => {
      end = how;
    },
  });
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      clock.after(ms, resolve);
      settings.signal?.addEventListener("abort", () => resolve(), { once: true });
    });
  const sinceMs = clock.monotonicMs();
  const answers: Partial<Record<Question, SeenAnswer>> = {};
  await pause(lookMs * 0.05);
  await askAbout(settings, answers, pause);
  for (const [method, params, id] of [
    ["LIST_SUBSCRIPTIONS", undefined, LIST_ID],
    ["SUBSCRIBE", [tradeStream(UNKNOWN_SYMBOL)], UNKNOWN_ID],
    ["SUBSCRIBE", ["nosuchstream"], MALFORMED_ID],
  ] as const) {
    socket.send(JSON.stringify({ method, ...(params && { params }), id }));
    await pause(Math.min(1000, lookMs * 0.02));
  }
  await pause(lookMs * 0.5 - (clock.monotonicMs() - sinceMs));
  await askHistory(settings, frames, answers, pause);
  await pause(lookMs - (clock.monotonicMs() - sinceMs));
  // what we do ourselves is no end of it
  const how = end;
  socket.terminate();
  const lookedMs = clock.monotonicMs() - sinceMs;
  return { host, symbols, pace, lookedMs, opened, end: how, frames, binaries, pingsMs, answers };
}

type Answers = Partial<Record<Question, SeenAnswer>>;
type Pause = (ms: number) => Promise<void>;

async function askAbout(settings: ObserveSettings, answers: Answers, pause: Pause): Promise<void> {
  const { symbols } = settings;
  const listed = encodeURIComponent(JSON.stringify(symbols));
  await ask(settings, answers, "time", "/api/v3/time");
  await ask(settings, answers, "info", `/api/v3/exchangeInfo?symbols=${listed}`);
  const unknown = encodeURIComponent(JSON.stringify([UNKNOWN_SYMBOL]));
  await ask(settings, answers, "info-unknown", `/api/v3/exchangeInfo?symbols=${unknown}`);
  await ask(settings, answers, "tickers", "/api/v3/ticker/24hr?type=MINI");
  await pause(0);
}

/** History of the first symbol, about ids that the stream has brought. */
async function askHistory(
  settings: ObserveSettings,
  frames: readonly SeenFrame[],
  answers: Answers,
  pause: Pause,
): Promise<void> {
  const symbol = encodeURIComponent(settings.symbols[0]!);
  const asked = (question: Question, path: string): Promise<unknown> =>
    ask(settings, answers, question, path);
  const newest = (await asked("newest", `/api/v3/aggTrades?symbol=${symbol}&limit=1`)) as
    | readonly { a?: unknown; l?: unknown }[]
    | undefined;
  const first = firstId(frames, settings.symbols[0]!);
  const last = newest?.[0]?.l;
  const aggregate = newest?.[0]?.a;
  const trades = `/api/v3/historicalTrades?symbol=${symbol}`;
  if (first !== undefined) await asked("history", `${trades}&fromId=${first}&limit=${ROWS}`);
  if (Number.isSafeInteger(last))
    await asked("history-ahead", `${trades}&fromId=${(last as number) + 100_000_000}&limit=5`);
  await asked("history-oldest", `${trades}&fromId=0&limit=5`);
  await asked("history-many", `${trades}&limit=1500`);
  if (!Number.isSafeInteger(aggregate)) return;
  const rows = (await asked(
    "aggregates",
    `/api/v3/aggTrades?symbol=${symbol}&fromId=${Math.max(0, (aggregate as number) - 60)}&limit=50`,
  )) as readonly { f?: unknown }[] | undefined;
  const from = rows?.[0]?.f;
  if (Number.isSafeInteger(from))
    await asked("aggregates-singles", `${trades}&fromId=${from as number}&limit=1000`);
  await pause(0);
}

/** The body as JSON where it is; undefined otherwise. */
async function ask(
  { host, get, clock }: ObserveSettings,
  answers: Answers,
  question: Question,
  path: string,
): Promise<unknown> {
  const seen = { path, atMs: clock.monotonicMs() };
  try {
    const reply = await get(`${host.restUrl.replace(/\/+$/, "")}${path}`);
    answers[question] = {
      ...seen,
      atMs: (seen.atMs + clock.monotonicMs()) / 2,
      status: reply.status,
      contentType: reply.header("content-type") ?? "",
      usedWeight: Number(reply.header("x-mbx-used-weight-1m") ?? Number.NaN),
      body: reply.body,
      problem: "",
    };
    return JSON.parse(reply.body) as unknown;
  } catch (error) {
    const none = { status: 0, contentType: "", usedWeight: Number.NaN, body: "" };
    answers[question] ??= { ...seen, ...none, problem: (error as Error).message };
    return undefined;
  }
}

function firstId(frames: readonly SeenFrame[], symbol: string): number | undefined {
  for (const { text } of frames) {
    try {
      const { data } = JSON.parse(text) as { data?: { s?: unknown; t?: unknown } };
      if (data?.s === symbol && Number.isSafeInteger(data.t)) return data.t as number;
    } catch {
      // judged later
    }
  }
  return undefined;
}
