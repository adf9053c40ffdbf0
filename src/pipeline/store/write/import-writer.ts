import type Database from "better-sqlite3";
import type { Venue } from "../../../core/trade.ts";
import type { IdRange } from "../ledger/id-ranges.ts";
import type { Hole } from "../ledger/ledger.ts";
import type { MergedTrade } from "../ledger/merged.ts";
import { type ImportedBar, putBars } from "../read/imported-bars.ts";
import type { TradeBatch } from "./batch.ts";
import {
  beginImport,
  endImport,
  type ImportBegin,
  type ImportCounts,
  type ImportEntry,
  type ImportKey,
  type ImportOutlook,
  importOutlook,
  listConflict,
  noteImport,
  type OutlookKey,
} from "./import-journal.ts";
import { openWriter, type StoreWriter } from "./writer.ts";

/** Rows of a file that are stored together. */
export type ImportRows =
  | { readonly kind: "trades"; readonly batch: TradeBatch }
  | {
      readonly kind: "aggTrades";
      readonly merged: readonly MergedTrade[];
      /** Of a file that has single trades as well: these. */
      readonly batch?: TradeBatch;
    }
  | { readonly kind: "bars"; readonly bars: readonly ImportedBar[] };

/** What of a file holds for all its rows. */
export interface RowsContext {
  readonly nowUs: number;
  /** Of merged trades: the ids of all of them. */
  readonly ids: IdRange | undefined;
  /** Of bars. */
  readonly intervalUs: number | undefined;
}

/** One file's way into a database; what crosses it can be handed to another thread. */
export interface ImportWriter {
  readonly symbolId: number;
  /** The copy that was made of an older database. */
  readonly backup: string | undefined;
  /** How many trades of a batch are known, and how many of those have another content. */
  compare(sample: TradeBatch): { readonly known: number; readonly conflicts: number };
  begin(key: Omit<ImportKey, "symbolId">, rows: number, nowUs: number): ImportBegin;
  /** In one transaction with its place in the journal. `differing`: rows of a batch that are archived with another content. */
  put(
    importId: number,
    rows: ImportRows,
    count: number,
    differing: readonly number[],
    context: RowsContext,
  ): void;
  end(importId: number, nowUs: number): ImportEntry;
  close(): void;
}

/** A database that takes imports. */
export interface ImportTarget {
  /** Undefined: there is no such database yet. */
  outlook(key: OutlookKey): ImportOutlook | undefined;
  open(venue: Venue, symbol: string): ImportWriter;
}

/** A database that nobody else writes meanwhile: its lock is held while it is. */
export function fileTarget(file: string): ImportTarget {
  return {
    outlook: (key) => importOutlook(file, key),
    open: (venue, symbol) => importWriter(openWriter(file, { venue, symbols: [symbol] })),
  };
}

/** A writer of one symbol as what an import needs of it; `noted` is told of holes that change. */
export function importWriter(
  writer: StoreWriter,
  noted: (holes: readonly Hole[]) => void = () => {},
): ImportWriter {
  const symbolId = writer.together((_, [id]) => id!);
  const putTrades = (
    db: Database.Database,
    batch: TradeBatch,
    differing: readonly number[],
    nowUs: number,
  ): ImportCounts => {
    for (const i of differing) listConflict(db, symbolId, batch, i, nowUs);
    const { symbols, holes } = writer.append(batch, nowUs);
    noted(holes);
    const { stored, duplicates, conflicts } = symbols[0]!;
    return { stored, known: duplicates - differing.length, conflicts: conflicts + differing.length };
  };
  const put = (
    importId: number,
    rows: ImportRows,
    differing: readonly number[],
    { nowUs, ids, intervalUs }: RowsContext,
  ): ImportCounts =>
    writer.together((db) => {
      if (rows.kind === "bars") return putBars(db, symbolId, intervalUs!, rows.bars, nowUs, importId);
      if (rows.kind === "trades") return putTrades(db, rows.batch, differing, nowUs);
      const merged = writer.adopt(0, rows.merged, ids!, nowUs);
      if (rows.batch === undefined || rows.batch.length === 0) return merged;
      const single = putTrades(db, rows.batch, differing, nowUs);
      return {
        stored: merged.stored + single.stored,
        known: merged.known + single.known,
        conflicts: merged.conflicts + single.conflicts,
      };
    });
  return {
    symbolId,
    backup: writer.backup,
    compare: (sample) => writer.compare(sample),
    begin: (key, rows, nowUs) => writer.together((db) => beginImport(db, { ...key, symbolId }, rows, nowUs)),
    put: (importId, rows, count, differing, context) => {
      writer.together((db) => noteImport(db, importId, count, put(importId, rows, differing, context)));
      writer.care();
    },
    end: (importId, nowUs) => writer.together((db) => endImport(db, importId, nowUs)),
    close: () => writer.close(),
  };
}
