import type { Config } from "vega-lite";

/**
 * The one theme. The hues are Okabe and Ito's (2008), which people with any of the common colour deficiencies tell
 * apart, and of those the four whose contrast is at least 3:1 on white and on near-black alike: a chart in a notebook
 * does not know what it lies on (the blue is a shade lighter than theirs, for that). A second cue (fill, dash, shape, label) always goes with a colour.
 */
const HUES = {
  blue: "#1A80C4",
  vermillion: "#D55E00",
  green: "#009E73",
  purple: "#CC79A7",
} as const;

export interface Colours {
  readonly up: string;
  readonly down: string;
  readonly line: string;
  readonly alarm: string;
  readonly missing: string;
}

export const COLOURS: Colours = {
  up: HUES.green,
  down: HUES.vermillion,
  line: HUES.blue,
  alarm: HUES.vermillion,
  missing: HUES.purple,
};

/** Colour and dash of the first, second, … line of a chart. */
export const LINES: readonly { readonly colour: string; readonly dash: readonly number[] }[] = [
  { colour: HUES.blue, dash: [] },
  { colour: HUES.vermillion, dash: [7, 3] },
  { colour: HUES.green, dash: [2, 2] },
  { colour: HUES.purple, dash: [9, 3, 2, 3] },
];

/** What a chart lies on: a light page, a dark one, or one that it does not know. */
export type Ground = "light" | "dark" | "any";

interface Inks {
  /** Titles. */
  readonly strong: string;
  /** Axis labels and other small print. */
  readonly soft: string;
  readonly grid: string;
  readonly axis: string;
}

const INKS: Readonly<Record<Ground, Inks>> = {
  light: { strong: "#1b1f24", soft: "#4b535c", grid: "rgba(27,31,36,0.10)", axis: "rgba(27,31,36,0.45)" },
  dark: {
    strong: "#eceff2",
    soft: "#b3bac2",
    grid: "rgba(236,239,242,0.13)",
    axis: "rgba(236,239,242,0.45)",
  },
  // mid-tones: 4.3:1 or better on white and on JupyterLab's #111111
  any: { strong: "#767b81", soft: "#767b81", grid: "rgba(128,128,128,0.22)", axis: "rgba(128,128,128,0.6)" },
};

export const FONT: string =
  "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

/** Room kept for the numbers of a y axis, so that panels one below the other share their left edge. */
export const AXIS_WIDTH: number = 54;

/** Vega's configuration for a ground. A specification carries the one for `any`; a page that knows better replaces it. */
export function vegaConfig(ground: Ground = "any"): Config {
  const ink = INKS[ground];
  return {
    background: "transparent",
    font: FONT,
    padding: 6,
    view: { stroke: null },
    // a description of every single mark would bury the chart's own
    mark: { aria: false },
    title: {
      anchor: "start",
      frame: "group",
      color: ink.strong,
      fontSize: 14,
      fontWeight: 600,
      subtitleColor: ink.soft,
      subtitleFontSize: 11.5,
      subtitlePadding: 4,
      offset: 10,
    },
    axis: {
      labelColor: ink.soft,
      labelFontSize: 11,
      titleColor: ink.soft,
      titleFontSize: 11,
      titleFontWeight: 500,
      domainColor: ink.axis,
      tickColor: ink.axis,
      gridColor: ink.grid,
      tickSize: 4,
      labelPadding: 4,
    },
    axisX: { grid: false, labelOverlap: "parity", labelSeparation: 6, labelBound: false },
    axisY: { domain: false, ticks: false, minExtent: AXIS_WIDTH, titleAnchor: "middle" },
    legend: {
      orient: "top",
      direction: "horizontal",
      title: null,
      labelColor: ink.soft,
      labelFontSize: 11.5,
      symbolType: "stroke",
      symbolSize: 300,
      symbolStrokeWidth: 2,
      labelLimit: 320,
      offset: 4,
    },
    line: { strokeWidth: 1.6, strokeCap: "round", strokeJoin: "round" },
    rule: { strokeWidth: 1 },
    text: { color: ink.soft, fontSize: 11 },
    concat: { spacing: 8 },
  };
}
