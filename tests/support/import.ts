import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { type ImportResult, type ImportSettings, importFile } from "../../src/pipeline/import/import-file.ts";
import { type ZipFile, zipOf } from "./zip.ts";

export const NOW_US: number = Date.UTC(2026, 2, 20) * 1000;

/** Writes a file and returns its path. */
export function put(folder: string, name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** A zip as Binance publishes it: one CSV of the same name, and the check sum beside it. */
export function publish(folder: string, name: string, text: string, zip: Partial<ZipFile> = {}): string {
  const path = put(folder, name, zipOf({ name: name.replace(/zip$/, "csv"), content: text, ...zip }));
  checkSum(path);
  return path;
}

export function checkSum(path: string): void {
  const name = path.split("/").at(-1)!;
  const hash = createHash("sha256").update(readFileSync(path));
  writeFileSync(`${path}.CHECKSUM`, `${hash.digest("hex")}  ${name}\n`);
}

export function importing(
  path: string,
  db: string,
  settings: Partial<ImportSettings> = {},
): Promise<ImportResult> {
  return importFile(path, { db, nowUs: NOW_US, ...settings });
}

/** What a query gives, as arrays. */
export function rows(file: string, sql: string): unknown[] {
  const db = new Database(file, { readonly: true });
  try {
    return db.prepare(sql).raw().all();
  } finally {
    db.close();
  }
}

/** Lines of one of Binance's trade files: ids from `first`, one trade a second from `startUs`. */
export function tradeLines(
  first: number,
  count: number,
  startUs: number,
  unit: "ms" | "us" = "us",
): string[] {
  return Array.from({ length: count }, (_, i) => {
    const time = (startUs + i * 1e6) / (unit === "us" ? 1 : 1000);
    const price = (60_000 + ((first + i) % 50) * 0.01).toFixed(8);
    return `${first + i},${price},0.00${100 + ((first + i) % 7)}000,62.0,${time},${i % 2 === 0 ? "True" : "False"},True`;
  });
}
