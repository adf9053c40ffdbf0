import type { Random } from "../../core/random.ts";
import type { Clock } from "../../core/time.ts";
import type { Trade } from "../../core/trade.ts";
import { backoffMs } from "../net/backoff.ts";
import type { OpenSocket, SocketEnd } from "../net/socket.ts";
import { tradeStream } from "../venues/binance/stream.ts";
import { streamPlan } from "../venues/binance/stream-plan.ts";
import type { Attempts } from "./attempts.ts";
import { openConnection } from "./connection.ts";
import { isLive, isOpen, type Member, member as newMember, takeOver } from "./member.ts";
import { judge } from "./socket-end.ts";

export type ShardState =
  | { readonly kind: "connecting"; readonly attempt: number }
  /** Trades arrive. */
  | { readonly kind: "live" }
  /** No connection. */
  | { readonly kind: "waiting"; readonly reason: string; readonly retryMs: number; readonly end: SocketEnd }
  /** Trades arrive, and another connection is being opened to take over. */
  | { readonly kind: "replacing"; readonly reason: string }
  /** It has taken over. */
  | { readonly kind: "replaced" };

export interface ShardStatus {
  readonly symbols: number;
  /** `open`: connected, and no trade yet. */
  readonly state: "connecting" | "open" | "live" | "waiting";
  /** The newest connection's. */
  readonly host: string;
  readonly connectedMs: number;
  readonly silentMs: number;
  /** Two: one is taking over from the other. */
  readonly connections: number;
  /** Connections lost since the start. */
  readonly losses: number;
  /** Without a connection for so long, until the next attempt, and why; 0 and empty with one. */
  readonly downMs: number;
  readonly retryMs: number;
  readonly reason: string;
}

export interface ShardEvents {
  trade(trade: Trade): void;
  state(state: ShardState): void;
  odd(code: string, message: string): void;
  /** A connection is open: from now on silence means something. */
  opened(): void;
}

export interface ShardOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly openSocket: OpenSocket;
  readonly attempts: Attempts;
  readonly wsUrls: readonly string[];
  readonly symbols: readonly string[];
  readonly events: ShardEvents;
}

/** The symbols of one socket, and the connections that carry them, one after the other. */
export interface Shard {
  /** Once a second. */
  tick(): void;
  /** Opens another connection, which takes over from those that are there. */
  replace(reason: string): void;
  /** Asks every connection for a sign of life. */
  challenge(): void;
  isOpen(): boolean;
  pause(): void;
  resume(): void;
  stop(): void;
  status(): ShardStatus;
}

const BACKOFF = { firstMs: 500, capMs: 30_000 };
/** The exchange cuts at 24 hours; each connection draws its own moment before, so that not all go at once. */
const LIFE_MS = 23.5 * 3_600_000;
const LIFE_SPREAD_MS = 3_600_000;
/** A connection that was open for so long was a good one, trades or not. */
const CALM_MS = 600_000;
/** From one planned replacement to the next. */
const REPLACE_EVERY_MS = 10_000;
const MOST_CONNECTIONS = 3;
/** Statuses of a handshake that may be about the address itself: malformed, unknown, too long. */
const ADDRESS_REFUSED: readonly (number | undefined)[] = [400, 404, 414, 431];

/**
 * Keeps a connection open: whatever its end, it is a loss and followed by another. Where an end is foreseen, the successor
 * is opened before, and both are read until the successor has delivered everything that its elder has.
 */
export function startShard(options: ShardOptions): Shard {
  const { clock, random, openSocket, attempts, wsUrls, symbols, events } = options;
  const longestUrl = wsUrls.reduce((a, b) => (b.length > a.length ? b : a));
  const plan = streamPlan(clock, longestUrl, symbols.map(tradeStream));
  /** The oldest first; the last one stays, unless it is outgoing. */
  let members: readonly Member[] = [];
  let cancelDial = (): void => {};
  let dialAtMs = Number.POSITIVE_INFINITY;
  let dialledMs = Number.NEGATIVE_INFINITY;
  let failures = 0;
  let host = 0;
  let losses = 0;
  let downSinceMs = clock.monotonicMs();
  let reason = "";
  let paused = false;
  let stopped = false;

  const someOpen = (): boolean => members.some(isOpen);
  const someLive = (): boolean => members.some(isLive);
  const needsAnother = (): boolean => members.length === 0 || members.at(-1)!.outgoing !== "";

  /** The earlier of this and what is planned already. */
  const dialIn = (waitMs: number): void => {
    const atMs = clock.monotonicMs() + waitMs;
    if (dialAtMs <= atMs) return;
    cancelDial();
    dialAtMs = atMs;
    cancelDial = clock.after(waitMs, dial);
  };

  const dial = (): void => {
    dialAtMs = Number.POSITIVE_INFINITY;
    const turn = attempts.take(host);
    if ("waitMs" in turn) {
      dialIn(turn.waitMs);
      return;
    }
    host = turn.host;
    dialledMs = clock.monotonicMs();
    if (members.length === MOST_CONNECTIONS) {
      retire(members.find((one) => !isLive(one)) ?? members[0]!);
    }
    if (!someOpen()) events.state({ kind: "connecting", attempt: failures + 1 });
    const member: Member = newMember(
      openConnection({
        clock,
        openSocket,
        wsUrl: wsUrls[host]!,
        plan,
        events: {
          opened: () => opened(member),
          trade: (trade) => traded(member, trade),
          leaving: () => {
            if (member.outgoing === "") member.outgoing = "the exchange is about to close the connection";
            arrange(member.outgoing);
          },
          odd: events.odd,
          ended: (end) => ended(member, end),
        },
      }),
      host,
    );
    if (paused) member.connection.pause();
    members = [...members, member];
  };

  const opened = (member: Member): void => {
    member.openedMs = clock.monotonicMs();
    member.replaceAtMs = member.openedMs + LIFE_MS - random.uniform() * LIFE_SPREAD_MS;
    for (const { newest } of members) newest.clear();
    events.opened();
  };

  const traded = (member: Member, trade: Trade): void => {
    if (stopped) return;
    if (!isLive(member) && !member.over) {
      const wasLive = someLive();
      member.firstTradeMs = clock.monotonicMs();
      failures = 0;
      if (!wasLive) events.state({ kind: "live" });
    }
    const { symbol, id } = trade;
    if (members.length > 1 && Number.isSafeInteger(id)) {
      if (!(member.newest.get(symbol)! >= id)) member.newest.set(symbol, id);
    }
    events.trade(trade);
  };

  const retire = (member: Member): void => {
    member.retired = true;
    member.connection.end("replaced");
  };

  const ended = (member: Member, end: SocketEnd): void => {
    member.over = true;
    const wasLive = someLive();
    members = members.filter((one) => one !== member);
    if (stopped || member.retired) return;
    const verdict = judge(end);
    reason = verdict.reason;
    if (isOpen(member) && !someOpen()) downSinceMs = clock.monotonicMs();
    attempts.judged(member.host, verdict);
    if (end.code === 1008) plan.slower();
    if (ADDRESS_REFUSED.includes(end.status)) plan.urlRefused();
    if (!isLive(member)) host = (member.host + 1) % wsUrls.length;
    // a market without trades must not look like an exchange without answers
    if (clock.monotonicMs() - member.openedMs > CALM_MS) failures = 0;
    if (member.outgoing === "" && isOpen(member)) losses++;
    if (needsAnother()) {
      const leastMs = verdict.scope === "shard" ? verdict.waitMs : 0;
      dialIn(Math.max(backoffMs(failures, random, BACKOFF), leastMs, attempts.waitMs()));
      failures++;
    }
    if (members.length === 0) {
      const retryMs = Math.max(0, dialAtMs - clock.monotonicMs());
      events.state({ kind: "waiting", reason: verdict.reason, retryMs, end });
    } else if (member.outgoing === "") {
      events.odd("replacement-failed", `the connection that was to take over: ${verdict.reason}`);
    } else if (wasLive) {
      events.state(someLive() ? { kind: "replaced" } : { kind: "connecting", attempt: failures + 1 });
    }
  };

  /** Makes sure that an outgoing connection gets its successor. */
  const arrange = (reason: string): void => {
    if (!needsAnother() || dialAtMs < Number.POSITIVE_INFINITY) return;
    events.state({ kind: "replacing", reason });
    dialIn(Math.max(0, dialledMs + REPLACE_EVERY_MS - clock.monotonicMs()));
  };

  const replace = (reason: string): void => {
    for (const member of members) {
      if (member.outgoing === "" && isOpen(member)) member.outgoing = reason;
    }
    if (members.length > 0) arrange(reason);
  };

  dial();
  return {
    tick() {
      for (const { connection } of members) connection.tick();
      if (paused) return;
      const last = members.at(-1);
      if (last !== undefined && last.outgoing === "" && clock.monotonicMs() >= last.replaceAtMs) {
        replace("the connection is nearly a day old");
      }
      const overlap = takeOver(members);
      if (overlap === "failed") last!.connection.end("no trade came, while its elder had some");
      if (overlap !== "done") return;
      for (const elder of members.slice(0, -1)) retire(elder);
      events.state({ kind: "replaced" });
    },
    replace,
    challenge() {
      for (const { connection } of members) connection.challenge();
    },
    isOpen: someOpen,
    pause() {
      paused = true;
      for (const { connection } of members) connection.pause();
    },
    resume() {
      paused = false;
      for (const { connection } of members) connection.resume();
    },
    stop() {
      stopped = true;
      cancelDial();
      for (const { connection } of members) connection.end("stopped");
    },
    status() {
      const nowMs = clock.monotonicMs();
      const open = members.filter(isOpen);
      const current = open.at(-1);
      const unopened = members.length > 0 ? "connecting" : "waiting";
      return {
        symbols: symbols.length,
        state: current === undefined ? unopened : someLive() ? "live" : "open",
        host: wsUrls[current?.host ?? host]!,
        connectedMs: current === undefined ? 0 : nowMs - current.openedMs,
        silentMs:
          current === undefined ? 0 : Math.min(...open.map(({ connection }) => connection.silentMs())),
        connections: open.length,
        losses,
        downMs: current === undefined ? nowMs - downSinceMs : 0,
        retryMs: members.length > 0 ? 0 : Math.max(0, dialAtMs - nowMs),
        reason: current === undefined ? reason : "",
      };
    },
  };
}
