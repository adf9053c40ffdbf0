import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type Database from "better-sqlite3";
import { refuse } from "../../core/errors.ts";
import { openLocked } from "./file/open.ts";
import type { IdRange } from "./ledger/id-ranges.ts";
import { connectReadOnly } from "./read/connect.ts";
import { exactReaders } from "./read/exact-trades.ts";
import type { StoredTrades } from "./read/stored-trades.ts";
import { dropParts, newestDays } from "./retention.ts";

/** A Parquet file that holds trades in the database's stead. Trades of one day may be in several. */
export interface ArchivePart {
  readonly partId: number;
  readonly symbolId: number;
  /** The UTC day of every trade in it. */
  readonly date: string;
  /** Relative to the database's folder, with `/`. */
  readonly path: string;
  readonly firstId: number;
  readonly lastId: number;
  /** The earliest and the latest trade time. */
  readonly firstUs: number;
  readonly lastUs: number;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** A symbol's trades of one UTC day that are in the database. */
export interface StoredDay {
  readonly venue: string;
  readonly symbol: string;
  readonly symbolId: number;
  readonly dayUs: number;
  /** Of the venue. */
  readonly newestDayUs: number;
  readonly firstId: number;
  readonly lastId: number;
  readonly rows: number;
}

/** Consecutive ids, with the times of the first and the last one. */
export interface ArchivedIds extends IdRange {
  readonly firstUs: number;
  readonly lastUs: number;
}

/** What archiving needs of a database, under the writer's lock. */
export interface ArchiveWriter {
  /** Every day that is complete: trades of a later day are there of the same venue. By day, then symbol; reads every trade. */
  sealedDays(): StoredDay[];
  /** The first `count` trades of a day. */
  read(day: StoredDay, count: number): StoredTrades;
  /** What was begun and not ended. */
  unfinished(): ArchivePart[];
  parts(): ArchivePart[];
  /** Whose trades a file holds, and exactly which. */
  held(part: ArchivePart): {
    readonly venue: string;
    readonly symbol: string;
    readonly ids: readonly IdRange[];
  };
  /** Notes that a file is about to come into its place. */
  begin(part: Omit<ArchivePart, "partId">, nowUs: number): number;
  /** In one transaction the file counts, and its trades leave the database: exactly these, or nothing happens. */
  release(partId: number, ids: readonly ArchivedIds[]): void;
  forget(partId: number): void;
  /** By symbol, the begin of its venue's newest day. */
  newestDays(nowUs: number): ReadonlyMap<number, number>;
  /** In one transaction archived files of a symbol count no more, and the ledger knows it. */
  drop(symbolId: number, partIds: readonly number[], nowUs: number): void;
  /** Bytes that trades and all else take inside the file; what was freed is not among them. */
  usedBytes(): number;
  fileBytes(): number;
  /** Gives freed room back to the system: writes the whole file anew. */
  vacuum(): void;
  close(): void;
}

const DAY_US = 86_400_000_000;
const PART = `SELECT part_id AS partId, symbol_id AS symbolId, date, path, first_id AS firstId, last_id AS lastId,
  first_us AS firstUs, last_us AS lastUs, rows, bytes, sha256 FROM archived`;

export function openArchiveWriter(file: string): ArchiveWriter {
  checkThere(file);
  return openLocked(file, ({ db, release }) => {
    const changes = archiveChanges(db);
    const ask = (name: string): number => db.pragma(name, { simple: true }) as number;
    return {
      ...archiveReads(db),
      begin: (part, nowUs) => db.transaction(() => changes.begin(part, nowUs)).immediate(),
      release: (partId, ids) => {
        db.transaction(() => changes.release(partId, ids)).immediate();
        db.pragma("wal_checkpoint(TRUNCATE)");
      },
      forget: changes.forget,
      drop: (...args) => db.transaction(() => changes.drop(...args)).immediate(),
      fileBytes: () => ask("page_count") * ask("page_size"),
      vacuum: () => {
        db.exec("VACUUM");
        db.pragma("wal_checkpoint(TRUNCATE)");
      },
      close: () => {
        db.close();
        release();
      },
    };
  });
}

/** The same beside a collector: read here, and changed through its own writer. */
export function openLentArchive(file: string, changes: ArchiveChanges): ArchiveWriter {
  const db = connectReadOnly(resolve(file));
  const ask = (name: string): number => db.pragma(name, { simple: true }) as number;
  return {
    ...archiveReads(db),
    ...changes,
    fileBytes: () => ask("page_count") * ask("page_size"),
    // its writer goes on meanwhile
    vacuum: () => {},
    close: () => db.close(),
  };
}

function checkThere(file: string): void {
  if (existsSync(resolve(file))) return;
  refuse({
    code: "no-database",
    where: file,
    problem: "needs a database; there is no such file",
    hint: "Pass another --db.",
  });
}

type ArchiveReads = Pick<
  ArchiveWriter,
  "sealedDays" | "read" | "unfinished" | "parts" | "held" | "newestDays" | "usedBytes"
>;

function archiveReads(db: Database.Database): ArchiveReads {
  const readExact = exactReaders(db)(
    "symbol_id = ? AND trade_id BETWEEN ? AND ? AND trade_time_us >= ? AND trade_time_us < ?",
  );
  const days = db.prepare<[], StoredDay>(
    `WITH days AS (
       SELECT symbol_id AS symbolId, trade_time_us / ${DAY_US} * ${DAY_US} AS dayUs, min(trade_id) AS firstId,
         max(trade_id) AS lastId, count(*) AS rows
       FROM trades GROUP BY 1, 2)
     SELECT * FROM (
       SELECT v.name AS venue, s.symbol, d.*, max(d.dayUs) OVER (PARTITION BY v.venue_id) AS newestDayUs
       FROM days d JOIN symbols s ON s.symbol_id = d.symbolId JOIN venues v USING (venue_id))
     WHERE dayUs < newestDayUs ORDER BY dayUs, symbolId`,
  );
  const some = db.prepare<[string], ArchivePart>(`${PART} WHERE state = ? ORDER BY part_id`);
  const whose = db.prepare<[number], { venue: string; symbol: string }>(
    "SELECT name AS venue, symbol FROM symbols JOIN venues USING (venue_id) WHERE symbol_id = ?",
  );
  const ids = db.prepare<[number], IdRange>(
    "SELECT first_id AS first, last_id AS last FROM archived_ids WHERE part_id = ? ORDER BY first_id",
  );
  const ask = (name: string): number => db.pragma(name, { simple: true }) as number;
  return {
    sealedDays: () => days.all(),
    read: ({ symbolId, firstId, lastId, dayUs }, count) => {
      const trades = readExact(count, symbolId, firstId, lastId, dayUs, dayUs + DAY_US);
      if (trades.length !== count)
        throw new Error(`${trades.length} trades of the day were found, and not ${count}`);
      return trades;
    },
    unfinished: () => some.all("writing"),
    parts: () => some.all("archived"),
    held: ({ partId, symbolId }) => ({ ...whose.get(symbolId)!, ids: ids.all(partId) }),
    newestDays: (nowUs) => newestDays(db, nowUs),
    usedBytes: () => (ask("page_count") - ask("freelist_count")) * ask("page_size"),
  };
}

/** What archiving changes in a database; each call belongs into one transaction. */
export type ArchiveChanges = Pick<ArchiveWriter, "begin" | "release" | "forget" | "drop">;

export function archiveChanges(db: Database.Database): ArchiveChanges {
  const part = db.prepare<[number], ArchivePart>(`${PART} WHERE part_id = ?`);
  const insert = db.prepare(
    `INSERT INTO archived (symbol_id, date, path, state, first_id, last_id, first_us, last_us, rows, bytes, sha256, at_us)
     VALUES (:symbolId, :date, :path, 'writing', :firstId, :lastId, :firstUs, :lastUs, :rows, :bytes, :sha256, :nowUs)`,
  );
  const remove = db.prepare(
    `DELETE FROM trades WHERE symbol_id = ? AND trade_id BETWEEN ? AND ? AND trade_time_us >= ? AND trade_time_us < ?`,
  );
  const hold = db.prepare(
    "INSERT INTO archived_ids (part_id, first_id, last_id, first_us, last_us) VALUES (?, ?, ?, ?, ?)",
  );
  const archived = db.prepare("UPDATE archived SET state = 'archived' WHERE part_id = ?");
  const drop = db.prepare("DELETE FROM archived WHERE part_id = ? AND state = 'writing'");
  return {
    begin: (given, nowUs) => Number(insert.run({ ...given, nowUs }).lastInsertRowid),
    release: (partId, ids) => {
      const { symbolId, date, firstId, lastId, rows } = part.get(partId)!;
      const dayUs = Date.parse(date) * 1000;
      const { changes } = remove.run(symbolId, firstId, lastId, dayUs, dayUs + DAY_US);
      if (changes !== rows) throw new Error(`${date}: ${changes} trades would go, and ${rows} were archived`);
      for (const { first, last, firstUs, lastUs } of ids) hold.run(partId, first, last, firstUs, lastUs);
      archived.run(partId);
    },
    forget: (partId) => {
      drop.run(partId);
    },
    drop: (symbolId, partIds, nowUs) => dropParts(db, symbolId, partIds, nowUs),
  };
}

/** The files that hold trades in a database's stead, for readers. */
export interface ArchiveList {
  /** One symbol's, by ascending first id. */
  parts(symbolId: number): ArchivePart[];
  /** The one with the highest id below `belowId`, and that id. */
  newest(symbolId: number, belowId: number): { readonly part: ArchivePart; readonly id: number } | undefined;
  all(): ArchivePart[];
  close(): void;
}

export function openArchiveList(file: string): ArchiveList {
  const db = connectReadOnly(resolve(file));
  const select = db.prepare<[number], ArchivePart>(
    `${PART} WHERE symbol_id = ? AND state = 'archived' ORDER BY first_id, part_id`,
  );
  const whole = db.prepare<number[], ArchivePart>(
    `${PART} WHERE symbol_id = ? AND state = 'archived' AND last_id < ? ORDER BY last_id DESC LIMIT 1`,
  );
  const cut = db.prepare<{ symbolId: number; below: number }, { partId: number; id: number }>(
    `SELECT part_id AS partId, min(i.last_id, :below - 1) AS id FROM archived_ids i JOIN archived a USING (part_id)
     WHERE a.symbol_id = :symbolId AND a.state = 'archived' AND a.first_id < :below AND a.last_id >= :below
       AND i.first_id < :below
     ORDER BY i.last_id DESC LIMIT 1`,
  );
  const byId = db.prepare<[number], ArchivePart>(`${PART} WHERE part_id = ?`);
  const newest: ArchiveList["newest"] = (symbolId, belowId) => {
    const last = whole.get(symbolId, belowId);
    const inside = cut.get({ symbolId, below: belowId });
    if (inside !== undefined && inside.id > (last?.lastId ?? -1)) {
      return { part: byId.get(inside.partId)!, id: inside.id };
    }
    return last === undefined ? undefined : { part: last, id: last.lastId };
  };
  const all = db.prepare<[], ArchivePart>(`${PART} WHERE state = 'archived' ORDER BY date, part_id`);
  return {
    parts: (symbolId) => select.all(symbolId),
    newest,
    all: () => all.all(),
    close: () => db.close(),
  };
}
