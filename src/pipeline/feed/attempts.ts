import type { Clock } from "../../core/time.ts";
import type { Verdict } from "./socket-end.ts";

/** Binance takes 300 attempts in five minutes from one address; some are left to other programs and to a restart. */
const MOST = 240;
const WINDOW_MS = 300_000;

/** The right to dial, shared by all connections of this machine to an exchange. */
export interface Attempts {
  /** A host that may be dialled now, the preferred one if it can be, and counts it; or how long to wait. */
  take(preferred: number): { readonly host: number } | { readonly waitMs: number };
  /** How long until there may be an attempt. */
  waitMs(): number;
  /** Keeps the verdict on a host. */
  judged(host: number, verdict: Verdict): void;
  left(): number;
}

export function attempts(clock: Clock, hosts: number): Attempts {
  let taken: number[] = [];
  const closedUntilMs = new Array<number>(hosts).fill(Number.NEGATIVE_INFINITY);
  const recent = (): readonly number[] => {
    const nowMs = clock.monotonicMs();
    taken = taken.filter((atMs) => atMs > nowMs - WINDOW_MS);
    return taken;
  };
  const waitMs = (): number => {
    const nowMs = clock.monotonicMs();
    const budgetMs = recent().length < MOST ? 0 : recent()[0]! + WINDOW_MS - nowMs;
    return Math.max(0, budgetMs, Math.min(...closedUntilMs) - nowMs);
  };
  return {
    waitMs,
    take(preferred) {
      const wait = waitMs();
      if (wait > 0) return { waitMs: wait };
      const nowMs = clock.monotonicMs();
      taken.push(nowMs);
      let host = preferred;
      while (closedUntilMs[host]! > nowMs) host = (host + 1) % hosts;
      return { host };
    },
    judged(host, { waitMs, scope }) {
      if (scope === "shard" || waitMs === 0) return;
      const untilMs = clock.monotonicMs() + waitMs;
      for (let h = 0; h < hosts; h++) {
        if (h === host || scope === "all") closedUntilMs[h] = Math.max(closedUntilMs[h]!, untilMs);
      }
    },
    left: () => MOST - recent().length,
  };
}
