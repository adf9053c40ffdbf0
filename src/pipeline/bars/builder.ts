import type { BarIdentity, Bars } from "../../core/bars.ts";
import type { MissingIds, TradeColumns } from "../../core/trade-columns.ts";
import type { TradeSums } from "../../core/trade-sums.ts";
import { barRows } from "./bar-rows.ts";
import { beginBar, openBar, sizeOf, takeSums, takeTrades } from "./open-bar.ts";

/** Makes bars of one symbol, piece by piece: however trades are cut into pieces, the bars are the same to the last bit. */
export interface BarBuilder {
  /**
   * Takes trades above all that came before, by ascending id. A trade belongs to the bar of its trade time; one whose time is
   * before its predecessor's bar, to that bar.
   */
  push(trades: TradeColumns): void;
  /** Takes trades as sums of steps that the bar's length, which is one of time, is a multiple of. */
  pushSums(sums: TradeSums): void;
  /** How many bars there are, the last one included, to which trades may still come. */
  readonly length: number;
  /** Whether the last bar has reached its size; time bars never do. */
  readonly isFull: boolean;
  /** Bars `from` to `to` (not included). Views: the last bar's values hold until the next push. */
  bars(from?: number, to?: number): Bars;
  /** Puts other bars in the place of bars `from` to `to` (not included), none of them the last one. */
  replace(from: number, to: number, bars: Bars): void;
  /** Forgets bar `from` and all later ones; what is pushed next begins there. */
  cut(from: number): void;
  /** Forgets old bars, the newest `keep` never; how many went. Moves each bar once on average. */
  trim(keep: number): number;
}

export function barBuilder(identity: BarIdentity): BarBuilder {
  const size = sizeOf(identity.rule);
  const rows = barRows(identity);
  const holes = holesAhead();
  const bar = openBar();
  const write = (): void => rows.write(bar, holes.areApart(bar.firstId, bar.lastId));
  const lengthOf = (): number => rows.done + (bar.isOpen ? 1 : 0);

  const begin = (id: number, timeUs: number, price: number): void => {
    if (bar.isOpen) {
      write();
      rows.close();
    }
    beginBar(bar, size, id, timeUs, price);
  };

  return {
    push: (trades) => {
      if (trades.holes !== undefined && trades.holes.length > 0) holes.learn(trades.holes);
      for (let i = 0; ; ) {
        i = takeTrades(bar, size, identity.symbol, trades, i);
        if (i === trades.length) return;
        begin(trades.id[i]!, trades.tradeTimeUs[i]!, trades.price[i]!);
      }
    },
    pushSums: (sums) => {
      if (sums.holes.length > 0) holes.learn(sums.holes);
      for (let i = 0; i < sums.length; i++) {
        if (sums.startUs[i]! >= bar.nextUs) begin(sums.firstId[i]!, sums.startUs[i]!, sums.open[i]!);
        takeSums(bar, sums, i);
      }
    },
    get length() {
      return lengthOf();
    },
    get isFull() {
      return bar.isOpen && bar.nextUs === Number.NEGATIVE_INFINITY;
    },
    bars: (from = 0, to = Number.POSITIVE_INFINITY) => {
      if (bar.isOpen && to > rows.done) write();
      return rows.view(Math.min(from, lengthOf()), Math.min(to, lengthOf()));
    },
    replace: rows.replace,
    cut: (from) => {
      if (from > rows.done) return;
      rows.cut(from);
      Object.assign(bar, openBar());
      const before = rows.view(Math.max(0, from - 1), from);
      if (from > 0) Object.assign(bar, { lastId: before.lastId[0]!, newestUs: before.startUs[0]! });
      holes.forget();
    },
    trim: (keep) => {
      const spare = Math.min(rows.done, lengthOf() - keep);
      if (spare <= Math.max(64, keep)) return 0;
      rows.drop(spare);
      return spare;
    },
  };
}

/** Holes that may touch the open bar or later ones. */
interface HolesAhead {
  /** Adds the holes of a later piece; what is known of already counts once. */
  learn(later: readonly MissingIds[]): void;
  /** Whether none lies inside these ids or next to them, which never go back. */
  areApart(firstId: number, lastId: number): boolean;
  forget(): void;
}

function holesAhead(): HolesAhead {
  let holes: readonly MissingIds[] = [];
  let next = 0;
  return {
    learn: (later) => {
      const known = holes.at(-1)?.last ?? Number.NEGATIVE_INFINITY;
      holes = [...holes.slice(next), ...later.filter(({ last }) => last > known)];
      next = 0;
    },
    areApart: (firstId, lastId) => {
      while (next < holes.length && holes[next]!.last + 1 < firstId) next++;
      return next === holes.length || holes[next]!.first > lastId + 1;
    },
    forget: () => {
      holes = [];
      next = 0;
    },
  };
}
