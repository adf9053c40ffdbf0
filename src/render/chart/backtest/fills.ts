import type { Backtest, Fill, Market } from "../../../analytics/backtest/types.ts";
import { assetsOf } from "../../../core/assets.ts";
import { quote, refuse } from "../../../core/errors.ts";
import { plainText } from "../../escape.ts";
import { drawable } from "../../round.ts";
import { COLOURS } from "../../theme.ts";
import type { View } from "../../view.ts";
import { closingTimes } from "../base/closing-times.ts";
import { type Json, packed, type TimeAxis, utcExpression, withUnit } from "../base/frame.ts";
import { spacedMarks } from "../base/thin.ts";
import { drawLines, LINES_OPTIONS, type LinesOptions } from "../lines.ts";
import { type DrawnRun, partsOf } from "./run.ts";

export interface FillsOptions extends LinesOptions {
  /** The leg, counted from 0: y, then x. 0 unless told. */
  readonly leg?: number;
  /** The newest are drawn; unless told all, or of more than 120 the first of each side in each 60th of the time. */
  readonly mostFills?: number;
}

const STRETCHES = 60;

/** The price of a leg with its fills: ▲ bought, ▼ sold, at the price that was paid; the mouse says why. */
export function fillsChart(run: DrawnRun, options?: FillsOptions): View;
/** @deprecated `fillsChart(run, { leg })` */
export function fillsChart(run: Backtest, market: Market, leg: number, options?: FillsOptions): View;
export function fillsChart(run: DrawnRun, given: FillsOptions | Market = {}): View {
  const names = ["leg", "mostFills", ...LINES_OPTIONS] as const;
  const { backtest, options } = partsOf<FillsOptions>("fillsChart", run, given, names);
  const { leg = 0, mostFills } = options;
  const { fills, orders, market } = backtest;
  const traded = market.legs[leg];
  if (traded === undefined) {
    refuse({
      code: "bad-leg",
      where: "fillsChart",
      problem: `leg must be one of the market's ${market.legs.length}, counted from 0; got ${quote(leg)}`,
      hint: "Pass 0 for the first one.",
      facts: { leg },
    });
  }
  const { timesUs, domainUs } = closingTimes(market);
  const { base, quote: money } = assetsOf(traded.symbol);
  const own = fills.filter((fill) => fill.leg === leg);
  const drawn =
    mostFills === undefined
      ? spacedMarks(
          own,
          ({ timeUs, quantity }) => ({ us: timeUs, kind: Math.sign(quantity) }),
          domainUs,
          STRETCHES,
        )
      : own.slice(Math.max(0, own.length - mostFills));
  const reasons = new Map(orders.map(({ id, reason }) => [id, reason]));
  const count =
    own.length === 0
      ? "no fill"
      : `▲ ${own.filter(({ quantity }) => quantity > 0).length} bought · ▼ ${own.filter(({ quantity }) => quantity < 0).length} sold`;
  const note =
    drawn.length === own.length
      ? count
      : `${count} · ${mostFills === undefined ? "some of them" : `the last ${drawn.length}`} are drawn`;
  return drawLines(timesUs, [{ name: traded.symbol, values: traded.close }], {
    title: `${traded.symbol} and its fills`,
    yName: "price",
    unit: money,
    domainUs,
    layers: (x, y) => (drawn.length === 0 ? [] : [triangles(drawn, reasons, [base, money], x, y)]),
    ...options,
    note: [note, options.note].filter(Boolean).join(" · "),
  });
}

function triangles(
  fills: readonly Fill[],
  reasons: ReadonlyMap<number, string>,
  [base, money]: readonly [string, string],
  x: TimeAxis,
  y: Json,
): Json {
  const rows = fills.map(({ timeUs, quantity, price, fee, order }) => ({
    at: timeUs / 1000,
    price: drawable(price, 12),
    quantity: drawable(quantity, 8),
    fee: drawable(fee, 6),
    why: plainText(reasons.get(order) ?? ""),
  }));
  const { data, transform } = packed(rows);
  const bought = (yes: string, no: string): Json => ({
    condition: { test: "datum.quantity > 0", value: yes },
    value: no,
  });
  const number = (field: string, title: string): Json => ({
    field,
    type: "quantitative",
    title,
    format: ",.12~r",
  });
  return {
    data,
    transform: [
      ...transform,
      {
        calculate: utcExpression(
          "at",
          fills.some(({ timeUs }) => timeUs % 1_000_000 !== 0),
        ),
        as: "when",
      },
      { calculate: "datum.quantity > 0 ? 'bought' : 'sold'", as: "side" },
    ],
    mark: { type: "point", filled: true, size: 60, opacity: 0.9, clip: true },
    encoding: {
      x: x.channel("at"),
      y: { ...y, field: "price" },
      shape: bought("triangle-up", "triangle-down"),
      color: bought(COLOURS.up, COLOURS.down),
      tooltip: [
        { field: "when", type: "nominal", title: "filled (UTC)" },
        { field: "side", type: "nominal", title: "side" },
        { field: "why", type: "nominal", title: "because of" },
        number("quantity", withUnit("quantity", base)),
        number("price", withUnit("price", money)),
        number("fee", withUnit("fee", money)),
      ],
    },
  };
}
