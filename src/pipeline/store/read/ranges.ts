import { quote, refuse } from "../../../core/errors.ts";
import { MOST_BACK_US, sliceTrades, type TradeColumns, tradesInTime } from "../../../core/trade-columns.ts";
import type { Series, TradeRange } from "../trade-store.ts";

/** Reads a range of ids; the rows of a range of time are picked from it. */
export interface RangedReads {
  trades(series: Series, range: TradeRange): TradeColumns;
  /** `together` runs what has to see one state of the store. */
  blocks(
    series: Series,
    range: TradeRange,
    rows: number,
    together: <Result>(work: () => Result) => Result,
  ): Generator<TradeColumns, void, undefined>;
}

export function rangedReads(
  read: (series: Series, fromId: number, toId: number, limit: number) => TradeColumns,
  firstIdAt: (series: Series, timeUs: number) => number | undefined,
): RangedReads {
  const MOST = Number.MAX_SAFE_INTEGER;
  /** The ids between which all trades of a range lie: from (included) and to (not included). */
  const idsOf = (series: Series, range: TradeRange): [number, number] => {
    checkRange(series, range);
    const { fromId = 0, toId = MOST, fromUs, toUs } = range;
    const at = (timeUs: number): number => firstIdAt(series, timeUs) ?? MOST;
    return [
      fromUs === undefined ? fromId : Math.max(fromId, at(fromUs)),
      toUs === undefined ? toId : Math.min(toId, at(toUs + MOST_BACK_US)),
    ];
  };
  return {
    trades: (series, range) => {
      const [fromId, toId] = idsOf(series, range);
      const { fromUs, toUs, limit = MOST } = range;
      // rows out of time leave room for others
      for (let most = limit; ; most *= 2) {
        const rows = read(series, fromId, toId, most);
        const kept = tradesInTime(rows, fromUs, toUs);
        if (kept.length >= limit || rows.length < most) return sliceTrades(kept, 0, limit);
      }
    },
    blocks: function* (series, range, rows, together) {
      const { fromUs, toUs, limit = MOST } = range;
      let [fromId, toId] = together(() => idsOf(series, range));
      for (let left = limit; left > 0; ) {
        const block = together(() => read(series, fromId, toId, Math.min(rows, left)));
        if (block.length === 0) return;
        fromId = lastIdOf(block) + 1;
        const kept = tradesInTime(block, fromUs, toUs);
        left -= kept.length;
        if (kept.length > 0) yield kept;
      }
    },
  };
}

/** Refuses a range that is reversed, empty, or no numbers; and what `const [series] = store.series()` is of an empty database. */
export function checkRange(series: Series | undefined, range: TradeRange): void {
  if (series === undefined) {
    refuse({
      code: "no-series",
      where: "trades",
      problem: "needs one of store.series(); got undefined",
      hint: "The database may hold no symbol yet: collect or import some trades first.",
    });
  }
  const { symbol } = series;
  const { fromId, toId, fromUs, toUs, limit } = range;
  for (const [unit, from, to] of [
    ["Id", fromId, toId],
    ["Us", fromUs, toUs],
  ] as const) {
    const isNumber = [from, to].every((value) => value === undefined || Number.isSafeInteger(value));
    if (isNumber && (from === undefined || to === undefined || from < to)) continue;
    refuse({
      code: "bad-range",
      where: `trades of ${symbol}`,
      problem: `needs whole numbers, from${unit} below to${unit} (which is not included); got ${quote(from)} and ${quote(to)}`,
      hint: "Swap them, or leave one of them out.",
      facts: { range },
    });
  }
  if (limit === undefined || (Number.isSafeInteger(limit) && limit >= 1)) return;
  refuse({
    code: "bad-range",
    where: `trades of ${symbol}`,
    problem: `limit needs a whole number, at least 1; got ${quote(limit)}`,
    hint: "Leave it out for all.",
    facts: { range },
  });
}

/** The last id that a piece reaches to. */
export function lastIdOf({
  id,
  lastId = id,
  length,
}: Pick<TradeColumns, "id" | "lastId" | "length">): number {
  return lastId[length - 1]!;
}
