import { AsyncLocalStorage } from "node:async_hooks";
import { requireFunction } from "../../core/arguments.ts";
import { createFollower, type Followed, noteRead } from "./tracking.ts";

/** A value made from controls. */
export interface Derived<T> {
  /** Made when it is read for the first time and again after a control that it was made from has moved. */
  readonly value: T;
}

/**
 * What several drawings make from controls is made once for all of them: `derived(() => watchPair({ y: y.value, … }))`.
 * A drawing that reads its `value` is made again when one of these controls moves.
 */
export function derived<T>(make: () => T): Derived<T> {
  requireFunction("derived", "make", make);

  const inCell = AsyncLocalStorage.snapshot();
  const subscribers = new Set<() => Promise<void>>();
  /** The controls that have moved since it was made, and all that ever have. */
  const moved = new Set<Followed>();
  const known = new Set<Followed>();
  let made: { readonly value: T } | undefined;
  const follower = createFollower(async (control) => {
    if (made !== undefined) moved.clear();
    made = undefined;
    moved.add(control);
    known.add(control);
    await Promise.all([...subscribers].map((subscriber) => subscriber()));
  });
  const source: Followed = {
    name: "derived",
    subscribe: (subscriber) => {
      subscribers.add(subscriber);
      return () => {
        subscribers.delete(subscriber);
      };
    },
    tell: (from, problem) => {
      for (const control of problem === undefined ? known : moved) control.tell(from, problem);
    },
  };
  return {
    get value(): T {
      noteRead(source);
      made ??= { value: inCell(() => follower.run(make)) };
      return made.value;
    },
  };
}
