import { BATCH_COLUMNS } from "../../store/write/batch.ts";
import type { Asking } from "../asking.ts";
import { isSame, overlap, type Place } from "./file-trades.ts";
import { emptyRows, PIECE_ROWS, type TradeRows } from "./trades.ts";

/** Pieces of a file in any order → by ascending id, identical repeats once. Refuses two contents of one id. */
export function inOrder(
  asking: Asking,
  pieces: readonly TradeRows[],
  isCounted: boolean,
): { readonly pieces: TradeRows[]; readonly repeats: number } {
  const total = pieces.reduce((sum, { batch }) => sum + batch.length, 0);
  const rows = pieces.reduce((sum, piece) => sum + piece.rows, 0);
  const [piece, index, key] = [new Uint32Array(total), new Uint32Array(total), new Float64Array(total)];
  let n = 0;
  for (const [p, { batch }] of pieces.entries()) {
    for (let i = 0; i < batch.length; i++, n++) {
      piece[n] = p;
      index[n] = i;
      key[n] = isCounted ? batch.id[i]! : batch.tradeTimeUs[i]!;
    }
  }
  const order = new Uint32Array(total);
  for (let k = 0; k < total; k++) order[k] = k;
  order.sort((a, b) => key[a]! - key[b]! || a - b);
  const place = (k: number): Place => [pieces[piece[k]!]!, index[k]!];
  const out: TradeRows[] = [];
  let open = emptyRows();
  let repeats = 0;
  let last: Place | undefined;
  for (const k of order) {
    const [from, i] = place(k);
    if (isCounted && last !== undefined && last[0].lastId[last[1]]! >= from.batch.id[i]!) {
      if (!isSame(last, [from, i])) overlap(asking, last, [from, i]);
      repeats++;
      continue;
    }
    last = [from, i];
    const j = open.batch.length++;
    for (const name of BATCH_COLUMNS) open.batch[name][j] = from.batch[name][i]!;
    open.lastId[j] = from.lastId[i]!;
    open.aggId[j] = from.aggId[i]!;
    if (open.batch.length === PIECE_ROWS) {
      out.push({ ...open, rows: PIECE_ROWS });
      open = emptyRows();
    }
  }
  if (open.batch.length > 0 || out.length === 0) out.push({ ...open, rows: open.batch.length });
  // the rows that were there twice belong to some piece, too
  const counted = out.reduce((sum, one) => sum + one.rows, 0);
  const end = out.pop()!;
  out.push({ ...end, rows: end.rows + rows - counted });
  return { pieces: out, repeats };
}
