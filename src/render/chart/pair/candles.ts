import { requireFields } from "../../../core/arguments.ts";
import { assetsOf } from "../../../core/assets.ts";
import { type Bars, barOriginText, barRuleText, concatBars } from "../../../core/bars.ts";
import { refuse } from "../../../core/errors.ts";
import { barsTable } from "../../bars-table.ts";
import { plainText } from "../../escape.ts";
import { drawable } from "../../round.ts";
import type { TableData } from "../../table-data.ts";
import { COLOURS } from "../../theme.ts";
import { type ChartView, ROWS, type View } from "../../view.ts";
import {
  CHART_OPTIONS,
  type ChartOptions,
  frame,
  type Json,
  keptRoom,
  mouseParameters,
  movable,
  packed,
  timeAxis,
  utcExpression,
  valueAxis,
  WIDTH,
  withUnit,
} from "../base/frame.ts";
import { requireOptions } from "../base/options.ts";
import { waitingView } from "../base/waiting.ts";

export interface CandleOptions extends ChartOptions {
  /** The bar that has not closed yet: drawn dashed and pale. */
  readonly forming?: Bars;
  /** Height of the volume panel, pixels; 0 leaves it out. 70 unless told. */
  readonly volumeHeight?: number;
}

/**
 * Candles with their volume below. A bar that closed at or above its open is hollow, one that fell is filled; a bar
 * with missing trades carries a cross under it. Bars without a price (NaN) leave their place empty.
 */
export function candleChart(bars: Bars, options: CandleOptions = {}): View {
  requireFields("candleChart", "bars", bars, ["venue", "symbol", "rule", "intervalUs"]);
  requireOptions("candleChart", options, ["forming", "volumeHeight", ...CHART_OPTIONS]);

  const { width = WIDTH, height = 260, volumeHeight = 70, forming } = options;
  const told = { ...options, venue: options.venue ?? bars.venue };
  const title = options.title ?? `${bars.symbol}, ${barRuleText(bars.rule)} bars`;
  const rows = [...candleRows(bars, false), ...(forming ? candleRows(forming, true) : [])];
  if (rows.length === 0 && bars.close.some((price) => price > 0)) closesAlone(bars);
  if (rows.length === 0) {
    return waitingView(title, options.needs ?? 1, 0, {
      venue: told.venue,
      width,
      height: height + volumeHeight,
    });
  }
  const missing = rows.filter((row) => row.kind === MISSING).length;
  const notes = [
    barOriginText(bars),
    rows[rows.length - 1]!.kind === FORMING ? "dashed: still forming" : "",
    missing > 0 ? `✕ ${missing} ${missing === 1 ? "bar" : "bars"} with missing trades` : "",
  ].filter(Boolean);

  const first = (rows[0]!.t as number) * 1000;
  const last = (rows[rows.length - 1]!.t as number) * 1000 + bars.intervalUs;
  const span = options.domainUs ?? [first, last];
  const { base, quote } = assetsOf(bars.symbol);
  const y: Json = {
    type: "quantitative",
    scale: { zero: false, nice: false, padding: 10 },
    axis: valueAxis(withUnit("price", quote), { format: ",f", tickCount: 6 }),
  };
  const hasVolume = volumeHeight > 0;
  const x = timeAxis(span, !hasVolume);
  const price: Json = {
    width,
    height,
    layer: [
      {
        mark: WICK,
        encoding: { x: x.fixed("middle"), y: { ...y, field: "h" }, y2: { field: "top" }, ...INK },
      },
      {
        mark: WICK,
        encoding: { x: x.channel("middle"), y: { ...y, field: "bottom" }, y2: { field: "l" }, ...INK },
      },
      bodies(x.channel, { y: { ...y, field: "o" }, y2: { field: "c" } }),
      crosses(x.channel, y),
      keptRoom(),
      ...lastPrice(y),
      hoverColumns("price", x.channel, base, quote),
    ],
  };
  // live bars change in place
  const all = forming ? concatBars(bars, forming) : bars;
  const withRows = (view: ChartView): View => ({ ...view, [ROWS]: (): TableData => barsTable(all) });
  const { data, transform } = packed(rows);
  const series = plainText(`${bars.venue.name} ${bars.symbol} ${barRuleText(bars.rule)}`);
  const { usermeta, ...moves } = movable(series, (bars.intervalUs || (last - first) / rows.length) / 1000, {
    says: SAID,
    ...(bars.intervalUs > 0 && { detail: "bars" }),
  });
  const rest = { data, transform: [...transform, ...moves.transform, ...derived(bars.intervalUs)], usermeta };
  const params = [...x.params, ...moves.params, { name: "newestMs", value: rows[rows.length - 1]!.t }];
  if (!hasVolume)
    return withRows(
      frame(told, title, notes, {
        ...rest,
        params: [...params, ...mouseParameters(options, ["price"])],
        ...price,
      }),
    );

  const below = timeAxis(span);
  const v = {
    field: "v",
    type: "quantitative",
    axis: valueAxis(withUnit("volume", base), { format: "~s", tickCount: 3 }),
  };
  const volume: Json = {
    width,
    height: volumeHeight,
    layer: [
      bodies(below.channel, { y: v, y2: { datum: 0 } }, 0.6),
      hoverColumns("volume", below.channel, base, quote),
    ],
  };
  return withRows(
    frame(told, title, notes, {
      ...rest,
      params: [...params, ...mouseParameters(options, ["price", "volume"])],
      vconcat: [price, volume],
      resolve: { scale: { x: "shared" } },
    }),
  );
}

/** What of a bar is said in words. */
const SAID: readonly Json[] = ["open", "high", "low", "close", "volume"].map((name) => ({
  name,
  field: name[0],
}));
/** Every digit that the data has. */
const EXACT = ",.12~r";
const WICK: Json = { type: "rule", clip: true, strokeWidth: 1 };

/** What is said of a bar beside its numbers. */
const [FORMING, MISSING] = [1, 2];

/** The boxes of the bars, that of the forming one dashed and pale. */
function bodies(x: (field: string) => Json, y: Json, fillOpacity = 1): Json {
  const isForming = `datum.kind === ${FORMING}`;
  return {
    mark: { type: "rect", clip: true, strokeWidth: 1, strokeDash: { expr: `${isForming} ? [2, 2] : []` } },
    encoding: {
      x: x("left"),
      x2: { field: "right" },
      ...y,
      ...INK,
      ...FILL,
      fillOpacity: { condition: { test: isForming, value: 0.35 * fillOpacity }, value: fillOpacity },
    },
  };
}

const INK: Json = {
  stroke: { condition: { test: "datum.up", value: COLOURS.up }, value: COLOURS.down },
};

/** Hollow when it rose. */
const FILL: Json = {
  fill: { condition: { test: "datum.up", value: "transparent" }, value: COLOURS.down },
};

function closesAlone({ symbol }: Bars): never {
  return refuse({
    code: "no-candles",
    where: "candleChart",
    problem: `needs opens, highs and lows; the bars of ${symbol} have closes alone`,
    hint: "Draw the closes: linesChart.",
  });
}

function candleRows(bars: Bars, forming: boolean): Json[] {
  const rows: Json[] = [];
  for (let i = 0; i < bars.length; i++) {
    const o = drawable(bars.open[i], 12);
    const h = drawable(bars.high[i], 12);
    const l = drawable(bars.low[i], 12);
    const c = drawable(bars.close[i], 12);
    if (o === null || h === null || l === null || c === null) continue;
    const v = drawable(bars.volume[i], 8);
    const n = drawable(bars.tradeCount[i], 15);
    const kind = forming ? FORMING : bars.complete[i] === 0 ? MISSING : 0;
    rows.push({ t: bars.startUs[i]! / 1000, o, h, l, c, v, n, kind });
  }
  return rows;
}

/** The edges of each candle, its side and its tooltip's texts. */
function derived(intervalUs: number): Json[] {
  return [
    { calculate: "datum.t + barMs * 0.14", as: "left" },
    { calculate: "datum.t + barMs * 0.86", as: "right" },
    { calculate: "datum.t + barMs / 2", as: "middle" },
    { calculate: "datum.t + barMs", as: "end" },
    { calculate: "datum.c >= datum.o", as: "up" },
    { calculate: "max(datum.o, datum.c)", as: "top" },
    { calculate: "min(datum.o, datum.c)", as: "bottom" },
    { calculate: utcExpression("t", intervalUs % 1_000_000 !== 0), as: "start" },
    {
      calculate: `['complete', 'still forming', 'trades are missing'][datum.kind]`,
      as: "state",
    },
  ];
}

function crosses(x: (field: string) => Json, y: Json): Json {
  return {
    mark: {
      type: "text",
      fontSize: 12,
      fontWeight: 700,
      dy: 9,
      clip: true,
      color: COLOURS.missing,
    },
    encoding: {
      x: x("middle"),
      y: { ...y, field: "l" },
      text: { condition: { test: `datum.kind === ${MISSING}`, value: "✕" }, value: "" },
    },
  };
}

/** A line at the newest price with the price at its right end, while that is in view. */
function lastPrice(y: Json): Json[] {
  const transform = [{ filter: "datum.t === newestMs" }];
  const color = { condition: { test: "datum.up", value: COLOURS.up }, value: COLOURS.down };
  return [
    {
      transform,
      mark: { type: "rule", strokeDash: [1, 3] },
      encoding: { y: { ...y, field: "c" }, color },
    },
    {
      transform: [...transform, { filter: "!isNarrow" }],
      mark: { type: "text", clip: false, align: "left", dx: 5, fontWeight: 600 },
      encoding: {
        color,
        x: { value: "width" },
        y: { ...y, field: "c" },
        text: { field: "c", type: "quantitative", format: EXACT },
      },
    },
  ];
}

/** An unseen column over each bar: it lights up under the mouse and says the bar's numbers. */
function hoverColumns(name: string, x: (field: string) => Json, base: string, quote: string): Json {
  const number = (field: string, title: string, format: string): Json => ({
    field,
    type: "quantitative",
    title,
    format,
  });
  return {
    name,
    mark: { type: "rect", clip: true, color: "#808080" },
    encoding: {
      x: x("t"),
      x2: { field: "end" },
      opacity: { condition: { param: "hover", empty: false, value: 0.18 }, value: 0 },
      tooltip: [
        { field: "start", type: "nominal", title: "start (UTC)" },
        number("o", withUnit("open", quote), EXACT),
        number("h", withUnit("high", quote), EXACT),
        number("l", withUnit("low", quote), EXACT),
        number("c", withUnit("close", quote), EXACT),
        number("v", withUnit("volume", base), EXACT),
        number("n", "trades", ","),
        { field: "state", type: "nominal", title: "bar" },
      ],
    },
  };
}
