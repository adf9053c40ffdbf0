import { quote, refuse } from "../../core/errors.ts";
import { openArchivedTrades } from "../archive/compare.ts";
import { type Asking, checkOptions, type FileOptions } from "../files/asking.ts";
import { type BinanceName, binanceName } from "../files/binance-name.ts";
import type { RowKind } from "../files/columns/layout.ts";
import { nameHints } from "../files/file-name.ts";
import { kindOfName, months } from "../files/read-file.ts";
import { type Content, contentOf, digest } from "../files/tables/content.ts";
import { type OpenFile, openFile } from "../files/tables/open-file.ts";
import type { ImportCounts, ImportEntry } from "../store/write/import-journal.ts";
import { fileTarget, type ImportTarget } from "../store/write/import-writer.ts";
import { checkEntry, checkSum } from "./checksum.ts";
import { type Examined, examineFile } from "./examine.ts";
import { loadOf } from "./load.ts";
import { openShelf } from "./shelf.ts";
import { fileVenue, joinedText } from "./venue.ts";

export interface ImportSettings extends Omit<FileOptions, "symbol"> {
  /** The database's file; made where there is none. */
  readonly db: string;
  /** Who writes into it; nobody else meanwhile unless told. */
  readonly target?: ImportTarget;
  /** The series that the rows join, whatever its kind: Binance's own files join the market that they are of unless told. */
  readonly venue?: string | undefined;
  /** What its user calls the origin of other files: a venue of the kind `file`, named `file` unless told. */
  readonly venueName?: string | undefined;
  /** Needed where neither the file's name nor a column gives it. */
  readonly symbol?: string;
  /** What the file holds; told by its name or its header unless given. `csv`: by its header. */
  readonly kind?: ImportKind;
  /** False: one of Binance's zips needs no `.CHECKSUM` beside it. */
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
  readonly venue: string;
  readonly kind: ImportEntry["kind"];
  /** `resumed`: an interrupted import was ended. `known`: the very file was imported before. */
  readonly outcome: "imported" | "resumed" | "known";
  readonly rows: number;
  /** Of bars. */
  readonly intervalUs: number | undefined;
  /** What was understood without being written, and done to the rows: sentences. */
  readonly told: readonly string[];
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
  checkOptions(settings, "flags");
  const file = openFile(path);
  try {
    const named = binanceName(file.name);
    const content = contentOf(file);
    const sha256 = digest(file);
    const { needsChecksum = true } = settings;
    await checkSum(file, sha256, named !== undefined && content.packing === "zip" && needsChecksum);
    if (named !== undefined && content.entry !== undefined) checkEntry(file.name, content.entry);
    return await imported({ file, content, named, sha256 }, settings);
  } catch (error) {
    if (!/^(SQLITE_FULL|SQLITE_IOERR\w*|ENOSPC)$/.test((error as { code?: string }).code ?? "")) throw error;
    return refuse({
      code: "cannot-write",
      where: settings.db,
      problem: `needs a disk with room that can be written to; it says ${(error as { code: string }).code}`,
      hint: "Make room and run the command again: it goes on where it was; or take it back with --undo.",
    });
  } finally {
    file.close();
  }
}

interface Source {
  readonly file: OpenFile;
  readonly content: Content;
  readonly named: BinanceName | undefined;
  readonly sha256: string;
}

async function imported(source: Source, settings: ImportSettings): Promise<ImportResult> {
  const { file, content, named, sha256 } = source;
  const { db, nowUs } = settings;
  const asking = askingOf(source, settings);
  if (named?.kind === "klines" && named.intervalUs === undefined) months(asking, named);
  checkNames(file.name, named, settings);
  // of a file that says nothing of its market, the columns tell
  const early = settings.symbol ?? named?.symbol;
  const before = early === undefined ? undefined : knownBefore(settings, early, sha256);
  if (before) return knownResult(before, early!);
  const examined = await examineFile(file, content, asking, {
    symbol: early,
    kind: kindOf(settings.kind, named),
    named,
    onBytes: (done) =>
      settings.onProgress?.({ file: file.name, phase: "check", done, total: Math.max(done, content.bytes) }),
  });
  // what grew meanwhile was not read as a whole
  file.checkUnchanged();
  const symbol = symbolOf(file.name, early, examined);
  const load = loadOf(asking, examined, symbol);
  const { target = fileTarget(db) } = settings;
  const outlook = target.outlook({ symbol, sha256, venue: settings.venue ?? settings.venueName });
  const { entry, venues } = outlook ?? { venues: [] };
  if (early === undefined && entry?.finishedUs != null) return knownResult(entry, symbol);
  const venue = fileVenue(file, named, examined.layout, settings, venues);
  const writer = target.open(venue, symbol);
  const archived = openArchivedTrades(db);
  try {
    const shelf = openShelf({ writer, archived, load, file: file.name, symbol, sha256, nowUs });
    let done = 0;
    for await (const piece of load.pieces()) {
      done += piece.rows;
      if (done <= shelf.entry.rowsDone) continue;
      shelf.put(piece);
      settings.onProgress?.({ file: file.name, phase: "store", done, total: load.rows });
    }
    file.checkUnchanged();
    const { rows, stored, known, conflicts, kind } = shelf.end();
    return {
      file: file.name,
      symbol,
      venue: venue.name,
      kind,
      outcome: shelf.entry.rowsDone > 0 ? "resumed" : "imported",
      rows,
      stored,
      known,
      conflicts,
      intervalUs: load.intervalUs,
      told: [...load.told, ...joinedText(venue, named), ...(shelf.hidesBars ? [hiddenText(kind)] : [])],
      issuedBeforeUs: shelf.issuedBefore?.startedUs,
      backup: writer.backup,
    };
  } finally {
    archived.close();
    writer.close();
  }
}

/** Bars of one series are made of one kind: where it has trades, of those. */
function hiddenText(kind: ImportEntry["kind"]): string {
  return kind === "bars"
    ? "This series has trades: its bars are made of those, and the ones of this file are kept and not shown. To see them, take the import back (--undo) and import under a name of its own: --venue-name my-bars."
    : "This series has bars that came as bars: from now on its bars are made of its trades, and those are kept and not shown. To see them, import their file under a name of its own: --venue-name my-bars.";
}

function askingOf({ file, content }: Source, settings: ImportSettings): Asking {
  const { tz, dates, decimal, separator, columns, interval, table, query, symbol } = settings;
  const options = { tz, dates, decimal, separator, columns, interval, table, query, symbol };
  return {
    where: file.name,
    unit: content.form === "text" || content.form === "json" ? "line" : "row",
    options: Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
    voice: "flags",
    nowUs: settings.nowUs,
  };
}

function kindOf(asked: ImportKind | undefined, named: BinanceName | undefined): RowKind | undefined {
  if (asked === "csv") return undefined;
  if (asked === undefined) return kindOfName(named);
  return asked === "klines" ? "bars" : asked === "aggTrades" ? "merged" : "trades";
}

/** The very content, taken in before. */
function knownBefore(
  { db, target = fileTarget(db), venue, venueName }: ImportSettings,
  symbol: string,
  sha256: string,
): ImportEntry | undefined {
  const outlook = target.outlook({ symbol, sha256, venue: venue ?? venueName });
  return outlook?.entry?.finishedUs == null ? undefined : outlook.entry;
}

/** What is asked for and what the name says agree. */
function checkNames(name: string, named: BinanceName | undefined, { symbol, kind }: ImportSettings): void {
  if (symbol !== undefined) checkSymbol(symbol);
  if (named === undefined) return;
  if (symbol !== undefined && symbol !== named.symbol)
    disagree(name, "symbol", named.symbol, symbol, "Leave --symbol out, or give the file back its own name.");
  if (kind !== undefined && kind !== "csv" && kind !== named.kind)
    disagree(name, "kind", named.kind, kind, "Leave --kind out, or give the file back its own name.");
}

function symbolOf(name: string, early: string | undefined, { symbols, layout }: Examined): string {
  const hints = nameHints(name);
  const hinted = hints.intervalUs !== undefined || hints.kraken !== undefined ? hints.symbol : undefined;
  const distinct = [...new Set(symbols)];
  const told =
    early ??
    (distinct.length === 1 ? distinct[0] : undefined) ??
    (distinct.length === 0 ? hinted : undefined);
  if (told !== undefined) {
    checkSymbol(told);
    return told;
  }
  return refuse({
    code: "no-symbol",
    where: name,
    problem:
      distinct.length > 1
        ? `needs one symbol to import; it holds ${distinct
            .slice(0, 5)
            .map((one) => quote(one, 40))
            .join(", ")}`
        : "needs a symbol; the file's name gives none",
    hint: `Pass --symbol, for example --symbol ${distinct[0] ?? "BTCUSDT"}.`,
    facts: { symbols: distinct, kind: layout.kind },
  });
}

function checkSymbol(told: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters have no place in a symbol
  if (told.length <= 60 && told.trim() === told && told !== "" && !/[\u0000-\u001f\u007f]/.test(told)) return;
  refuse({
    code: "bad-symbol",
    where: "symbol",
    problem: `needs 1 to 60 characters without control characters, and no blanks around; got ${quote(told, 80)}`,
    hint: "Pass for example --symbol BTCUSDT.",
  });
}

function disagree(name: string, what: string, inName: string, told: string, hint: string): never {
  return refuse({
    code: "misnamed",
    where: name,
    problem: `needs the ${what} that its name gives, ${quote(inName)}; got ${quote(told, 80)}`,
    hint,
  });
}

function knownResult(entry: ImportEntry, symbol: string): ImportResult {
  return {
    file: entry.file,
    symbol,
    venue: entry.venue,
    kind: entry.kind,
    outcome: "known",
    rows: entry.rows,
    stored: 0,
    known: entry.rows,
    conflicts: entry.conflicts,
    intervalUs: undefined,
    told: [],
    issuedBeforeUs: undefined,
    backup: undefined,
  };
}
