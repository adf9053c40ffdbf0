import type { Backtest, Market, RoundTrip } from "../../../analytics/backtest/types.ts";
import { requireFields, requireText } from "../../../core/arguments.ts";
import { quote, refuse } from "../../../core/errors.ts";
import { plainText } from "../../escape.ts";
import { drawable } from "../../round.ts";
import { COLOURS } from "../../theme.ts";
import type { View } from "../../view.ts";
import { closingTimes } from "../base/closing-times.ts";
import { type Json, packed, type TimeAxis, utcExpression } from "../base/frame.ts";
import { requireOptions } from "../base/options.ts";
import { drawLines, LINES_OPTIONS, type LinesOptions } from "../lines.ts";
import { thresholds } from "../pair/zscore.ts";

export interface SignalOptions extends LinesOptions {
  /** |z| at which a position is opened, closed and given up: lines at ± each. */
  readonly entry?: number;
  readonly exit?: number;
  readonly stop?: number;
  /** The newest are marked; 500 unless told. */
  readonly mostTrips?: number;
}

/**
 * What the rule looked at (`"z"`, `"spread"`, …), and where it went in and out: each mark lies at the fill, on the last
 * value known before it.
 */
export function signalChart(
  backtest: Backtest,
  market: Market,
  name: string,
  options: SignalOptions = {},
): View {
  requireFields("signalChart", "backtest", backtest, ["signals", "roundTrips"]);
  requireFields("signalChart", "market", market, []);
  requireText("signalChart", "name", name);
  const { signals, roundTrips } = backtest;
  requireOptions("signalChart", options, ["entry", "exit", "stop", "mostTrips", ...LINES_OPTIONS]);

  const { entry, exit, stop, mostTrips = 500 } = options;
  const values = signals[name];
  if (values === undefined) {
    refuse({
      code: "bad-signal",
      where: "signalChart",
      problem: `name must be one of the signals of this backtest; got ${quote(name)}`,
      hint: Object.keys(signals).length > 0 ? `It has ${Object.keys(signals).join(", ")}.` : "It has none.",
      facts: { name, signals: Object.keys(signals) },
    });
  }
  const { timesUs, domainUs } = closingTimes(market);
  const trips = roundTrips.slice(Math.max(0, roundTrips.length - mostTrips));
  const left = roundTrips.length - trips.length;
  const note = [
    "▲ into long · ▼ into short · ○ out · ✕ out by a stop",
    left > 0 ? `the last ${trips.length} of ${roundTrips.length} round trips are marked` : "",
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
