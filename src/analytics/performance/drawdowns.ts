import { type Curve, closeUs, type Grid } from "./curve.ts";

/** A fall below a peak, until the peak is reached again. */
export interface Drawdown {
  /** The lowest value over the peak − 1: at most 0, and below −1 where money was owed. */
  readonly depth: number;
  /** The last close at the peak (the start of the first bar, where it never rose above its start), µs. */
  readonly peakUs: number;
  /** Close of the lowest bar. */
  readonly troughUs: number;
  /** First close at the peak or above it; NaN where the data end before. */
  readonly recoveryUs: number;
  /** From the peak to the recovery, or to the end of the data. */
  readonly lengthUs: number;
}

export interface Drawdowns {
  /** Of each bar: value over highest value so far − 1, the start included. NaN where the value is not known. */
  readonly series: Float64Array;
  /** In order of time. */
  readonly falls: readonly Drawdown[];
}

/** The falls of a curve, bar by bar. Causal but for recovery and length of the last one. */
export function drawdownsOf({ start, values }: Pick<Curve, "start" | "values">, grid: Grid): Drawdowns {
  const n = values.length;
  const series = new Float64Array(n);
  const falls: Drawdown[] = [];
  let [peak, peakUs, troughUs, depth] = [start, grid.startUs[0] ?? Number.NaN, Number.NaN, 0];
  const end = (recoveryUs: number, lastUs: number): void => {
    if (depth < 0) falls.push({ depth, peakUs, troughUs, recoveryUs, lengthUs: lastUs - peakUs });
    depth = 0;
  };
  for (let t = 0; t < n; t++) {
    const value = values[t]!;
    if (!(value < peak) && !Number.isNaN(value)) {
      const now = closeUs(grid, t);
      end(now, now);
      [peak, peakUs] = [value, now];
    }
    series[t] = value / peak - 1;
    if (series[t]! < depth) {
      depth = series[t]!;
      troughUs = closeUs(grid, t);
    }
  }
  if (n > 0) end(Number.NaN, closeUs(grid, n - 1));
  return { series, falls };
}

/** The deepest falls first; of equals, the earlier. */
export function deepest(falls: readonly Drawdown[], count: number): Drawdown[] {
  return falls.toSorted((a, b) => a.depth - b.depth).slice(0, count);
}
