/**
 * Timers that the code of a cell itself starts are cleared when the cell runs again; those of the packages that it
 * uses are not, since their modules are loaded once.
 */
export function clearTimersOfReruns(onCellRerun: (cleanUp: () => void) => () => void): void {
  const forgets = new WeakMap<object, () => void>();
  const { clearTimeout: clear } = globalThis;
  const clearing = (timer?: NodeJS.Timeout | string | number): void => {
    if (typeof timer === "object") forgets.get(timer)?.();
    clear(timer);
  };
  type Start = (callback: (...args: unknown[]) => void, ...rest: never[]) => NodeJS.Timeout;
  const starting = <F>(original: F, once: boolean): F => {
    const start = original as Start;
    const started: Start = (callback, ...rest) => {
      if (typeof callback !== "function" || !isFromCell(started)) return start(callback, ...rest);
      const run: typeof callback = (...args) => {
        forget();
        callback(...args);
      };
      const timer = start(once ? run : callback, ...rest);
      const forget = onCellRerun(() => clear(timer));
      forgets.set(timer, forget);
      return timer;
    };
    // what util.promisify looks for
    return Object.defineProperties(started, Object.getOwnPropertyDescriptors(original)) as F;
  };
  globalThis.setInterval = starting(globalThis.setInterval, false);
  globalThis.setTimeout = starting(globalThis.setTimeout, true);
  globalThis.clearInterval = clearing;
  globalThis.clearTimeout = clearing;
}

/** Whether the code of a cell calls the function directly. */
function isFromCell(called: unknown): boolean {
  const at: { stack?: string } = {};
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 1;
  Error.captureStackTrace(at, called as never);
  Error.stackTraceLimit = stackTraceLimit;
  return /tickbook-cell-\d+:/.test(at.stack ?? "");
}
