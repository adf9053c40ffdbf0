import type { Account } from "./account.ts";

/** Values what is held at the last known closes, and writes it down. */
export interface Marker {
  /** The value of what is held at the close of a bar; 0 while flat. */
  mark(bar: number): number;
  /**
   * Goes on from a bar up to `to` (not included) while nothing can happen but that prices move. Returns the first bar that it
   * left: `to`, or where nothing would be left of the equity, or at once where holding costs something.
   */
  markOn(bar: number, to: number): number;
}

export function markerOf({ market, book, standing, marks }: Account, hasCarry: boolean): Marker {
  const { units } = standing;
  const [closeY, closeX] = market.legs.map(({ close }) => close) as [Float64Array, Float64Array?];
  const closes = market.legs.map(({ close }) => close);
  const { cash: cashes, equity: equities, exposure: exposures, units: held } = book;

  const mark = (bar: number): number => {
    if (standing.entryBar < 0) return 0;
    let [holdings, exposure] = [0, 0];
    for (let k = 0; k < units.length; k++) {
      const close = closes[k]![bar]!;
      if (!Number.isNaN(close)) marks[k] = close;
      const value = units[k]! * marks[k]!;
      holdings += value;
      exposure += Math.abs(value);
      if (!book.isBrief) held[k]![bar] = units[k]!;
    }
    if (!book.isBrief) exposures[bar] = exposure;
    return holdings;
  };

  /** The same sums in the same order, without a call a bar. */
  const markHeld = (from: number, to: number): number => {
    const { cash } = standing;
    const [unitsY, unitsX] = [units[0]!, units[1] ?? 0];
    let [markY, markX, bar] = [marks[0]!, marks[1] ?? 0, from];
    for (; bar < to; bar++) {
      const y = closeY[bar]!;
      if (!Number.isNaN(y)) markY = y;
      let holdings = unitsY * markY;
      if (closeX !== undefined) {
        const x = closeX[bar]!;
        if (!Number.isNaN(x)) markX = x;
        holdings += unitsX * markX;
      }
      const equity = cash + holdings;
      if (equity <= 0) break;
      equities[bar] = equity;
    }
    return bar;
  };

  const writeHeld = (from: number, to: number): void => {
    for (let bar = from; bar < to; bar++) {
      let exposure = 0;
      for (let k = 0; k < units.length; k++) {
        const close = closes[k]![bar]!;
        if (!Number.isNaN(close)) marks[k] = close;
        exposure += Math.abs(units[k]! * marks[k]!);
      }
      exposures[bar] = exposure;
    }
    for (let k = 0; k < units.length; k++) held[k]!.fill(units[k]!, from, to);
  };

  const markOn = (from: number, to: number): number => {
    if (from >= to) return from;
    const isHeld = standing.entryBar >= 0;
    if (isHeld && hasCarry) return from;
    const upTo = isHeld ? markHeld(from, to) : to;
    if (!isHeld) equities.fill(standing.equity, from, to);
    if (upTo === from) return from;
    if (!book.isBrief) cashes.fill(standing.cash, from, upTo);
    if (isHeld && !book.isBrief) writeHeld(from, upTo);
    if (isHeld)
      for (let k = 0; k < units.length; k++) marks[k] = lastKnown(closes[k]!, from, upTo, marks[k]!);
    standing.equity = equities[upTo - 1]!;
    return upTo;
  };
  return { mark, markOn };
}

function lastKnown(close: Float64Array, from: number, to: number, before: number): number {
  for (let bar = to - 1; bar >= from; bar--) if (!Number.isNaN(close[bar]!)) return close[bar]!;
  return before;
}
