import type { ToldConflict } from "../../store/read/book-reader.ts";
import type { Series } from "../../store/series.ts";
import type { Ask } from "../sync/ask.ts";
import { sqlText, sqlWhole } from "../wire/sql.ts";
import type { Book } from "./books.ts";
import { readKey } from "./ledger.ts";

/** Ids of one statement. */
const MOST_IDS = 1000;

/**
 * How many contents of ids are told besides those that are kept. A collector lists what differs from its own copy: where another
 * collector's copy is kept, that may be the very one.
 */
export function countConflicts(ask: Ask, series: Series, books: readonly Book[]): number {
  const told = new Map(
    books.flatMap(({ conflicts }) => conflicts.map((one) => [contentText(one), one] as const)),
  );
  if (books.length < 2 || told.size === 0) return told.size;
  const ids = [...new Set([...told.values()].map(({ id }) => id))];
  for (let at = 0; at < ids.length; at += MOST_IDS)
    for (const kept of keptOf(ask, series, ids.slice(at, at + MOST_IDS))) told.delete(kept);
  return told.size;
}

function keptOf(ask: Ask, series: Series, ids: readonly number[]): string[] {
  const [venue, symbol] = readKey(series);
  const { rows, columns } = ask(
    "SELECT toFloat64(trade_id) AS id_, price AS price_, qty AS qty_, toFloat64(trade_time_us) AS time_, is_buyer_maker FROM trades FINAL " +
      `WHERE venue = ${sqlText(venue)} AND symbol = ${sqlText(symbol)} AND trade_id IN (${ids.map(sqlWhole).join(", ")}) FORMAT Native`,
  );
  const of = (name: string, i: number) => columns[name]![i];
  return Array.from({ length: rows }, (_, i) =>
    contentText({
      id: of("id_", i) as number,
      price: String(of("price_", i)),
      qty: String(of("qty_", i)),
      timeUs: of("time_", i) as number,
      isBuyerMaker: of("is_buyer_maker", i) as number,
    }),
  );
}

/** Times count in whole milliseconds: not every door tells more. */
const contentText = ({ id, price, qty, timeUs, isBuyerMaker }: Omit<ToldConflict, "foundUs">): string =>
  [id, price, qty, Math.floor(timeUs / 1000), Number(isBuyerMaker)].join(" ");
