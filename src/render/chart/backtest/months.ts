import type { CalendarReturn } from "../../../analytics/performance/calendar-returns.ts";
import type { View } from "../../view.ts";
import { cellFigures, gainColour } from "../base/cell-figures.ts";
import { CHART_OPTIONS, type ChartOptions, frame, type Json } from "../base/frame.ts";
import { waitingView } from "../base/waiting.ts";
import { type DrawnMetrics, metricsOf } from "./run.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const YEAR = "year";

/** Thirteen columns on a phone, too. */
const FONT_SIZE: Json = { expr: "max(7.5, min(11, width / 50))" };

/** A letter a month where there is no room for three. */
const SHORT = "width < 300 && datum.label !== 'year' ? slice(datum.label, 0, 1) : datum.label";

/** Returns by calendar month and year as coloured cells with their numbers; `*` where some bars are not in the data. */
export function monthsChart(run: DrawnMetrics, given: ChartOptions = {}): View {
  const needed = ["months", "calendarYears"] as const;
  const { metrics, options } = metricsOf("monthsChart", run, given, CHART_OPTIONS, needed);
  const { months, calendarYears } = metrics;

  const title = options.title ?? "Returns by month, %";
  if (months.length === 0) return waitingView(title, 1, 0, { ...options });
  const { width = 640 } = options;
  const years = calendarYears.map(({ year }) => String(year));
  const rows = [...months, ...calendarYears].map((cell) => ({
    year: String(cell.year),
    month: cell.month === 0 ? YEAR : MONTHS[cell.month - 1]!,
    percent: Number.isNaN(cell.return) ? null : Number((100 * cell.return).toPrecision(5)),
    text: cellText(cell),
  }));
  // of the months alone: a year moves more, and would make them pale
  const sizes = months.map((month) => Math.abs(100 * month.return)).filter((size) => size > 0);
  const most = sizes.length > 0 ? Math.max(...sizes) : 1;
  const axis: Json = { title: null, domain: false, ticks: false, labelPadding: 6, labelOverlap: false };
  const isPartial = rows.some(({ text }) => text.endsWith("*"));
  return frame(options, title, ["UTC", isPartial ? "* some of its bars are not in the data" : ""], {
    width,
    height: options.height ?? Math.max(34, 26 * years.length),
    data: { values: rows },
    encoding: {
      x: {
        field: "month",
        type: "nominal",
        sort: [...MONTHS, YEAR],
        scale: { domain: [...MONTHS, YEAR] },
        axis: { ...axis, orient: "top", labelAngle: 0, labelFontSize: FONT_SIZE, labelExpr: SHORT },
      },
      y: { field: "year", type: "nominal", sort: years, axis },
      tooltip: [
        { field: "year", type: "nominal", title: "year" },
        { field: "month", type: "nominal", title: "month" },
        { field: "percent", type: "quantitative", title: "return (%)", format: "+.3f" },
      ],
    },
    layer: [
      {
        mark: { type: "rect", stroke: "rgba(128,128,128,0.35)", strokeWidth: 0.5 },
        encoding: {
          color: gainColour("percent", most),
        },
      },
      cellFigures("percent", most, FONT_SIZE),
    ],
  });
}

function cellText(cell: CalendarReturn): string {
  const percent = 100 * cell.return;
  const digits = Math.abs(percent) < 100 ? 1 : 0;
  const text = Number.isNaN(percent) ? "–" : percent.toFixed(digits).replace("-", "−");
  return `${text}${cell.partial ? "*" : ""}`;
}
