import { requireList } from "../../core/arguments.ts";
import { formatUtc } from "../../core/time.ts";
import { plainText } from "../escape.ts";
import { COLOURS } from "../theme.ts";
import type { View } from "../view.ts";
import {
  CHART_OPTIONS,
  type ChartOptions,
  frame,
  type Json,
  mouseParameters,
  packed,
  spanOf,
  type TimeAxis,
  timeAxis,
  WIDTH,
} from "./base/frame.ts";
import { requireOptions } from "./base/options.ts";
import { waitingView } from "./base/waiting.ts";

/** Ids that were missed, between the times of the trades on their two sides. */
export interface CoverageHole {
  readonly first: number;
  readonly last: number;
  /** Those that are missing still. */
  readonly missingIds: number;
  readonly state: "detected" | "partly filled" | "filled" | "aggregated" | "unrecoverable";
  readonly reason: string;
  readonly tries: number;
  readonly note: string;
  readonly foundUs: number;
  readonly fromUs: number;
  readonly toUs: number;
}

/** One symbol: its trades begin and end here, with these holes between. */
export interface CoverageLine {
  readonly name: string;
  readonly fromUs: number;
  readonly toUs: number;
  readonly holes: readonly CoverageHole[];
  /** Share of its ids that are stored, as it is to be read: under the name. */
  readonly share: string;
}

/** Colour and shape of a state: one of the two is enough to tell it. */
const STATES: readonly {
  readonly state: CoverageHole["state"];
  readonly colour: string;
  readonly shape: string;
}[] = [
  { state: "detected", colour: COLOURS.alarm, shape: "triangle-up" },
  { state: "partly filled", colour: COLOURS.missing, shape: "diamond" },
  { state: "aggregated", colour: COLOURS.line, shape: "square" },
  { state: "filled", colour: COLOURS.up, shape: "circle" },
  { state: "unrecoverable", colour: "#808080", shape: "cross" },
];

const ROW_HEIGHT = 46;
const BAR = { type: "rect", height: 12, yOffset: 8, clip: true };

/**
 * What is stored of each symbol on one time line: a bar where its trades are, a dashed gap where ids are missing, and
 * above each hole, however short, a sign for its state. Filled holes keep their sign over an unbroken bar.
 */
export function coverageChart(lines: readonly CoverageLine[], options: ChartOptions = {}): View {
  requireList("coverageChart", "lines", lines);
  requireOptions("coverageChart", options, CHART_OPTIONS);

  const { width = WIDTH, height = ROW_HEIGHT * lines.length } = options;
  const title = options.title ?? "Coverage";
  const drawn = lines.filter(({ fromUs, toUs }) => Number.isFinite(fromUs) && Number.isFinite(toUs));
  if (drawn.length === 0) return waitingView(title, 1, 0, { ...options, width, height, what: "trade" });
  const span = options.domainUs ?? spanOf(drawn.flatMap(({ fromUs, toUs }) => [fromUs, toUs]));
  const x = timeAxis(span);
  const y: Json = {
    field: "row",
    type: "nominal",
    sort: null,
    scale: { domain: drawn.map(rowOf) },
    axis: { title: null, domain: false, ticks: false, labelExpr: "split(datum.label, '\\n')" },
  };
  const holes = drawn.flatMap((line) =>
    line.holes
      .filter(({ fromUs, toUs }) => toUs >= span[0] && fromUs <= span[1])
      .map((hole) => holeRow(line, hole)),
  );
  const gaps = holes.filter(({ state }) => state !== "filled");
  return frame(options, title, [holes.length > 0 ? "the signs above the bars are holes" : ""], {
    width,
    height,
    params: [...x.params, ...mouseParameters(options, ["bars"])],
    layer: [
      barLayer(drawn, x, y),
      endLayer(drawn, x, y),
      ...(gaps.length > 0 ? [gapLayer(gaps, x, y)] : []),
      ...(holes.length > 0 ? [signLayer(holes, x, y)] : []),
    ],
  });
}

/** What stands at the left of a row, in two lines. */
function rowOf({ name, share }: CoverageLine): string {
  return plainText(`${name}\n${share}`);
}

/** The spans between the holes that are not filled. */
function barLayer(lines: readonly CoverageLine[], x: TimeAxis, y: Json): Json {
  const rows = lines.flatMap((line) => {
    const { name, fromUs, toUs, holes } = line;
    const bars: Json[] = [];
    let start = fromUs;
    const bar = (end: number): void => {
      bars.push({
        row: rowOf(line),
        name: plainText(name),
        from: start / 1000,
        to: end / 1000,
        says: spanText(start, end),
      });
    };
    for (const hole of holes.filter(({ state }) => state !== "filled")) {
      bar(hole.fromUs);
      start = hole.toUs;
    }
    bar(toUs);
    return bars;
  });
  return {
    name: "bars",
    ...packed(rows),
    mark: { ...BAR, color: COLOURS.line, opacity: 0.75 },
    encoding: {
      x: x.channel("from"),
      x2: { field: "to" },
      y,
      tooltip: [
        { field: "name", type: "nominal", title: "symbol" },
        { field: "says", type: "nominal", title: "stored (UTC)" },
      ],
    },
  };
}

/** A stroke where a symbol's trades begin, and one at the newest. */
function endLayer(lines: readonly CoverageLine[], x: TimeAxis, y: Json): Json {
  const ends = lines.flatMap((line) =>
    [line.fromUs, line.toUs].map((us) => ({ row: rowOf(line), t: us / 1000 })),
  );
  return {
    data: { values: ends },
    mark: { type: "tick", thickness: 2, height: 18, yOffset: 8, color: COLOURS.line, clip: true },
    encoding: { x: x.fixed("t"), y },
  };
}

function holeRow(line: CoverageLine, hole: CoverageHole): Json {
  const ids = hole.first === hole.last ? `${hole.first}` : `${hole.first} to ${hole.last}`;
  const size = hole.last - hole.first + 1;
  return {
    row: rowOf(line),
    name: plainText(line.name),
    t: (hole.fromUs + hole.toUs) / 2000,
    from: hole.fromUs / 1000,
    to: hole.toUs / 1000,
    state: hole.state,
    colour: STATES.find(({ state }) => state === hole.state)!.colour,
    ids: `${ids} (${size.toLocaleString("en")})`,
    missing: hole.missingIds,
    when: spanText(hole.fromUs, hole.toUs),
    why: plainText(
      `${hole.reason}, found ${hole.foundUs > 0 ? formatUtc(hole.foundUs).slice(0, 19) : "at the start"}`,
    ),
    tries: plainText([String(hole.tries), hole.note].filter(Boolean).join(": ")),
  };
}

const TOOLTIP: readonly Json[] = [
  ["name", "symbol"],
  ["state", "state"],
  ["ids", "ids"],
  ["missing", "missing"],
  ["when", "between (UTC)"],
  ["why", "reason"],
  ["tries", "tries"],
].map(([field, title]) => ({ field, type: "nominal", title }));

function gapLayer(gaps: readonly Json[], x: TimeAxis, y: Json): Json {
  const colour = { field: "colour", type: "nominal", scale: null };
  return {
    ...packed(gaps),
    mark: { ...BAR, filled: true, fillOpacity: 0.1, strokeDash: [3, 2], strokeWidth: 1 },
    encoding: {
      x: x.channel("from"),
      x2: { field: "to" },
      y,
      stroke: colour,
      fill: colour,
      tooltip: TOOLTIP,
    },
  };
}

function signLayer(holes: readonly Json[], x: TimeAxis, y: Json): Json {
  return {
    ...packed(holes),
    mark: { type: "point", filled: true, opacity: 1, yOffset: -9, clip: true },
    encoding: {
      x: x.channel("t"),
      y,
      color: byState(holes, "colour"),
      shape: byState(holes, "shape"),
      size: { condition: { param: "hover", empty: false, value: 160 }, value: 80 },
      tooltip: TOOLTIP,
    },
  };
}

/** A channel that says the state, with one legend for colour and shape, of the states that there are. */
function byState(holes: readonly Json[], as: "colour" | "shape"): Json {
  const there = STATES.filter(({ state }) => holes.some((hole) => hole.state === state));
  return {
    field: "state",
    type: "nominal",
    scale: { domain: there.map(({ state }) => state), range: there.map((look) => look[as]) },
    legend: { symbolSize: 80, symbolStrokeWidth: 0 },
  };
}

function spanText(fromUs: number, toUs: number): string {
  const [from, to] = [fromUs, toUs].map((us) => formatUtc(us).replace("T", " ").slice(0, 19));
  return `${from} to ${to!.slice(0, 10) === from!.slice(0, 10) ? to!.slice(11) : to}`;
}
