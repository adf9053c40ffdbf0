import type Database from "better-sqlite3";
import { refuse } from "../../../core/errors.ts";
import type { Venue } from "../../../core/trade.ts";
import { BUSY_MS, fileSize, inode, openLocked } from "../file/open.ts";
import { type Origin, originOf } from "../file/origin.ts";
import { venueKind } from "../file/schema.ts";
import type { IdRange } from "../ledger/id-ranges.ts";
import { type Hole, type HoleNote, type HoleTotals, openLedger } from "../ledger/ledger.ts";
import type { MergedTrade } from "../ledger/merged.ts";
import type { TradeBatch } from "./batch.ts";
import { tradeInserts } from "./insert-trades.ts";
import { type Adopted, type RepairResult, repair } from "./repair.ts";

/** What became of one symbol's trades in a batch. */
export interface SymbolResult {
  stored: number;
  /** Known already, with the same content. */
  duplicates: number;
  /** Known already, with another content: the first is kept, the second listed in `conflicts`. */
  conflicts: number;
  /** From the stream, with an id below all that were ever held: not stored, the sequence is another one. */
  regressed: number;
}

export interface AppendResult {
  /** In the writer's order of symbols. */
  readonly symbols: readonly SymbolResult[];
  /** Holes that were found, or changed. */
  readonly holes: readonly Hole[];
}

/** The only one who writes trades; synchronous: lives in a thread of its own or in a short-lived command. */
export interface StoreWriter {
  /** One transaction, ledger included: all of it or nothing. */
  append(batch: TradeBatch, nowUs: number): AppendResult;
  /** The holes which are neither filled nor given up. */
  openHoles(): Hole[];
  /** The newest of one symbol's that begin below an id, newest first. */
  holesBelow(symbolIndex: number, below: number, most: number): Hole[];
  /** What is missing, by symbol. */
  holeTotals(): HoleTotals[];
  noteHole(symbolIndex: number, change: HoleNote, nowUs: number): Hole | undefined;
  /** Stores what was fetched for a hole of one symbol, all of it or nothing, once it agrees with what is held. */
  fill(
    symbolIndex: number,
    holeId: number | undefined,
    page: TradeBatch | readonly MergedTrade[],
    nowUs: number,
  ): RepairResult;
  /** Stores merged trades of one symbol from a file whose ids lie in `span`, where the trades themselves are missing. */
  adopt(symbolIndex: number, rows: readonly MergedTrade[], span: IdRange, nowUs: number): Adopted;
  /** How many trades of a batch are known, and how many of those have another content here. */
  compare(batch: TradeBatch): { readonly known: number; readonly conflicts: number };
  /** What `work` does in one transaction, calls of this writer included: all of it or nothing. */
  together<T>(work: (db: Database.Database, symbolIds: readonly number[]) => T): T;
  /** Reads the ledger anew: another hand has changed its tables. */
  reread(): void;
  /** By symbol; undefined: none is held. */
  newest(): (NewestHeld | undefined)[];
  /** Writes down that so many more trades of a symbol were not stored, and why. */
  noteTrouble(symbolIndex: number, kind: TroubleKind, trades: number, nowUs: number): void;
  /** The copy that was made of an older database. */
  readonly backup: string | undefined;
  /** What the file was when it was opened. */
  readonly origin: Origin;
  /** False when the path no longer leads to the file that is open. */
  isInPlace(): boolean;
  /** Keeps the write-ahead log small; its size in bytes afterwards. */
  care(): number;
  close(): void;
}

/** The highest id held, and the latest time of the newest trades (NaN: they are archived). */
export interface NewestHeld {
  readonly id: number;
  readonly timeUs: number;
}

/** `ids-anew`: the exchange's ids have started anew. `ids-below`: they lie below all that were ever held. */
export type TroubleKind = "ids-anew" | "ids-below";

export interface WriterSettings {
  readonly venue: Venue;
  readonly symbols: readonly string[];
}

interface Row {
  price_e8: bigint;
  qty_e8: bigint;
  trade_time_us: bigint;
  is_buyer_maker: bigint;
}

/** From here on the write-ahead log is emptied at once, and from there on somebody is told that it can't be. */
const WAL_TRUNCATE_BYTES = 64 << 20;
export const WAL_ALARM_BYTES: number = 256 << 20;

/** Opens or makes a database and takes its writer's lock. */
export function openWriter(file: string, settings: WriterSettings): StoreWriter {
  return openLocked(file, ({ db, release, backup }) => writer(db, settings, release, backup));
}

function writer(
  db: Database.Database,
  settings: WriterSettings,
  release: () => void,
  backup: string | undefined,
): StoreWriter {
  const path = db.name;
  const wal = `${path}-wal`;
  const opened = inode(path);
  const origin = originOf(db, opened);
  const symbolIds = db.transaction(() => register(db, settings)).immediate();
  const ledgers = symbolIds.map((id, s) => openLedger(db, id, settings.symbols[s]!));
  const inserts = tradeInserts(db);
  const known = db
    .prepare<unknown[], Row>(
      "SELECT price_e8, qty_e8, trade_time_us, is_buyer_maker FROM trades WHERE symbol_id = ? AND trade_id = ?",
    )
    .safeIntegers();
  const conflict = db.prepare(
    `INSERT INTO conflicts (symbol_id, trade_id, found_us, price_e8, qty_e8, trade_time_us, is_buyer_maker, source)
     SELECT :symbol, :id, :found, :price, :qty, :time, :maker, :source WHERE NOT EXISTS (
       SELECT 1 FROM conflicts WHERE symbol_id = :symbol AND trade_id = :id AND price_e8 = :price AND qty_e8 = :qty
         AND trade_time_us = :time AND is_buyer_maker = :maker)`,
  );
  const latest = db
    .prepare<number[], number | null>(
      `SELECT max(trade_time_us) FROM
         (SELECT trade_time_us FROM trades WHERE symbol_id = ? ORDER BY trade_id DESC LIMIT 100)`,
    )
    .pluck();
  const trouble = db.prepare(
    `INSERT INTO troubles (symbol_id, kind, first_us, last_us, trades) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET last_us = excluded.last_us, trades = trades + excluded.trades`,
  );

  const equalsStored = (batch: TradeBatch, i: number): boolean | undefined => {
    const first = known.get(symbolIds[batch.symbol[i]!], batch.id[i]);
    if (first === undefined) return undefined;
    return sameTrade(
      first,
      batch.priceE8[i]!,
      batch.qtyE8[i]!,
      batch.tradeTimeUs[i]!,
      batch.isBuyerMaker[i]!,
    );
  };

  const put = (batch: TradeBatch): SymbolResult[] => {
    const symbols = symbolIds.map(() => ({ stored: 0, duplicates: 0, conflicts: 0, regressed: 0 }));
    for (let i = 0; i < batch.length; i++) {
      const s = batch.symbol[i]!;
      const result = symbols[s]!;
      const ledger = ledgers[s]!;
      const id = batch.id[i]!;
      const source = batch.source[i]!;
      const arrival = ledger.classify(id);
      if (arrival === "before" && source === FROM_STREAM) {
        result.regressed++;
        continue;
      }
      const price = batch.priceE8[i]!;
      const qty = batch.qtyE8[i]!;
      const time = batch.tradeTimeUs[i]!;
      const maker = batch.isBuyerMaker[i]!;
      const received = batch.receivedUs[i]!;
      if (arrival === "known") {
        inserts.flush();
        // an archived trade is held without a row here: nothing to compare with
        if (equalsStored(batch, i) !== false) result.duplicates++;
        else {
          conflict.run({ symbol: symbolIds[s], id, found: received, price, qty, time, maker, source });
          result.conflicts++;
        }
        continue;
      }
      inserts.add(symbolIds[s]!, batch, i);
      ledger.arrive(id, received);
      result.stored++;
    }
    inserts.flush();
    return symbols;
  };
  const repairs = ledgers.map((ledger, s) =>
    repair(db, { symbolId: symbolIds[s]!, ledger, equalsStored, append: (batch) => put(batch)[s]!.stored }),
  );
  const append = db.transaction((batch: TradeBatch, nowUs: number): AppendResult => {
    const symbols = put(batch);
    return { symbols, holes: ledgers.flatMap((ledger) => ledger.settle(nowUs)) };
  });
  const fill = db.transaction(
    (s: number, holeId: number | undefined, page: TradeBatch | readonly MergedTrade[], nowUs: number) =>
      isBatch(page) ? repairs[s]!.fill(holeId, page, nowUs) : repairs[s]!.merge(holeId!, page, nowUs),
  );
  const note = db.transaction((s: number, change: HoleNote, nowUs: number) =>
    ledgers[s]!.note(change, nowUs),
  );

  /** What the ledgers have in memory goes with a transaction that failed. */
  const inStep = <T>(write: () => T): T => {
    try {
      return write();
    } catch (error) {
      inserts.reset();
      for (const ledger of ledgers) ledger.reset();
      throw error;
    }
  };

  return {
    append: (batch, nowUs) => inStep(() => append.immediate(batch, nowUs)),
    fill: (s, holeId, page, nowUs) => inStep(() => fill.immediate(s, holeId, page, nowUs)),
    adopt: (s, rows, span, nowUs) =>
      inStep(() => db.transaction(() => repairs[s]!.adopt(rows, span, nowUs)).immediate()),
    compare: (batch) => {
      let [known, conflicts] = [0, 0];
      for (let i = 0; i < batch.length; i++) {
        const equal = equalsStored(batch, i);
        if (equal !== undefined) known++;
        if (equal === false) conflicts++;
      }
      return { known, conflicts };
    },
    together: (work) => inStep(() => db.transaction(() => work(db, symbolIds)).immediate()),
    reread: () => {
      for (const ledger of ledgers) ledger.reset();
    },
    newest: () =>
      ledgers.map((ledger, s) => {
        const id = ledger.lastId();
        return id === undefined ? undefined : { id, timeUs: latest.get(symbolIds[s]!) ?? Number.NaN };
      }),
    noteTrouble: (s, kind, trades, nowUs) => {
      trouble.run(symbolIds[s], kind, nowUs, nowUs, trades);
    },
    openHoles: () => ledgers.flatMap((ledger) => ledger.open()),
    holesBelow: (s, below, most) => ledgers[s]!.openBelow(below, most),
    holeTotals: () => ledgers.map((ledger) => ledger.totals()),
    noteHole: (s, change, nowUs) => note.immediate(s, change, nowUs),
    backup,
    origin,
    isInPlace: () => inode(path) === opened,
    care: () => {
      if (fileSize(wal) < WAL_TRUNCATE_BYTES) return fileSize(wal);
      db.pragma("busy_timeout = 100");
      try {
        db.pragma("wal_checkpoint(TRUNCATE)");
      } finally {
        db.pragma(`busy_timeout = ${BUSY_MS}`);
      }
      return fileSize(wal);
    },
    close: () => {
      db.close();
      release();
    },
  };
}

/** `source` of a trade that came over the WebSocket. */
const FROM_STREAM = 0;

function isBatch(page: TradeBatch | readonly MergedTrade[]): page is TradeBatch {
  return !Array.isArray(page);
}

function sameTrade(first: Row, priceE8: bigint, qtyE8: bigint, timeUs: number, maker: number): boolean {
  return (
    first.price_e8 === priceE8 &&
    first.qty_e8 === qtyE8 &&
    sameTime(Number(first.trade_time_us), timeUs) &&
    Number(first.is_buyer_maker) === maker
  );
}

/** One source may give milliseconds where the other gave microseconds. */
export function sameTime(a: number, b: number): boolean {
  if (a === b) return true;
  return (a % 1000 === 0 || b % 1000 === 0) && Math.floor(a / 1000) === Math.floor(b / 1000);
}

/** The venue's and the symbols' rows, made where they are not there yet; their ids in the order of the settings. */
function register(db: Database.Database, { venue, symbols }: WriterSettings): number[] {
  const isFile = venue.kind === "file";
  db.prepare(
    "INSERT INTO venues (name, kind, detail, from_file) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
  ).run(venue.name, isFile ? "real" : venue.kind, venue.detail, isFile ? 1 : 0);
  const row = db
    .prepare(`SELECT venue_id, ${venueKind(db)} AS kind FROM venues WHERE name = ?`)
    .get(venue.name) as {
    venue_id: number;
    kind: string;
  };
  if (row.kind !== venue.kind) {
    refuse({
      code: "venue-mixed",
      where: `venue ${venue.name}`,
      problem: `needs to stay the ${row.kind} market it is in this database; got a ${venue.kind} one`,
      hint: "Pass another --db.",
    });
  }
  db.prepare(
    `INSERT INTO symbols (venue_id, symbol) SELECT ?, value FROM json_each(?) WHERE true ON CONFLICT DO NOTHING`,
  ).run(row.venue_id, JSON.stringify(symbols));
  const idOf = db.prepare("SELECT symbol_id FROM symbols WHERE venue_id = ? AND symbol = ?").pluck();
  return symbols.map((symbol) => idOf.get(row.venue_id, symbol) as number);
}
