import type { Sampling } from "../../performance/sampling.ts";
import type { Book } from "../engine/book.ts";

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
  const { equity, roundTrips, totals } = book;
  const n = equity.length;
  let [peak, worst] = [startCash, 0];
  // the equity stands still while flat
  for (const { entryBar, exitBar } of roundTrips) {
    for (let t = entryBar; t <= exitBar; t++) {
      const value = equity[t]!;
      if (value >= peak) peak = value;
      else if (value - peak < worst * peak) worst = value / peak - 1;
    }
  }
  const end = equity[n - 1]!;
  const mean = fillReturns(book, startCash, sampling, returns);
  let [closed, won, held, totalCosts] = [0, 0, 0, 0];
  for (const trip of roundTrips) {
    totalCosts += trip.costs;
    held += trip.exitBar - trip.entryBar + (trip.closed ? 0 : 1);
    if (trip.closed) closed += 1;
    if (trip.closed && trip.profit > 0) won += 1;
  }
  return {
    profit: end - startCash,
    totalReturn: end / startCash - 1,
    // a fall by all there is
    sharpe: worst <= -1 ? Number.NaN : sharpeOf(returns, mean, sampling.perYear),
    maxDrawdown: worst,
    roundTrips: closed,
    winRate: won / closed,
    timeInMarket: held / n,
    turnover: totals.turnover,
    totalCosts,
  };
}

/** Their mean. */
function fillReturns(
  { equity, roundTrips }: Book,
  startCash: number,
  { bars }: Sampling,
  returns: Float64Array,
): number {
  let total = 0;
  let before = startCash;
  if (bars.length < equity.length) {
    for (let k = 0; k < bars.length; k++) {
      const value = equity[bars[k]!]!;
      total += returns[k] = gainOf(before, value);
      before = value;
    }
    return total / bars.length;
  }
  // every bar is a period: nothing is gained while flat
  returns.fill(0);
  let done = 0;
  for (const { entryBar, exitBar } of roundTrips) {
    for (let t = Math.max(done, entryBar); t <= exitBar; t++) {
      const value = equity[t]!;
      total += returns[t] = gainOf(before, value);
      before = value;
    }
    done = exitBar + 1;
  }
  return total / bars.length;
}

function gainOf(before: number, value: number): number {
  const gain = value - before;
  if (gain === 0) return 0;
  return before > 0 ? gain / before : Number.NaN;
}

// a return is a ratio of two rounded numbers, less 1
const ROUNDING = 1e-15;

function sharpeOf(returns: Float64Array, mean: number, perYear: number): number {
  const n = returns.length;
  let squares = 0;
  for (let k = 0; k < n; k++) {
    const off = returns[k]! - mean;
    squares += off * off;
  }
  const deviation = Math.sqrt(squares / (n - 1));
  return deviation > ROUNDING ? (mean / deviation) * Math.sqrt(perYear) : Number.NaN;
}
