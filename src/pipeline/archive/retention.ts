import { existsSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { ArchivePart, ArchiveWriter } from "../store/archive-writer.ts";
import { countedIds } from "../store/file/published.ts";
import { type ArchiveDefect, clearUnfinished, digest } from "./archive.ts";

export interface RetentionSettings {
  readonly db: string;
  /** Archived days which ended so long before the venue's newest day began are removed. */
  readonly keepUs: number;
  readonly nowUs: number;
  readonly open: (db: string) => ArchiveWriter;
}

export interface RetentionResult {
  readonly files: number;
  readonly trades: number;
  readonly bytes: number;
  /** Files that are old enough and stay, as they are not what was put there. */
  readonly kept: readonly ArchiveDefect[];
}

const DAY_US = 86_400_000_000;

/**
 * Removes days of the archive that are older than what is kept; of a database that is published only what has been counted where
 * it is published to. Only a file that is still what was written and compared goes;
 * what is in the database stays. First the ledger lets the files go, in one transaction a symbol, then they are removed:
 * killed in between, the next run removes them.
 */
export function removeOld({ db, keepUs, nowUs, open }: RetentionSettings): RetentionResult {
  const base = dirname(resolve(db));
  const writer = open(db);
  try {
    clearUnfinished(writer, base);
    const newest = writer.newestDays(nowUs);
    const old = writer
      .parts()
      .filter(
        ({ symbolId, date }) =>
          Date.parse(date) * 1000 + DAY_US <= (newest.get(symbolId) ?? Number.NEGATIVE_INFINITY) - keepUs,
      );
    const kept: ArchiveDefect[] = [];
    const counted = old.length === 0 ? undefined : countedIds(resolve(db));
    const isElsewhere = (part: ArchivePart): boolean => {
      const { venue, symbol, ids } = writer.held(part);
      const there = counted?.(venue, symbol);
      return there === undefined || ids.every((range) => there.missing(range).length === 0);
    };
    const going = old.filter((part) => {
      const what = isElsewhere(part)
        ? defectOf(join(base, part.path), part)
        : "its trades are not published, or not counted there yet";
      if (what !== undefined) kept.push({ path: part.path, what });
      return what === undefined;
    });
    for (const symbolId of new Set(going.map((part) => part.symbolId))) {
      const parts = going.filter((part) => part.symbolId === symbolId);
      writer.drop(
        symbolId,
        parts.map(({ partId }) => partId),
        nowUs,
      );
    }
    clearUnfinished(writer, base);
    for (const { path } of going) removeIfEmpty(dirname(join(base, path)));
    const sum = (of: (part: ArchivePart) => number): number =>
      going.reduce((total, part) => total + of(part), 0);
    return { files: going.length, trades: sum(({ rows }) => rows), bytes: sum(({ bytes }) => bytes), kept };
  } finally {
    writer.close();
  }
}

function defectOf(file: string, { sha256 }: ArchivePart): string | undefined {
  if (!existsSync(file)) return "it is not there";
  return digest(readFileSync(file)) === sha256 ? undefined : "its content has changed since it was written";
}

function removeIfEmpty(folder: string): void {
  try {
    rmSync(join(folder, ".draft.part"), { force: true });
    rmdirSync(folder);
  } catch {
    // something else lies there
  }
}
