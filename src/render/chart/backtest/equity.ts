import type { Backtest, Market } from "../../../analytics/backtest/types.ts";
import type { Performance } from "../../../analytics/performance/performance.ts";
import { requireColumns, requireFields } from "../../../core/arguments.ts";
import { assetsOf } from "../../../core/assets.ts";
import type { View } from "../../view.ts";
import { closingTimes } from "../base/closing-times.ts";
import { requireOptions } from "../base/options.ts";
import { drawLines, LINES_OPTIONS, type LinesOptions } from "../lines.ts";

export interface EquityOptions extends LinesOptions {
  /** Whether the legs stand beside it, each bought with all of the starting cash and held; yes unless told. */
  readonly hold?: boolean;
}

/** Money at the close of each bar, from the starting cash on. */
export function equityChart(
  backtest: Backtest,
  market: Market,
  performance: Performance,
  options: EquityOptions = {},
): View {
  requireFields("equityChart", "backtest", backtest, ["equity", "startCash"]);
  requireColumns("equityChart", { "backtest.equity": backtest.equity });
  requireFields("equityChart", "market", market, ["legs"]);
  requireFields("equityChart", "performance", performance, ["legs"]);
  const { equity, startCash } = backtest;
  const { legs } = performance;
  requireOptions("equityChart", options, ["hold", ...LINES_OPTIONS]);

  const { hold = true } = options;
  const unit = assetsOf(market.legs[0]?.symbol ?? "").quote;
  const { timesUs, domainUs } = closingTimes(market);
  const held = hold ? legs.map(({ symbol, equity: values }) => ({ name: `hold ${symbol}`, values })) : [];
  return drawLines(timesUs, [{ name: "strategy", values: equity }, ...held], {
    title: "Equity",
    yName: "equity",
    unit,
    domainUs,
    levels: [{ value: startCash }],
    ...options,
    note: [`dashed: ${startCash.toLocaleString("en")}${unit && ` ${unit}`} at the start`, options.note]
      .filter(Boolean)
      .join(" · "),
  });
}

/** What each leg would have come to, bought with all of the starting cash and held: beside a strategy that it would flatten. */
export function heldChart(market: Market, { legs }: Performance, options: LinesOptions = {}): View {
  const unit = assetsOf(market.legs[0]?.symbol ?? "").quote;
  const { timesUs, domainUs } = closingTimes(market);
  return drawLines(
    timesUs,
    legs.map(({ symbol, equity }) => ({ name: `hold ${symbol}`, values: equity })),
    { title: "Each leg, bought and held", yName: "equity", unit, domainUs, height: 120, ...options },
  );
}
