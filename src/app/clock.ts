import { performance } from "node:perf_hooks";
import type { Clock } from "../core/time.ts";

/** What the wall clock is ahead of the monotonic one, milliseconds. */
let aheadMs = performance.timeOrigin;

/** The longest delay that `setTimeout` takes; a longer one would end at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** `setTimeout` for any delay, years and `Infinity` included; the returned function cancels. */
export function longTimer(delayMs: number, callback: () => void): () => void {
  const endMs = performance.now() + delayMs;
  let timer: NodeJS.Timeout;
  const wait = (leftMs: number): void => {
    timer = setTimeout(
      () => (leftMs > LONGEST_MS ? wait(endMs - performance.now()) : callback()),
      Math.min(leftMs, LONGEST_MS),
    );
  };
  wait(delayMs);
  return () => clearTimeout(timer);
}

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
  after: longTimer,
};
