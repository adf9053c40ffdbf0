import { sliceTrades, type TradeColumns } from "../../core/trade-columns.ts";

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
  const next = full.map(() => 0);
  for (let i = 0; i < out.length; i++) {
    let least = -1;
    for (let p = 0; p < full.length; p++) {
      const at = next[p]!;
      if (at === full[p]!.length) continue;
      if (least < 0 || full[p]!.id[at]! < full[least]!.id[next[least]!]!) least = p;
    }
    const piece = full[least]!;
    const at = next[least]!++;
    for (const name of COLUMNS) out[name][i] = piece[name][at]!;
    if (out.lastId) out.lastId[i] = (piece.lastId ?? piece.id)[at]!;
  }
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
