import type { MarketTrade } from "../source.ts";
import type { StoredRow, StoredTrack } from "./stored-track.ts";

/** A trade and the market time at which it goes out. */
export interface Sent {
  readonly trade: MarketTrade;
  readonly sentUs: number;
}

/**
 * The trades of all symbols as they were received, each at the newest event time so far: order is the recording's, pace the
 * exchange's. A trade that the stream did not bring has no receipt: it goes out at its trade time.
 */
export function* receiptOrder(tracks: readonly StoredTrack[]): Generator<Sent, void, undefined> {
  const heads = tracks.map((track) => {
    const rows = track.rows();
    return { rows, row: next(rows) };
  });
  let sentUs = 0;
  for (;;) {
    let received = -1;
    let other = -1;
    for (const [i, { row }] of heads.entries()) {
      if (row === undefined) continue;
      if (Number.isNaN(row.receivedUs)) {
        if (other < 0 || row.ownUs < heads[other]!.row!.ownUs) other = i;
      } else if (received < 0 || row.receivedUs < heads[received]!.row!.receivedUs) received = i;
    }
    if (received < 0 && other < 0) return;
    const takesOther =
      received < 0 ||
      (other >= 0 && heads[other]!.row!.ownUs <= Math.max(sentUs, heads[received]!.row!.ownUs));
    const head = heads[takesOther ? other : received]!;
    sentUs = Math.max(sentUs, head.row!.ownUs);
    yield { trade: head.row!.trade, sentUs };
    head.row = next(head.rows);
  }
}

function next(rows: Generator<StoredRow, void, undefined>): StoredRow | undefined {
  return rows.next().value ?? undefined;
}
