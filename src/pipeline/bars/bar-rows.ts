import { type BarIdentity, type Bars, barColumn, makeBars } from "../../core/bars.ts";
import type { OpenBar } from "./open-bar.ts";
import { quoteVolumeOf, volumeOf } from "./sums.ts";

/** The columns of bars as they grow. Views of them hold until the next change of their rows. */
export interface BarRows {
  /** Rows that are done; the open bar's may be written after them. */
  readonly done: number;
  /** Writes the open bar after the rows that are done. */
  write(bar: OpenBar, isComplete: boolean): void;
  /** What was written is done. */
  close(): void;
  view(from: number, to: number): Bars;
  /** Puts other bars in the place of rows `from` to `to` (not included). */
  replace(from: number, to: number, bars: Bars): void;
  /** Keeps the rows below `to` only, in other memory. */
  cut(to: number): void;
  /** Forgets the first rows, in other memory. */
  drop(count: number): void;
}

export function barRows(identity: BarIdentity): BarRows {
  const { rule } = identity;
  const intervalUs = rule.by === "time" ? rule.intervalUs : undefined;
  let capacity = 64;
  let rows = makeBars(identity, capacity, (name) => barColumn(name, capacity));
  let done = 0;

  /** Other memory for the rows, so that views of the old one stay as they are. */
  const move = (size: number, from = 0): void => {
    const old = rows;
    capacity = size;
    rows = makeBars(identity, capacity, (name) => {
      const column = barColumn(name, capacity);
      column.set(old[name].subarray(from, done));
      return column;
    });
    done -= from;
  };

  return {
    get done() {
      return done;
    },
    write: (bar, isComplete) => {
      if (done === capacity) move(2 * capacity);
      const volume = volumeOf(bar.v1, bar.v0);
      const quoteVolume = quoteVolumeOf(bar.z2, bar.z1, bar.z0);
      rows.startUs[done] = bar.startUs;
      rows.endUs[done] = intervalUs === undefined ? bar.newestUs : bar.startUs + intervalUs;
      rows.open[done] = bar.open;
      rows.high[done] = bar.high;
      rows.low[done] = bar.low;
      rows.close[done] = bar.close;
      rows.volume[done] = volume;
      rows.quoteVolume[done] = quoteVolume;
      rows.vwap[done] = quoteVolume / volume;
      rows.tradeCount[done] = bar.count;
      rows.takerBuyVolume[done] = volumeOf(bar.b1, bar.b0);
      rows.firstId[done] = bar.firstId;
      rows.lastId[done] = bar.lastId;
      rows.complete[done] = isComplete ? 1 : 0;
    },
    close: () => {
      done++;
    },
    view: (from, to) => makeBars(identity, Math.max(0, to - from), (name) => rows[name].subarray(from, to)),
    replace: (from, to, bars) => {
      const old = rows;
      const grown = done + bars.length - (to - from);
      capacity = Math.max(64, 2 ** Math.ceil(Math.log2(grown + 1)));
      rows = makeBars(identity, capacity, (name) => {
        const column = barColumn(name, capacity);
        column.set(old[name].subarray(0, from));
        column.set(bars[name], from);
        column.set(old[name].subarray(to, done), from + bars.length);
        return column;
      });
      done = grown;
    },
    cut: (to) => {
      done = to;
      move(capacity);
    },
    drop: (count) => move(capacity, count),
  };
}
