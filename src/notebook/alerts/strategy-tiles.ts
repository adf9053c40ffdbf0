import { pairMarket } from "../../analytics/backtest/pair-market.ts";
import { runBacktest } from "../../analytics/backtest/run-backtest.ts";
import { meanReversion } from "../../analytics/backtest/strategies/mean-reversion.ts";
import { zUnitCount } from "../../analytics/backtest/strategies/z-unit-count.ts";
import type { Costs } from "../../analytics/backtest/types.ts";
import type { PairFrame } from "../../app/pair/pair-monitor.ts";
import { assetsOf } from "../../core/assets.ts";
import { tiles } from "../../render/tiles.ts";
import type { View } from "../../render/view.ts";

/** How often the strategy of a threshold would have traded on the bars in view, and what came of it. */
export function strategyTiles(
  { closed, zScore, hedge, window, venue, newestUs }: PairFrame,
  { threshold, costs, y }: { threshold: number; costs: Partial<Costs>; y: string },
): View {
  const count = zUnitCount(zScore, { entry: threshold, exit: 0 });
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
  const signed = (value: number, digits: number): string | number =>
    Number.isNaN(value) ? value : `${value > 0 ? "+" : ""}${value.toFixed(digits).replace("-", "−")}`;
  return tiles(
    [
      { label: "trades", value: count.trades, note: `|z| from ${threshold} back to 0, in view` },
      { label: "profit", value: signed(count.profit, 2), unit: "deviations", note: "no prices, no costs" },
      {
        label: "after costs",
        value: signed(profit, 2),
        unit: quote,
        tone: Number.isNaN(profit) ? "none" : profit >= 0 ? "good" : "bad",
        note:
          Number.isNaN(newestUs.y) || money === undefined
            ? "waits for bars"
            : `${money.roundTrips.length} round trips of 10,000, next open`,
      },
    ],
    { venue },
  );
}
