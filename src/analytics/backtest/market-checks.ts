import { quote, refuse } from "../../core/errors.ts";
import { formatUtc } from "../../core/time.ts";
import { requireBetween, requireSameLength } from "../checks.ts";
import type { Leg, Market } from "./types.ts";

/** Refuses a market whose legs do not lie on one grid of bars, or whose prices can be none. */
export function requireMarket(where: string, market: Market): void {
  requireColumns(where, market);
  const { legs, startUs, length, intervalUs } = market;
  requireLegs(where, legs.length);
  requireBetween(where, "intervalUs", intervalUs, 0, Number.POSITIVE_INFINITY);
  requireSameLength(where, {
    market: length,
    startUs: startUs.length,
    ...Object.fromEntries(
      legs.flatMap((leg) =>
        COLUMNS.flatMap((name) => {
          const column = leg[name];
          return column === undefined ? [] : [[`${leg.symbol} ${name}`, column.length]];
        }),
      ),
    ),
  });
  if (length === 0) {
    refuse({
      code: "too-few-values",
      where,
      problem: "needs at least 1 bar; got 0",
      hint: "Widen the range of time, or wait for the first bar to close.",
      facts: { got: 0, least: 1 },
    });
  }
  requireGrid(where, market);
  for (const leg of legs) {
    requirePrices(where, leg, "open", startUs);
    requirePrices(where, leg, "close", startUs);
    requireRates(where, leg, startUs);
  }
}

const COLUMNS = ["open", "close", "volume", "tradeCount", "fundingAtStart", "fundingInside"] as const;

/** A notebook's own arrays may be of another realm: `instanceof` would not know them. */
function requireColumns(where: string, market: Market): void {
  const { legs, startUs } = Object(market) as Partial<Market>;
  const isColumn = (value: unknown): boolean => ArrayBuffer.isView(value) && "length" in value;
  const isLeg = (leg: Leg | undefined): boolean =>
    isColumn(leg?.open) &&
    isColumn(leg?.close) &&
    COLUMNS.every((name) => leg?.[name] === undefined || isColumn(leg[name]));
  if (isColumn(startUs) && Array.isArray(legs) && legs.every(isLeg)) return;
  refuse({
    code: "bad-market",
    where,
    problem:
      "needs a market: startUs, and legs with open and close (volume and tradeCount where there are), each a Float64Array; got something else",
    hint: "Make it of bars with pairMarket.",
  });
}

function requireLegs(where: string, got: number): void {
  if (got === 1 || got === 2) return;
  refuse({
    code: "bad-market",
    where,
    problem: `needs a market of one leg or two; got ${got}`,
    hint: "Pass legs: [y] or legs: [y, x].",
    facts: { got },
  });
}

function requireGrid(where: string, { startUs, intervalUs, length }: Market): void {
  for (let t = 0; t < length; t++) {
    const step = t === 0 ? intervalUs : startUs[t]! - startUs[t - 1]!;
    if (step === intervalUs ? Number.isFinite(startUs[t]!) : isWhole(step, intervalUs)) continue;
    refuse({
      code: "bars-do-not-align",
      where,
      problem: `needs bars on one grid, each a whole number of intervals of ${intervalUs} µs after the one before; bar ${t} begins ${step} µs after bar ${t - 1}`,
      hint: "Join the bars of both symbols on one interval first: pairMarket does.",
      facts: { bar: t, step, intervalUs },
    });
  }
}

function requireRates(where: string, leg: Leg, startUs: Float64Array): void {
  for (const name of ["fundingAtStart", "fundingInside"] as const) {
    const bad = leg[name]?.findIndex((rate) => !(Math.abs(rate) < 1)) ?? -1;
    if (bad < 0) continue;
    refuse({
      code: "bad-rate",
      where,
      problem: `needs rates of funding as shares, 0 where nothing is settled; got ${leg[name]![bad]} for ${quote(leg.symbol)} at ${formatUtc(startUs[bad]!)}`,
      hint: "0.0001 is 0.01 % of the value.",
      facts: { symbol: leg.symbol, bar: bad, got: leg[name]![bad] },
    });
  }
}

function requirePrices(where: string, leg: Leg, name: "open" | "close", startUs: Float64Array): void {
  const prices = leg[name];
  for (let t = 0; t < prices.length; t++) {
    const price = prices[t]!;
    if ((price > 0 && price < Number.POSITIVE_INFINITY) || Number.isNaN(price)) continue;
    refuse({
      code: "not-a-price",
      where,
      problem: `needs prices above 0, or NaN where there is none; got ${price} as ${name} of ${quote(leg.symbol)} at bar ${t}, ${formatUtc(startUs[t]!)}`,
      hint: "Look at the source of this bar; a bar without a trade has NaN as its open.",
      facts: { symbol: leg.symbol, bar: t, got: price },
    });
  }
}

const DAY_US = 86_400e6;
const CLOCK_CHANGE_US = 2 * 3_600e6;

/** Whole intervals; days of a place may be some hours longer or shorter, as its clocks are put forward or back. */
function isWhole(step: number, intervalUs: number): boolean {
  const off = Math.abs(step - Math.max(1, Math.round(step / intervalUs)) * intervalUs);
  if (step > intervalUs && off === 0) return true;
  return intervalUs % DAY_US === 0 && off <= CLOCK_CHANGE_US && step > 0;
}
