import { systemClock } from "../../app/clock.ts";
import type { Clock } from "../../core/time.ts";

/** The machine's clock; what waits on it does not keep the process alive. */
export const unrefClock: Clock = {
  ...systemClock,
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs).unref();
    return () => clearTimeout(timer);
  },
};
