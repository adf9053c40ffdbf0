import { requireKnown } from "../../core/arguments.ts";
import { quote, refuse } from "../../core/errors.ts";
import { formatDuration, formatUtc } from "../../core/time.ts";
import { READ_NAMES, type ReadOptions } from "../../pipeline/files/asking.ts";
import { parseUtcText } from "../../pipeline/import/time-text.ts";

/** Where trades or bars are read: the same words in every call and in every command. */
export interface SourceWords extends ReadOptions {
  /**
   * A database (`.db`), a desk's server (`http://host:8123`; docs/desk.md), a file of bars or of trades (CSV, Parquet and so on;
   * docs/data.md), or `sim:7`, the seeded market itself; two of them, one a leg: `[y, x]`. Unless told the database that is being filled: the one of `npm start`, else the one in `data/` that was written to
   * last.
   */
  readonly source?: string | readonly [y: string, x: string];
  /** Of a database: the venue of plain symbols. Unless told the one that holds them all and received a trade last. */
  readonly venue?: string;
}

/** Which bars of it. */
export interface WindowWords {
  /** Length of a bar: `"1m"` unless told; of a file its own, or a multiple of it (a shorter one leaves them as they are); of the seeded market `"5s"`. */
  readonly interval?: string;
  /** From (included) and to (not included), UTC: `"2026-01-31"`, `"2026-01-31T12:00"`; all that there is unless told. */
  readonly from?: string;
  readonly to?: string;
  /** The newest so many bars before `to`; all unless told. */
  readonly bars?: number;
}

/** A symbol is a market's text: `ETHUSDT`, or with its venue `coinbase:ETH-USD`; of a file a column. */
export interface PairSource extends SourceWords, WindowWords {
  /** The symbol that is explained, or traded. */
  readonly y: string;
  /** The one that explains it; absent: one leg. */
  readonly x?: string;
}

export interface SymbolsSource extends SourceWords, WindowWords {
  /** All that there are unless told. */
  readonly symbols?: readonly string[];
}

/** Which data are meant: the source, the symbols of it, and the window. */
export type DataSource = PairSource | SymbolsSource;

/** A source as a command line says it: `a.csv,b.csv` is two of them. */
export function sourceWords(text: string): string | readonly [string, string] {
  const parts = text.split(",");
  const isSource = (part: string): boolean => /\.\w+$|^sim:\d+$|^https?:\/\//.test(part);
  return parts.length === 2 && parts.every(isSource) ? [parts[0]!, parts[1]!] : text;
}

export const SOURCE_NAMES: readonly ("source" | "venue" | keyof ReadOptions)[] = [
  "source",
  "venue",
  ...READ_NAMES,
  "sessions",
];
export const WINDOW_NAMES = ["interval", "from", "to", "bars"] as const;

/** What the source was called before. */
const OLD_NAMES = ["db", "file", "store", "path"] as const;

/** Refuses settings of a call that are unknown; of those that go by another name now, it tells the new one. */
export function requireSettings(where: string, given: object, names: readonly string[]): void {
  refuseRenamed(where, given, names);
  requireKnown(where, "settings", given, names);
}

/** Refuses what the source was called before, unless it is the name of something else; tells the new spelling. */
export function refuseRenamed(where: string, given: object, names: readonly string[] = []): void {
  const settings = given as Readonly<Record<string, unknown>>;
  if (typeof given === "string") renamed(where, given, `{ source: ${quote(given, 120)} }`);
  for (const old of OLD_NAMES) {
    if (names.includes(old) || settings?.[old] === undefined) continue;
    renamed(where, old, `source: ${quote(settings[old], 120)}`);
  }
  if (settings?.source === "store") {
    refuse({
      code: "renamed",
      where,
      problem: `source needs a database, a file or a market; got "store", which is what is read where none is named`,
      hint: "Leave source out.",
    });
  }
}

function renamed(where: string, old: string, now: string): never {
  return refuse({
    code: "renamed",
    where,
    problem: `needs what is read as source; got ${quote(old, 120)}`,
    hint: `Write ${now}.`,
    facts: { old },
  });
}

/** The words of a window in numbers, µs since 1970 UTC. */
export interface Window {
  readonly interval?: string;
  readonly fromUs?: number;
  readonly toUs?: number;
  readonly bars?: number;
}

export function windowOf({ interval, from, to, bars }: WindowWords): Window {
  if (bars !== undefined && !(Number.isInteger(bars) && bars >= 1)) {
    refuse({
      code: "bad-setting",
      where: "bars",
      problem: `needs a whole number of bars, at least 1; got ${quote(bars)}`,
      hint: "Leave it out to have all.",
    });
  }
  const [fromUs, toUs] = [timeOf("from", from), timeOf("to", to)];
  if (fromUs !== undefined && toUs !== undefined && fromUs >= toUs) {
    refuse({
      code: "bad-setting",
      where: "to",
      problem: `needs a time after from; got ${quote(to, 60)} after ${quote(from, 60)}`,
      hint: "Swap them.",
    });
  }
  return {
    ...(interval !== undefined && { interval }),
    ...(fromUs !== undefined && { fromUs }),
    ...(toUs !== undefined && { toUs }),
    ...(bars !== undefined && { bars }),
  };
}

function timeOf(where: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return (
    (typeof text === "string" ? parseUtcText(text) : undefined) ??
    refuse({
      code: "bad-time",
      where,
      problem: `needs a UTC time; got ${quote(text, 60)}`,
      hint: "Pass for example 2026-01-31 or 2026-01-31T12:00.",
    })
  );
}

/** Refuses a window in which the data, which reach from `beginUs` to `endUs`, have no bar: in the words it was asked for. */
export function refuseEmpty(
  where: string,
  { fromUs, toUs }: Window,
  [beginUs, endUs]: readonly [number, number],
  intervalUs: number,
): never {
  if (endUs <= beginUs) {
    refuse({
      code: "no-bars",
      where,
      problem: `needs a closed bar of ${formatDuration(intervalUs)}; none is closed yet in the data, which begin at ${formatUtc(beginUs)}`,
      hint: "Wait for more, or choose a shorter interval.",
      facts: { beginUs },
    });
  }
  const held = `the data reach from ${formatUtc(beginUs)} to ${formatUtc(endUs)}`;
  if (fromUs !== undefined && fromUs >= endUs) {
    refuse({
      code: "no-bars",
      where: "from",
      problem: `needs a time before the data end; got ${formatUtc(fromUs)}, and ${held}`,
      hint: "Choose an earlier one.",
      facts: { fromUs, endUs },
    });
  }
  if (toUs !== undefined && toUs <= beginUs) {
    refuse({
      code: "no-bars",
      where: "to",
      problem: `needs a time after the data begin; got ${formatUtc(toUs)}, and ${held}`,
      hint: "Choose a later one.",
      facts: { toUs, beginUs },
    });
  }
  return refuse({
    code: "no-bars",
    where,
    problem: `needs a closed bar of ${formatDuration(intervalUs)} in the window; there is none, and ${held}`,
    hint: "Widen the window, wait for more, or choose a shorter interval.",
    facts: { beginUs, endUs },
  });
}
