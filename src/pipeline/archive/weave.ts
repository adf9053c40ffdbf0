import { sliceTrades, type TradeColumns } from "../../core/trade-columns.ts";
import { allocateStored, sliceStored } from "../store/read/exact-trades.ts";
import type { StoredTrades } from "../store/read/stored-trades.ts";

const COLUMNS = ["id", "tradeTimeUs", "price", "qty", "isBuyerMaker"] as const;

/** Pieces without an id in common, each by ascending id, as one: its first `limit` rows. */
export function weaveTrades(pieces: readonly TradeColumns[], limit: number): TradeColumns {
  const full = pieces.filter(({ length }) => length > 0).sort((a, b) => a.id[0]! - b.id[0]!);
  if (full.length === 1) return sliceTrades(full[0]!, 0, limit);
  const total = full.reduce((sum, { length }) => sum + length, 0);
  const isApart = full.every(
    (piece, i) => i === 0 || full[i - 1]!.id[full[i - 1]!.length - 1]! < piece.id[0]!,
  );
  const out = allocate(
    isApart ? total : Math.min(total, limit),
    full.some(({ lastId }) => lastId !== undefined),
  );
  if (isApart) {
    let at = 0;
    for (const piece of full) {
      for (const name of COLUMNS) out[name].set(piece[name], at);
      out.lastId?.set(piece.lastId ?? piece.id, at);
      at += piece.length;
    }
    return sliceTrades(out, 0, limit);
  }
  eachByAscendingId(full, out.length, (piece, row, i) => {
    for (const name of COLUMNS) out[name][i] = piece[name][row]!;
    if (out.lastId) out.lastId[i] = (piece.lastId ?? piece.id)[row]!;
  });
  return out;
}

function allocate(length: number, hasMerged: boolean): TradeColumns {
  return {
    length,
    id: new Float64Array(length),
    tradeTimeUs: new Float64Array(length),
    price: new Float64Array(length),
    qty: new Float64Array(length),
    isBuyerMaker: new Uint8Array(length),
    ...(hasMerged && { lastId: new Float64Array(length) }),
  };
}

/** The same with everything that is known of the trades. */
export function weaveStored(pieces: readonly StoredTrades[], limit: number): StoredTrades {
  const full = pieces.filter(({ length }) => length > 0).sort((a, b) => a.id[0]! - b.id[0]!);
  if (full.length <= 1) return sliceStored(full[0] ?? allocateStored(0), 0, limit);
  const total = full.reduce((sum, { length }) => sum + length, 0);
  const out = allocateStored(Math.min(total, limit));
  eachByAscendingId(full, out.length, (piece, row, i) => {
    out.id[i] = piece.id[row]!;
    out.priceE8[i] = piece.priceE8[row]!;
    out.qtyE8[i] = piece.qtyE8[row]!;
    out.decimals[i] = piece.decimals[row]!;
    out.tradeTimeUs[i] = piece.tradeTimeUs[row]!;
    out.eventTimeUs[i] = piece.eventTimeUs[row]!;
    out.receivedUs[i] = piece.receivedUs[row]!;
    out.isBuyerMaker[i] = piece.isBuyerMaker[row]!;
    out.source[i] = piece.source[row]!;
  });
  return out;
}

/** Calls with the piece and the row of each of the `count` lowest ids. */
function eachByAscendingId<Piece extends { readonly length: number; readonly id: Float64Array }>(
  pieces: readonly Piece[],
  count: number,
  use: (piece: Piece, row: number, i: number) => void,
): void {
  const next = pieces.map(() => 0);
  for (let i = 0; i < count; i++) {
    let least = -1;
    for (let p = 0; p < pieces.length; p++) {
      const at = next[p]!;
      if (at === pieces[p]!.length) continue;
      if (least < 0 || pieces[p]!.id[at]! < pieces[least]!.id[next[least]!]!) least = p;
    }
    use(pieces[least]!, next[least]!++, i);
  }
}
