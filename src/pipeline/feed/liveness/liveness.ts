import { inquiry, type LivenessEvents } from "./inquiry.ts";
import {
  beat,
  checked,
  isOverdue,
  limitMs,
  listenAgain,
  medianGapMs,
  type Patience,
  pulse,
  type SymbolPulse,
  symbolPulse,
} from "./pulse.ts";

export interface LivenessOptions {
  readonly nowMs: number;
  /** The symbols of each shard. */
  readonly shards: readonly (readonly string[])[];
  readonly isOpen: (shard: number) => boolean;
  /** The newest id that the exchange has, by REST. */
  readonly newestId?: (symbol: string) => Promise<number>;
  readonly events: LivenessEvents;
}

/** Which symbols and which shards have been silent for longer than is usual for them, and whether that is their market or us. */
export interface Liveness {
  /** False: nobody asked for this symbol. */
  trade(symbol: string, id: number, nowMs: number): boolean;
  /** Silence counts from now: the shard has a connection again. */
  opened(shard: number, nowMs: number): void;
  tick(nowMs: number): void;
  /** Symbols that have been silent for unusually long. */
  quiet(nowMs: number): readonly { readonly symbol: string; readonly silentMs: number }[];
}

const SYMBOL: Patience = { leastMs: 60_000, longestMs: 3_600_000 };
const SHARD: Patience = { leastMs: 15_000, longestMs: 600_000 };
const LOOK_EVERY_MS = 5_000;

export function liveness({ nowMs, shards, isOpen, newestId, events }: LivenessOptions): Liveness {
  const shardPulses = shards.map(() => pulse(nowMs));
  const symbols = new Map<string, SymbolPulse>();
  shards.forEach((names, shard) => {
    for (const symbol of names) symbols.set(symbol, symbolPulse(symbol, shard, nowMs));
  });

  const { ask, tick } = inquiry(newestId, events);
  let nextLookMs = 0;

  /** The busiest symbol of a shard tells soonest whether there are trades. */
  const busiest = (shard: number): SymbolPulse => {
    const of = [...symbols.values()].filter((one) => one.shard === shard);
    const gaps = of
      .map((one) => medianGapMs(one))
      .map((gap) => (Number.isNaN(gap) ? Number.POSITIVE_INFINITY : gap));
    return of[gaps.indexOf(Math.min(...gaps))]!;
  };
  /** Of the symbols whose silence is to be looked into, the one that was asked about least lately. */
  const leastAsked = (atMs: number): SymbolPulse | undefined => {
    let next: SymbolPulse | undefined;
    for (const one of symbols.values()) {
      if (next !== undefined && next.checkedMs <= one.checkedMs) continue;
      if (isOpen(one.shard) && isOverdue(one, atMs, SYMBOL)) next = one;
    }
    return next;
  };
  /** Looks into the silence of a shard, else into that of a symbol. */
  const look = (atMs: number): void => {
    const silent = shardPulses.findIndex((whole, shard) => isOpen(shard) && isOverdue(whole, atMs, SHARD));
    const whole = shardPulses[silent];
    const one = whole === undefined ? leastAsked(atMs) : busiest(silent);
    if (one === undefined) return;
    checked(one, atMs, SYMBOL);
    if (whole !== undefined) checked(whole, atMs, SHARD);
    ask(one, whole, atMs);
  };

  return {
    trade(symbol, id, atMs) {
      const one = symbols.get(symbol);
      if (one === undefined) return false;
      beat(one, atMs);
      beat(shardPulses[one.shard]!, atMs);
      if (id > one.newestId && Number.isSafeInteger(id)) one.newestId = id;
      return true;
    },
    opened(shard, atMs) {
      listenAgain(shardPulses[shard]!, atMs);
      for (const one of symbols.values()) if (one.shard === shard) listenAgain(one, atMs);
    },
    tick(atMs) {
      if (!tick(atMs) || atMs < nextLookMs) return;
      nextLookMs = atMs + LOOK_EVERY_MS;
      look(atMs);
    },
    quiet(atMs) {
      return [...symbols.values()].flatMap((one) => {
        const silentMs = atMs - one.lastMs;
        return silentMs >= SYMBOL.leastMs && silentMs >= limitMs(one, SYMBOL)
          ? [{ symbol: one.symbol, silentMs }]
          : [];
      });
    },
  };
}
