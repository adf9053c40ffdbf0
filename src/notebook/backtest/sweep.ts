import { SWEEP_FIGURES, type SweepFigure } from "../../analytics/backtest/sweep/sweep-figures.ts";
import type { SweepAxis, SweepResult } from "../../analytics/backtest/sweep/sweep-grid.ts";
import { requireOneOf } from "../../analytics/checks.ts";
import type { BacktestRun } from "../../app/study/run.ts";
import { sweep } from "../../app/study/sweep/sweep.ts";
import type { Progress } from "../../app/terminal/progress.ts";
import { requireKnown } from "../../core/arguments.ts";
import { sweepChart } from "../../render/chart/backtest/sweep.ts";
import type { View } from "../../render/view.ts";
import type { Viewable } from "../view/views.ts";

export interface SweepRequest {
  /** A setting of the strategy, one inside another with dots, or a cost: `{ name: "entry", values: [1.5, 2] }`. */
  readonly rows: SweepAxis;
  readonly columns: SweepAxis;
  /** What the map shows; `"totalReturn"` unless told. */
  readonly figure?: SweepFigure;
  readonly progress?: (progress: Progress) => void;
}

/** A sweep that shows itself as a map. */
export interface BacktestSweep extends Viewable {
  readonly result: SweepResult;
  /** The share of combinations with a gain, of those that could be run. */
  readonly gaining: number;
  /** The combination with the highest figure: chosen by looking, so what it shows is too good. */
  readonly best: { readonly row: number; readonly column: number; readonly value: number };
  /** Another figure of the same runs. */
  chart(figure: SweepFigure): View;
}

/** Runs the strategy of a run over two parameters, on its bars. */
export async function sweepRun(run: BacktestRun, request: SweepRequest): Promise<BacktestSweep> {
  requireKnown("sweep", "settings", request, ["rows", "columns", "figure", "progress"]);
  const { rows, columns, figure = "totalReturn", progress } = request;
  requireOneOf("sweep", "figure", figure, SWEEP_FIGURES);
  const { market, venue } = run.data;
  const { costs, startCash } = run.result;
  const { returns } = run.performance.settings;
  const settings = { rows, columns, costs, startCash, returns };
  const result = await sweep(market, run.strategy, settings, progress === undefined ? {} : { progress });
  const at = { row: valueAt(run, rows.name), column: valueAt(run, columns.name) };
  const chart = (shown: SweepFigure): View =>
    sweepChart(result, {
      figure: shown,
      venue,
      at: {
        ...(at.row !== undefined && { row: at.row }),
        ...(at.column !== undefined && { column: at.column }),
      },
    });
  const gains = result.figures.totalReturn
    .flatMap((line) => [...line])
    .filter((value) => !Number.isNaN(value));
  return {
    result,
    gaining: gains.filter((value) => value > 0).length / gains.length,
    best: bestOf(result, figure),
    chart,
    toView: () => chart(figure),
  };
}

function bestOf({ figures, rows, columns }: SweepResult, figure: SweepFigure): BacktestSweep["best"] {
  let best = { row: Number.NaN, column: Number.NaN, value: Number.NaN };
  figures[figure].forEach((line, r) => {
    line.forEach((value, c) => {
      if (!(value <= best.value) && !Number.isNaN(value))
        best = { row: rows.values[r]!, column: columns.values[c]!, value };
    });
  });
  return best;
}

/** What the run had where the sweep varies: `hedge.window` of the settings, `costs.feeBps` of the costs. */
function valueAt({ strategy, result }: BacktestRun, name: string): number | undefined {
  const path = name.split(".");
  const from: unknown = path[0] === "costs" ? { costs: result.costs } : strategy.settings;
  const value = path.reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], from);
  return typeof value === "number" ? value : undefined;
}
