import { pairMarket } from "../../analytics/backtest/pair-market.ts";
import { runBacktest } from "../../analytics/backtest/run-backtest.ts";
import { meanReversion } from "../../analytics/backtest/strategies/mean-reversion.ts";
import type { Costs } from "../../analytics/backtest/types.ts";
import type { PairFrame } from "../../app/pair/pair-monitor.ts";
import { assetsOf } from "../../core/assets.ts";
import { tiles } from "../../render/tiles.ts";
import type { View } from "../../render/view.ts";

/** How often the strategy of a threshold would have traded on the bars in view, and what came of it. */
export function strategyTiles(
  { closed, hedge, window, venue }: PairFrame,
  { threshold, costs, y }: { threshold: number; costs: Partial<Costs>; y: string },
): View {
  const isReady = hedge !== undefined && Math.min(closed.y.length, closed.x.length) > window + 1;
  const money = isReady
    ? runBacktest(
        pairMarket(closed.y, closed.x),
        meanReversion({
          hedge: { method: "fixed", beta: hedge.beta },
          ...{ window, entry: threshold, exit: 0, size: { by: "notional", notional: 10_000 } },
        }),
        { costs },
      )
    : undefined;
  const end = money?.equity.at(-1) ?? Number.NaN;
  const profit = money === undefined ? Number.NaN : end - money.startCash;
  const { quote } = assetsOf(y);
  const signed = (value: number): string | number =>
    Number.isNaN(value) ? value : `${value > 0 ? "+" : ""}${value.toFixed(2).replace("-", "−")}`;
  const trips = money?.roundTrips ?? [];
  const costsOf = trips.reduce((sum, trip) => sum + trip.costs, 0);
  const won = trips.filter(({ profit }) => profit > 0).length;
  return tiles(
    [
      {
        label: "round trips",
        value: money === undefined ? Number.NaN : trips.length,
        note: money === undefined ? "waits for bars" : `|z| from ${threshold} back to 0, in view`,
      },
      {
        label: "after costs",
        value: signed(profit),
        unit: quote,
        tone: Number.isNaN(profit) ? "none" : profit >= 0 ? "good" : "bad",
        note:
          trips.length === 0
            ? "10,000 a trade, next open"
            : `${won} of ${trips.length} won; 10,000 each, next open`,
      },
      {
        label: "costs",
        value: money === undefined ? Number.NaN : costsOf.toFixed(2),
        unit: quote,
        note: "fees and spread, in it",
      },
    ],
    { venue },
  );
}
