import { refuse } from "../../../core/errors.ts";
import type { TradeColumns } from "../../../core/trade-columns.ts";
import { type IdRange, type IdRanges, idRanges } from "../../store/ledger/id-ranges.ts";
import { ODD_US } from "../ledger/blocks.ts";
import type { Table } from "../native/decode.ts";
import type { Ask } from "../sync/ask.ts";
import { sqlText, sqlWhole } from "../wire/sql.ts";

/** A trade's time as readers take it. */
export const TIME_SQL: string = `if(event_time_us != 0 AND abs(trade_time_us - event_time_us) >= ${ODD_US}, event_time_us, trade_time_us)`;

export function tradesQuery(venue: string, symbol: string, { first, last }: IdRange): string {
  return (
    `SELECT toFloat64(trade_id) AS id_, toFloat64(${TIME_SQL}) AS time_, price / intExp10(scale) AS price_, ` +
    `qty / intExp10(scale) AS qty_, is_buyer_maker ${fromTrades(venue, symbol, first, last)} ORDER BY trade_id FORMAT Native`
  );
}

/** The trades of a range of ids, each once. */
export function fromTrades(venue: string, symbol: string, first: number, last: number): string {
  return (
    `FROM trades FINAL WHERE venue = ${sqlText(venue)} AND symbol = ${sqlText(symbol)} ` +
    `AND trade_id >= ${sqlWhole(first)} AND trade_id <= ${sqlWhole(last)}`
  );
}

/** How many ids ranges hold that do not overlap. */
export const countIds = (ranges: readonly IdRange[]): number =>
  ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);

/** Rows by ascending id, as a table has them. */
export interface Rows {
  readonly length: number;
  readonly id: Float64Array;
}

export function columnsOf({ rows, columns }: Table): TradeColumns {
  const float = (name: string): Float64Array =>
    (columns[name] as Float64Array | undefined) ?? new Float64Array();
  return {
    length: rows,
    id: float("id_"),
    tradeTimeUs: float("time_"),
    price: float("price_"),
    qty: float("qty_"),
    isBuyerMaker: (columns.is_buyer_maker as Uint8Array | undefined) ?? new Uint8Array(),
  };
}

/** Held ids from one to another (not included), the first `limit` of them, as ranges. */
export function heldWithin(held: IdRanges, fromId: number, toId: number, limit: number): IdRange[] {
  const found: IdRange[] = [];
  let left = limit;
  for (const range of held.within({ first: fromId, last: toId - 1 })) {
    const first = Math.max(range.first, fromId);
    const last = Math.min(range.last, toId - 1, first + left - 1);
    if (last < first) break;
    found.push({ first, last });
    left -= last - first + 1;
    if (left <= 0) break;
  }
  return found;
}

/** Stretches of so many held ids at most, each to be read by one statement. */
export function stretches(ranges: readonly IdRange[], most: number): IdRange[][] {
  const all: IdRange[][] = [];
  let room = 0;
  for (const range of ranges) {
    for (let first = range.first; first <= range.last; ) {
      if (room === 0) {
        all.push([]);
        room = most;
      }
      const last = Math.min(range.last, first + room - 1);
      all.at(-1)!.push({ first, last });
      room -= last - first + 1;
      first = last + 1;
    }
  }
  return all;
}

/**
 * Which of the rows the ledger claims, all of them in order; undefined where one that it claims is not among them. What has come
 * since the ledger was asked is not claimed yet.
 */
export function claimedRows(
  { id, length }: Rows,
  ranges: readonly IdRange[],
): "all" | Uint32Array | undefined {
  const claimed = countIds(ranges);
  if (length < claimed) return undefined;
  if (length === claimed) {
    let row = 0;
    const isExact = ranges.every(({ first, last }) => {
      const [from, end] = [row, row + last - first];
      row = end + 1;
      return id[from] === first && id[end] === last;
    });
    if (isExact) return "all";
  }
  const ids = idRanges(ranges);
  const rows = new Uint32Array(claimed);
  let found = 0;
  for (let i = 0; i < length; i++) {
    if (ids.count({ first: id[i]!, last: id[i]! }) === 0) continue;
    if (found < claimed) rows[found] = i;
    found++;
  }
  return found === claimed ? rows : undefined;
}

/** How long to wait for what a copy of the server does not show yet. */
const PATIENCE_MS = 3000;
const PAUSE_MS = 100;
const PAUSE = new Int32Array(new SharedArrayBuffer(4));

/** Asks until all is there that the ledger claims; refuses where it does not come. */
export function askWhole<Found>(
  { label, what, ids }: { readonly label: string; readonly what: string; readonly ids: readonly IdRange[] },
  look: () => { readonly found: Found | undefined; readonly rows: number },
  patienceMs: number = PATIENCE_MS,
): Found {
  const endMs = performance.now() + patienceMs;
  for (;;) {
    const { found, rows } = look();
    if (found !== undefined) return found;
    if (performance.now() < endMs) {
      Atomics.wait(PAUSE, 0, 0, PAUSE_MS);
      continue;
    }
    const claimed = countIds(ids);
    refuse({
      code: "not-here-yet",
      where: `${what} at ${label}`,
      problem: `needs ${claimed.toLocaleString("en")} trades from id ${ids[0]!.first} to ${ids.at(-1)!.last}, which the desk's ledger lists; the server shows ${rows.toLocaleString("en")} of them now`,
      hint: "This is no hole: a copy of the server is behind, a shard is away, or it has lost them. Try again; if it stays, npm run publish -- --audit on the collector's machine sends them again.",
      facts: { claimed, rows },
    });
  }
}

/** One statement's answer, of which all that is claimed is there. */
export function readWhole<Found extends Rows>(
  ask: Ask,
  sql: string,
  about: { readonly label: string; readonly what: string; readonly ids: readonly IdRange[] },
  take: (table: Table) => Found,
  pick: (rows: Found, kept: Uint32Array) => Found,
): Found {
  return askWhole(about, () => {
    const rows = take(ask(sql));
    const kept = claimedRows(rows, about.ids);
    const found = kept === "all" ? rows : kept && pick(rows, kept);
    return { found, rows: rows.length };
  });
}

/** Some rows of columns. */
export function pickRows<Columns extends object>(columns: Columns, kept: Uint32Array): Columns {
  const picked = Object.entries(columns).map(([name, column]) => {
    if (typeof column === "number") return [name, kept.length];
    const from = column as Float64Array;
    const to = new (from.constructor as Float64ArrayConstructor)(kept.length);
    for (let i = 0; i < kept.length; i++) to[i] = from[kept[i]!]!;
    return [name, to];
  });
  return Object.fromEntries(picked) as Columns;
}

/** Pieces one after the other. */
export function joinRows<Columns extends { readonly length: number }>(pieces: readonly Columns[]): Columns {
  if (pieces.length === 1) return pieces[0]!;
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const names = Object.keys(pieces[0]!) as (keyof Columns & string)[];
  const whole = names.map((name) => {
    if (name === "length") return [name, length];
    const Values = pieces[0]![name]!.constructor as Float64ArrayConstructor;
    const to = new Values(length);
    let at = 0;
    for (const piece of pieces) {
      to.set(piece[name] as Float64Array, at);
      at += piece.length;
    }
    return [name, to];
  });
  return Object.fromEntries(whole) as Columns;
}
