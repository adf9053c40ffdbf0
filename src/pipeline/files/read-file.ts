import { basename } from "node:path";
import { refuse } from "../../core/errors.ts";
import { parseDuration } from "../../core/time.ts";
import { type Asking, checkOptions, type FileOptions, refuseRow, say, type Voice } from "./asking.ts";
import { type BinanceName, binanceName } from "./binance-name.ts";
import type { Expectations, Layout, RowKind } from "./columns/layout.ts";
import { nameHints } from "./file-name.ts";
import { fileIntake, type Intake } from "./intake.ts";
import { type FileTrades, tradesOf } from "./rows/file-trades.ts";
import { inOrder } from "./rows/order.ts";
import type { Conventions } from "./rows/row-reader.ts";
import { checkSpan, type FileSeries, type Ordering, seriesOf, type ToldLength } from "./rows/series.ts";
import type { TradeRows } from "./rows/trades.ts";
import { type Content, contentOf } from "./tables/content.ts";
import { type FrameTable, featherTable, parquetTable } from "./tables/frames.ts";
import { jsonTable } from "./tables/json-rows.ts";
import { type OpenFile, openFile } from "./tables/open-file.ts";
import { sqliteTable } from "./tables/sqlite-rows.ts";
import { type Cells, textRecords } from "./text/records.ts";
import { toldOf } from "./told.ts";

/** Who reads, and when. */
export interface Caller {
  readonly voice: Voice;
  readonly nowUs: number;
}

/** What one file holds: bars, or trades that bars can be made of. */
export interface FileData {
  /** Its name, without the folder. */
  readonly file: string;
  readonly kind: RowKind;
  readonly rows: number;
  /** Of bars; all of one length. */
  readonly series: readonly FileSeries[];
  /** Of trades. */
  readonly trades: readonly FileTrades[];
  /** As one of this product's own exports names it. */
  readonly venue: { readonly name: string; readonly kind: string } | undefined;
  /** What a reader has to know about how it was read: sentences. */
  readonly told: readonly string[];
}

/**
 * Reads a whole file into memory: CSV, JSON, Parquet, Feather, SQLite, zipped or not; trades, merged trades or bars, of one
 * symbol or several. What could be read in two ways is refused, with the row and the option that settles it.
 */
export function readFile(path: string, options: FileOptions, caller: Caller): FileData {
  return reading(path, options, caller, ({ data }) => data());
}

/** Trades of a file with every digit, as they stand in it. */
export interface FileRows {
  readonly layout: Layout;
  /** By the index that a batch has; `""`: the file does not name it. */
  readonly symbols: readonly string[];
  /** By ascending id, each once. */
  readonly pieces: readonly TradeRows[];
}

/** The same of trades that are to keep their text. Refuses bars. */
export function readTradeRows(path: string, options: FileOptions, caller: Caller): FileRows {
  return reading(path, options, caller, ({ rows }) => rows());
}

function reading<T>(
  path: string,
  options: FileOptions,
  { voice, nowUs }: Caller,
  take: (reading: Reading) => T,
): T {
  checkOptions(options, voice);
  const file = openFile(path);
  try {
    const content = contentOf(file);
    const where = basename(path);
    const unit = content.form === "text" || content.form === "json" ? "line" : "row";
    const asking: Asking = { where, unit, options, voice, nowUs };
    const named = binanceName(where);
    if (named?.kind === "klines" && named.intervalUs === undefined) months(asking, named);
    const first = readOnce(file, content, asking, named, undefined);
    const { isRight, conventions } = first.end;
    const read = isRight ? first : readOnce(file, content, asking, named, conventions);
    file.checkUnchanged();
    return take(read);
  } finally {
    file.close();
  }
}

export function months(asking: Asking, { period }: BinanceName): never {
  return refuseRow(asking, {
    code: "months",
    need: `bars of one length; its name says months (${period}), and months have none`,
    hint: "Take the file of days or weeks.",
  });
}

/** The kind that the name of one of Binance's files tells. */
export function kindOfName(named: BinanceName | undefined): RowKind | undefined {
  if (named === undefined) return undefined;
  return named.kind === "klines" ? "bars" : named.kind === "aggTrades" ? "merged" : "trades";
}

interface Reading {
  readonly end: { readonly isRight: boolean; readonly conventions: Conventions };
  data(): FileData;
  rows(): FileRows;
}

function readOnce(
  file: OpenFile,
  content: Content,
  asking: Asking,
  named: BinanceName | undefined,
  conventions: Conventions | undefined,
): Reading {
  const pieces: TradeRows[] = [];
  const rows = rowsOf(file, content, asking);
  const expected: Expectations = {
    kind: kindOfName(named),
    fileName: content.entry ?? file.name,
    ...(rows.typed && { typed: rows.typed }),
  };
  const intake = fileIntake({
    asking,
    expected,
    conventions,
    separator: rows.separator,
    names: rows.names,
    symbol: undefined,
    span: named,
    receivedUs: asking.nowUs,
    onTrades: (piece) => pieces.push(piece),
  });
  try {
    for (const cells of rows.cells()) intake.push(cells);
    intake.flush();
  } finally {
    rows.close?.();
  }
  const end = intake.end();
  return {
    end,
    data: () => dataOf(asking, intake, pieces, named, rows.preamble ?? []),
    rows: () => rowsIn(asking, intake, pieces),
  };
}

function rowsIn(asking: Asking, { layout, trades }: Intake, pieces: readonly TradeRows[]): FileRows {
  if (trades === undefined || layout === undefined) {
    return refuse({
      code: "no-trades",
      where: asking.where,
      problem: "needs trades; it holds bars",
      hint: "Take a file of trades.",
    });
  }
  const isCounted = layout.isCounted || layout.kind === "merged";
  return { layout, symbols: trades.symbols, pieces: inOrder(asking, pieces, isCounted).pieces };
}

/** Rows of a file of any form. */
export interface TableRows {
  readonly names?: readonly string[] | undefined;
  readonly typed?: Expectations["typed"];
  readonly preamble?: readonly string[];
  separator(): "," | ";" | "\t" | "|" | undefined;
  cells(): Iterable<Cells>;
  close?(): void;
}

/** Rows of a slice are gone before the next one: small ones never grow old. */
const SLICE_BYTES = 1 << 16;
const SLICE_ROWS = 20_000;

/** The rows of a file of any form, as text. */
export function rowsOf(file: OpenFile, content: Content, asking: Asking): TableRows {
  if (content.form !== "text") return typedRows(file, content, asking);
  const records = textRecords(asking);
  return {
    preamble: records.preamble,
    separator: () => records.separator,
    cells: function* () {
      const bytes = content.readSync();
      for (let at = 0; at < bytes.length; at += SLICE_BYTES)
        yield records.push(bytes.subarray(at, at + SLICE_BYTES));
      yield records.end();
    },
  };
}

/** Rows of a file that is no CSV. */
export function typedRows(file: OpenFile, content: Content, asking: Asking): TableRows {
  const none = (): undefined => undefined;
  if (content.form === "json") {
    const { names, cells } = jsonTable(content.readSync(), asking);
    return { names, separator: none, cells: () => [cells] };
  }
  if (content.form === "sqlite") {
    const { names, rows, close } = sqliteTable(file.path, asking);
    return { names, separator: none, cells: rows, close };
  }
  const frame: FrameTable =
    content.form === "parquet"
      ? parquetTable(file.path, file.name)
      : featherTable(Buffer.from(content.readSync()), file.name);
  return {
    names: frame.names,
    typed: frame.typed,
    separator: none,
    cells: function* () {
      for (let from = 0; from < frame.height; from += SLICE_ROWS) {
        const rows = frame.rows(from, Math.min(frame.height, from + SLICE_ROWS));
        yield { rows, numbers: Array.from(rows, (_, i) => from + i + 1) };
      }
    },
  };
}

function dataOf(
  asking: Asking,
  intake: Intake,
  pieces: readonly TradeRows[],
  named: BinanceName | undefined,
  preamble: readonly string[],
): FileData {
  const layout = intake.layout!;
  const reader = intake.reader!;
  const ordering: Ordering = { sorted: 0, repeats: 0 };
  const symbol = asking.options.symbol ?? named?.symbol ?? nameHints(asking.where).symbol;
  const toldLength = toldInterval(asking, named, layout, intake.bars?.lengthUs);
  const series =
    intake.bars?.series.map((raw) => {
      const made = seriesOf(asking, raw, reader, toldLength, ordering);
      checkSpan(asking, made, named);
      return made.symbol === undefined && symbol !== undefined ? { ...made, symbol } : made;
    }) ?? [];
  const lengths = new Set(series.map(({ spacing }) => spacing.intervalUs));
  if (lengths.size > 1) severalLengths(asking, series);
  const trades = (intake.trades ? tradesOf(asking, layout, pieces, intake.trades.symbols, ordering) : []).map(
    (one) => (one.symbol === "" && symbol !== undefined ? { ...one, symbol } : one),
  );
  const told = toldOf(asking, layout, reader, ordering, {
    empty: intake.bars?.empty ?? 0,
    incomplete: intake.bars?.incomplete ?? 0,
    preamble,
  });
  const { venue, venueKind } = layout.at;
  const [name, kind] = [venue, venueKind].map((at) => (at === undefined ? "" : intake.first[at]!));
  return {
    file: asking.where,
    kind: layout.kind,
    rows: intake.rows,
    series,
    trades,
    venue: name !== "" && kind !== "" ? { name: name!, kind: kind! } : undefined,
    told,
  };
}

/** The length of bars that a name, an option or a column tells; name and option agree. */
export function toldInterval(
  asking: Asking,
  named: BinanceName | undefined,
  layout: Layout,
  columnUs: number | undefined,
): ToldLength | undefined {
  const { interval } = asking.options;
  const asked =
    interval === undefined
      ? undefined
      : parseDuration(interval, asking.voice === "flags" ? "--interval" : "interval");
  if (asked !== undefined && named?.intervalUs !== undefined && asked !== named.intervalUs) {
    refuse({
      code: "bad-interval",
      where: asking.where,
      problem: `needs the interval that its name gives; got ${say(asking, "interval", interval!)}`,
      hint: "Leave it out, or give the file back its own name.",
    });
  }
  if (layout.isOwn && columnUs !== undefined && (asked ?? columnUs) === columnUs)
    return { us: columnUs, isSure: true };
  const us = asked ?? named?.intervalUs ?? columnUs ?? layout.intervalUs;
  return us === undefined ? undefined : { us, isSure: false };
}

function severalLengths(asking: Asking, series: readonly FileSeries[]): never {
  return refuseRow(asking, {
    code: "several-intervals",
    need: `bars of one length; those of ${series
      .slice(0, 2)
      .map(({ symbol, spacing }) => `${symbol} are ${spacing.intervalUs / 1e6} s long`)
      .join(", those of ")}`,
    hint: "Take each length from a file of its own.",
  });
}
