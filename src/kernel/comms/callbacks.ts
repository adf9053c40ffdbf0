import { AsyncLocalStorage } from "node:async_hooks";
import type { Message } from "../wire.ts";

/** What cells hand in to be called when a page sends something. */
export interface Callbacks {
  /**
   * The callback as part of the cell that hands it in, and what it sends as an answer to the message it is called for. What
   * it throws, now or later, is reported.
   */
  inCell<A extends unknown[]>(callback: (...given: A) => unknown): (...given: A) => unknown;
  /** What `work` sends answers the message. */
  answer<T>(request: Message, work: () => T): T;
  /** The message that the running code answers. */
  answered(): Message | undefined;
}

export interface CallbacksOptions {
  readonly interruptible: <T>(work: () => T) => T;
  /** Shows what a callback threw, in the cell that the callback belongs to. */
  readonly report: (error: unknown) => void;
}

export function createCallbacks({ interruptible, report }: CallbacksOptions): Callbacks {
  const answering = new AsyncLocalStorage<Message>();
  const guarded = (callback: () => unknown): unknown => {
    try {
      const result = interruptible(callback);
      return isPromise(result) ? result.then(undefined, report) : undefined;
    } catch (error) {
      return report(error);
    }
  };
  return {
    inCell: (callback) => {
      const cell = AsyncLocalStorage.snapshot();
      return (...given) => {
        const request = answering.getStore();
        return cell(() => answering.run(request as Message, () => guarded(() => callback(...given))));
      };
    },
    answer: (request, work) => answering.run(request, work),
    answered: () => answering.getStore(),
  };
}

export function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
