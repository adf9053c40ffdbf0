import type Database from "better-sqlite3";
import { type Gone, watchPlaces } from "../file/in-place.ts";
import { inode, openLocked } from "../file/open.ts";
import { type Origin, originOf } from "../file/origin.ts";
import type { Upgrade } from "../file/schema.ts";
import { truncateLog } from "../file/write-ahead-log.ts";
import type { IdRange } from "../ledger/id-ranges.ts";
import { type Hole, type HoleNote, type HoleTotals, type Ledger, openLedger } from "../ledger/ledger.ts";
import type { MergedTrade } from "../ledger/merged.ts";
import type { TradeBatch } from "./batch.ts";
import { register, type WriterSettings } from "./register.ts";
import { type Adopted, type Repair, type RepairResult, repair } from "./repair.ts";
import { type AppendOptions, type SymbolResult, type TradeRows, tradeRows } from "./trade-rows.ts";

export interface AppendResult {
  /** In the writer's order of symbols. */
  readonly symbols: readonly SymbolResult[];
  /** Holes that were found, or changed. */
  readonly holes: readonly Hole[];
}

/** The only one who writes trades; synchronous: lives in a thread of its own or in a short-lived command. */
export interface StoreWriter {
  /** A writer of other series in the same database, or of some of the same: what one writes the other knows. */
  beside(settings: WriterSettings): StoreWriter;
  /** Takes up more symbols, with the next indices; what is held of each. */
  join(symbols: readonly string[]): (NewestHeld | undefined)[];
  /** One transaction, ledger included: all of it or nothing. */
  append(batch: TradeBatch, nowUs: number, options?: AppendOptions): AppendResult;
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
  /** Which of the files that are open is not in its place any more. */
  gone(): Gone | undefined;
  /** Keeps the write-ahead log small; its size in bytes afterwards. */
  care(): number;
  close(): void;
}

/** The highest id held, and the latest time of the newest trades (NaN: they are archived). */
export interface NewestHeld {
  readonly id: number;
  readonly timeUs: number;
}

/** `ids-anew`: the exchange's ids have started over. `ids-below`: they lie below all that were ever held. */
export type TroubleKind = "ids-anew" | "ids-below";

/** Opens or makes a database and takes its writer's lock. */
export function openWriter(
  file: string,
  settings: WriterSettings,
  upgrading?: (upgrade: Upgrade) => void,
): StoreWriter {
  return openLocked(
    file,
    ({ db, release, backup }) => writer(db, settings, { release, backup, ledgers: new Map() }),
    upgrading,
  );
}

interface Shared {
  /** Undefined: of a writer beside another one, which the file is left to. */
  readonly release: (() => void) | undefined;
  readonly backup: string | undefined;
  /** The ledgers that are open, by symbol: one each, whoever writes. */
  readonly ledgers: Map<number, Ledger>;
}

function writer(
  db: Database.Database,
  settings: WriterSettings,
  { release, backup, ledgers: open }: Shared,
): StoreWriter {
  const path = db.name;
  const origin = originOf(db, inode(path));
  const gone = watchPlaces(path);
  const symbolIds = db.transaction(() => register(db, settings)).immediate();
  const ledgerOf = (id: number, symbol: string): Ledger => {
    const ledger = open.get(id) ?? openLedger(db, id, symbol);
    open.set(id, ledger);
    return ledger;
  };
  const ledgers = symbolIds.map((id, s) => ledgerOf(id, settings.symbols[s]!));
  const { put, equalsStored, reset } = tradeRows(db, symbolIds, ledgers);
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

  const repairOf = (ledger: Ledger, s: number): Repair =>
    repair(db, { symbolId: symbolIds[s]!, ledger, equalsStored, append: (batch) => put(batch)[s]!.stored });
  const repairs = ledgers.map(repairOf);
  const newestOf = (s: number): NewestHeld | undefined => {
    const id = ledgers[s]!.lastId();
    return id === undefined ? undefined : { id, timeUs: latest.get(symbolIds[s]!) ?? Number.NaN };
  };
  const append = db.transaction((batch: TradeBatch, nowUs: number, options?: AppendOptions): AppendResult => {
    const symbols = put(batch, options);
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
      reset();
      for (const ledger of ledgers) ledger.reset();
      throw error;
    }
  };

  return {
    append: (...args) => inStep(() => append.immediate(...args)),
    fill: (s, holeId, page, nowUs) => inStep(() => fill.immediate(s, holeId, page, nowUs)),
    adopt: (s, rows, span, nowUs) =>
      inStep(() => db.transaction(() => repairs[s]!.adopt(rows, span, nowUs)).immediate()),
    compare: (batch) => comparison(batch, equalsStored),
    together: (work) => inStep(() => db.transaction(() => work(db, symbolIds)).immediate()),
    reread: () => {
      for (const ledger of open.values()) ledger.reset();
    },
    beside: (others) => writer(db, others, { release: undefined, backup: undefined, ledgers: open }),
    newest: () => ledgers.map((_, s) => newestOf(s)),
    join: (symbols) => {
      const ids = db.transaction(() => register(db, { ...settings, symbols })).immediate();
      return ids.map((id, i) => {
        const s = symbolIds.push(id) - 1;
        ledgers.push(ledgerOf(id, symbols[i]!));
        repairs.push(repairOf(ledgers[s]!, s));
        return newestOf(s);
      });
    },
    noteTrouble: (s, kind, trades, nowUs) => {
      trouble.run(symbolIds[s], kind, nowUs, nowUs, trades);
    },
    openHoles: () => ledgers.flatMap((ledger) => ledger.open()),
    holesBelow: (s, below, most) => ledgers[s]!.openBelow(below, most),
    holeTotals: () => ledgers.map((ledger) => ledger.totals()),
    noteHole: (s, change, nowUs) => note.immediate(s, change, nowUs),
    backup,
    origin,
    gone,
    care: () => truncateLog(db),
    close: () => {
      if (release === undefined) return;
      db.close();
      release();
    },
  };
}

function comparison(
  batch: TradeBatch,
  equalsStored: TradeRows["equalsStored"],
): { readonly known: number; readonly conflicts: number } {
  let [known, conflicts] = [0, 0];
  for (let i = 0; i < batch.length; i++) {
    const equal = equalsStored(batch, i);
    if (equal !== undefined) known++;
    if (equal === false) conflicts++;
  }
  return { known, conflicts };
}

function isBatch(page: TradeBatch | readonly MergedTrade[]): page is TradeBatch {
  return !Array.isArray(page);
}
