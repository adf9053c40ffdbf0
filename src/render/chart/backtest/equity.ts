import type { Backtest, Market } from "../../../analytics/backtest/types.ts";
import type { RunMetrics } from "../../../analytics/performance/run-metrics.ts";
import { assetsOf } from "../../../core/assets.ts";
import { refuse } from "../../../core/errors.ts";
import type { View } from "../../view.ts";
import { closingTimes } from "../base/closing-times.ts";
import type { Line } from "../line-layers.ts";
import { drawLines, LINES_OPTIONS, type LinesOptions } from "../lines.ts";
import { type DrawnRun, partsOf } from "./run.ts";

export interface EquityOptions extends LinesOptions {
  /** Whether the legs stand beside it, each bought with all of the starting cash and held; no unless told. */
  readonly hold?: boolean;
}

/** Money at the close of each bar, from the starting cash on. */
export function equityChart(run: DrawnRun, options?: EquityOptions): View;
/** @deprecated `equityChart(run, options)` */
export function equityChart(
  run: Backtest,
  market: Market,
  metrics: RunMetrics,
  options?: EquityOptions,
): View;
export function equityChart(run: DrawnRun, given: EquityOptions | Market = {}): View {
  const where = "equityChart";
  const { backtest, metrics, options } = partsOf<EquityOptions>(where, run, given, [
    "hold",
    ...LINES_OPTIONS,
  ]);
  const { hold = false } = options;
  const { equity, startCash, market } = backtest;
  const unit = assetsOf(market.legs[0]?.symbol ?? "").quote;
  const { timesUs, domainUs } = closingTimes(market);
  const held = hold ? heldLines(where, metrics) : [];
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
export function heldChart(run: DrawnRun, given: LinesOptions = {}): View {
  const where = "heldChart";
  const { backtest, metrics, options } = partsOf<LinesOptions>(where, run, given, LINES_OPTIONS);
  const { market } = backtest;
  const unit = assetsOf(market.legs[0]?.symbol ?? "").quote;
  const { timesUs, domainUs } = closingTimes(market);
  return drawLines(timesUs, heldLines(where, metrics), {
    title: "Each leg, bought and held",
    yName: "equity",
    unit,
    domainUs,
    height: 120,
    ...options,
  });
}

function heldLines(where: string, metrics: RunMetrics | undefined): Line[] {
  if (metrics === undefined) {
    return refuse({
      code: "no-metrics",
      where,
      problem: "the legs held beside it need the run's figures; got a backtest by itself",
      hint: "Leave hold out, or pass { result: run, performance: runMetrics(run), data: { venue } }.",
    });
  }
  return metrics.legs.map(({ symbol, equity }) => ({ name: `hold ${symbol}`, values: equity }));
}
