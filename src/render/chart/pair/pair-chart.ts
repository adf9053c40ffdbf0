import { assetsOf } from "../../../core/assets.ts";
import { type Bars, barOriginText, barRuleText, concatBars } from "../../../core/bars.ts";
import { formatDuration } from "../../../core/time.ts";
import { type Venue, venueLabel } from "../../../core/trade.ts";
import { barsTable } from "../../bars-table.ts";
import { plainText } from "../../escape.ts";
import { drawable } from "../../round.ts";
import type { TableData } from "../../table-data.ts";
import { vegaConfig } from "../../theme.ts";
import { type ChartView, ROWS, type VegaLiteSpec, type View } from "../../view.ts";
import { decimalText, FORMATS, priceFormat } from "../base/formats.ts";
import { type Json, packed, type TimeAxis, timeAxis, WIDTH } from "../base/frame.ts";
import { waitingView } from "../base/waiting.ts";
import type { AlertSpan } from "./alert-marks.ts";
import type { HoleSpan } from "./grounds.ts";
import { candlePane, linePane, type Pane, paneHeader, type Rows } from "./panes.ts";

const HEIGHTS = [250, 96, 96] as const;

/** One moment of a pair: bars of y, and what was made of the closes that both have. */
export interface PairRows {
  readonly venue: Venue;
  readonly closed: Bars;
  /** The bar that has not closed yet. */
  readonly forming: Bars;
  /** Start of each bar that both have, µs; spread (log prices) and z-score at it, NaN where not defined. */
  readonly timeUs: Float64Array;
  readonly spread: Float64Array;
  readonly zScore: Float64Array;
  /** Of bars that hold several values: the least and the greatest in each. */
  readonly within?: {
    readonly spread: { readonly low: Float64Array; readonly high: Float64Array };
    readonly zScore: { readonly low: Float64Array; readonly high: Float64Array };
  };
}

export interface PairChartOptions {
  /** The symbols: y is drawn, and explained by x. */
  readonly y: string;
  readonly x: string;
  /** |z| from which the ground is shaded. */
  readonly threshold: number;
  /** Decimals of a price of y. */
  readonly decimals: number;
  /** Where the calibration ends, µs: bars before it are in-sample. */
  readonly calibratedUs?: number;
  /** First and last time of the axis, µs; that of the bars unless told. */
  readonly domainUs?: readonly [number, number];
  readonly alerts?: readonly AlertSpan[];
  /** Times of which nothing was collected, of either symbol. */
  readonly holes?: readonly HoleSpan[];
  /** The venue's time, µs: how long the forming bar has still to go is told by it. */
  readonly nowUs?: number;
  /** Whether the last bar is not the newest: then no tag says the price. */
  readonly isPast?: boolean;
  /** Of a stretch of the past, µs: when all that is stored begins; and what is read from when on, where that is not all. */
  readonly oldestUs?: number;
  readonly readFromUs?: number | undefined;
  /** Length of the bars of the live chart, where these are longer ones of its past. */
  readonly intervalUs?: number;
  /** What stands in the place of spread and z-score while they are not defined. */
  readonly waits?: string;
  readonly width?: number;
  /** Of candles, spread and z-score; pixels. */
  readonly heights?: readonly [number, number, number];
}

/**
 * Candles of y, the spread against x and its z-score on one time axis: one crosshair through all three, whose values stand
 * in the first line of each and as tags on the axes. Each y axis fits the bars in view.
 */
export function pairChart(rows: PairRows, options: PairChartOptions): View {
  const { y, x, decimals, width = WIDTH, heights = HEIGHTS } = options;
  const { venue, closed, forming } = rows;
  const all = pairRows(rows);
  const title = `${y} against ${x}`;
  if (all.length === 0) {
    const height = heights.reduce((sum, one) => sum + one, 0);
    return waitingView(title, 1, 0, { venue, width, height });
  }
  const { intervalUs } = closed;
  const first = all[0]!.t as number;
  const last = all[all.length - 1]!.t as number;
  const time = timeAxis(options.domainUs ?? [first * 1000, last * 1000 + intervalUs]);
  const panes = panesOf(rows, options, time);
  const { data, transform } = packed(all);
  const spec: VegaLiteSpec = {
    description: plainText([title, venueLabel(venue)].filter(Boolean).join(" · ")),
    data,
    transform: [...transform, ...EDGES],
    params: [
      ...time.params,
      { name: "calibratedMs", value: Math.min((options.calibratedUs ?? 0) / 1000, Number.MAX_SAFE_INTEGER) },
      { name: "isNow", value: options.isPast !== true },
      { name: "nowMs", value: (options.nowUs ?? Number.MAX_SAFE_INTEGER) / 1000 },
      { name: "barMs", value: intervalUs / 1000 },
      { name: "newestMs", value: last },
      { name: "newestValueMs", value: (all.findLast(({ s }) => s !== null)?.t as number) ?? 0 },
      {
        name: "hover",
        select: { type: "point", fields: ["t"], on: "pointermove", clear: "pointerout" },
        views: panes.map(({ name }) => `${name} columns`),
      },
    ],
    vconcat: panes.map(({ spec }) => spec),
    spacing: 6,
    resolve: { scale: { x: "shared" } },
    config: vegaConfig(),
    usermeta: {
      tickbook: {
        series: `${venue.name} ${y} ${x} ${options.intervalUs ?? intervalUs}`,
        intervalMs: (options.intervalUs ?? intervalUs) / 1000,
        ...(options.oldestUs !== undefined && { oldestMs: options.oldestUs / 1000 }),
        ...(options.readFromUs !== undefined && { readFromMs: options.readFromUs / 1000 }),
        says: [
          ...["open", "high", "low", "close"].map((name) => ({ name, field: name[0], decimals })),
          { name: "spread", field: "s", decimals: 1, unit: "basis points" },
          { name: "z-score", field: "z", decimals: 2 },
        ],
      },
    },
  };
  // live bars change in place
  const bars = concatBars(closed, forming);
  const label = labelOf(all[all.length - 1]!, title, forming.length > 0, venue, decimals);
  return { kind: "chart", spec, label, [ROWS]: () => pairRowsTable(bars, rows) } satisfies ChartView;
}

/** What the chart shows, each digit of it. */
function pairRowsTable(bars: Bars, { timeUs, spread, zScore }: PairRows): TableData {
  const at = new Map([...timeUs].map((us, i) => [us, i]));
  const of = (values: Float64Array): number[] =>
    Array.from(bars.startUs, (us) => values[at.get(us) ?? -1] ?? Number.NaN);
  const { columns, length } = barsTable(bars, [
    ...(["start", "open", "high", "low", "close", "volume", "tradeCount", "complete"] as const),
  ]);
  return {
    length,
    columns: [
      ...columns,
      { name: "spread", values: of(spread), kind: "number", unit: "log price" },
      { name: "z-score", values: of(zScore), kind: "number" },
    ],
  };
}

function panesOf({ venue, closed }: PairRows, options: PairChartOptions, time: TimeAxis): Pane[] {
  const { y, x, threshold, decimals, width = WIDTH, heights = HEIGHTS } = options;
  const { intervalUs } = closed;
  const { base, quote } = assetsOf(y);
  const { holes = [] } = options;
  const inView: Rows = { time, width, seconds: intervalUs % 60_000_000 !== 0, holes };
  const price = priceFormat(decimals);
  return [
    candlePane(
      { ...inView, holes: holes.filter(({ symbol }) => symbol === y) },
      {
        name: "price",
        axisFormat: price,
        height: heights[0],
        header: paneHeader(
          `${y}, ${barRuleText(closed.rule)} bars${quote && `, ${quote}`}`,
          [venueLabel(venue), barOriginText(closed)].filter(Boolean).join(" · "),
          [
            ["O", "o", price],
            ["H", "h", price],
            ["L", "l", price],
            ["C", "c", price],
            [`V (${base})`, "v", FORMATS.volume],
          ],
        ),
        format: price,
        newest: "newestMs",
      },
    ),
    linePane(inView, {
      name: "spread",
      height: heights[1],
      field: "s",
      header: paneHeader("Spread", `${y} against ${x}`, [["", "s", FORMATS.spread, "bp"]]),
      format: FORMATS.spread,
      axisFormat: FORMATS.spread,
      newest: "newestValueMs",
      waits: options.waits,
    }),
    linePane(inView, {
      name: "zScore",
      height: heights[2],
      field: "z",
      header: paneHeader(
        "z-score",
        options.intervalUs === undefined ? "" : `of ${formatDuration(options.intervalUs)} bars`,
        [["", "z", FORMATS.zScore, "σ"]],
      ),
      format: FORMATS.zScore,
      axisFormat: ".1f",
      newest: "newestValueMs",
      threshold,
      alerts: options.alerts ?? [],
      waits: options.waits,
      isLast: true,
    }),
  ];
}

/** The last values in a sentence, for whoever does not see the chart. */
function labelOf(
  { c, s, z }: Json,
  title: string,
  isForming: boolean,
  venue: Venue,
  decimals: number,
): string {
  const number = (value: unknown, decimals: number): string =>
    typeof value === "number" ? decimalText(value, decimals) : "not defined yet";
  return plainText(
    [
      title,
      venueLabel(venue),
      `last price ${number(c, decimals)}${isForming ? ", its bar still forming" : ""}`,
      `spread ${number(s, 1)} bp`,
      `z-score ${number(z, 2)}`,
    ]
      .filter(Boolean)
      .join(" · "),
  );
}

function pairRows({ closed, forming, timeUs, spread, zScore, within }: PairRows): Json[] {
  const one = (values: Float64Array | undefined, k: number | undefined, factor: number): number | null =>
    values === undefined || k === undefined ? null : drawable(values[k]! * factor, 7);
  const at = new Map<number, number>();
  timeUs.forEach((us, i) => {
    at.set(us, i);
  });
  const rows: Json[] = [];
  for (const [bars, kind] of [
    [closed, 0],
    [forming, 1],
  ] as const) {
    for (let i = 0; i < bars.length; i++) {
      const [o, h, l, c] = [bars.open, bars.high, bars.low, bars.close].map((one) => drawable(one[i], 12));
      if (o == null || h == null || l == null || c == null) continue;
      const k = at.get(bars.startUs[i]!);
      rows.push({
        t: bars.startUs[i]! / 1000,
        o,
        h,
        l,
        c,
        v: drawable(bars.volume[i], 8),
        kind: kind === 0 && bars.complete[i] === 0 ? 2 : kind,
        s: one(spread, k, 1e4),
        z: one(zScore, k, 1),
        sLow: one(within?.spread.low, k, 1e4),
        sHigh: one(within?.spread.high, k, 1e4),
        zLow: one(within?.zScore.low, k, 1),
        zHigh: one(within?.zScore.high, k, 1),
      });
    }
  }
  return rows;
}

/** The edges of each bar, and only the bars in view: so each y axis fits them. */
const EDGES: readonly Json[] = [
  { filter: "datum.t + barMs > firstMs && datum.t < lastMs" },
  { calculate: "datum.t + barMs * 0.14", as: "left" },
  { calculate: "datum.t + barMs * 0.86", as: "right" },
  { calculate: "datum.t + barMs / 2", as: "middle" },
  { calculate: "datum.t + barMs", as: "end" },
  { calculate: "datum.c >= datum.o", as: "up" },
  { calculate: "max(datum.o, datum.c)", as: "top" },
  { calculate: "min(datum.o, datum.c)", as: "bottom" },
];
