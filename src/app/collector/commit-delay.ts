import type { BatchDelay } from "../../pipeline/store/write/batch.ts";

export interface CommitDelay {
  /** Receipt to commit of the trades committed in the last second: median and 99th percentile; NaN without any. */
  readonly p50: number;
  readonly p99: number;
}

export interface DelayWatch {
  committed(nowMs: number, delay: BatchDelay): void;
  lastSecond(nowMs: number): CommitDelay;
}

export function delayWatch(): DelayWatch {
  let recent: (BatchDelay & { readonly atMs: number })[] = [];
  return {
    committed: (nowMs, delay) => {
      recent.push({ ...delay, atMs: nowMs });
    },
    lastSecond: (nowMs) => {
      recent = recent.filter(({ atMs }) => atMs > nowMs - 1000);
      return { p50: delayQuantile(recent, 0.5), p99: delayQuantile(recent, 0.99) };
    },
  };
}

const POINTS = 50;

/** A quantile over the trades of several batches, each stood for by 50 points. */
export function delayQuantile(batches: readonly BatchDelay[], q: number): number {
  const points = batches.flatMap(({ length, firstMs, lastMs }) =>
    Array.from({ length: POINTS }, (_, i) => ({
      ms: firstMs + ((lastMs - firstMs) * i) / (POINTS - 1),
      weight: length / POINTS,
    })),
  );
  points.sort((a, b) => a.ms - b.ms);
  const total = points.reduce((sum, { weight }) => sum + weight, 0);
  let sum = 0;
  for (const { ms, weight } of points) {
    sum += weight;
    if (sum >= q * total * (1 - 1e-12)) return ms;
  }
  return Number.NaN;
}
