import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers";
import { isInterrupt } from "../errors/failures.ts";
import { withError } from "../errors/safely.ts";
import type { Activities } from "../stop/activities.ts";

export interface CellTimersOptions {
  /** Calls back when the cell that the running code belongs to runs again. */
  readonly onCellRerun: (cleanUp: () => void) => () => void;
  readonly activities: Activities;
  /** Runs synchronous work so that the stop button ends it. */
  readonly interruptible: <T>(work: () => T) => T;
  /** Shows what a callback threw, at the cell that set its timer. */
  readonly report: (error: unknown) => void;
}

type Callback = (...args: unknown[]) => void;
type Timer = NodeJS.Timeout | NodeJS.Immediate;

/**
 * Timers that the code of cells and of the user's files starts end when their cell runs again or is stopped, and their
 * callbacks by the stop button; those of the packages that it uses do not, since their modules are loaded once.
 */
export function ownCellTimers(options: CellTimersOptions): void {
  const { onCellRerun, activities, interruptible, report } = options;
  const forgets = new WeakMap<object, () => void>();
  const { clearTimeout, clearImmediate } = globalThis;
  const clearing = <F>(original: F): F =>
    ((timer?: object | string | number): void => {
      if (typeof timer === "object" && timer !== null) forgets.get(timer)?.();
      (original as (given: unknown) => void)(timer);
    }) as F;
  const clear = (timer: Timer): void => {
    if ("_onImmediate" in timer) clearImmediate(timer as NodeJS.Immediate);
    else clearTimeout(timer as NodeJS.Timeout);
  };
  const starting = <F>(original: F, once: boolean): F => {
    const start = original as (callback: Callback, ...rest: unknown[]) => Timer;
    const started = (callback: Callback, ...rest: unknown[]): Timer => {
      if (typeof callback !== "function" || !isFromNotebook(started)) return start(callback, ...rest);
      const run: Callback = (...args) => {
        if (once) forget();
        try {
          interruptible(() => activities.runCallback(() => callback(...args)));
        } catch (problem) {
          // a callback that was stopped is not called once more
          if (isInterrupt(problem)) end();
          report(problem);
        }
      };
      const timer = start(run, ...rest);
      const end = (): void => {
        forget();
        clear(timer);
      };
      const ends = [onCellRerun(end), activities.onStop(end)];
      const forget = (): void => {
        for (const one of ends) one();
      };
      forgets.set(timer, forget);
      return timer;
    };
    // what util.promisify looks for
    return Object.defineProperties(started, Object.getOwnPropertyDescriptors(original)) as F;
  };
  const made = {
    setInterval: starting(globalThis.setInterval, false),
    setTimeout: starting(globalThis.setTimeout, true),
    setImmediate: starting(globalThis.setImmediate, true),
    clearInterval: clearing(globalThis.clearInterval),
    clearTimeout: clearing(globalThis.clearTimeout),
    clearImmediate: clearing(globalThis.clearImmediate),
  };
  Object.assign(globalThis, made);
  Object.assign(timers, made);
  syncBuiltinESMExports();
}

/** Whether the code of a cell, or of a file of the user's, calls the function directly. */
export function isFromNotebook(called: unknown): boolean {
  const stack = withError({ stackTraceLimit: 1, prepareStackTrace: undefined }, () => {
    const at: { stack?: unknown } = {};
    Error.captureStackTrace(at, called as never);
    return at.stack;
  });
  return /tickbook-cell-\d+:|\?tickbook=[0-9a-f]+:/.test(String(stack));
}
