import { type IdRange, idRanges } from "../../store/ledger/id-ranges.ts";
import type { ToldConflict } from "../../store/read/book-reader.ts";
import type { StoredTrades } from "../../store/read/stored-trades.ts";
import type { Series } from "../../store/series.ts";
import type { TradeStore } from "../../store/trade-store.ts";
import type { LedgerRow } from "../ledger/block-rows.ts";
import { blockRange, sameSums } from "../ledger/blocks.ts";
import { claimOf } from "../ledger/claim.ts";
import { exactQuery, exactRows } from "../ledger/exact-rows.ts";
import type { Post } from "../wire/post.ts";
import { count } from "./count.ts";
import type { Place } from "./place.ts";
import { sendRows, sendTrades } from "./send.ts";

/** What an audit has found. */
export interface Audited {
  readonly blocks: number;
  /** Blocks that differed from what was sent. */
  readonly differing: number;
  readonly sentAgain: number;
  /** Trades that the server has lost, and that are no longer kept here: they are not claimed any more. */
  readonly lost: number;
  /** Trades of which another collector's copy, received earlier, says something else: that one stays, ours is listed. */
  readonly conflicts: number;
  /** Blocks that the server does not hold even now that they were sent again. */
  readonly unmended: number;
}

/** What the audit learns on its way. */
export interface Findings {
  readonly sound: readonly LedgerRow[];
  readonly lost: readonly { readonly row: LedgerRow; readonly ids: readonly IdRange[] }[];
  /** By venue and symbol. */
  readonly conflicts: ReadonlyMap<string, ToldConflict[]>;
}

export interface AuditParts {
  readonly post: Post;
  readonly place: Place;
  readonly store: TradeStore;
  readonly rows: Iterable<LedgerRow>;
  readonly nowUs: () => number;
  readonly tell: (findings: Findings) => void;
  readonly onDone: (blocks: number) => void;
}

/** Counts rows of the server's ledger among its trades, and sends again what is not as it was sent. */
export async function auditBlocks(parts: AuditParts): Promise<Audited> {
  const { post, rows, tell, onDone } = parts;
  const sum = { blocks: 0, differing: 0, sentAgain: 0, lost: 0, conflicts: 0, unmended: 0 };
  const conflicts = new Map<string, ToldConflict[]>();
  for await (const group of count(post, rows)) {
    const sound: LedgerRow[] = [];
    const lost: { row: LedgerRow; ids: readonly IdRange[] }[] = [];
    for (const { row, sums } of group) {
      sum.blocks++;
      if (sameSums(row.sums, sums)) {
        sound.push(row);
        continue;
      }
      sum.differing++;
      const mended = await mendBlock(parts, row);
      sum.sentAgain += mended.sent;
      sum.conflicts += mended.conflicts.length;
      const key = JSON.stringify([row.venue, row.symbol]);
      conflicts.set(key, [...(conflicts.get(key) ?? []), ...mended.conflicts]);
      if (mended.row === undefined) sum.unmended++;
      else sound.push(mended.row);
      for (const { first, last } of mended.lost) sum.lost += last - first + 1;
      if (mended.lost.length > 0) lost.push({ row, ids: mended.lost });
    }
    tell({ sound, lost, conflicts });
    onDone(sum.blocks);
  }
  return sum;
}

interface Mended {
  readonly sent: number;
  readonly lost: readonly IdRange[];
  readonly conflicts: readonly ToldConflict[];
  /** As the ledger has it now; undefined: it is still not what was sent. */
  readonly row: LedgerRow | undefined;
}

/** Sends a block again, looks at what is there then, and has the ledger say that. */
async function mendBlock({ post, place, store, nowUs }: AuditParts, row: LedgerRow): Promise<Mended> {
  const { venue, symbol, block, ids } = row;
  const series = store.series().find((one) => one.venue.name === venue && one.symbol === symbol);
  const own = series === undefined ? [] : ids.map((range) => ownTrades(store, series, range));
  if (series !== undefined) {
    const cargo = own
      .filter(({ length }) => length > 0)
      .map((trades, i) => ({ series, trades, piece: { ...ids[i]!, block } }));
    if (cargo.length > 0) await sendTrades(post, cargo);
  }
  const { first, last } = blockRange(block);
  const there = exactRows(venue, await post(exactQuery(venue, symbol, first, last + 1)));
  const held = idRanges();
  for (const id of there.id) held.hold(id, id);
  const kept = idRanges();
  for (const trades of own) for (const id of trades.id) kept.hold(id, id);
  const missing = ids.flatMap((range) => held.missing(range));
  const sent = own.reduce((sum, { length }) => sum + length, 0);
  const result = { sent, conflicts: conflictsOf(own, there, nowUs()) };
  // what we hold was sent just now, and is not there
  if (missing.some((range) => kept.count(range) > 0)) return { ...result, lost: [], row: undefined };
  const left = idRanges(ids);
  for (const range of missing) left.release(range.first, range.last);
  const claimed = { ...claimOf(row, left.ranges, there), revision: place.nextRevision(nowUs()) };
  await sendRows(post, place, [claimed]);
  return { ...result, lost: missing, row: claimed };
}

/** What of a range the book holds itself; what was archived and removed it does not. */
function ownTrades(store: TradeStore, series: Series, { first, last }: IdRange): StoredTrades {
  return store.exact(series, first, last + 1, last - first + 1);
}

/** Our trades of which something else is there. Times are compared in whole milliseconds: not every door tells more. */
export function conflictsOf(
  own: readonly StoredTrades[],
  there: StoredTrades,
  foundUs: number,
): ToldConflict[] {
  const rowOf = new Map<number, number>();
  for (let i = 0; i < there.length; i++) rowOf.set(there.id[i]!, i);
  const found: ToldConflict[] = [];
  const ms = (us: number): number => Math.floor(us / 1000);
  for (const trades of own) {
    for (let i = 0; i < trades.length; i++) {
      const k = rowOf.get(trades.id[i]!);
      if (k === undefined) continue;
      const isSame =
        trades.priceE8[i] === there.priceE8[k] &&
        trades.qtyE8[i] === there.qtyE8[k] &&
        trades.isBuyerMaker[i] === there.isBuyerMaker[k] &&
        ms(trades.tradeTimeUs[i]!) === ms(there.tradeTimeUs[k]!);
      if (isSame) continue;
      found.push({
        id: trades.id[i]!,
        foundUs,
        price: String(trades.priceE8[i]),
        qty: String(trades.qtyE8[i]),
        timeUs: trades.tradeTimeUs[i]!,
        isBuyerMaker: trades.isBuyerMaker[i]!,
      });
    }
  }
  return found;
}
