import type { Random } from "../../core/random.ts";
import type { Clock } from "../../core/time.ts";
import type { Trade } from "../../core/trade.ts";
import { backoffMs } from "../net/backoff.ts";
import type { OpenSocket, SocketEnd } from "../net/socket.ts";
import { tradeStream } from "../venues/binance/stream.ts";
import { type StreamPlan, streamPlan } from "../venues/binance/stream-plan.ts";
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
  const shard = new SocketShard(options);
  shard.dial();
  return shard;
}

class SocketShard implements Shard {
  readonly #options: ShardOptions;
  readonly #plan: StreamPlan;
  /** The oldest first; the last one stays, unless it is outgoing. */
  #members: readonly Member[] = [];
  #cancelDial: () => void = () => {};
  #dialAtMs = Number.POSITIVE_INFINITY;
  #dialledMs = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #host = 0;
  #losses = 0;
  #downSinceMs: number;
  #reason = "";
  #paused = false;
  #stopped = false;

  constructor(options: ShardOptions) {
    const { clock, wsUrls, symbols } = options;
    const longestUrl = wsUrls.reduce((a, b) => (b.length > a.length ? b : a));
    this.#options = options;
    this.#plan = streamPlan(clock, longestUrl, symbols.map(tradeStream));
    this.#downSinceMs = clock.monotonicMs();
  }

  tick(): void {
    for (const { connection } of this.#members) connection.tick();
    if (this.#paused) return;
    const last = this.#members.at(-1);
    if (last !== undefined && last.outgoing === "" && this.#nowMs() >= last.replaceAtMs) {
      this.replace("the connection is nearly a day old");
    }
    const overlap = takeOver(this.#members);
    if (overlap === "failed") last!.connection.end("no trade came, while its elder had some");
    if (overlap !== "done") return;
    for (const elder of this.#members.slice(0, -1)) retire(elder);
    this.#options.events.state({ kind: "replaced" });
  }

  replace(reason: string): void {
    for (const member of this.#members) {
      if (member.outgoing === "" && isOpen(member)) member.outgoing = reason;
    }
    if (this.#members.length > 0) this.#arrange(reason);
  }

  challenge(): void {
    for (const { connection } of this.#members) connection.challenge();
  }

  isOpen(): boolean {
    return this.#members.some(isOpen);
  }

  pause(): void {
    this.#paused = true;
    for (const { connection } of this.#members) connection.pause();
  }

  resume(): void {
    this.#paused = false;
    for (const { connection } of this.#members) connection.resume();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelDial();
    for (const { connection } of this.#members) connection.end("stopped");
  }

  status(): ShardStatus {
    const nowMs = this.#nowMs();
    const open = this.#members.filter(isOpen);
    const current = open.at(-1);
    const isDialling = this.#members.length > 0;
    const about = {
      symbols: this.#options.symbols.length,
      host: this.#options.wsUrls[current?.host ?? this.#host]!,
      connections: open.length,
      losses: this.#losses,
      retryMs: isDialling ? 0 : Math.max(0, this.#dialAtMs - nowMs),
    };
    if (current === undefined) {
      const downMs = nowMs - this.#downSinceMs;
      const state = isDialling ? "connecting" : "waiting";
      return { ...about, state, connectedMs: 0, silentMs: 0, downMs, reason: this.#reason };
    }
    return {
      ...about,
      state: this.#isLive() ? "live" : "open",
      connectedMs: nowMs - current.openedMs,
      silentMs: Math.min(...open.map(({ connection }) => connection.silentMs())),
      downMs: 0,
      reason: "",
    };
  }

  dial(): void {
    const { clock, openSocket, attempts, wsUrls, events } = this.#options;
    this.#dialAtMs = Number.POSITIVE_INFINITY;
    const turn = attempts.take(this.#host);
    if ("waitMs" in turn) {
      this.#dialIn(turn.waitMs);
      return;
    }
    this.#host = turn.host;
    this.#dialledMs = this.#nowMs();
    if (this.#members.length === MOST_CONNECTIONS) {
      retire(this.#members.find((one) => !isLive(one)) ?? this.#members[0]!);
    }
    if (!this.isOpen()) events.state({ kind: "connecting", attempt: this.#failures + 1 });
    const member: Member = newMember(
      openConnection({
        clock,
        openSocket,
        wsUrl: wsUrls[this.#host]!,
        plan: this.#plan,
        events: {
          opened: () => this.#opened(member),
          trade: (trade) => this.#traded(member, trade),
          leaving: () => {
            if (member.outgoing === "") member.outgoing = "the exchange is about to close the connection";
            this.#arrange(member.outgoing);
          },
          odd: events.odd,
          ended: (end) => this.#ended(member, end),
        },
      }),
      this.#host,
    );
    if (this.#paused) member.connection.pause();
    this.#members = [...this.#members, member];
  }

  #nowMs(): number {
    return this.#options.clock.monotonicMs();
  }

  #isLive(): boolean {
    return this.#members.some(isLive);
  }

  #needsAnother(): boolean {
    return this.#members.length === 0 || this.#members.at(-1)!.outgoing !== "";
  }

  /** The earlier of this and what is planned already. */
  #dialIn(waitMs: number): void {
    const atMs = this.#nowMs() + waitMs;
    if (this.#dialAtMs <= atMs) return;
    this.#cancelDial();
    this.#dialAtMs = atMs;
    this.#cancelDial = this.#options.clock.after(waitMs, () => this.dial());
  }

  #opened(member: Member): void {
    member.openedMs = this.#nowMs();
    member.replaceAtMs = member.openedMs + LIFE_MS - this.#options.random.uniform() * LIFE_SPREAD_MS;
    for (const { newest } of this.#members) newest.clear();
    this.#options.events.opened();
  }

  #traded(member: Member, trade: Trade): void {
    if (this.#stopped) return;
    if (!isLive(member) && !member.over) {
      const wasLive = this.#isLive();
      member.firstTradeMs = this.#nowMs();
      this.#failures = 0;
      if (!wasLive) this.#options.events.state({ kind: "live" });
    }
    const { symbol, id } = trade;
    if (this.#members.length > 1 && Number.isSafeInteger(id)) {
      if (!(member.newest.get(symbol)! >= id)) member.newest.set(symbol, id);
    }
    this.#options.events.trade(trade);
  }

  #ended(member: Member, end: SocketEnd): void {
    const { random, attempts, wsUrls } = this.#options;
    member.over = true;
    const wasLive = this.#isLive();
    this.#members = this.#members.filter((one) => one !== member);
    if (this.#stopped || member.retired) return;
    const verdict = judge(end);
    this.#reason = verdict.reason;
    if (isOpen(member) && !this.isOpen()) this.#downSinceMs = this.#nowMs();
    attempts.judged(member.host, verdict);
    if (end.code === 1008) this.#plan.slower();
    if (ADDRESS_REFUSED.includes(end.status)) this.#plan.urlRefused();
    if (!isLive(member)) this.#host = (member.host + 1) % wsUrls.length;
    // a market without trades must not look like an exchange without answers
    if (this.#nowMs() - member.openedMs > CALM_MS) this.#failures = 0;
    if (member.outgoing === "" && isOpen(member)) this.#losses++;
    if (this.#needsAnother()) {
      const leastMs = verdict.scope === "shard" ? verdict.waitMs : 0;
      this.#dialIn(Math.max(backoffMs(this.#failures, random, BACKOFF), leastMs, attempts.waitMs()));
      this.#failures++;
    }
    this.#tellEnd(member, end, wasLive);
  }

  #tellEnd(member: Member, end: SocketEnd, wasLive: boolean): void {
    const { events } = this.#options;
    const reason = this.#reason;
    if (this.#members.length === 0) {
      const retryMs = Math.max(0, this.#dialAtMs - this.#nowMs());
      events.state({ kind: "waiting", reason, retryMs, end });
    } else if (member.outgoing === "") {
      events.odd("replacement-failed", `the connection that was to take over: ${reason}`);
    } else if (wasLive) {
      const attempt = this.#failures + 1;
      events.state(this.#isLive() ? { kind: "replaced" } : { kind: "connecting", attempt });
    }
  }

  /** Makes sure that an outgoing connection gets its successor. */
  #arrange(reason: string): void {
    if (!this.#needsAnother() || this.#dialAtMs < Number.POSITIVE_INFINITY) return;
    this.#options.events.state({ kind: "replacing", reason });
    this.#dialIn(Math.max(0, this.#dialledMs + REPLACE_EVERY_MS - this.#nowMs()));
  }
}

/** Lets a connection go whose place is taken. */
function retire(member: Member): void {
  member.retired = true;
  member.connection.end("replaced");
}
