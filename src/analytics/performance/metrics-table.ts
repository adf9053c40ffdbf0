import { requireFields, requireList } from "../../core/arguments.ts";
import { formatDuration, formatUtc } from "../../core/time.ts";
import type { ResultTable } from "../unit-root/test-result.ts";
import type { CalendarReturn } from "./calendar-returns.ts";
import { METRICS, type MetricGroup } from "./metric-definitions.ts";
import { inUnit, type MetricUnit, metricText, spanText } from "./metric-text.ts";
import type { RunMetrics } from "./run-metrics.ts";

/** A figure with what it means. */
export interface Metric {
  readonly group: MetricGroup;
  readonly name: string;
  readonly unit: MetricUnit;
  /** Of the strategy, in `unit`; NaN where it is not defined, and where it is a figure of legs alone. */
  readonly value: number;
  readonly text: string;
  /** Formula and annualisation; and why there is no value, where there is none. */
  readonly definition: string;
  /** The same of each leg, bought and held; without `value` where it is no figure of a leg. */
  readonly legs: readonly { readonly symbol: string; readonly value?: number; readonly text: string }[];
}

/** Every figure of a tear sheet, with its definition. */
export function metricRows(performance: RunMetrics): Metric[] {
  requireFields("metricRows", "performance", performance, ["legs"]);

  return METRICS.map(({ group, name, unit, of, ofLeg, definition, missing }) => {
    const value = inUnit(of?.(performance) ?? Number.NaN, unit);
    const isMissing = of !== undefined && Number.isNaN(value);
    const why = isMissing ? missing?.(performance) : "";
    return {
      group,
      name,
      unit,
      value,
      text: of ? metricText(value, unit) : "",
      definition: `${definition(performance)}${why ? ` (– ${why})` : ""}`,
      legs: performance.legs.map((leg) => {
        if (ofLeg === undefined) return { symbol: leg.symbol, text: "" };
        const legValue = inUnit(ofLeg(leg), unit);
        return { symbol: leg.symbol, value: legValue, text: metricText(legValue, unit) };
      }),
    };
  });
}

/** The tear sheet: a row a figure, the strategy beside its legs bought and held. `groups`: some rows only. */
export function metricsTable(performance: RunMetrics, groups?: readonly MetricGroup[]): ResultTable {
  requireFields("metricsTable", "performance", performance, [
    "legs",
    "startUs",
    "endUs",
    "bars",
    "intervalUs",
    "ruinUs",
  ]);
  if (groups !== undefined) requireList("metricsTable", "groups", groups);

  const rows = metricRows(performance).filter(({ group }) => groups?.includes(group) ?? true);
  const { legs, startUs, endUs, bars, intervalUs, ruinUs } = performance;
  const ruin = Number.isNaN(ruinUs) ? "" : `; ruin: nothing was left at ${formatUtc(ruinUs)}`;
  return {
    columns: [
      { name: "metric", values: rows.map(({ name }) => name) },
      { name: "strategy", values: rows.map(({ text }) => text), right: true },
      ...legs.map(({ symbol }, k) => ({
        name: `hold ${symbol}`,
        values: rows.map((row) => row.legs[k]!.text),
        right: true,
      })),
      { name: "definition", values: rows.map(({ definition }) => definition) },
    ],
    length: rows.length,
    caption:
      bars === 0
        ? "Performance: no bars"
        : `Performance, ${formatUtc(startUs)} to ${formatUtc(endUs)}, ${bars.toLocaleString("en")} bars of ${formatDuration(intervalUs)}${ruin}`,
  };
}

/** The deepest falls: a row each, the deepest first. */
export function drawdownsTable(performance: RunMetrics): ResultTable {
  requireFields("drawdownsTable", "performance", performance, ["worstDrawdowns"]);
  const { worstDrawdowns } = performance;

  const time = (name: string, pick: (k: number) => number) => ({
    name,
    values: Float64Array.from(worstDrawdowns, (_, k) => pick(k)),
    kind: "time" as const,
  });
  return {
    columns: [
      { name: "drawdown", values: worstDrawdowns.map(({ depth }) => 100 * depth), unit: "%", digits: 2 },
      time("peak", (k) => worstDrawdowns[k]!.peakUs),
      time("lowest", (k) => worstDrawdowns[k]!.troughUs),
      time("recovered", (k) => worstDrawdowns[k]!.recoveryUs),
      {
        name: "length",
        values: worstDrawdowns.map(
          ({ lengthUs, recoveryUs }) =>
            `${spanText(lengthUs)}${Number.isNaN(recoveryUs) ? ", not over" : ""}`,
        ),
      },
    ],
    length: worstDrawdowns.length,
    caption: "Worst drawdowns, on the closes of bars (UTC)",
  };
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Returns by calendar month, a row a year; `*` where some bars of the month are not in the data. */
export function monthsTable(performance: RunMetrics): ResultTable {
  requireFields("monthsTable", "performance", performance, ["months", "calendarYears"]);
  const { months, calendarYears } = performance;

  const cell = (found: CalendarReturn | undefined): string => {
    if (found === undefined) return "";
    const text = Number.isNaN(found.return) ? "–" : (100 * found.return).toFixed(2);
    return `${text}${found.partial ? "*" : ""}`;
  };
  const of = (year: number, month: number) => months.find((m) => m.year === year && m.month === month);
  return {
    columns: [
      { name: "year", values: calendarYears.map(({ year }) => String(year)) },
      ...MONTHS.map((name, m) => ({
        name,
        values: calendarYears.map(({ year }) => cell(of(year, m + 1))),
      })),
      { name: "year's return", values: calendarYears.map(cell) },
    ],
    length: calendarYears.length,
    caption: "Returns by month, % (UTC); * some of its bars are not in the data",
  };
}
