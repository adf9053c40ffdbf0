import type { RoundTrip } from "../backtest/types.ts";

/** What the closed round trips say, after costs. NaN where there is none of the kind. */
export interface RoundTripMetrics {
  /** Closed ones; only these count below. */
  readonly count: number;
  /** Still open at the end of the data. */
  readonly open: number;
  /** Share with a profit above 0. */
  readonly winRate: number;
  /** Sum of profits over sum of losses. */
  readonly profitFactor: number;
  /** Mean profit, money. */
  readonly expectancy: number;
  /** Mean of profit over notional at entry. */
  readonly expectancyReturn: number;
  readonly averageWin: number;
  /** Money, below 0. */
  readonly averageLoss: number;
  /** Average win over average loss, above 0. */
  readonly payoff: number;
  readonly best: number;
  readonly worst: number;
  readonly averageUs: number;
  readonly longestUs: number;
  /** System quality number (Van Tharp): √count · mean over deviation (n − 1) of the profits. */
  readonly sqn: number;
  /** Kelly's share of capital for bets of two outcomes: winRate − (1 − winRate) / payoff. */
  readonly kelly: number;
  /** The longest run without a profit. */
  readonly losingStreak: number;
}

export function roundTripMetrics(roundTrips: readonly RoundTrip[]): RoundTripMetrics {
  const closed = roundTrips.filter((trip) => trip.closed);
  const profits = closed.map(({ profit }) => profit);
  const durations = closed.map(({ entryUs, exitUs }) => exitUs - entryUs);
  const wins = profits.filter((profit) => profit > 0);
  const losses = profits.filter((profit) => profit < 0);
  const count = closed.length;
  const winRate = wins.length / count;
  const expectancy = average(profits);
  const payoff = average(wins) / -average(losses);
  const squares = profits.reduce((sum, profit) => sum + (profit - expectancy) ** 2, 0);
  const deviation = count < 2 ? Number.NaN : Math.sqrt(squares / (count - 1));
  return {
    count,
    open: roundTrips.length - count,
    winRate,
    profitFactor: losses.length > 0 ? wins.reduce(plus, 0) / -losses.reduce(plus, 0) : Number.NaN,
    expectancy,
    expectancyReturn: average(
      closed.filter(({ notional }) => notional > 0).map(({ profit, notional }) => profit / notional),
    ),
    averageWin: average(wins),
    averageLoss: average(losses),
    payoff,
    best: extreme(profits, Math.max),
    worst: extreme(profits, Math.min),
    averageUs: average(durations),
    longestUs: extreme(durations, Math.max),
    sqn: deviation > 1e-15 * Math.abs(expectancy) ? (Math.sqrt(count) * expectancy) / deviation : Number.NaN,
    kelly: winRate - (1 - winRate) / payoff,
    losingStreak: losingStreak(profits),
  };
}

function plus(a: number, b: number): number {
  return a + b;
}

function average(values: readonly number[]): number {
  return values.length > 0 ? values.reduce(plus, 0) / values.length : Number.NaN;
}

function extreme(values: readonly number[], pick: (a: number, b: number) => number): number {
  return values.length > 0 ? values.reduce((a, b) => pick(a, b)) : Number.NaN;
}

function losingStreak(profits: readonly number[]): number {
  let [run, longest] = [0, 0];
  for (const profit of profits) {
    run = profit > 0 ? 0 : run + 1;
    longest = Math.max(longest, run);
  }
  return longest;
}
