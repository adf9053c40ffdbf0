import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { quote, refuse } from "../../core/errors.ts";
import {
  type ArchivedIds,
  type ArchivePart,
  type ArchiveWriter,
  openArchiveList,
  openArchiveWriter,
  type StoredDay,
} from "../store/archive-writer.ts";
import type { StoredTrades } from "../store/read/stored-trades.ts";
import { readStored, storedBytes } from "./parquet.ts";

/** What has just been done for one file, in this order. */
export const ARCHIVE_STEPS = ["written", "compared", "noted", "moved", "released"] as const;
export type ArchiveStep = (typeof ARCHIVE_STEPS)[number];

export interface ArchiveSettings {
  readonly db: string;
  /** Where the files go; `archive` beside the database unless told. */
  readonly folder?: string;
  /** Days before this one only. */
  readonly beforeUs?: number;
  /** Days which end so long before the venue's newest day began only. */
  readonly keepUs?: number;
  /** The oldest days only, until the database's content takes no more than this. */
  readonly maxBytes?: number;
  /** Trades in one file; a day with more has several. 2,097,152 unless told. */
  readonly partRows?: number;
  /** Give freed room back to the system. */
  readonly vacuum?: boolean;
  readonly nowUs: number;
  /** How the database is opened; under the writer's lock unless told. */
  readonly open?: (db: string) => ArchiveWriter;
  readonly onProgress?: (progress: ArchiveProgress) => void;
  /** Called after each step: for tests which end the process there. */
  readonly onStep?: (step: ArchiveStep) => void;
}

export interface ArchiveProgress {
  readonly day: string;
  readonly done: number;
  readonly total: number;
}

export interface ArchiveResult {
  readonly parts: readonly Omit<ArchivePart, "partId">[];
  readonly trades: number;
  readonly archivedBytes: number;
  /** Of the database's content, before and after. */
  readonly usedBytesBefore: number;
  readonly usedBytesAfter: number;
  /** Of the database's file: what was freed inside it is used for new trades. */
  readonly fileBytes: number;
}

/** About a gigabyte of memory while a file is written. */
const PART_ROWS = 1 << 21;

/**
 * Moves the trades of days that are over into Parquet files. A file is written under a temporary name, read back and compared
 * with what was read from the database, noted, and moved into its place; then, in one transaction, it counts and its trades
 * leave the database. Killed anywhere, each trade is in the database or in a file that counts, never in both, never in none;
 * the next run clears what was begun. Late trades of an archived day go into a further file.
 */
export function archive(settings: ArchiveSettings): ArchiveResult {
  const { db, partRows = PART_ROWS, maxBytes = 0, nowUs, onProgress, onStep } = settings;
  const base = dirname(resolve(db));
  const root = resolve(settings.folder ?? join(base, "archive"));
  const { open = openArchiveWriter } = settings;
  const writer = open(db);
  try {
    clearUnfinished(writer, base);
    const usedBytesBefore = writer.usedBytes();
    const days = chosen(writer, settings);
    const taken = new Set(writer.parts().map(({ path }) => path));
    const parts: Omit<ArchivePart, "partId">[] = [];
    for (const [i, day] of days.entries()) {
      if (writer.usedBytes() <= maxBytes) break;
      onProgress?.({ day: `${dateOf(day.dayUs)} ${day.symbol}`, done: i, total: days.length });
      for (let left = day.rows; left > 0; ) {
        const trades = writer.read(day, Math.min(left, partRows));
        const path = freePath(base, root, day, taken);
        const part = putPart(writer, base, path, day, trades, nowUs, onStep);
        taken.add(part.path);
        parts.push(part);
        left -= trades.length;
      }
    }
    if (settings.vacuum === true) writer.vacuum();
    return {
      parts,
      trades: parts.reduce((sum, { rows }) => sum + rows, 0),
      archivedBytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
      usedBytesBefore,
      usedBytesAfter: writer.usedBytes(),
      fileBytes: writer.fileBytes(),
    };
  } finally {
    writer.close();
  }
}

/** A file of the archive that is not what was put there. */
export interface ArchiveDefect {
  readonly path: string;
  readonly what: string;
}

/** Reads every file of a database's archive and compares it with its check sum. */
export function checkArchive(
  db: string,
  onProgress?: (progress: ArchiveProgress) => void,
): { readonly files: number; readonly trades: number; readonly defects: readonly ArchiveDefect[] } {
  const list = openArchiveList(db);
  try {
    const parts = list.all();
    const base = dirname(resolve(db));
    const defects = parts.flatMap(({ path, sha256, date }, i): ArchiveDefect[] => {
      onProgress?.({ day: date, done: i, total: parts.length });
      const file = join(base, path);
      if (!existsSync(file)) return [{ path, what: "it is not there" }];
      const isSame = digest(readFileSync(file)) === sha256;
      return isSame ? [] : [{ path, what: "its content has changed since it was written" }];
    });
    const trades = parts.reduce((sum, { rows }) => sum + rows, 0);
    return { files: parts.length, trades, defects };
  } finally {
    list.close();
  }
}

/** Removes the files that are noted and do not count: their trades are in the database, or are not kept any more. */
export function clearUnfinished(writer: ArchiveWriter, base: string): void {
  for (const { partId, path } of writer.unfinished()) {
    rmSync(join(base, path), { force: true });
    writer.forget(partId);
  }
}

function chosen(writer: ArchiveWriter, { beforeUs, keepUs }: ArchiveSettings): StoredDay[] {
  return writer
    .sealedDays()
    .filter(
      ({ dayUs, newestDayUs }) =>
        (beforeUs === undefined || dayUs + DAY_US <= beforeUs) &&
        (keepUs === undefined || dayUs + DAY_US <= newestDayUs - keepUs),
    );
}

function putPart(
  writer: ArchiveWriter,
  base: string,
  path: string,
  day: StoredDay,
  trades: StoredTrades,
  nowUs: number,
  onStep: ArchiveSettings["onStep"],
): Omit<ArchivePart, "partId"> {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true });
  const draft = join(folder, ".draft.part");
  const bytes = storedBytes(trades);
  writeFileSync(draft, bytes);
  sync(draft);
  onStep?.("written");
  checkSame(trades, readStored(readFileSync(draft), draft), draft);
  onStep?.("compared");
  const part = {
    symbolId: day.symbolId,
    date: dateOf(day.dayUs),
    path: relative(base, path).split(sep).join("/"),
    firstId: trades.id[0]!,
    lastId: trades.id[trades.length - 1]!,
    firstUs: trades.tradeTimeUs.reduce((least, us) => Math.min(least, us)),
    lastUs: trades.tradeTimeUs.reduce((most, us) => Math.max(most, us)),
    rows: trades.length,
    bytes: bytes.length,
    sha256: digest(bytes),
  };
  const partId = writer.begin(part, nowUs);
  onStep?.("noted");
  renameSync(draft, path);
  sync(folder);
  onStep?.("moved");
  writer.release(partId, rangesOf(trades));
  onStep?.("released");
  return part;
}

/** `trades.parquet`, and for what comes later `trades-2.parquet` and so on, in the day's own folder. */
function freePath(base: string, root: string, day: StoredDay, taken: ReadonlySet<string>): string {
  const folder = join(
    root,
    `venue=${hiveValue(day.venue)}`,
    `symbol=${hiveValue(day.symbol)}`,
    `date=${dateOf(day.dayUs)}`,
  );
  for (let n = 1; ; n++) {
    const path = join(folder, n === 1 ? "trades.parquet" : `trades-${n}.parquet`);
    if (taken.has(relative(base, path).split(sep).join("/"))) continue;
    if (!existsSync(path)) return path;
    return refuse({
      code: "foreign-archive",
      where: path,
      problem: "needs a place of its own for this database's trades; a file which it does not know is there",
      hint: "Move that file away, or pass another --archive folder.",
      facts: { path },
    });
  }
}

/** A text as a part of a path that DuckDB and Polars read back as it was. */
export function hiveValue(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => {
      const letter = String.fromCharCode(byte);
      return /[A-Za-z0-9_-]/.test(letter) ? letter : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    })
    .join("");
}

/** Whether what was written is what was meant, column by column, bit by bit. */
function checkSame(meant: StoredTrades, found: StoredTrades, path: string): void {
  for (const name of Object.keys(meant) as (keyof StoredTrades)[]) {
    const [a, b] = [meant[name], found[name]];
    const isSame =
      typeof a === "number" || typeof b === "number"
        ? a === b
        : a.length === b.length && a.every((value: number | bigint, i: number) => Object.is(value, b[i]));
    if (isSame) continue;
    refuse({
      code: "archive-differs",
      where: path,
      problem: `needs to read back what was written; the column ${quote(name)} is another one`,
      hint: "The disk may be failing. The trades stay in the database.",
      facts: { path, name },
    });
  }
}

/** The ids as ranges, with the times at their ends. */
function rangesOf({ length, id, tradeTimeUs }: StoredTrades): ArchivedIds[] {
  const ranges: ArchivedIds[] = [];
  for (let from = 0; from < length; ) {
    let to = from;
    while (to + 1 < length && id[to + 1] === id[to]! + 1) to++;
    ranges.push({ first: id[from]!, last: id[to]!, firstUs: tradeTimeUs[from]!, lastUs: tradeTimeUs[to]! });
    from = to + 1;
  }
  return ranges;
}

export function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

const DAY_US = 86_400_000_000;

function dateOf(us: number): string {
  return new Date(us / 1000).toISOString().slice(0, 10);
}

/** Makes what was written last through a loss of power. Some systems can't open a folder for that. */
function sync(path: string): void {
  const isFolder = statSync(path).isDirectory();
  if (isFolder && process.platform === "win32") return;
  const file = openSync(path, isFolder ? "r" : "r+");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
