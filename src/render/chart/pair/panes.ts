import { plainText } from "../../escape.ts";
import { AXIS_WIDTH, COLOURS } from "../../theme.ts";
import { numberExpression } from "../base/formats.ts";
import { byRoom, type Json, KEPT, keptRoom, type TimeAxis } from "../base/frame.ts";
import { type AlertSpan, alertLayers } from "./alert-marks.ts";
import { grounds, type HoleSpan, holeLayers, inSampleGround } from "./grounds.ts";
import { countdownTag, FIGURES_END, hoverTag, timeTag, valueTag } from "./tags.ts";

/** What all panes of a chart share. */
export interface Rows {
  readonly time: TimeAxis;
  readonly width: number;
  /** Whether a time needs its seconds. */
  readonly seconds: boolean;
  /** Times of which nothing was collected, of either symbol. */
  readonly holes: readonly HoleSpan[];
}

export interface Pane {
  readonly name: string;
  readonly spec: Json;
}

/** The first line of a pane: its name, and the values at the crosshair, or of the newest bar. */
export interface Header {
  readonly title: string;
  readonly detail: string;
  /** An expression over a row. */
  readonly values: string;
  /** Whether the one value stands beside the name, or several below it. */
  readonly isOneLine: boolean;
}

type Field = readonly [name: string, field: string, format: string, unit?: string];

export function paneHeader(title: string, detail: string, fields: readonly Field[]): Header {
  const one = ([name, field, format, unit]: Field): string => {
    const value = `(isValid(datum.${field}) ? ${numberExpression(field, format)} : '–')`;
    return `'${name === "" ? "" : `${name} `}' + ${value}${unit ? ` + ' ${unit}'` : ""}`;
  };
  return {
    title: plainText(title),
    detail: plainText(detail),
    isOneLine: fields.length === 1,
    // where there is little room, the last price or value alone
    values: `width < 430 ? ${one(fields.find(([name]) => name === "C") ?? fields[0]!)} : ${fields.map(one).join(" + '   ' + ")}`,
  };
}

interface PaneSettings {
  readonly name: string;
  readonly height: number;
  readonly header: Header;
  readonly format: string;
  /** Of the numbers of the axis. */
  readonly axisFormat: string;
  /** The parameter that holds the start of the newest bar with a value here. */
  readonly newest: string;
  readonly isLast?: boolean;
}

const HOVERED: Json = { filter: { param: "hover", empty: false } };
export function candlePane(rows: Rows, settings: PaneSettings): Pane {
  const y = axisOf(settings, { zero: false, nice: false, padding: 10 });
  const x = rows.time.channel;
  const up = { condition: { test: "datum.up", value: COLOURS.up }, value: COLOURS.down };
  return paneOf(
    rows,
    settings,
    y,
    "c",
    up,
    [
      wick(x, y),
      {
        mark: { type: "bar", clip: true, strokeWidth: 1, minBandSize: 1 },
        encoding: {
          x: x("left"),
          x2: { field: "right" },
          y: { ...y, field: "o" },
          y2: { field: "c" },
          stroke: up,
          fill: up,
          strokeDash: { condition: { test: "datum.kind === 1", value: [2, 2] }, value: [1, 0] },
          fillOpacity: {
            condition: [
              { test: "datum.kind === 1", value: 0.3 },
              // hollow where a hollow one can be told from a filled one; of thin bars neither is the paler
              { test: "datum.up && barMs / (lastMs - firstMs) * width > 9", value: 0 },
            ],
            value: 1,
          },
        },
      },
      {
        mark: { type: "text", fontSize: 12, fontWeight: 700, dy: 9, clip: true, color: COLOURS.missing },
        encoding: {
          x: x("middle"),
          y: { ...y, field: "l" },
          text: { condition: { test: "datum.kind === 2", value: "✕" }, value: "" },
        },
      },
      ...holeLayers(rows.holes, rows.time),
    ],
    countdownTag({ field: "c", y, fill: up }),
  );
}

function wick(x: (field: string) => Json, y: Json): Json {
  return {
    mark: { type: "rule", clip: true, strokeWidth: 1 },
    encoding: {
      x: x("middle"),
      y: { ...y, field: "h" },
      y2: { field: "l" },
      stroke: { condition: { test: "datum.up", value: COLOURS.up }, value: COLOURS.down },
    },
  };
}

export interface LinePaneSettings extends PaneSettings {
  readonly field: string;
  /** The ground beyond ± this is shaded. */
  readonly threshold?: number;
  readonly alerts?: readonly AlertSpan[];
  /** Said in the middle while no bar in view has a value. */
  readonly waits?: string | undefined;
}

/** What ends before the parameter `calibratedMs` is in-sample, and drawn pale. */
export function linePane(rows: Rows, settings: LinePaneSettings): Pane {
  const { field, threshold, alerts, waits = "" } = settings;
  const reach = threshold === undefined ? undefined : 1.25 * threshold;
  const y = axisOf(settings, { zero: threshold !== undefined, nice: false, padding: 6 });
  const x = rows.time.channel;
  const line = (test: string, opacity: number): Json => ({
    transform: [{ calculate: `${test} ? datum.${field} : null`, as: "drawn" }],
    mark: {
      type: "line",
      clip: true,
      invalid: "break-paths-show-path-domains",
      color: COLOURS.line,
      opacity,
    },
    encoding: { x: x("middle"), y: { ...y, field: "drawn" } },
  });
  return paneOf(rows, settings, y, field, { value: COLOURS.line }, [
    ...(threshold === undefined || reach === undefined ? [] : grounds(threshold, reach, y)),
    ...inSampleGround(rows.time),
    ...holeLayers(rows.holes, rows.time),
    ...(alerts === undefined ? [] : alertLayers(alerts)(rows.time, y)),
    {
      data: { values: [{ level: 0 }] },
      mark: { type: "rule", color: "rgba(128,128,128,0.6)", clip: true },
      encoding: { y: { ...y, field: "level" } },
    },
    // of bars that hold several values, how far they went
    {
      mark: { type: "rule", clip: true, color: COLOURS.line, opacity: 0.35, strokeWidth: 2 },
      encoding: {
        x: x("middle"),
        y: { ...y, field: `${field}Low` },
        y2: { field: `${field}High` },
      },
    },
    line("datum.t >= calibratedMs", 1),
    // up to the first bar after it, so that the line does not break there
    line("datum.t < calibratedMs + barMs", 0.65),
    {
      data: { values: [{ says: plainText(waits) }] },
      mark: { type: "text", fontSize: 12, dx: { expr: "-width / 2" }, dy: { expr: "-height / 2" } },
      encoding: { x: { value: "width" }, y: { value: "height" }, text: { field: "says" } },
    },
  ]);
}

function axisOf({ axisFormat }: PaneSettings, scale: Json): Json {
  return {
    type: "quantitative",
    scale,
    axis: {
      orient: "right",
      title: null,
      format: axisFormat,
      tickCount: byRoom("3", "5"),
      minExtent: byRoom("0", String(AXIS_WIDTH)),
      labelAlign: byRoom("'left'", "'right'"),
      labelBaseline: byRoom("'bottom'", "'middle'"),
      labelPadding: byRoom("-width", String(FIGURES_END - 4)),
      labelExpr: "replace(datum.label, '-', '−')",
    },
  };
}

/** The layers of a pane between its ground and its crosshair. */
function paneOf(
  rows: Rows,
  { name, height, header, format, newest, isLast = false }: PaneSettings,
  y: Json,
  field: string,
  colour: Json,
  layers: readonly Json[],
  more: readonly Json[] = [],
): Pane {
  const { time, width } = rows;
  const x = isLast ? time : unlabelled(time);
  const middle = x.channel("middle");
  const isNewest = `datum.t === ${newest}`;
  const defined = { filter: `isValid(datum.${field})` };
  const text = (says: Json, at: Json, style: Json, transform: Json[] = []): Json => ({
    transform,
    mark: { type: "text", baseline: "top", limit: { expr: "width - 6" }, ...style },
    encoding: { x: at, y: { value: 0 }, text: says },
  });
  const said = [header.title, header.detail].filter(Boolean).join("   ");
  // above the plot, so that nothing drawn lies under it: several values in a line of their own, one at the end of the name's
  const [nameLine, valueLine] = header.isOneLine ? [-15, -15] : [-31, -15];
  const [at, side] = header.isOneLine
    ? [{ value: "width" }, { align: "right" }]
    : [{ value: 0 }, { align: "left", dx: 4 }];
  const values = (transform: Json): Json =>
    text({ field: "said" }, at, { ...side, dy: valueLine }, [
      transform,
      { calculate: header.values, as: "said" },
    ]);
  return {
    name,
    spec: {
      width,
      height,
      layer: [
        keptRoom(byRoom("14", String(KEPT)), byRoom("-4", "-16")),
        ...layers.map((layer, k) => (k === 0 ? withFixedAxis(layer, x) : layer)),
        {
          transform: [HOVERED],
          mark: { type: "rule", color: "#808080", strokeDash: [3, 3], clip: true },
          encoding: { x: middle },
        },
        ...more,
        ...valueTag([{ filter: `${isNewest} && isNow` }], { field, format, y, fill: colour }),
        ...hoverTag([HOVERED, defined], { field, format, y }),
        ...(isLast ? timeTag(HOVERED, rows.seconds, x) : []),
        {
          data: { values: [{ said }] },
          ...text(
            { field: "said" },
            { value: 0 },
            {
              ...{ align: "left", dx: 4, dy: nameLine, fontWeight: 600 },
              // the value stands at the end of the same line
              limit: { expr: header.isOneLine ? "width - 74" : "width - 6" },
            },
          ),
        },
        values(HOVERED),
        // while nothing is under the mouse
        values({ filter: `${isNewest} && !length(data('hover_store'))` }),
        {
          name: `${name} columns`,
          mark: { type: "rect", opacity: 0, clip: true },
          encoding: { x: x.channel("t"), x2: { field: "end" }, y: { value: 0 }, y2: { value: "height" } },
        },
      ],
    },
  };
}

function unlabelled(time: TimeAxis): TimeAxis {
  const bare = (channel: Json): Json => ({
    ...channel,
    axis: { title: null, labels: false, ticks: false, grid: true },
  });
  return {
    params: time.params,
    channel: (field) => bare(time.channel(field)),
    fixed: (field) => bare(time.fixed(field)),
  };
}

/** Vega-Lite wants the ends of the axis said once, and its look by every layer alike. */
function withFixedAxis(layer: Json, x: TimeAxis): Json {
  const encoding = layer.encoding as Json;
  const { field } = (encoding.x ?? {}) as { field?: string };
  return field === undefined ? layer : { ...layer, encoding: { ...encoding, x: x.fixed(field) } };
}
