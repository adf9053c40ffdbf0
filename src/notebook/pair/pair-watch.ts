import { requireSettings, SOURCE_NAMES } from "../../app/data/data-source.ts";
import { findStore } from "../../app/data/open-source.ts";
import { minuteStretch } from "../../app/pair/minute-stretch.ts";
import { ownBars, type PairFrame, type PairSettings, pairMonitor } from "../../app/pair/pair-monitor.ts";
import { quote, refuse } from "../../core/errors.ts";
import { decimalsOf } from "../../render/chart/base/formats.ts";
import { type AlertSpan, alertLayers } from "../../render/chart/pair/alert-marks.ts";
import type { TableData } from "../../render/table-data.ts";
import { tiles } from "../../render/tiles.ts";
import type { View } from "../../render/view.ts";
import { sharedReader } from "../data/shared-reader.ts";
import type { TimeStretch } from "../page/places.ts";
import type { Exported } from "../show/exported.ts";
import { pairOf, startedWith } from "./collected-pair.ts";
import { dated } from "./dated.ts";
import { exportPage, exportPath, exportTable } from "./pair-export.ts";
import { pairTable, pairTiles } from "./pair-figures.ts";
import {
  candlePanel,
  correlationPanel,
  latestPanel,
  type Overlay,
  pairPanel,
  pastPanel,
  spreadPanel,
  type Watched,
  zScorePanel,
} from "./pair-panels.ts";

export interface WatchSettings extends Omit<PairSettings, "y" | "x"> {
  /** The symbol that is explained, and the one that explains it; those of `collectedPair` unless told. */
  readonly y?: string;
  readonly x?: string;
  /** |z| from which a bar stands out; 2 unless told. */
  readonly threshold?: number;
  /** A database; the one that is being filled unless told. */
  readonly source?: string;
}

/** Times in which alerts on a measure fired, as `pairAlerts` knows them: a chart draws a band for each. */
export interface AlertBands {
  bandsOn(measure: BandMeasure): readonly AlertSpan[];
}

export type BandMeasure = "spread" | "zScore" | "correlation";

export interface PairPanelMore {
  /** Alerts whose times are drawn as bands: `pairAlerts(pair)`. */
  readonly bands?: AlertBands;
}

export interface PairChartMore extends PairPanelMore {
  /** Another stretch of time than the newest bars, as `live` hands it over. */
  readonly stretch?: TimeStretch | undefined;
}

/** The panels of one pair. Each call draws the present state; `live` keeps one drawn. */
export interface PairWatch {
  /** What is watched, complete. */
  readonly settings: Watched & { readonly source: string };
  /** Latest prices, z-score, correlation and trades a second. */
  tiles(): View;
  candles(symbol: string): View;
  /** Candles of y, spread and z-score on one time axis, with one crosshair. */
  chart(more?: PairChartMore): View;
  spread(more?: PairPanelMore): View;
  zScore(more?: PairPanelMore): View;
  correlation(more?: PairPanelMore): View;
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
  const path = findStore("watchPair", given.source);
  const monitor = pairMonitor(
    reader,
    { ...given, ...pairOf(reader, { ...startedWith(), ...given }) },
    ownBars(reader, given.interval, minuteStretch(path)),
  );
  const watched: Watched = { ...monitor.settings, threshold };
  const { y, x } = watched;
  const { frame } = monitor;
  let decimals = 0;
  const marked = ({ bands }: PairPanelMore, measure: BandMeasure): Overlay =>
    bands === undefined ? {} : { layers: alertLayers(bands.bandsOn(measure)) };

  const panels: Omit<PairWatch, "exportCsv" | "exportHtml"> = {
    settings: { ...watched, source: path },
    tiles: () => tiles(pairTiles(frame(), watched, threshold), { venue: frame().venue }),
    candles: (symbol) => candlePanel(watched, frame(), symbol),
    chart: ({ bands, stretch } = {}) => {
      const alerts = bands?.bandsOn("zScore") ?? [];
      const now = frame();
      decimals = Math.max(decimals, decimalsOf([...now.closed.y.close, ...now.forming.y.close]));
      const more = { alerts, decimals };
      if (stretch === undefined) return pairPanel(watched, now, { ...more, holes: monitor.holes() });
      const past = monitor.past(stretch);
      return pastPanel(watched, now, past, stretch, { ...more, holes: past.holes });
    },
    spread: (more = {}) => spreadPanel(watched, frame(), marked(more, "spread")),
    zScore: (more = {}) => zScorePanel(watched, frame(), marked(more, "zScore")),
    correlation: (more = {}) => correlationPanel(watched, frame(), marked(more, "correlation")),
    latest: (symbol, rows = 10) => latestPanel(watched, frame(), symbol, rows),
    table: () => pairTable(frame(), y, x),
    frame,
  };
  const drawings = ["tiles", "candles", "chart", "spread", "zScore", "correlation", "latest"] as const;
  return {
    ...dated(panels, drawings, frame),
    exportCsv: (path) => exportTable(path ?? exportPath(watched, frame(), "csv"), panels.table(), frame()),
    exportHtml: (path) =>
      exportPage(
        path ?? exportPath(watched, frame(), "html"),
        watched,
        frame(),
        [
          { heading: "Now", views: [panels.tiles()] },
          { heading: "Prices", views: [panels.candles(y), panels.candles(x)] },
          { heading: "Spread and z-score", views: [panels.spread(), panels.zScore()] },
          { heading: "Correlation", views: [panels.correlation()] },
        ],
        panels.table(),
      ),
  };
}
