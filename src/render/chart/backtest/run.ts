import type { Backtest, Market } from "../../../analytics/backtest/types.ts";
import type { RunMetrics } from "../../../analytics/performance/run-metrics.ts";
import { requireColumns, requireFields } from "../../../core/arguments.ts";
import { refuse } from "../../../core/errors.ts";
import type { Venue } from "../../../core/trade.ts";
import type { ChartOptions } from "../base/frame.ts";
import { requireOptions } from "../base/options.ts";

/** A backtest with its figures and its data: what `backtestPair` and `runDescribed` give. */
export interface MeasuredRun {
  readonly result: Backtest;
  readonly performance: RunMetrics;
  readonly data: { readonly venue: Venue };
}

/** Of what `backtestPair` or `runDescribed` gives, and of what `runBacktest` gives by itself. */
export type DrawnRun = Backtest | MeasuredRun;

/** Of what `backtestPair` or `runDescribed` gives, and of what `runMetrics` gives by itself. */
export type DrawnMetrics = RunMetrics | MeasuredRun;

export interface RunParts<Options> {
  readonly backtest: Backtest;
  /** Undefined of a backtest by itself. */
  readonly metrics: RunMetrics | undefined;
  /** Checked, with the venue of the run. */
  readonly options: Options;
}

/** The parts of a run. Refuses what is none, options that are none, and the market that a chart took before it took runs. */
export function partsOf<Options extends ChartOptions>(
  where: string,
  run: DrawnRun,
  given: Options | Market,
  names: readonly (keyof Options & string)[],
): RunParts<Options> {
  const options = optionsOf(where, run, given, names);
  const measured = asMeasured(run);
  const backtest = measured?.result ?? (run as Backtest);
  requireFields(where, "run", backtest, RUN_FIELDS);
  requireColumns(where, { "run.equity": backtest.equity });
  requireFields(where, "run.market", backtest.market, ["legs", "startUs", "intervalUs"]);
  return { backtest, metrics: measured?.performance, options };
}

/** The figures of a run with their options, as `partsOf`. */
export function metricsOf<Options extends ChartOptions>(
  where: string,
  run: DrawnMetrics,
  given: Options | Market,
  names: readonly (keyof Options & string)[],
  fields: readonly (keyof RunMetrics)[],
): { readonly metrics: RunMetrics; readonly options: Options } {
  const options = optionsOf(where, run, given, names);
  const metrics = asMeasured(run)?.performance ?? (run as RunMetrics);
  requireFields(where, "run", metrics, fields);
  return { metrics, options };
}

const RUN_FIELDS: readonly (keyof Backtest)[] = [
  ...(["market", "equity", "signals", "roundTrips", "fills", "orders", "startCash"] as const),
];

function asMeasured(run: DrawnRun | DrawnMetrics): MeasuredRun | undefined {
  return typeof run === "object" && run !== null && "result" in run && "performance" in run ? run : undefined;
}

function optionsOf<Options extends ChartOptions>(
  where: string,
  run: DrawnRun | DrawnMetrics,
  given: Options | Market,
  names: readonly (keyof Options & string)[],
): Options {
  if (typeof given === "object" && given !== null && "legs" in given) {
    refuse({
      code: "renamed",
      where,
      problem: "takes a run, which has its market, and then options; got a market",
      hint: `Write ${where}(run, options).`,
    });
  }
  requireOptions(where, given as Options, names);
  const venue = asMeasured(run)?.data?.venue;
  return { ...(venue !== undefined && { venue }), ...(given as Options) };
}
