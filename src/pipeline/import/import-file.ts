import { basename } from "node:path";
import { quote, refuse } from "../../core/errors.ts";
import { formatDuration, formatUtc } from "../../core/time.ts";
import type { Venue } from "../../core/trade.ts";
import { openArchivedTrades } from "../archive/compare.ts";
import { type BinanceName, binanceName } from "../files/binance-name.ts";
import { type ImportCounts, type ImportEntry, importOutlook } from "../store/write/import-journal.ts";
import { openWriter, type StoreWriter } from "../store/write/writer.ts";
import { type FileFacts, factsTaker } from "./facts.ts";
import type { RowKind } from "./layout.ts";
import { parquetPieces } from "./parquet-pieces.ts";
import { csvPieces } from "./pieces.ts";
import type { Piece, RowContext } from "./rows.ts";
import { openShelf } from "./shelf.ts";
import { openSource, type Source } from "./source.ts";

export interface ImportSettings {
  /** The database's file; made where there is none. */
  readonly db: string;
  /** A venue of this name is made as a real one where the database has none. */
  readonly venue: string;
  /** Needed where the file's name is not one of Binance's. */
  readonly symbol?: string;
  /** What the file holds; told by its name or its header unless given. `csv`: by its header. */
  readonly kind?: ImportKind;
  /** Of bars; the time between them unless given. */
  readonly intervalUs?: number;
  /** False: a zip needs no `.CHECKSUM` beside it. */
  readonly needsChecksum?: boolean;
  readonly nowUs: number;
  readonly onProgress?: (progress: ImportProgress) => void;
}

export type ImportKind = "trades" | "aggTrades" | "klines" | "csv";

export interface ImportProgress {
  readonly file: string;
  /** `check` counts bytes, `store` rows. */
  readonly phase: "check" | "store";
  readonly done: number;
  readonly total: number;
}

export interface ImportResult extends ImportCounts {
  readonly file: string;
  readonly symbol: string;
  readonly kind: RowKind;
  /** `resumed`: an interrupted import was ended. `known`: the very file was imported before. */
  readonly outcome: "imported" | "resumed" | "known";
  readonly rows: number;
  /** The file of this name was imported before with another content, then. */
  readonly issuedBeforeUs: number | undefined;
  /** The copy that was made of an older database. */
  readonly backup: string | undefined;
}

/**
 * Imports one file. First the whole of it is read and checked, so that a defect anywhere imports nothing. Then it is stored
 * in transactions of 20,000 rows, each with its place in the journal: what is killed goes on there, and what is half stored
 * is sound and known to the ledger.
 */
export async function importFile(path: string, settings: ImportSettings): Promise<ImportResult> {
  const name = basename(path);
  const named = binanceName(name);
  const symbol = symbolOf(name, named, settings);
  const { needsChecksum = true } = settings;
  const source = await openSource(path, { needsChecksum });
  try {
    const key = { venue: settings.venue, symbol, sha256: source.sha256 };
    const outlook = importOutlook(settings.db, key);
    let facts: FileFacts;
    try {
      const before = outlook?.entry;
      if (before?.finishedUs != null) return knownResult(before, symbol);
      facts = await examine(source, named, symbol, settings);
    } finally {
      outlook?.close();
    }
    const venue: Venue = outlook?.venue ?? { name: settings.venue, kind: "real", detail: "imported files" };
    const writer = openWriter(settings.db, { venue, symbols: [symbol] });
    try {
      return await store(writer, source, facts, { named, symbol, settings });
    } finally {
      writer.close();
    }
  } finally {
    await source.close();
  }
}

/** Reads all of a file; refuses it where anything is wrong. */
async function examine(
  source: Source,
  named: BinanceName | undefined,
  symbol: string,
  settings: ImportSettings,
): Promise<FileFacts> {
  const taker = factsTaker();
  let done = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of source.read()) {
      done += chunk.length;
      settings.onProgress?.({ file: source.name, phase: "check", done, total: source.bytes });
      yield chunk;
    }
  };
  for await (const piece of piecesOf(source, counted(), named, symbol, settings)) taker.take(piece);
  const facts = taker.facts();
  if (facts === undefined) {
    return refuse({
      code: "no-rows",
      where: source.name,
      problem: "needs rows; it has none",
      hint: "Download it again.",
    });
  }
  if (facts.kind === "bars") intervalOf(source.name, facts, named, settings);
  return facts;
}

interface Target {
  readonly named: BinanceName | undefined;
  readonly symbol: string;
  readonly settings: ImportSettings;
}

async function store(
  writer: StoreWriter,
  source: Source,
  facts: FileFacts,
  { named, symbol, settings }: Target,
): Promise<ImportResult> {
  const { nowUs, onProgress } = settings;
  const file = source.name;
  const intervalUs = facts.kind === "bars" ? intervalOf(file, facts, named, settings) : 0;
  const archived = openArchivedTrades(settings.db);
  try {
    const shelf = openShelf({
      writer,
      archived,
      facts,
      file,
      symbol,
      sha256: source.sha256,
      intervalUs,
      nowUs,
    });
    let done = 0;
    for await (const piece of piecesOf(source, source.read(), named, symbol, settings)) {
      done += piece.rows;
      if (done <= shelf.entry.rowsDone) continue;
      shelf.put(piece);
      onProgress?.({ file, phase: "store", done, total: facts.rows });
    }
    await source.checkUnchanged();
    const { rows, stored, known, conflicts } = shelf.end();
    return {
      file,
      symbol,
      kind: facts.kind,
      outcome: shelf.entry.rowsDone > 0 ? "resumed" : "imported",
      rows,
      stored,
      known,
      conflicts,
      issuedBeforeUs: shelf.issuedBefore?.startedUs,
      backup: writer.backup,
    };
  } finally {
    archived.close();
  }
}

function piecesOf(
  source: Source,
  chunks: AsyncGenerator<Uint8Array>,
  named: BinanceName | undefined,
  symbol: string,
  { kind, nowUs }: ImportSettings,
): AsyncGenerator<Piece> {
  const context: RowContext = {
    where: source.name,
    symbol,
    ...(named && { span: named }),
    receivedUs: nowUs,
  };
  if (source.form === "parquet") return parquetPieces(source, context);
  const told = kind === "csv" ? undefined : (kind ?? named?.kind);
  return csvPieces(chunks, told === "klines" ? "bars" : told, context);
}

function symbolOf(name: string, named: BinanceName | undefined, { symbol, kind }: ImportSettings): string {
  const told = symbol ?? named?.symbol;
  if (told === undefined) {
    return refuse({
      code: "no-symbol",
      where: name,
      problem: "needs a symbol; the file's name tells none",
      hint: "Pass --symbol, for example --symbol BTCUSDT.",
    });
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters have no place in a symbol
  if (told.length > 60 || told.trim() !== told || told === "" || /[\u0000-\u001f\u007f]/.test(told)) {
    refuse({
      code: "bad-symbol",
      where: "symbol",
      problem: `needs 1 to 60 characters without control characters, and no blanks around; got ${quote(told, 80)}`,
      hint: "Pass for example --symbol BTCUSDT.",
    });
  }
  if (named && told !== named.symbol)
    disagree(name, "symbol", named.symbol, told, "Leave --symbol out, or give the file back its own name.");
  if (named && kind !== undefined && kind !== "csv" && kind !== named.kind)
    disagree(name, "kind", named.kind, kind, "Leave --kind out, or give the file back its own name.");
  return told;
}

function disagree(name: string, what: string, inName: string, told: string, hint: string): never {
  return refuse({
    code: "misnamed",
    where: name,
    problem: `needs the ${what} that its name tells, ${quote(inName)}; got ${quote(told, 80)}`,
    hint,
  });
}

/** The interval of a file's bars. */
function intervalOf(
  where: string,
  { stepUs, firstUs }: FileFacts,
  named: BinanceName | undefined,
  { intervalUs }: ImportSettings,
): number {
  const told = intervalUs ?? named?.intervalUs;
  if (told !== undefined && (stepUs === 0 || stepUs % told === 0)) return told;
  if (told !== undefined) {
    return refuse({
      code: "bad-interval",
      where,
      problem: `needs bars of ${formatDuration(told)}; the times between them are multiples of ${formatDuration(stepUs)}`,
      hint: "Pass the right --interval.",
      facts: { told, stepUs },
    });
  }
  if (stepUs > 0) return stepUs;
  return refuse({
    code: "bad-interval",
    where,
    problem: `needs at least two bars to tell their interval; got the one of ${formatUtc(firstUs)}`,
    hint: "Pass --interval, for example --interval 1m.",
  });
}

function knownResult(entry: ImportEntry, symbol: string): ImportResult {
  return {
    file: entry.file,
    symbol,
    kind: entry.kind,
    outcome: "known",
    rows: entry.rows,
    stored: 0,
    known: entry.rows,
    conflicts: entry.conflicts,
    issuedBeforeUs: undefined,
    backup: undefined,
  };
}
