import { type SpreadSettings, spread } from "../../analytics/pair/spread.ts";
import { rollingZScore } from "../../analytics/rolling/rolling.ts";
import { type Bars, barColumn, makeBars, sliceBars } from "../../core/bars.ts";
import { firstAtLeast } from "../../core/search.ts";
import { joinBars, joinedColumn } from "../../pipeline/bars/join.ts";
import { resampleBars } from "../../pipeline/bars/resample.ts";

/** Longer bars of both symbols, and what spread and z-score of the pair's own bars were in each of y's. */
export interface PastRows {
  readonly bars: { readonly y: Bars; readonly x: Bars };
  /** At the end of each bar. */
  readonly spread: Extent;
  readonly zScore: Extent;
}

/** A value that moved within each bar; NaN where it is not defined. */
export interface Extent {
  readonly last: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

export interface PastSettings {
  readonly intervalUs: number;
  readonly window: number;
  /** Undefined while none is fitted. */
  readonly hedge: SpreadSettings | undefined;
  /** Bars that start then, or later, are still forming: they have a price, and no spread. */
  readonly closedUs: number;
}

/**
 * A pair's past in bars of `lengthUs`, made of its own bars from a window before `fromUs` on: spread and z-score are those
 * of the own bars, so that a value in view is the one that was drawn, or would have been. `before`: own bars of both from there to `fromUs`.
 */
export function pastRows(
  own: { readonly y: Bars; readonly x: Bars },
  { window, hedge, closedUs }: PastSettings,
  { fromUs, lengthUs }: { readonly fromUs: number; readonly lengthUs: number },
): PastRows & { readonly before: number } {
  const closed = (bars: Bars): Bars => sliceBars(bars, 0, firstAtLeast(bars.startUs, closedUs));
  const [y, x] = [closed(own.y), closed(own.x)];
  const joined = joinBars([y, x], { how: "inner" });
  const timeUs = joinedColumn(joined, 0, y, "startUs");
  const spreads = hedge
    ? spread(joinedColumn(joined, 0, y, "close"), joinedColumn(joined, 1, x, "close"), hedge).values
    : new Float64Array(timeUs.length).fill(Number.NaN);
  const longer = (bars: Bars): Bars =>
    resampleBars(sliceBars(bars, firstAtLeast(bars.startUs, fromUs)), lengthUs, { empty: "skipped" });
  const bars = { y: longer(own.y), x: longer(own.x) };
  const of = (values: Float64Array): Extent =>
    extents(bars.y, timeUs, { last: values, low: values, high: values });
  const before = firstAtLeast(timeUs, fromUs);
  return { bars, before, spread: of(spreads), zScore: of(rollingZScore(spreads, { window })) };
}

/** One after the other, in bars of `lengthUs`; there is one at least. */
export function joinedRows(parts: readonly PastRows[], lengthUs: number): PastRows {
  const y = joinedBars(parts.map(({ bars }) => bars.y));
  const longer = (bars: Bars): Bars => resampleBars(bars, lengthUs, { empty: "skipped" });
  const bars = { y: longer(y), x: longer(joinedBars(parts.map(({ bars }) => bars.x))) };
  const of = (which: "spread" | "zScore"): Extent => {
    const column = (name: keyof Extent): Float64Array =>
      joinedColumns(
        new Float64Array(y.length),
        parts.map((part) => part[which][name]),
      );
    return extents(bars.y, y.startUs, { last: column("last"), low: column("low"), high: column("high") });
  };
  return { bars, spread: of("spread"), zScore: of("zScore") };
}

/** The rows whose bars start in a range. */
export function rowsWithin({ bars, spread, zScore }: PastRows, fromUs: number, toUs: number): PastRows {
  const cut = (of: Bars): Bars =>
    sliceBars(of, firstAtLeast(of.startUs, fromUs), firstAtLeast(of.startUs, toUs));
  const [from, to] = [firstAtLeast(bars.y.startUs, fromUs), firstAtLeast(bars.y.startUs, toUs)];
  const part = ({ last, low, high }: Extent): Extent => ({
    last: last.subarray(from, to),
    low: low.subarray(from, to),
    high: high.subarray(from, to),
  });
  return { bars: { y: cut(bars.y), x: cut(bars.x) }, spread: part(spread), zScore: part(zScore) };
}

function joinedBars(parts: readonly Bars[]): Bars {
  const length = parts.reduce((sum, one) => sum + one.length, 0);
  return makeBars(parts[0]!, length, (name) =>
    joinedColumns(
      barColumn(name, length),
      parts.map((part) => part[name]),
    ),
  );
}

function joinedColumns<Column extends Float64Array | Uint8Array>(
  into: Column,
  parts: readonly (Float64Array | Uint8Array)[],
): Column {
  let at = 0;
  for (const part of parts) {
    into.set(part, at);
    at += part.length;
  }
  return into;
}

function extents({ startUs, endUs, length }: Bars, timeUs: Float64Array, values: Extent): Extent {
  const column = (): Float64Array => new Float64Array(length).fill(Number.NaN);
  const [last, low, high] = [column(), column(), column()];
  for (let bar = 0; bar < length; bar++) {
    const to = firstAtLeast(timeUs, endUs[bar]!);
    for (let i = firstAtLeast(timeUs, startUs[bar]!); i < to; i++) {
      if (Number.isNaN(values.last[i]!)) continue;
      last[bar] = values.last[i]!;
      if (!(values.low[i]! >= low[bar]!)) low[bar] = values.low[i]!;
      if (!(values.high[i]! <= high[bar]!)) high[bar] = values.high[i]!;
    }
  }
  return { last, low, high };
}
