import type { Backtest, Market, RoundTrip } from "../../../analytics/backtest/types.ts";
import { quote, refuse } from "../../../core/errors.ts";
import { plainText } from "../../escape.ts";
import { drawable } from "../../round.ts";
import { COLOURS } from "../../theme.ts";
import type { View } from "../../view.ts";
import { closingTimes } from "../base/closing-times.ts";
import { type Json, packed, type TimeAxis, utcExpression } from "../base/frame.ts";
import { spacedMarks } from "../base/thin.ts";
import { drawLines, LINES_OPTIONS, type LinesOptions } from "../lines.ts";
import { thresholds } from "../pair/z-score.ts";
import { type DrawnRun, partsOf } from "./run.ts";

export interface SignalOptions extends LinesOptions {
  /** Which of what the rule looked at: `"z"`, `"spread"`, …; the z-score unless told, else the first. */
  readonly signal?: string;
  /** |z| at which a position is opened, closed and given up: lines at ± each; of the z-score the rule's own unless told. */
  readonly entry?: number;
  readonly exit?: number;
  readonly stop?: number;
  /** The newest are marked; unless told all, or of more than 120 the first of each side in each 60th of the time. */
  readonly mostTrips?: number;
}

/**
 * What the rule looked at, and where it went in and out: each mark lies at the fill, on the last
 * value known before it.
 */
export function signalChart(run: DrawnRun, options?: SignalOptions): View;
/** @deprecated `signalChart(run, { signal })` */
export function signalChart(run: Backtest, market: Market, signal: string, options?: SignalOptions): View;
export function signalChart(run: DrawnRun, given: SignalOptions | Market = {}): View {
  const names = ["signal", "entry", "exit", "stop", "mostTrips", ...LINES_OPTIONS] as const;
  const { backtest, options } = partsOf<SignalOptions>("signalChart", run, given, names);
  const { signals, roundTrips, market, strategy } = backtest;
  const { signal: name = "z" in signals ? "z" : Object.keys(signals)[0], mostTrips } = options;
  const { entry, exit, stop } = { ...(name === "z" && levelsOf(strategy.settings)), ...options };
  const values = signals[name ?? ""];
  if (name === undefined || values === undefined) {
    refuse({
      code: "bad-signal",
      where: "signalChart",
      problem: `signal must be one of the signals of this backtest; got ${quote(name)}`,
      hint: Object.keys(signals).length > 0 ? `It has ${Object.keys(signals).join(", ")}.` : "It has none.",
      facts: { name, signals: Object.keys(signals) },
    });
  }
  const { timesUs, domainUs } = closingTimes(market);
  const trips =
    mostTrips === undefined
      ? spacedMarks(roundTrips, ({ entryUs, side }) => ({ us: entryUs, kind: side }), domainUs, 60)
      : roundTrips.slice(Math.max(0, roundTrips.length - mostTrips));
  const left = roundTrips.length - trips.length;
  const which = mostTrips === undefined ? trips.length : `the last ${trips.length}`;
  const note = [
    "▲ into long · ▼ into short · ○ out · ✕ out by a stop",
    left > 0 ? `${which} of ${roundTrips.length} round trips are marked` : "",
    options.note ?? "",
  ];
  return drawLines(timesUs, [{ name, values }], {
    title: name === "z" ? "z-score, with entries and exits" : `${name}, with entries and exits`,
    ...(name === "z" && { unit: "standard deviations" }),
    domainUs,
    ...(entry !== undefined &&
      thresholds({ entry, ...(exit !== undefined && { exit }), ...(stop !== undefined && { stop }) })),
    layers: (x, y) => (trips.length === 0 ? [] : [marks(trips, values, timesUs, x, y)]),
    ...options,
    note: note.filter(Boolean).join(" · "),
  });
}

/** The levels of the z-score at which a rule of these settings trades. */
function levelsOf(
  settings: Readonly<Record<string, unknown>>,
): Pick<SignalOptions, "entry" | "exit" | "stop"> {
  const levels = ["entry", "exit", "stop"].map((name) => [name, settings[name]]);
  return Object.fromEntries(levels.filter(([, level]) => Number.isFinite(level) && level !== 0));
}

const SHAPES = ["triangle-up", "triangle-down", "circle", "M-1,-1L1,1M1,-1L-1,1"];
const INKS = [COLOURS.up, COLOURS.down, "#808080", COLOURS.alarm];

function marks(
  trips: readonly RoundTrip[],
  values: Float64Array,
  timesUs: Float64Array,
  x: TimeAxis,
  y: Json,
): Json {
  const rows = trips.flatMap((trip) => {
    const { side, entryBar, exitBar, entryUs, exitUs, entryReason, exitReason, profit, closed } = trip;
    const at = (us: number, bar: number, kind: number, text: string): Json => ({
      at: us / 1000,
      value: drawable(values[Math.max(0, bar - 1)], 7),
      kind,
      what: plainText(text),
      profit: drawable(profit, 7),
    });
    const way = side > 0 ? "long" : "short";
    const into = at(entryUs, entryBar, side > 0 ? 0 : 1, `into ${way}: ${entryReason}`);
    if (!closed) return [into];
    const isStop = exitReason === "stop" || exitReason === "time stop" || exitReason === "ruin";
    return [into, at(exitUs, exitBar, isStop ? 3 : 2, `out: ${exitReason}`)];
  });
  const { data, transform } = packed(rows);
  const kinds = SHAPES.map((_, k) => k);
  return {
    data,
    transform: [
      ...transform,
      {
        calculate: utcExpression(
          "at",
          timesUs.some((us) => us % 1_000_000 !== 0),
        ),
        as: "when",
      },
    ],
    mark: { type: "point", size: 46, opacity: 1, clip: true, strokeWidth: 1.6 },
    encoding: {
      x: x.channel("at"),
      y: { ...y, field: "value" },
      shape: { field: "kind", type: "nominal", scale: { domain: kinds, range: SHAPES }, legend: null },
      stroke: { field: "kind", type: "nominal", scale: { domain: kinds, range: INKS }, legend: null },
      fill: {
        field: "kind",
        type: "nominal",
        scale: { domain: kinds, range: [INKS[0], INKS[1], "transparent", "transparent"] },
        legend: null,
      },
      tooltip: [
        { field: "when", type: "nominal", title: "filled (UTC)" },
        { field: "what", type: "nominal", title: "trade" },
        { field: "value", type: "quantitative", title: "last known", format: ",.7~r" },
        { field: "profit", type: "quantitative", title: "profit of the round trip", format: "+,.7~r" },
      ],
    },
  };
}
