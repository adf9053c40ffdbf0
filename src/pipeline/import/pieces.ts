import { quote, refuse } from "../../core/errors.ts";
import { fieldsOf, layoutOf, type RowKind } from "./layout.ts";
import { linesOf } from "./lines.ts";
import { PIECE_ROWS, type Piece, type RowContext, type RowTaker, rowTaker } from "./rows.ts";

/** A CSV file as pieces of at most 20,000 rows; which pieces there are depends on the file alone. */
export async function* csvPieces(
  chunks: AsyncIterable<Uint8Array>,
  kind: RowKind | undefined,
  context: RowContext,
): AsyncGenerator<Piece> {
  const { where } = context;
  let taker: RowTaker | undefined;
  for await (const { first, lines } of linesOf(chunks, where)) {
    for (let i = 0; i < lines.length; i++) {
      const line = first + i;
      const fields = fieldsOf(lines[i]!);
      if (fields === undefined || lines[i] === "") badLine(where, line, lines[i]!);
      if (taker === undefined) {
        const layout = layoutOf(fields, kind, `${where}, line 1`);
        taker = rowTaker(layout, context);
        if (layout.hasHeader) continue;
      }
      taker.take(fields, line);
      if (taker.pending === PIECE_ROWS) yield taker.piece()!;
    }
  }
  const last = taker?.piece();
  if (last) yield last;
}

function badLine(where: string, line: number, text: string): never {
  return refuse({
    code: "bad-line",
    where: `${where}, line ${line}`,
    problem:
      text === ""
        ? "needs a row in every line; this one is empty"
        : `needs quotes that close in the same line; got ${quote(text, 80)}`,
    hint: "Nothing was imported from this file.",
    facts: { line },
  });
}
