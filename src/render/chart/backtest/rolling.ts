import type { Performance } from "../../../analytics/performance/performance.ts";
import { requireFields } from "../../../core/arguments.ts";
import type { View } from "../../view.ts";
import { requireOptions } from "../base/options.ts";
import { drawLines, LINES_OPTIONS, type LinesOptions } from "../lines.ts";

export interface RollingOptions extends LinesOptions {
  /** `"sharpe"` unless told. */
  readonly figure?: "sharpe" | "volatility" | "drawdown";
}

/** Sharpe ratio, volatility or deepest fall of the last so many returns, beside that of the whole window. */
export function rollingChart(performance: Performance, options: RollingOptions = {}): View {
  requireFields("rollingChart", "performance", performance, [
    "rolling",
    "sampling",
    "startUs",
    "endUs",
    "bars",
  ]);
  requireOptions("rollingChart", options, ["figure", ...LINES_OPTIONS]);

  const { figure = "sharpe" } = options;
  const { rolling, sampling, startUs, endUs, bars } = performance;
  const { name, whole, unit } = figureOf(performance, figure);
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
  { sharpe, volatility, maxDrawdown }: Performance,
  figure: "sharpe" | "volatility" | "drawdown",
): { readonly name: string; readonly whole: number; readonly unit: string } {
  if (figure === "sharpe") return { name: "Sharpe ratio", whole: sharpe, unit: "" };
  if (figure === "volatility") return { name: "volatility", whole: volatility, unit: "%" };
  return { name: "deepest fall", whole: maxDrawdown, unit: "%" };
}
