import { quote } from "../../../core/errors.ts";
import type { Clock } from "../../../core/time.ts";
import { listMessage, type Reply, subscribeChunks, subscribeMessage } from "./stream.ts";
import type { StreamPlan } from "./stream-plan.ts";

/** Asks one connection for its streams, and makes sure that it has them. */
export interface Subscriptions {
  /** The connection is open. */
  start(): void;
  reply(reply: Reply): void;
  /** Once a second while the connection is read. */
  tick(): void;
  /** The connection has ended. */
  stop(): void;
}

export interface SubscriptionsOptions {
  readonly clock: Clock;
  readonly plan: StreamPlan;
  readonly send: (text: string) => void;
  readonly odd: (code: string, message: string) => void;
  /** The connection is of no use. */
  readonly failed: (reason: string) => void;
}

const ANSWER_TICKS = 10;
const MOST_LISTS = 3;

/** One control message: SUBSCRIBE, or without streams LIST_SUBSCRIPTIONS. */
interface Ask {
  readonly streams?: readonly string[];
  readonly id: number;
  sent: number;
  ticks: number;
}

/**
 * One message at a time: every group of the plan, then the list of what is subscribed; what is missing there is asked for
 * again. Events may arrive before any answer.
 */
export function subscriptions({ clock, plan, send, odd, failed }: SubscriptionsOptions): Subscriptions {
  let nextId = 1;
  let queue: Ask[] = [];
  let asked: Ask | undefined;
  let lists = 0;
  let cancelNext = (): void => {};

  const ask = (streams?: readonly string[]): Ask => ({
    ...(streams === undefined ? {} : { streams }),
    id: nextId++,
    sent: 0,
    ticks: 0,
  });
  const sendNow = (one: Ask): void => {
    asked = one;
    one.sent++;
    one.ticks = 0;
    send(one.streams === undefined ? listMessage(one.id) : subscribeMessage(one.streams, one.id));
  };
  const sendNext = (): void => {
    const next = queue.shift();
    if (next !== undefined) sendNow(next);
  };
  const answered = (before: readonly Ask[] = []): void => {
    asked = undefined;
    queue = [...before, ...queue];
    cancelNext();
    cancelNext = clock.after(plan.spacingMs(), sendNext);
  };

  const refused = (one: Ask, error: string): void => {
    const { streams } = one;
    if (streams === undefined) {
      odd("error-reply", `LIST_SUBSCRIPTIONS was refused: ${error}`);
      // an error without an id may have been meant for the address
      if (one.sent === 1) queue.unshift(one);
      answered();
      return;
    }
    odd("error-reply", `SUBSCRIBE of ${named(streams)} was refused: ${error}`);
    const instead = plan.refused(streams);
    if (instead.length === 0) {
      odd(
        "stream-refused",
        `${named(streams)}: no trades, the exchange refuses the stream: ${error}; the other symbols go on`,
      );
    }
    answered(instead.map((group) => ask(group)));
  };

  const check = (result: unknown): void => {
    if (!Array.isArray(result)) {
      odd("not-verified", "LIST_SUBSCRIPTIONS was answered by no list: the subscriptions are not verified");
      answered();
      return;
    }
    const has = new Set<unknown>(result);
    const missing = plan.wanted().filter((stream) => !has.has(stream));
    if (missing.length === 0) {
      answered();
      return;
    }
    const again = ++lists < MOST_LISTS;
    odd(
      "not-subscribed",
      `${named(missing)}: not subscribed${again ? ", asking again" : " after asking again"}`,
    );
    answered(again ? [...subscribeChunks(missing).map((group) => ask(group)), ask()] : []);
  };

  return {
    start() {
      queue = [...plan.groups().map((group) => ask(group)), ask()];
      sendNext();
    },
    reply({ id, error, result }) {
      // numbered otherwise: a late answer to a message that was given up
      const isOurs = asked !== undefined && (id === undefined || id === null || id === asked.id);
      if (!isOurs || asked === undefined) {
        if (error !== undefined) odd("error-reply", `an error for nothing that was asked: ${error}`);
      } else if (error !== undefined) refused(asked, error);
      else if (asked.streams === undefined) check(result);
      else {
        plan.accepted(asked.streams);
        answered();
      }
    },
    tick() {
      if (asked === undefined) {
        if (queue.length === 0 && plan.due().length > 0) {
          answered([...plan.due().map((stream) => ask([stream])), ask()]);
        }
        return;
      }
      if (++asked.ticks < ANSWER_TICKS) return;
      if (asked.streams === undefined) {
        odd("not-verified", "LIST_SUBSCRIPTIONS was not answered: the subscriptions are not verified");
        answered();
      } else if (asked.sent === 1) {
        odd("no-answer", `SUBSCRIBE of ${named(asked.streams)} was not answered, sending it again`);
        sendNow(asked);
      } else failed(`SUBSCRIBE of ${named(asked.streams)} was not answered`);
    },
    stop() {
      cancelNext();
      if (asked?.streams !== undefined) plan.unanswered(asked.streams);
      asked = undefined;
      queue = [];
    },
  };
}

/** The first three names, and how many more. */
function named(streams: readonly string[]): string {
  const shown = streams.slice(0, 3).map((stream) => quote(stream, 60).slice(1, -1));
  return shown.join(", ") + (streams.length > 3 ? ` and ${streams.length - 3} more` : "");
}
