import { quote } from "../../../core/errors.ts";
import type { Clock } from "../../../core/time.ts";
import { type Ask, controlMessages } from "./control-messages.ts";
import { type Reply, subscribeChunks } from "./stream.ts";
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

/**
 * One message at a time: every group of the plan, then the list of what is subscribed; what is missing there is asked for
 * again. Events may arrive before any answer.
 */
export function subscriptions({ clock, plan, send, odd, failed }: SubscriptionsOptions): Subscriptions {
  const messages = controlMessages(clock, plan.spacingMs, send);
  const { ask, done } = messages;
  let lists = 0;

  const refused = (one: Ask, error: string): void => {
    const { streams } = one;
    if (streams === undefined) {
      odd("error-reply", `LIST_SUBSCRIPTIONS was refused: ${error}`);
      // an error without an id may have been meant for the address
      done(one.sent === 1 ? [one] : []);
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
    done(instead.map((group) => ask(group)));
  };

  const check = (result: unknown): void => {
    if (!Array.isArray(result)) {
      odd("not-verified", "LIST_SUBSCRIPTIONS was answered by no list: the subscriptions are not verified");
      done();
      return;
    }
    const has = new Set<unknown>(result);
    const missing = plan.wanted().filter((stream) => !has.has(stream));
    if (missing.length === 0) {
      done();
      return;
    }
    const again = ++lists < MOST_LISTS;
    odd(
      "not-subscribed",
      `${named(missing)}: not subscribed${again ? ", asking again" : " after asking again"}`,
    );
    done(again ? [...subscribeChunks(missing).map((group) => ask(group)), ask()] : []);
  };

  return {
    start() {
      messages.start([...plan.groups().map((group) => ask(group)), ask()]);
    },
    reply({ id, error, result }) {
      const asked = messages.asked();
      // numbered otherwise: a late answer to a message that was given up
      const isOurs = asked !== undefined && (id === undefined || id === null || id === asked.id);
      if (!isOurs || asked === undefined) {
        if (error !== undefined) odd("error-reply", `an error for nothing that was asked: ${error}`);
      } else if (error !== undefined) refused(asked, error);
      else if (asked.streams === undefined) check(result);
      else {
        plan.accepted(asked.streams);
        done();
      }
    },
    tick() {
      const asked = messages.asked();
      if (asked === undefined) {
        if (messages.isIdle() && plan.due().length > 0) {
          done([...plan.due().map((stream) => ask([stream])), ask()]);
        }
        return;
      }
      if (++asked.ticks < ANSWER_TICKS) return;
      if (asked.streams === undefined) {
        odd("not-verified", "LIST_SUBSCRIPTIONS was not answered: the subscriptions are not verified");
        done();
      } else if (asked.sent === 1) {
        odd("no-answer", `SUBSCRIBE of ${named(asked.streams)} was not answered, sending it again`);
        messages.sendAgain(asked);
      } else failed(`SUBSCRIBE of ${named(asked.streams)} was not answered`);
    },
    stop() {
      const streams = messages.asked()?.streams;
      if (streams !== undefined) plan.unanswered(streams);
      messages.stop();
    },
  };
}

/** The first three names, and how many more. */
function named(streams: readonly string[]): string {
  const shown = streams.slice(0, 3).map((stream) => quote(stream, 60).slice(1, -1));
  return shown.join(", ") + (streams.length > 3 ? ` and ${streams.length - 3} more` : "");
}
