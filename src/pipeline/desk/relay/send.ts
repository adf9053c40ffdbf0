import type { StoredTrades } from "../../store/read/stored-trades.ts";
import type { Series } from "../../store/series.ts";
import type { TradeStore } from "../../store/trade-store.ts";
import { BLOCKS_INSERT, encodeLedgerRows, type LedgerRow } from "../ledger/block-rows.ts";
import { extended, type Piece, readTimes } from "../ledger/blocks.ts";
import { encodeTrades, TRADES_INSERT } from "../ledger/trade-rows.ts";
import { INSERT } from "../wire/insert.ts";
import type { Post } from "../wire/post.ts";
import type { Place } from "./place.ts";

/** Trades of one stretch, read and waiting to be sent. */
export interface Cargo {
  readonly series: Series;
  readonly piece: Piece;
  readonly trades: StoredTrades;
}

/** Trades of one insert: each makes a part on the server, which likes few and large ones. */
export const MOST_ROWS: number = 4 * 65_536;

/** Reads stretches and gathers them into inserts; a stretch that is not whole now (its file has just gone) waits for the next time. */
export function* cargoes(
  store: TradeStore,
  wanted: readonly { readonly series: Series; readonly pieces: readonly Piece[] }[],
): Generator<readonly Cargo[], void, undefined> {
  let gathered: Cargo[] = [];
  let rows = 0;
  for (const { series, pieces } of wanted) {
    for (const piece of pieces) {
      const length = piece.last - piece.first + 1;
      if (rows > 0 && rows + length > MOST_ROWS) {
        yield gathered;
        [gathered, rows] = [[], 0];
      }
      const trades = store.exact(series, piece.first, piece.last + 1, length);
      if (trades.length !== length) continue;
      gathered.push({ series, piece, trades });
      rows += length;
    }
  }
  if (rows > 0) yield gathered;
}

/** Puts trades on the server, and when it has said yes, the rows that speak of them. Killed in between, both are sent again. */
export async function send(
  post: Post,
  place: Place,
  collector: string,
  cargo: readonly Cargo[],
  nowUs: number,
  onTrades?: () => void,
): Promise<LedgerRow[]> {
  await sendTrades(post, cargo);
  onTrades?.();
  const rows = new Map<string, LedgerRow>();
  for (const { series, piece, trades } of cargo) {
    const { venue, symbol } = series;
    const key = JSON.stringify([venue.name, symbol, piece.block]);
    const before = rows.get(key) ?? place.row(venue.name, symbol, piece.block);
    rows.set(key, {
      ...{ venue: venue.name, symbol, collector },
      ...extended(before, piece, trades, readTimes(trades)),
      revision: 0,
    });
  }
  const revision = place.nextRevision(nowUs);
  return sendRows(
    post,
    place,
    [...rows.values()].map((row) => ({ ...row, revision })),
  );
}

export async function sendTrades(post: Post, cargo: readonly Cargo[]): Promise<void> {
  const body = Buffer.concat(
    cargo.map(({ series, trades }) => encodeTrades(series.venue.name, series.symbol, trades)),
  );
  await post(TRADES_INSERT, { body, settings: INSERT, timeoutMs: SEND_MS });
}

export async function sendRows(post: Post, place: Place, rows: readonly LedgerRow[]): Promise<LedgerRow[]> {
  await post(BLOCKS_INSERT, { body: encodeLedgerRows(rows), settings: INSERT, timeoutMs: SEND_MS });
  for (const row of rows) place.put(row);
  return [...rows];
}

export const SEND_MS = 120_000;
