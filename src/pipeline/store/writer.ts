import { mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import Database from "better-sqlite3";
import { quote, refuse, TickbookError } from "../../core/errors.ts";
import type { Venue } from "../../core/trade.ts";
import type { TradeBatch } from "./batch.ts";
import { lockDatabase } from "./lock.ts";
import { ensureSchema } from "./schema.ts";

/** What became of a batch, one entry a symbol in the writer's order. */
export interface AppendResult {
  readonly stored: number[];
  /** Known already, with the same content. */
  readonly duplicates: number[];
  /** Known already, with another content: the first is kept, the second listed in `conflicts`. */
  readonly conflicts: number[];
}

/** The only one who writes trades; synchronous: lives in a thread of its own or in a short-lived command. */
export interface StoreWriter {
  /** One transaction: all of it or nothing. */
  append(batch: TradeBatch): AppendResult;
  close(): void;
}

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

/** Opens or makes a database and takes its writer's lock. */
export function openWriter(file: string, settings: WriterSettings): StoreWriter {
  const path = resolve(file);
  let release: (() => void) | undefined;
  let db: Database.Database | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true });
    release = lockDatabase(path);
    db = new Database(path, { timeout: 5000 });
    ensureSchema(db, path);
    db.pragma("journal_mode = WAL");
    // each commit survives a loss of power; one batch a tenth of a second makes that cheap
    db.pragma("synchronous = FULL");
    db.pragma("journal_size_limit = 67108864");
    db.pragma("foreign_keys = ON");
    return writer(db, settings, release);
  } catch (error) {
    db?.close();
    release?.();
    throw openingError(error, path);
  }
}

function writer(db: Database.Database, settings: WriterSettings, release: () => void): StoreWriter {
  const symbolIds = db.transaction(() => register(db, settings)).immediate();
  const insert = db.prepare<unknown[]>(
    `INSERT INTO trades (symbol_id, trade_id, price_e8, qty_e8, trade_time_us, event_time_us, received_us,
       is_buyer_maker, source, decimals) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  );
  const known = db
    .prepare<unknown[], Row>(
      "SELECT price_e8, qty_e8, trade_time_us, is_buyer_maker FROM trades WHERE symbol_id = ? AND trade_id = ?",
    )
    .safeIntegers();
  const conflict = db.prepare(
    `INSERT INTO conflicts (symbol_id, trade_id, found_us, price_e8, qty_e8, trade_time_us, is_buyer_maker, source)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );

  const append = db.transaction((batch: TradeBatch): AppendResult => {
    const result = {
      stored: symbolIds.map(() => 0),
      duplicates: symbolIds.map(() => 0),
      conflicts: symbolIds.map(() => 0),
    };
    for (let i = 0; i < batch.length; i++) {
      const s = batch.symbol[i]!;
      const id = batch.id[i]!;
      const price = batch.priceE8[i]!;
      const qty = batch.qtyE8[i]!;
      const time = batch.tradeTimeUs[i]!;
      const eventTime = batch.eventTimeUs[i]!;
      const maker = batch.isBuyerMaker[i]!;
      const received = batch.receivedUs[i]!;
      const source = batch.source[i]!;
      const { changes } = insert.run(
        symbolIds[s],
        id,
        price,
        qty,
        time,
        Number.isNaN(eventTime) ? null : eventTime,
        received,
        maker,
        source,
        batch.decimals[i],
      );
      if (changes === 1) {
        result.stored[s]!++;
        continue;
      }
      const first = known.get(symbolIds[s], id)!;
      if (
        first.price_e8 === price &&
        first.qty_e8 === qty &&
        sameTime(Number(first.trade_time_us), time) &&
        Number(first.is_buyer_maker) === maker
      ) {
        result.duplicates[s]!++;
      } else {
        conflict.run(symbolIds[s], id, received, price, qty, time, maker, source);
        result.conflicts[s]!++;
      }
    }
    return result;
  });

  return {
    append: (batch) => append.immediate(batch),
    close: () => {
      db.close();
      release();
    },
  };
}

/** One door may give milliseconds where the other gave microseconds. */
function sameTime(a: number, b: number): boolean {
  if (a === b) return true;
  return (a % 1000 === 0 || b % 1000 === 0) && Math.floor(a / 1000) === Math.floor(b / 1000);
}

/** The venue's and the symbols' rows, made where they are not there yet; their ids in the order of the settings. */
function register(db: Database.Database, { venue, symbols }: WriterSettings): number[] {
  db.prepare("INSERT INTO venues (name, kind, detail) VALUES (?, ?, ?) ON CONFLICT DO NOTHING").run(
    venue.name,
    venue.kind,
    venue.detail,
  );
  const row = db.prepare("SELECT venue_id, kind FROM venues WHERE name = ?").get(venue.name) as {
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

/** SQLite's and the file system's complaints about a path, in a sentence. */
function openingError(error: unknown, path: string): unknown {
  const code = (error as { code?: string }).code ?? "";
  const refusal = (name: string, came: string, hint: string): TickbookError =>
    new TickbookError({
      code: name,
      where: path,
      problem: `needs a database file it can write; ${came}`,
      hint,
      facts: { path, code },
    });
  if (code === "SQLITE_NOTADB" || code.startsWith("SQLITE_CORRUPT")) {
    const came = "what is there is damaged or no SQLite database, and was left untouched";
    return refusal("damaged-database", came, "Pass another --db, and keep the file for recovery.");
  }
  if (/^(SQLITE_(CANTOPEN|READONLY|PERM|AUTH)|EACCES|EPERM|EROFS|ENOTDIR|EEXIST|ENOENT)/.test(code)) {
    const came = `the path is not writable (${code})`;
    return refusal("unwritable-database", came, "Pass a --db in a folder that you may write to.");
  }
  if (!code.startsWith("SQLITE_")) return error;
  const came = `SQLite says ${quote((error as Error).message)} (${code})`;
  return refusal("database-error", came, "Mend that, or pass another --db.");
}
