import { meanReversion } from "../../../analytics/backtest/strategies/mean-reversion.ts";
import { type SweepSettings, sweepGrid } from "../../../analytics/backtest/sweep/sweep-grid.ts";
import type { Market } from "../../../analytics/backtest/types.ts";

const BARS = 2000;
const GRID: SweepSettings = {
  rows: { name: "window", values: [20, 40, 80] },
  columns: { name: "entry", values: [1, 1.2, 1.4, 1.6, 1.8, 2] },
  costs: { feeBps: 1 },
  returns: "bar",
};

/** A small sweep on a made-up pair, of which nobody sees anything: the code of a thread is compiled by the time it is needed. */
export function rehearse(): void {
  const x = Float64Array.from({ length: BARS }, (_, t) => 100 + Math.sin(t / 300));
  const y = x.map((price, t) => price + Math.sin(t / 11) + Math.sin(t * t));
  const market: Market = {
    length: BARS,
    intervalUs: 60e6,
    startUs: x.map((_, t) => t * 60e6),
    legs: [
      { symbol: "Y", open: y, close: y },
      { symbol: "X", open: x, close: x },
    ],
  };
  const hedge = { method: "fixed", beta: 1 } as const;
  const size = { by: "equity", share: 1 } as const;
  for (let round = 0; round < ROUNDS; round++)
    sweepGrid(market, (window, entry) => meanReversion({ hedge, size, window, entry }), GRID);
}

const ROUNDS = 4;
