import { e8ToText, parseE8 } from "../../core/decimal.ts";
import { quote, refuse } from "../../core/errors.ts";
import { readText } from "../archive/parquet.ts";
import { layoutOf } from "./layout.ts";
import { PIECE_ROWS, type Piece, type RowContext, type RowTaker, rowTaker } from "./rows.ts";
import type { Source } from "./source.ts";

const SLICE_ROWS = 10 * PIECE_ROWS;

/** A Parquet file with named columns as pieces; prices as text, as numbers, or as the archive's integers × 1e8. */
export async function* parquetPieces(source: Source, context: RowContext): AsyncGenerator<Piece> {
  let taker: RowTaker | undefined;
  let row = 0;
  for (const { names, columns } of readText(source.path, SLICE_ROWS)) {
    const table = withDecimals(names, columns, source.name);
    taker ??= rowTaker(layoutOf(table.names, undefined, source.name), { ...context, unit: "row" });
    const { length } = columns[0]!;
    for (let i = 0; i < length; i++) {
      taker.take(
        table.columns.map((column) => column[i]!),
        ++row,
      );
      if (taker.pending === PIECE_ROWS) yield taker.piece()!;
    }
  }
  const last = taker?.piece();
  if (last) yield last;
}

interface Table {
  readonly names: readonly string[];
  readonly columns: readonly (readonly string[])[];
}

/** The archive's integers as the exchange's text. */
function withDecimals(
  names: readonly string[],
  columns: readonly (readonly string[])[],
  where: string,
): Table {
  const at = (name: string): readonly string[] | undefined => columns[names.indexOf(name)];
  const decimals = at("decimals");
  const [price, qty] = [at("price_e8"), at("qty_e8")];
  if (price === undefined || qty === undefined || decimals === undefined) return { names, columns };
  const of = (e8: readonly string[], fewer: (both: number) => number): string[] =>
    e8.map((value, i) => {
      const isWhole = /^\d{1,19}$/.test(value) && /^\d{1,2}$/.test(decimals[i]!);
      const text = isWhole ? e8ToText(BigInt(value), 8 - fewer(Number(decimals[i]))) : "";
      if (isWhole && parseE8(text) === BigInt(value)) return text;
      return refuse({
        code: "bad-row",
        where,
        problem: `needs whole numbers in price_e8 and qty_e8 which have as many decimals as the column decimals says; got ${quote(value, 40)} and ${quote(decimals[i], 40)}`,
        hint: "Nothing was imported from this file.",
      });
    });
  return {
    names: [...names, "price", "qty"],
    columns: [...columns, of(price, (both) => Math.floor(both / 9)), of(qty, (both) => both % 9)],
  };
}
