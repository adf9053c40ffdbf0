import type Database from "better-sqlite3";
import { type IdRange, type IdRanges, idRanges } from "./id-ranges.ts";

/** Trades that could be had merged only: fills of one order at one price, with the ids `first` to `last`. */
export interface MergedTrade {
  /** Its number at the exchange; below 0 where a file names none. */
  readonly aggId: number;
  readonly first: number;
  readonly last: number;
  /** Decimal text, as `Trade` has it. */
  readonly price: string;
  /** Of all the fills together. */
  readonly qty: string;
  readonly tradeTimeUs: number;
  readonly receivedUs: number;
  /** True: the taker sold. */
  readonly isBuyerMaker: boolean;
}

/** Which ids of one symbol are there as merged trades: only of the spans that were loaded, and of what came since. */
export interface MergedIds extends Pick<IdRanges, "count" | "missing" | "hold"> {
  load(span: IdRange): void;
  /** The trades themselves have come: what was merged of them goes, so that nothing counts twice. */
  displace(ids: IdRange): void;
  forget(): void;
}

export function mergedIds(db: Database.Database, symbolId: number): MergedIds {
  const within = db.prepare<number[], IdRange>(
    `SELECT first_id AS first, last_id AS last FROM agg_trades
     WHERE symbol_id = ? AND first_id BETWEEN ? AND ? ORDER BY first_id`,
  );
  const before = db
    .prepare<number[], number>(
      "SELECT first_id FROM agg_trades WHERE symbol_id = ? AND first_id <= ? ORDER BY first_id DESC LIMIT 1",
    )
    .pluck();
  const drop = db.prepare<number[], IdRange>(
    `DELETE FROM agg_trades WHERE symbol_id = ? AND first_id BETWEEN ? AND ? AND last_id >= ?
     RETURNING first_id AS first, last_id AS last`,
  );
  let ids = idRanges();
  return {
    count: (span) => ids.count(span),
    missing: (span) => ids.missing(span),
    hold: (first, last) => ids.hold(first, last),
    load: (span) => {
      for (const { first, last } of within.iterate(symbolId, span.first, span.last)) ids.hold(first, last);
    },
    displace: ({ first, last }) => {
      const from = before.get(symbolId, first) ?? first;
      for (const row of drop.all(symbolId, from, last, first)) ids.release(row.first, row.last);
    },
    forget: () => {
      ids = idRanges();
    },
  };
}
