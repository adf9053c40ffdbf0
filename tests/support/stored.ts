import { join } from "node:path";
import type { TestContext } from "node:test";
import Database from "better-sqlite3";
import type { Trade, Venue } from "../../src/core/trade.ts";
import { openReader } from "../../src/pipeline/store/read/reader.ts";
import type { TradeStore } from "../../src/pipeline/store/trade-store.ts";
import { openWriter, type StoreWriter } from "../../src/pipeline/store/write/writer.ts";
import { tempFolder } from "./temp.ts";
import { batchOf, T0 } from "./trades.ts";

export const BINANCE: Venue = { name: "binance", kind: "real", detail: "wss://stream.binance.com" };
export const REPLAY: Venue = { name: "replay-tape-1", kind: "replayed", detail: "tape at x8" };
export const SYMBOLS: readonly string[] = ["BTCUSDT", "ETHUSDT"];

/** Writes into a database, which need not be there yet, and closes it. */
export function write(file: string, work: (writer: StoreWriter) => void, venue: Venue = BINANCE): void {
  const writer = openWriter(file, { venue, symbols: SYMBOLS });
  try {
    work(writer);
  } finally {
    writer.close();
  }
}

/** A database with these trades, each in a batch of its own kind: as they would come by the stream. */
export function stored(t: TestContext, trades: readonly Trade[], venue: Venue = BINANCE): string {
  const file = join(tempFolder(t), "x.db");
  write(file, (writer) => writer.append(batchOf(trades, SYMBOLS), T0), venue);
  return file;
}

export function reading(t: TestContext, file: string): TradeStore {
  const store = openReader(file);
  t.after(() => store.close());
  return store;
}

/** Changes a database behind the collector's back. */
export function tamper(file: string, ...statements: readonly string[]): void {
  const db = new Database(file);
  db.pragma("foreign_keys = OFF");
  for (const sql of statements) db.exec(sql);
  db.close();
}

/** Whole numbers from `first` to `last`. */
export function span(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
