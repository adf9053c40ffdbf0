import { performance } from "node:perf_hooks";
import type { Clock } from "../core/time.ts";

/** What the wall clock is ahead of the monotonic one, milliseconds. */
let aheadMs = performance.timeOrigin;

/** The machine's own time. */
export const systemClock: Clock = {
  nowUs: () => {
    const monotonicMs = performance.now();
    const wallMs = Date.now();
    // the monotonic clock is finer, but stands still while a machine sleeps and does not know of a clock that is set
    const off = wallMs - (monotonicMs + aheadMs);
    if (off > 1 || off < -2) aheadMs += off;
    return Math.round((monotonicMs + aheadMs) * 1000);
  },
  monotonicMs: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
