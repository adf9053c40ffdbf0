import type { Clock } from "../../core/time.ts";
import { TICK_MS } from "./connection.ts";

/** One call of a second, and how much later than a second after the last one it came. */
export interface Tick {
  readonly nowMs: number;
  /** By the monotonic clock: what this process was busy for. */
  readonly lagMs: number;
  /** Also by the wall clock: while a machine sleeps its monotonic clock may stand still. */
  readonly sleptMs: number;
}

/** Calls every second, until the returned function is called. */
export function everySecond(clock: Clock, tick: (tick: Tick) => void): () => void {
  let lastMs = clock.monotonicMs();
  let lastUs = clock.nowUs();
  const next = (): void => {
    cancel = clock.after(TICK_MS, next);
    const nowMs = clock.monotonicMs();
    const nowUs = clock.nowUs();
    const lagMs = nowMs - lastMs - TICK_MS;
    const sleptMs = Math.max(lagMs, (nowUs - lastUs) / 1000 - TICK_MS);
    lastMs = nowMs;
    lastUs = nowUs;
    tick({ nowMs, lagMs, sleptMs });
  };
  let cancel = clock.after(TICK_MS, next);
  return () => cancel();
}
