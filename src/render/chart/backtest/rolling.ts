import type { RunMetrics } from "../../../analytics/performance/run-metrics.ts";
import type { View } from "../../view.ts";
import { drawLines, LINES_OPTIONS, type LinesOptions } from "../lines.ts";
import { type DrawnMetrics, metricsOf } from "./run.ts";

export interface RollingOptions extends LinesOptions {
  /** `"sharpe"` unless told. */
  readonly figure?: "sharpe" | "volatility" | "drawdown";
}

/** Sharpe ratio, volatility or deepest fall of the last so many returns, beside that of the whole window. */
export function rollingChart(run: DrawnMetrics, given: RollingOptions = {}): View {
  const names = ["figure", ...LINES_OPTIONS] as const;
  const needed = ["rolling", "sampling", "startUs", "endUs", "bars"] as const;
  const { metrics, options } = metricsOf<RollingOptions>("rollingChart", run, given, names, needed);
  const { figure = "sharpe" } = options;
  const { rolling, sampling, startUs, endUs, bars } = metrics;
  const { name, whole, unit } = figureOf(metrics, figure);
  const factor = unit === "%" ? 100 : 1;
  const days = sampling.period === "day" || sampling.periodUs === 86_400e6;
  const levels = [
    { value: 0, dash: [], colour: "rgba(128,128,128,0.6)" },
    ...(Number.isNaN(whole) ? [] : [{ value: factor * whole }]),
  ];
  return drawLines(rolling.endUs, [{ name, values: rolling[figure].map((value) => factor * value) }], {
    title: `Rolling ${name}`,
    ...(unit && { unit }),
    ...(bars > 0 && { domainUs: [startUs, endUs] as const }),
    levels,
    needs: rolling.window,
    ...options,
    note: [
      `of the last ${rolling.window} ${days ? "days" : "bars"}`,
      figure === "drawdown" ? "" : `√${Number(sampling.perYear.toPrecision(6))}`,
      Number.isNaN(whole)
        ? ""
        : `dashed: ${(factor * whole).toFixed(2).replace("-", "−")}${unit && ` ${unit}`} over the whole window`,
      options.note ?? "",
    ]
      .filter(Boolean)
      .join(" · "),
  });
}

function figureOf(
  { sharpe, volatility, maxDrawdown }: RunMetrics,
  figure: "sharpe" | "volatility" | "drawdown",
): { readonly name: string; readonly whole: number; readonly unit: string } {
  if (figure === "sharpe") return { name: "Sharpe ratio", whole: sharpe, unit: "" };
  if (figure === "volatility") return { name: "volatility", whole: volatility, unit: "%" };
  return { name: "deepest fall", whole: maxDrawdown, unit: "%" };
}
