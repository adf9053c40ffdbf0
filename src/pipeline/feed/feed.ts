import type { Random } from "../../core/random.ts";
import type { Clock } from "../../core/time.ts";
import type { Trade } from "../../core/trade.ts";
import { backoffMs } from "./backoff.ts";
import { readFrame } from "./binance.ts";
import type { OpenSocket, Socket, SocketEnd } from "./socket.ts";

export type FeedState =
  | { readonly kind: "connecting"; readonly attempt: number }
  /** Trades arrive. */
  | { readonly kind: "live" }
  | { readonly kind: "waiting"; readonly reason: string; readonly retryMs: number; readonly end: SocketEnd };

export interface FeedEvents {
  trade(trade: Trade): void;
  state(state: FeedState): void;
  /** A frame that gave no trade: `code` for counting, `message` for people. */
  odd(code: string, message: string): void;
}

export interface FeedSettings {
  readonly clock: Clock;
  readonly random: Random;
  readonly openSocket: OpenSocket;
  /** The same stream at one or more hosts: each attempt goes to the next. */
  readonly urls: readonly string[];
  readonly events: FeedEvents;
}

/** A running feed: it never ends by itself. */
export interface Feed {
  /** Holds the server back, and lets it go on. */
  pause(): void;
  resume(): void;
  stop(): void;
}

const BACKOFF = { firstMs: 500, capMs: 30_000 };
/** Handshakes refused for going too fast, or from where trading is restricted, wait at least this long. */
const REFUSED_MS: Readonly<Record<number, number>> = { 429: 60_000, 418: 120_000, 451: 600_000 };
/** Closed for breaking a rule, such as too many messages. */
const POLICY_MS = 5_000;
/** With neither a frame nor a ping for this long, we ask; with no answer to that, the connection is dead. */
const SILENCE_MS = 30_000;
const PONG_MS = 10_000;

/**
 * Keeps one socket of trades open: whatever its end, it is a loss and followed by another attempt, after a wait that
 * grows until a trade arrives.
 */
export function startFeed({ clock, random, openSocket, urls, events }: FeedSettings): Feed {
  let socket: Socket | undefined;
  let failures = 0;
  let stopped = false;
  let paused = false;
  let cancelTimer: () => void = () => {};
  let heardMs = 0;

  const connect = (): void => {
    let good = false;
    events.state({ kind: "connecting", attempt: failures + 1 });
    heardMs = clock.monotonicMs();
    socket = openSocket(urls[failures % urls.length]!, {
      opened: () => {
        heard();
        watch();
      },
      text: (data) => {
        heard();
        const frame = readFrame(data, clock.nowUs());
        switch (frame.kind) {
          case "trade":
            if (!good) {
              good = true;
              failures = 0;
              events.state({ kind: "live" });
            }
            events.trade(frame.trade);
            break;
          case "bad":
            events.odd("bad-frame", frame.why);
            break;
          case "other":
            events.odd("other-frame", frame.what);
            break;
          case "reply":
            if (frame.error !== undefined) events.odd("error-reply", frame.error);
            break;
          case "shutdown":
            events.odd("server-shutdown", "the exchange is about to close the connection");
            break;
        }
      },
      binary: (length) => {
        heard();
        events.odd("binary-frame", `a binary frame of ${length} bytes`);
      },
      alive: heard,
      ended: (end) => {
        cancelTimer();
        socket = undefined;
        if (stopped) return;
        // another host may take us at once where this one does not
        const lastHost = (failures + 1) % urls.length === 0;
        const retryMs = Math.max(backoffMs(failures, random, BACKOFF), lastHost ? leastWaitMs(end) : 0);
        failures++;
        events.state({ kind: "waiting", reason: reasonOf(end), retryMs, end });
        cancelTimer = clock.after(retryMs, connect);
      },
    });
    if (paused) socket?.pause();
  };

  const heard = (): void => {
    heardMs = clock.monotonicMs();
  };

  const watch = (): void => {
    cancelTimer();
    const silentMs = paused ? 0 : clock.monotonicMs() - heardMs;
    if (silentMs < SILENCE_MS) {
      cancelTimer = clock.after(SILENCE_MS - silentMs, watch);
      return;
    }
    socket?.ping();
    const before = heardMs;
    cancelTimer = clock.after(PONG_MS, () => (heardMs === before ? socket?.terminate() : watch()));
  };

  connect();
  return {
    pause: () => {
      paused = true;
      socket?.pause();
    },
    resume: () => {
      paused = false;
      heard();
      socket?.resume();
    },
    stop: () => {
      stopped = true;
      cancelTimer();
      socket?.terminate();
    },
  };
}

function leastWaitMs({ code, status, retryAfterS }: SocketEnd): number {
  if (retryAfterS !== undefined) return retryAfterS * 1000;
  return REFUSED_MS[status ?? 0] ?? (code === 1008 ? POLICY_MS : 0);
}

function reasonOf(end: SocketEnd): string {
  if (end.status === 451) return "HTTP 451, this address is in a restricted location";
  if (end.status !== undefined) return end.reason;
  return end.reason === "" ? `closed with code ${end.code}` : `${end.reason} (code ${end.code})`;
}
