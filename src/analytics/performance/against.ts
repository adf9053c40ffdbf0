import { centre, dot } from "../mean.ts";
import { completeRows } from "../regression/complete-rows.ts";
import { periodRate } from "./return-metrics.ts";

/** A strategy's returns on a line of the market's: r = rate + a + β (m − rate) + e. */
export interface Against {
  readonly beta: number;
  /** a · returns a year. */
  readonly alpha: number;
  readonly correlation: number;
  /** Mean over deviation (n − 1) of r − m · √returns a year. */
  readonly informationRatio: number;
}

/** NaN with fewer than two pairs of returns, and where the market (for the correlation, either) does not move. */
export function against(
  returns: Float64Array,
  market: Float64Array,
  perYear: number,
  riskFree: number,
): Against {
  const { columns } = completeRows([returns, market]);
  const [r, m] = columns.map(centre) as [ReturnType<typeof centre>, ReturnType<typeof centre>];
  const rate = periodRate(riskFree, perYear);
  const [rr, mm, rm] = [dot(r.values, r.values), dot(m.values, m.values), dot(r.values, m.values)];
  const least = 1e-30 * r.values.length;
  const active = centre(columns[0]!.map((value, k) => value - columns[1]![k]!));
  const activeDeviation = Math.sqrt(dot(active.values, active.values) / (active.values.length - 1));
  const beta = mm > least ? rm / mm : Number.NaN;
  return {
    beta,
    alpha: (r.mean - rate - beta * (m.mean - rate)) * perYear,
    informationRatio:
      activeDeviation > 1e-15 ? (active.mean / activeDeviation) * Math.sqrt(perYear) : Number.NaN,
    correlation: mm > least && rr > least ? rm / Math.sqrt(rr * mm) : Number.NaN,
  };
}
