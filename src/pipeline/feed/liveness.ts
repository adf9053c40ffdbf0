import {
  beat,
  checked,
  isOverdue,
  limitMs,
  listenAgain,
  medianGapMs,
  type Patience,
  type Pulse,
  pulse,
} from "./pulse.ts";

export interface LivenessEvents {
  odd(code: string, message: string): void;
  /** REST has newer trades than the feed: what lies between has been missed. */
  behind(symbol: string, newestId: number): void;
  /** This shard's connection does not deliver what it should. */
  stale(shard: number, reason: string): void;
}

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
/** One question at a time, so far apart, given up after this long. */
const LOOK_EVERY_MS = 5_000;
const ANSWER_MS = 60_000;
/** A trade may be in REST before it is in the stream. */
const GRACE_MS = 5_000;

interface SymbolPulse extends Pulse {
  readonly symbol: string;
  readonly shard: number;
  /** Received; −1: none. */
  newestId: number;
  /** The newest that REST has shown, and when; −1 and NaN: none. */
  restId: number;
  restMs: number;
  /** The silence that has been told of, by its beginning. */
  toldMs: number;
}

/** The newest id of this symbol was asked for, where `whole` is given because its whole shard is silent. */
interface Question {
  readonly one: SymbolPulse;
  readonly whole: Pulse | undefined;
  readonly atMs: number;
  readonly silentMs: number;
}

export function liveness({ nowMs, shards, isOpen, newestId, events }: LivenessOptions): Liveness {
  const shardPulses = shards.map(() => pulse(nowMs));
  const symbols = new Map<string, SymbolPulse>();
  shards.forEach((names, shard) => {
    for (const symbol of names) {
      const none = { newestId: -1, restId: -1, restMs: Number.NaN, toldMs: Number.NaN };
      symbols.set(symbol, { ...pulse(nowMs), symbol, shard, ...none });
    }
  });

  /** The question under way: an answer to any other is ignored. */
  let question: Question | undefined;
  let nextLookMs = 0;
  /** REST has this id: the stream should have it soon. */
  let awaited:
    | { readonly one: SymbolPulse; readonly id: number; readonly atMs: number; readonly untilMs: number }
    | undefined;

  const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;
  const unsure = ({ one, whole, silentMs }: Question, why: string): void => {
    if (whole !== undefined) events.stale(one.shard, `no trade at all for ${seconds(silentMs)}, and ${why}`);
    else events.odd("quiet", `${one.symbol}: no trade for ${seconds(silentMs)}, and ${why}`);
  };
  const judge = ({ one, atMs, silentMs }: Question, id: number): void => {
    // what the exchange traded before this connection is no fault of it: then the answer is something to compare with later
    const hasTraded = one.beats > 0 && one.lastMs >= one.fromMs;
    const isFirstLook = !hasTraded && !(one.restMs >= one.fromMs);
    const isNewer = id > Math.max(one.newestId, one.restId);
    one.restId = Math.max(one.restId, id);
    one.restMs = atMs;
    if (isFirstLook) {
      one.checks--;
      if (isNewer && one.newestId >= 0) events.behind(one.symbol, id);
      else if (isNewer) {
        events.odd(
          "quiet",
          `${one.symbol}: no trade yet in ${seconds(silentMs)}; the exchange's newest is ${id}`,
        );
      }
    } else if (isNewer) awaited = { one, id, atMs, untilMs: atMs + GRACE_MS };
    if (!isNewer && one.toldMs !== one.lastMs) {
      one.toldMs = one.lastMs;
      events.odd("quiet", `${one.symbol}: no trade for ${seconds(silentMs)}; the exchange has none either`);
    }
  };
  const ask = (one: SymbolPulse, whole: Pulse | undefined, atMs: number): void => {
    const asked: Question = { one, whole, atMs, silentMs: atMs - (whole ?? one).lastMs };
    checked(one, atMs, SYMBOL);
    if (whole !== undefined) checked(whole, atMs, SHARD);
    if (newestId === undefined) {
      unsure(asked, "there is nobody to ask");
      return;
    }
    question = asked;
    const done = (then: () => void): void => {
      if (question !== asked) return;
      question = undefined;
      then();
    };
    newestId(one.symbol).then(
      (id) => done(() => judge(asked, id)),
      (error: Error) => done(() => unsure(asked, `REST cannot say more: ${error.message}`)),
    );
  };

  /** The busiest symbol of a shard tells soonest whether there are trades. */
  const busiest = (shard: number): SymbolPulse => {
    const of = [...symbols.values()].filter((one) => one.shard === shard);
    const gaps = of
      .map((one) => medianGapMs(one))
      .map((gap) => (Number.isNaN(gap) ? Number.POSITIVE_INFINITY : gap));
    return of[gaps.indexOf(Math.min(...gaps))]!;
  };
  const settle = (atMs: number): void => {
    if (awaited === undefined || atMs < awaited.untilMs) return;
    const { one, id, atMs: askedMs } = awaited;
    awaited = undefined;
    if (one.newestId >= id) return;
    const since = one.newestId < 0 ? "nothing" : `${one.newestId}`;
    events.behind(one.symbol, id);
    // missed by a connection that is gone
    if (one.fromMs > askedMs) return;
    events.stale(one.shard, `${one.symbol}: the exchange has trade ${id}, the stream brought ${since}`);
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
      settle(atMs);
      if (question !== undefined && atMs - question.atMs >= ANSWER_MS) {
        const unanswered = question;
        question = undefined;
        unsure(unanswered, "REST does not answer");
      }
      if (question !== undefined || awaited !== undefined || atMs < nextLookMs) return;
      nextLookMs = atMs + LOOK_EVERY_MS;
      const silent = shardPulses.findIndex((whole, shard) => isOpen(shard) && isOverdue(whole, atMs, SHARD));
      if (silent >= 0) {
        ask(busiest(silent), shardPulses[silent], atMs);
        return;
      }
      // the one that was asked about least lately
      let next: SymbolPulse | undefined;
      for (const one of symbols.values()) {
        if (next !== undefined && next.checkedMs <= one.checkedMs) continue;
        if (isOpen(one.shard) && isOverdue(one, atMs, SYMBOL)) next = one;
      }
      if (next !== undefined) ask(next, undefined, atMs);
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
