import type { Pulse, SymbolPulse } from "./pulse.ts";

export interface LivenessEvents {
  odd(code: string, message: string): void;
  /** REST has newer trades than the feed: what lies between has been missed. */
  behind(symbol: string, newestId: number): void;
  /** This shard's connection does not deliver what it should. */
  stale(shard: number, reason: string): void;
}

/**
 * What the exchange itself has, by REST, of a symbol that is silent: one question at a time. A trade that it has and the
 * stream has not is waited for a little, before the connection is blamed.
 */
export interface Inquiry {
  /** Asks for the newest id of this symbol, where `whole` is given because its whole shard is silent. */
  ask(one: SymbolPulse, whole: Pulse | undefined, atMs: number): void;
  /** Gives up waiting for what has taken too long; whether another question may be asked. */
  tick(atMs: number): boolean;
}

/** A question is given up after this long. */
const ANSWER_MS = 60_000;
/** A trade may be in REST before it is in the stream. */
const GRACE_MS = 5_000;

/** The newest id of this symbol was asked for, where `whole` is given because its whole shard is silent. */
interface Question {
  readonly one: SymbolPulse;
  readonly whole: Pulse | undefined;
  readonly atMs: number;
  readonly silentMs: number;
}

export function inquiry(
  newestId: ((symbol: string) => Promise<number>) | undefined,
  events: LivenessEvents,
): Inquiry {
  /** The question under way: an answer to any other is ignored. */
  let question: Question | undefined;
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
    ask(one, whole, atMs) {
      const asked: Question = { one, whole, atMs, silentMs: atMs - (whole ?? one).lastMs };
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
    },
    tick(atMs) {
      settle(atMs);
      if (question !== undefined && atMs - question.atMs >= ANSWER_MS) {
        const unanswered = question;
        question = undefined;
        unsure(unanswered, "REST does not answer");
      }
      return question === undefined && awaited === undefined;
    },
  };
}
