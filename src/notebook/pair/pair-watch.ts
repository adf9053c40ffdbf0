import { requireSettings, SOURCE_NAMES } from "../../app/data/data-source.ts";
import { findStore } from "../../app/data/open-source.ts";
import { type PairFrame, type PairMonitor, type PairSettings, pairMonitor } from "../../app/pair-monitor.ts";
import { type Bars, makeBars, sliceBars } from "../../core/bars.ts";
import { quote, refuse } from "../../core/errors.ts";
import { barsTable } from "../../render/bars-table.ts";
import { waitingView } from "../../render/chart/base/waiting.ts";
import type { LinesOptions } from "../../render/chart/lines.ts";
import type { AlertSpan } from "../../render/chart/pair/alert-marks.ts";
import { candleChart } from "../../render/chart/pair/candles.ts";
import { correlationChart } from "../../render/chart/pair/correlation.ts";
import { pairChart } from "../../render/chart/pair/pair-chart.ts";
import { spreadChart } from "../../render/chart/pair/spread.ts";
import { zscoreChart } from "../../render/chart/pair/zscore.ts";
import { tableView } from "../../render/table.ts";
import type { TableData } from "../../render/table-data.ts";
import { tiles } from "../../render/tiles.ts";
import type { View } from "../../render/view.ts";
import { sharedReader } from "../data/shared-reader.ts";
import type { TimeStretch } from "../page/places.ts";
import { pairOf, startedWith } from "./collected-pair.ts";
import { type Exported, exportPage, exportPath, exportTable } from "./pair-export.ts";
import { clockSpan, pairTable, pairTiles } from "./pair-figures.ts";

export interface WatchSettings extends Omit<PairSettings, "y" | "x"> {
  /** The symbol that is explained, and the one that explains it; those of `collectedPair` unless told. */
  readonly y?: string;
  readonly x?: string;
  /** |z| from which a bar stands out; 2 unless told. */
  readonly threshold?: number;
  /** A database; the one that is being filled unless told. */
  readonly source?: string;
}

/** Layers over a chart of lines. */
export type Overlay = Pick<LinesOptions, "layers">;

export interface PairChartMore {
  /** The times in which alerts fired. */
  readonly alerts?: readonly AlertSpan[];
  /** Another stretch of time than the newest bars, as `live` hands it over. */
  readonly stretch?: TimeStretch | undefined;
}

/** The panels of one pair. Each call draws the present state; `live` keeps one drawn. */
export interface PairWatch {
  /** What is watched, complete. */
  readonly settings: PairMonitor["settings"] & { readonly threshold: number; readonly source: string };
  /** Latest prices, z-score, correlation and trades a second. */
  tiles(): View;
  candles(symbol: string): View;
  /** Candles of y, spread and z-score on one time axis, with one crosshair. */
  chart(more?: PairChartMore): View;
  /** `more`: what is drawn into the chart besides, as the marks of alerts. */
  spread(more?: Overlay): View;
  zscore(more?: Overlay): View;
  correlation(more?: Overlay): View;
  /** The latest bars of a symbol, newest first. */
  latest(symbol: string, rows?: number): View;
  /** All bars in view with their statistics, as it is exported. */
  table(): TableData;
  /** The numbers behind the panels. */
  frame(): PairFrame;
  /** What is on screen as one CSV; into `exports/` unless a path is given. */
  exportCsv(path?: string): Promise<Exported>;
  /** What is on screen as one HTML file that opens offline with its charts alive. */
  exportHtml(path?: string): Promise<Exported>;
}

const LATEST = ["start", "open", "high", "low", "close", "vwap", "volume", "tradeCount", "complete"] as const;

export const WATCH_NAMES: readonly string[] = [
  ...["y", "x", "interval", "window", "calibrationBars", "bars", "graceMs", "threshold"],
  ...SOURCE_NAMES,
];

/** Watches a pair of symbols in the store that the collector fills. */
export function watchPair(given: WatchSettings): PairWatch {
  requireSettings("watchPair", given, WATCH_NAMES);
  const threshold = given.threshold ?? 2;
  if (!(threshold > 0 && threshold < Number.POSITIVE_INFINITY)) {
    refuse({
      code: "bad-setting",
      where: "watchPair",
      problem: `threshold needs a number above 0; got ${quote(threshold)}`,
      hint: "Change it in the parameters cell.",
      facts: { threshold },
    });
  }
  const reader = sharedReader("watchPair", given.source);
  const monitor = pairMonitor(reader, { ...given, ...pairOf(reader, { ...startedWith(), ...given }) });
  const { y, x, window, calibrationBars, intervalUs } = monitor.settings;
  const { frame } = monitor;
  let decimals = 0;

  const side = <Value>(symbol: string, of: { y: Value; x: Value }): Value => {
    if (symbol === y) return of.y;
    if (symbol === x) return of.x;
    return refuse({
      code: "unknown-symbol",
      where: "watchPair",
      problem: `needs one of its symbols, ${y} or ${x}; got ${quote(symbol)}`,
      hint: "Run the cell with watchPair again after a change of the parameters.",
      facts: { symbol },
    });
  };
  /** The same time axis under every panel. */
  const common = ({ venue, closed, forming }: PairFrame) => {
    const starts = [closed.y, closed.x, forming.y, forming.x].filter((bars) => bars.length > 0);
    if (starts.length === 0) return { venue };
    const from = Math.min(...starts.map((bars) => bars.startUs[0]!));
    const to = Math.max(...starts.map((bars) => bars.startUs[bars.length - 1]!)) + intervalUs;
    return { venue, domainUs: [from, to] as const };
  };
  const calibration = ({ hedge }: PairFrame): string =>
    hedge === undefined ? "" : `fitted on ${clockSpan(hedge.fromUs, hedge.toUs)}, frozen since`;

  const panels: Omit<PairWatch, "exportCsv" | "exportHtml"> = {
    settings: { ...monitor.settings, threshold, source: findStore("watchPair", given.source) },
    tiles: () => tiles(pairTiles(frame(), monitor.settings, threshold), { venue: frame().venue }),
    candles: (symbol) => {
      const now = frame();
      return candleChart(side(symbol, now.closed), { ...common(now), forming: side(symbol, now.forming) });
    },
    chart: ({ alerts = [], stretch } = {}) => {
      const now = frame();
      const { hedge, timeUs, venue } = now;
      decimals = Math.max(decimals, decimalsOf(now.closed.y.close), decimalsOf(now.forming.y.close));
      const need = Math.max(calibrationBars, window);
      const options = {
        y,
        x,
        threshold,
        decimals,
        alerts,
        intervalUs,
        calibratedUs: hedge?.toUs ?? Number.POSITIVE_INFINITY,
        waits: timeUs.length < need ? `measuring: ${timeUs.length} of ${need} bars` : "",
      };
      if (stretch) {
        const { bars, spread, zScore } = monitor.past(stretch);
        const rows = { venue, closed: bars, forming: sliceBars(bars, bars.length), timeUs: bars.startUs };
        const domainUs = [stretch.fromUs, stretch.toUs] as const;
        const within = { spread, zScore };
        return pairChart(
          { ...rows, spread: spread.last, zScore: zScore.last, within },
          { ...options, domainUs, isPast: true },
        );
      }
      const rows = { venue, closed: now.closed.y, forming: now.forming.y, timeUs };
      return pairChart({ ...rows, spread: now.spread, zScore: now.zscore }, { ...options, ...common(now) });
    },
    spread: (more = {}) => {
      const now = frame();
      const title = `Spread ${y} against ${x}`;
      if (now.hedge === undefined)
        return waitingView(title, calibrationBars, now.timeUs.length, { venue: now.venue, height: 170 });
      return spreadChart(now.timeUs, now.spread, {
        ...common(now),
        y,
        x,
        hedgeRatio: now.hedge.beta,
        intercept: now.hedge.alpha,
        scale: "log",
        note: calibration(now),
        ...more,
      });
    },
    zscore: (more = {}) => {
      const now = frame();
      const need = Math.max(calibrationBars, window);
      if (now.hedge === undefined || now.timeUs.length < need) {
        return waitingView(`z-score of the spread`, need, now.timeUs.length, {
          venue: now.venue,
          height: 170,
        });
      }
      return zscoreChart(now.timeUs, now.zscore, {
        ...common(now),
        title: `z-score of the spread ${y} against ${x}`,
        threshold,
        window,
        ...more,
      });
    },
    correlation: (more = {}) => {
      const now = frame();
      if (now.timeUs.length <= window) {
        return waitingView("Rolling correlation", window + 1, now.timeUs.length, {
          venue: now.venue,
          height: 170,
        });
      }
      return correlationChart(now.timeUs, now.correlation, {
        ...common(now),
        title: `Correlation of ${y} and ${x}`,
        window,
        ...more,
      });
    },
    latest: (symbol, rows = 10) => {
      const now = frame();
      const newest = newestFirst(sliceBars(side(symbol, now.closed), -rows));
      const title = `${symbol}: the latest closed bars`;
      if (newest.length === 0) return waitingView(title, 1, 0, { venue: now.venue, height: 60 });
      const table = barsTable(newest, LATEST);
      return tableView({ ...table, caption: `${title}, newest first` }, { maxRows: rows });
    },
    table: () => pairTable(frame(), y, x),
    frame,
  };
  return {
    ...panels,
    exportCsv: (path) =>
      exportTable(path ?? exportPath(monitor.settings, frame(), "csv"), panels.table(), frame()),
    exportHtml: (path) =>
      exportPage(
        path ?? exportPath(monitor.settings, frame(), "html"),
        monitor.settings,
        frame(),
        [
          { heading: "Now", views: [panels.tiles()] },
          { heading: "Prices", views: [panels.candles(y), panels.candles(x)] },
          { heading: "Spread and z-score", views: [panels.spread(), panels.zscore()] },
          { heading: "Correlation", views: [panels.correlation()] },
        ],
        panels.table(),
      ),
  };
}

/** Decimals that show every price exactly, at most 8. */
function decimalsOf(prices: Float64Array): number {
  let most = 0;
  for (const price of prices) {
    while (most < 8 && Number(price.toFixed(most)) !== price && !Number.isNaN(price)) most++;
  }
  return most;
}

function newestFirst(bars: Bars): Bars {
  return makeBars(bars, bars.length, (name) => bars[name].slice().reverse());
}
