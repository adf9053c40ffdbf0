import type { Clock } from "../../src/core/time.ts";

/** A clock that stands still until it is moved; timers fire in the order of their times. */
export interface VirtualClock extends Clock {
  /** Moves time forward, firing what falls due. */
  advance(ms: number): void;
  /** Moves the wall clock alone, as NTP or a user does. */
  setWall(nowUs: number): void;
  /** Time passes and no timer fires: the machine is too busy. They fire, late, when time is moved again. */
  stall(ms: number): void;
  pendingTimers(): number;
}

export function virtualClock(startUs = 1_790_000_000_000_000): VirtualClock {
  let elapsedMs = 0;
  let wallUs = startUs;
  let order = 0;
  const timers = new Map<number, { dueMs: number; callback: () => void }>();
  const move = (toMs: number): void => {
    wallUs += (toMs - elapsedMs) * 1000;
    elapsedMs = toMs;
  };
  return {
    nowUs: () => Math.round(wallUs),
    monotonicMs: () => elapsedMs,
    after: (delayMs, callback) => {
      const key = order++;
      timers.set(key, { dueMs: elapsedMs + Math.max(0, delayMs), callback });
      return () => timers.delete(key);
    },
    advance: (ms) => {
      const end = elapsedMs + ms;
      for (;;) {
        // in the order of their times, and of their making where these are equal
        let first: number | undefined;
        let dueMs = end;
        for (const [key, timer] of timers) {
          if (timer.dueMs < dueMs || (timer.dueMs === dueMs && first === undefined)) {
            first = key;
            dueMs = timer.dueMs;
          }
        }
        if (first === undefined) break;
        const { callback } = timers.get(first)!;
        timers.delete(first);
        move(Math.max(elapsedMs, dueMs));
        callback();
      }
      move(end);
    },
    setWall: (nowUs) => {
      wallUs = nowUs;
    },
    stall: (ms) => move(elapsedMs + ms),
    pendingTimers: () => timers.size,
  };
}
