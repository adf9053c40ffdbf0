import { quote, refuse } from "../../core/errors.ts";

export type DayOrder = "dmy" | "mdy" | "ymd";
export type DecimalMark = "." | ",";
export type Separator = "," | ";" | "\t" | "|";
/** As a setting says it. */
export type SeparatorWord = Separator | "tab";

/** What a file may leave open, and its reader asks for. Nothing is taken from the machine. */
export interface FileOptions {
  /** The zone of times that name none: an IANA name (`America/New_York`) or an offset (`+05:30`). UTC unless told. */
  readonly tz?: string;
  /** The order of day, month and year where they are numbers. */
  readonly dates?: DayOrder;
  readonly decimal?: DecimalMark;
  readonly separator?: SeparatorWord;
  /**
   * Which column is what: the name of a column by its meaning, `{ time: "Datum" }` or `"time=Datum,close=Kurs"`; or the
   * meanings of all columns of a file without a header, `["time", "price", "qty"]` or `"time,price,qty"`.
   */
  readonly columns?: Readonly<Record<string, string>> | readonly string[] | string;
  /** Length of a bar, `"1m"`: of a file of bars it must agree with the rows; trades without ids are made into such bars. */
  readonly interval?: string;
  /** Of the one market that the file holds, where neither its name nor a column tells it. */
  readonly symbol?: string;
  /** Of a database: the table to read, or a query. */
  readonly table?: string;
  readonly query?: string;
}

export type OptionName = keyof FileOptions;

/** What may be told of a file whose symbols and length of bars are asked for by other settings. */
export interface ReadOptions extends Omit<FileOptions, "interval" | "symbol"> {
  /** Bars in which a file has no row are left out: nights and weekends of what trades in sessions. */
  readonly sessions?: boolean;
}

export const READ_NAMES = ["tz", "dates", "decimal", "separator", "columns", "table", "query"] as const;

/** The options among other settings. */
export function readOptions(settings: ReadOptions): FileOptions {
  return Object.fromEntries(
    READ_NAMES.flatMap((name) => (settings[name] === undefined ? [] : [[name, settings[name]]])),
  );
}

/** How refusals name an option: `--dates dmy` to who typed a command, `dates: "dmy"` to who wrote a cell. */
export type Voice = "flags" | "settings";

/** A file that is being read, as refusals speak of it. */
export interface Asking {
  /** The file's name. */
  readonly where: string;
  /** What a row's number counts. */
  readonly unit: "line" | "row";
  readonly options: FileOptions;
  readonly voice: Voice;
  /** Nothing lies after the day that follows it. */
  readonly nowUs: number;
}

/** An option with a value, in the words of whoever called: `--dates dmy`, or `dates: "dmy"`. */
export function say({ voice }: Asking, option: OptionName, value: string): string {
  if (voice === "flags") {
    const typed = value === "\t" ? "tab" : value;
    return `--${option} ${/[\s"';|]/.test(typed) ? JSON.stringify(typed) : typed}`;
  }
  if (option !== "columns") return `${option}: ${JSON.stringify(value)}`;
  const [meaning, name] = value.split("=") as [string, string?];
  return name === undefined
    ? `columns: ${JSON.stringify(value.split(","))}`
    : `columns: { ${meaning}: ${JSON.stringify(name)} }`;
}

export interface RowFault {
  readonly code?: string;
  readonly row?: number;
  /** The column, by name or meaning. */
  readonly column?: string;
  readonly need: string;
  readonly hint?: string;
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** Refuses a file for what stands in it: where, what is needed, what settles it. */
export function refuseRow(
  asking: Asking,
  { code = "bad-row", row, column, need, hint, facts }: RowFault,
): never {
  const at = row === undefined ? "" : `, ${asking.unit} ${row}`;
  return refuse({
    code,
    where: `${asking.where}${at}${column === undefined ? "" : `, ${column}`}`,
    problem: `needs ${need}`,
    hint: hint ?? "Nothing was taken from this file.",
    facts: { ...(row !== undefined && { [asking.unit]: row }), ...facts },
  });
}

/** What `columns` tells, in one form. */
export function columnsTold(
  columns: NonNullable<FileOptions["columns"]>,
): Readonly<Record<string, string>> | readonly string[] {
  if (typeof columns !== "string") return columns;
  const parts = columns.split(",").map((part) => part.trim());
  if (!parts.some((part) => part.includes("="))) return parts;
  return Object.fromEntries(
    parts.map((part) => {
      const at = part.indexOf("=");
      return [part.slice(0, at < 0 ? part.length : at), at < 0 ? "" : part.slice(at + 1)];
    }),
  );
}

/** The same as it is typed. */
export function columnsText(columns: NonNullable<FileOptions["columns"]>): string {
  if (typeof columns === "string") return columns;
  if (Array.isArray(columns)) return columns.join(",");
  return Object.entries(columns)
    .map(([meaning, name]) => `${meaning}=${name}`)
    .join(",");
}

const SEPARATORS: readonly string[] = [",", ";", "\t", "|", "tab"];

function checkColumns(columns: unknown): void {
  if (columns === undefined || typeof columns === "string") return;
  const names: readonly unknown[] =
    typeof columns === "object" && columns !== null ? Object.values(columns) : [undefined];
  if (names.length > 0 && names.every((name) => typeof name === "string")) return;
  refuse({
    code: "bad-setting",
    where: "columns",
    problem: `needs names of columns by their meaning, or meanings in the order of the columns; got ${quote(columns, 60)}`,
    hint: 'Pass for example { time: "Datum", close: "Kurs" } or ["time", "price", "qty"].',
  });
}

/** Refuses options that are none, before a file is opened. */
export function checkOptions(options: FileOptions, voice: Voice): void {
  const one = (option: OptionName, allowed: readonly string[]): void => {
    const value = options[option] as string | undefined;
    if (value === undefined || allowed.includes(value)) return;
    refuse({
      code: "bad-setting",
      where: voice === "flags" ? `--${option}` : option,
      problem: `needs ${allowed.map((each) => (voice === "flags" && each !== "\t" ? each : quote(each))).join(" or ")}; got ${quote(value, 60)}`,
      hint: "Leave it out where the file proves it.",
    });
  };
  for (const option of ["tz", "table", "query", "symbol", "interval"] as const) {
    if (options[option] === undefined || typeof options[option] === "string") continue;
    refuse({
      code: "bad-setting",
      where: option,
      problem: `needs a text; got ${quote(options[option], 60)}`,
      hint: "Write it in quotes.",
    });
  }
  checkColumns(options.columns);
  one("dates", ["dmy", "mdy", "ymd"]);
  one("decimal", [".", ","]);
  one("separator", SEPARATORS);
}

/** `tab` and `;` as they are typed. */
export function separatorOf(text: string): Separator {
  return (/^(tab|\\t)$/i.test(text) ? "\t" : text) as Separator;
}
