import type { Sampling } from "../performance/sampling.ts";
import type { Book } from "./book.ts";

/** What a sweep keeps of a run, as `performance` defines it. */
export interface SweepFigures {
  /** Money. */
  readonly profit: number;
  /** End over start − 1. */
  readonly totalReturn: number;
  /** NaN where returns do not vary, and after ruin. */
  readonly sharpe: number;
  /** At most 0. */
  readonly maxDrawdown: number;
  /** Closed ones. */
  readonly roundTrips: number;
  /** Share of them with a profit; NaN without any. */
  readonly winRate: number;
  /** Share of bars with a position at their close. */
  readonly timeInMarket: number;
  /** Money that changed hands. */
  readonly turnover: number;
  /** Paid, all kinds together. */
  readonly totalCosts: number;
}

export type SweepFigure = keyof SweepFigures;

export const SWEEP_FIGURES: readonly SweepFigure[] = [
  "profit",
  "totalReturn",
  "sharpe",
  "maxDrawdown",
  "roundTrips",
  "winRate",
  "timeInMarket",
  "turnover",
  "totalCosts",
];

/** The figures of a run; its returns, one a period, are written into `returns`. */
export function sweepFigures(
  book: Book,
  startCash: number,
  sampling: Sampling,
  returns: Float64Array,
): SweepFigures {
  const { equity, exposure, turnover, paid } = book;
  const n = equity.length;
  let [peak, worst, held, traded, costs] = [startCash, 0, 0, 0, 0];
  let isRuined = false;
  for (let t = 0; t < n; t++) {
    const value = equity[t]!;
    if (value > peak) peak = value;
    else if (value - peak < worst * peak) worst = value / peak - 1;
    if (value <= 0) isRuined = true;
    if (exposure[t]! > 0) held += 1;
    traded += turnover[t]!;
    costs += paid[t]!;
  }
  const end = equity[n - 1]!;
  fillReturns(equity, startCash, sampling, returns);
  const closed = book.roundTrips.filter((trip) => trip.closed);
  return {
    profit: end - startCash,
    totalReturn: end / startCash - 1,
    sharpe: isRuined ? Number.NaN : sharpeOf(returns, sampling.perYear),
    maxDrawdown: worst,
    roundTrips: closed.length,
    winRate: closed.filter(({ profit }) => profit > 0).length / closed.length,
    timeInMarket: held / n,
    turnover: traded,
    totalCosts: costs,
  };
}

function fillReturns(
  equity: Float64Array,
  startCash: number,
  { bars }: Sampling,
  returns: Float64Array,
): void {
  let before = startCash;
  for (let k = 0; k < bars.length; k++) {
    const value = equity[bars[k]!]!;
    returns[k] = value === before ? 0 : before > 0 ? (value - before) / before : Number.NaN;
    before = value;
  }
}

// a return is a ratio of two rounded numbers, less 1
const ROUNDING = 1e-15;

function sharpeOf(returns: Float64Array, perYear: number): number {
  const n = returns.length;
  let sum = 0;
  for (let k = 0; k < n; k++) sum += returns[k]!;
  const mean = sum / n;
  let squares = 0;
  for (let k = 0; k < n; k++) squares += (returns[k]! - mean) ** 2;
  const deviation = Math.sqrt(squares / (n - 1));
  return deviation > ROUNDING ? (mean / deviation) * Math.sqrt(perYear) : Number.NaN;
}
