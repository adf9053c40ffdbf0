import { quote } from "../../../core/errors.ts";
import { type Asking, refuseRow, say } from "../asking.ts";
import { isMissing } from "../values/number-text.ts";
import { shortDate } from "../values/short-date.ts";
import { digitForms } from "../values/time-digits.ts";
import type { TimeColumn } from "../values/time-reader.ts";
import { timeText } from "../values/time-text.ts";
import type { Expectations } from "./layout.ts";
import type { HeaderNames } from "./names.ts";
import { bareName, type Meaning, meaningOf, openZoneInName, saysZone, zoneInName } from "./roles.ts";

/** Which columns tell the time of a row. */
export interface TimeChoice {
  readonly at: number;
  /** A time of day that belongs to the date. */
  readonly clockAt: number | undefined;
  readonly column: TimeColumn;
  readonly twin: { readonly at: number; readonly column: TimeColumn } | undefined;
}

type Shape = "full" | "date" | "clock" | "none";

/** Names that mean the end of a bar, or the clock of whoever recorded. */
const NOT_THE_TIME = /^(close|end|receipt|receive|recv|local|arrival|ingest|expiry)/i;

const IS_BEGIN = /^(?:opentime|timeopen|start|starttime|barstart|windowstart|timeperiodstart)$/;

/** Chooses among the columns that could be the time, by their names and by what the first rows have in them. */
export function timeChoice(
  asking: Asking,
  { names, given }: HeaderNames,
  rows: readonly (readonly string[])[],
  expected: Expectations,
): TimeChoice {
  const typed = expected.typed ?? [];
  const found = names
    .map((name, at) => ({ name, at, meaning: meaningOf(name) as Meaning | undefined }))
    .filter(
      ({ name, meaning }) =>
        meaning?.role === "time" || (meaning?.role === "clock" && !NOT_THE_TIME.test(name)),
    )
    .map(({ name, at, meaning }) => ({
      name,
      at,
      meaning: meaning!,
      shape: shapeOf(asking, rows, at, typed[at] !== undefined),
    }))
    .sort((a, b) => a.meaning.rank - b.meaning.rank);
  const zoneColumn = names.find(saysZone);
  const column = (at: number, clockAt?: number): TimeColumn => {
    const clock = clockAt === undefined ? undefined : names[clockAt]!;
    const told = timeColumn(names[at]!, clock, zoneColumn, typed[at]);
    if (!given.has(at)) return told;
    // the word of its user goes before the column's type
    const unit = meaningOf(names[at]!)?.unit ?? told.unit;
    return { ...told, unit, isGiven: true };
  };
  const full = found.filter(
    ({ shape, meaning }) => shape === "full" || (shape === "none" && meaning.unit !== undefined),
  );
  if (full.length > 0) {
    const [first, second] = full;
    // what says that it is the begin needs no witness, and the other may be the end
    const twin = IS_BEGIN.test(bareName(first!.name))
      ? undefined
      : (second ?? found.find(({ shape }) => shape === "date"));
    return {
      at: first!.at,
      clockAt: undefined,
      column: column(first!.at),
      twin: twin && { at: twin.at, column: column(twin.at) },
    };
  }
  const date = found.find(({ shape }) => shape === "date");
  const clock = found.find(({ shape, at }) => shape === "clock" && at !== date?.at);
  if (date) {
    // two days in a row are one, or it is said which counts
    const other =
      clock === undefined ? found.find(({ shape, at }) => shape === "date" && at !== date.at) : undefined;
    const twin = other && !given.has(date.at) ? { at: other.at, column: column(other.at) } : undefined;
    return { at: date.at, clockAt: clock?.at, column: column(date.at, clock?.at), twin };
  }
  const index = typed.findIndex((one, i) => one !== undefined && !NOT_THE_TIME.test(names[i]!));
  if (index >= 0) return { at: index, clockAt: undefined, column: column(index), twin: undefined };
  if (names[0] === "" && shapeOf(asking, rows, 0, false) !== "none")
    return { at: 0, clockAt: undefined, column: column(0), twin: undefined };
  // whatever stands in it: its reader says what is wrong with it
  if (found[0]) return { at: found[0].at, clockAt: undefined, column: column(found[0].at), twin: undefined };
  return noTime(asking, names);
}

function noTime(asking: Asking, names: readonly string[]): never {
  const closes = names.find((name) => /^(close|end)[\s_]?time|^end\b/i.test(name));
  return refuseRow(asking, {
    code: "no-time",
    need: `a column of times (time, timestamp, date, open_time, …); the file has ${quote(names.join(", "), 200)}${closes === undefined ? "" : `, and ${quote(closes)} is when a bar ends`}`,
    hint: `Name it: ${say(asking, "columns", `time=${names[0] === "" ? names[1] : names[0]}`)}.`,
    facts: { columns: names },
  });
}

function timeColumn(
  name: string,
  clock: string | undefined,
  zoneColumn: string | undefined,
  typed: Omit<TimeColumn, "name"> | undefined,
): TimeColumn {
  const told = clock ?? name;
  const offsetUs = zoneInName(told) ?? zoneInName(name);
  const openZone =
    offsetUs === undefined ? (openZoneInName(told) ?? openZoneInName(name) ?? zoneColumn) : undefined;
  const order = /^(gmt|local) time$/i.test(name) ? ("dmy" as const) : undefined;
  return {
    name: name === "" ? "time" : name,
    unit: meaningOf(name)?.unit,
    offsetUs,
    openZone,
    order,
    ...typed,
  };
}

function shapeOf(asking: Asking, rows: readonly (readonly string[])[], at: number, isTyped: boolean): Shape {
  if (isTyped) return "full";
  const cell = rows.find((row) => !isMissing(row[at] ?? ""))?.[at];
  if (cell === undefined) return "none";
  if (/^\d{1,2}:\d\d(:\d\d([.,]\d+)?)?(\s?[AP]M)?$/i.test(cell)) return "clock";
  if (isClockColumn(rows, at)) return "clock";
  if (/^\d{6}$/.test(cell) && shortDate(cell, asking.options.dates ?? "ymd") !== undefined) return "date";
  if (/^\d+(\.\d+)?$/.test(cell)) {
    const whole = cell.replace(/\..*/, "");
    const forms = digitForms(whole, asking.nowUs);
    if (forms.includes("YYYYMMDD")) return "date";
    if (forms.length > 0) return "full";
    return "none";
  }
  for (const order of [undefined, "dmy", "mdy"] as const) {
    const found = timeText(cell, asking.options.dates ?? order);
    if (!("problem" in found)) return found.isDate ? "date" : "full";
  }
  // a time with something wrong in it, such as a zone that is none
  return /^\d{4}-\d\d-\d\d[ T]\d/.test(cell) ? "full" : "none";
}

/** Times of day as digits, `930` and `1600` or `93000`: those of the first rows, one of them with three digits at least. */
function isClockColumn(rows: readonly (readonly string[])[], at: number): boolean {
  const cells = rows.map((row) => row[at] ?? "").filter((cell) => !isMissing(cell));
  const longest = Math.max(0, ...cells.map((cell) => cell.length));
  if (longest < 3 || longest > 6) return false;
  return cells.every((cell) => /^\d+$/.test(cell) && isClock(cell.padStart(longest < 5 ? 4 : 6, "0")));
}

/** `000000`, `1730`: hours, minutes and seconds. */
function isClock(digits: string): boolean {
  const [hour, minute, second] = [digits.slice(0, 2), digits.slice(2, 4), digits.slice(4, 6)].map(Number);
  return hour! < 24 && minute! < 60 && second! < 60;
}
