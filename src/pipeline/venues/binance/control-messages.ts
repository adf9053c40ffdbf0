import type { Clock } from "../../../core/time.ts";
import { listMessage, subscribeMessage } from "./stream.ts";

/** One control message: SUBSCRIBE, or without streams LIST_SUBSCRIPTIONS. */
export interface Ask {
  readonly streams?: readonly string[];
  readonly id: number;
  sent: number;
  /** Since it was sent. */
  ticks: number;
}

/** The control messages of a connection, one at a time: the next goes out a while after the answer to the last. */
export interface ControlMessages {
  ask(streams?: readonly string[]): Ask;
  /** Sends the first of these at once. */
  start(asks: readonly Ask[]): void;
  /** The one that was sent last and is not done with. */
  asked(): Ask | undefined;
  sendAgain(one: Ask): void;
  /** What was asked is done with; these go before what waits. */
  done(before?: readonly Ask[]): void;
  isIdle(): boolean;
  stop(): void;
}

export function controlMessages(
  clock: Clock,
  spacingMs: () => number,
  send: (text: string) => void,
): ControlMessages {
  let nextId = 1;
  let queue: Ask[] = [];
  let asked: Ask | undefined;
  let cancelNext = (): void => {};

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
  return {
    ask: (streams) => ({ ...(streams === undefined ? {} : { streams }), id: nextId++, sent: 0, ticks: 0 }),
    start: (asks) => {
      queue = [...asks];
      sendNext();
    },
    asked: () => asked,
    sendAgain: sendNow,
    done: (before = []) => {
      asked = undefined;
      queue = [...before, ...queue];
      cancelNext();
      cancelNext = clock.after(spacingMs(), sendNext);
    },
    isIdle: () => asked === undefined && queue.length === 0,
    stop: () => {
      cancelNext();
      asked = undefined;
      queue = [];
    },
  };
}
