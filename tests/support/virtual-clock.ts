import type { Clock } from "../../src/core/time.ts";

/** A clock that stands still until it is moved; timers fire in the order of their times. */
export interface VirtualClock extends Clock {
  /** Moves time forward, firing what falls due. */
  advance(ms: number): void;
  /** Moves the wall clock alone, as NTP or a user does. */
  setWall(nowUs: number): void;
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
        const next = [...timers]
          .filter(([, t]) => t.dueMs <= end)
          .sort(([a, x], [b, y]) => x.dueMs - y.dueMs || a - b)[0];
        if (next === undefined) break;
        timers.delete(next[0]);
        move(Math.max(elapsedMs, next[1].dueMs));
        next[1].callback();
      }
      move(end);
    },
    setWall: (nowUs) => {
      wallUs = nowUs;
    },
    pendingTimers: () => timers.size,
  };
}
