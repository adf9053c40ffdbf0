import { quote } from "../../../core/errors.ts";
import { formatUtc } from "../../../core/time.ts";
import { type Asking, type DayOrder, refuseRow, say } from "../asking.ts";
import type { WallTime } from "./calendar.ts";
import { isoWallUs } from "./iso-time.ts";
import { shortDate } from "./short-date.ts";
import {
  type DigitForm,
  digitForms,
  digitsUs,
  isFinerThanMicro,
  isPlausible,
  type TimeUnit,
} from "./time-digits.ts";
import { timeText } from "./time-text.ts";
import { unitWatch } from "./unit-watch.ts";
import { wallWatch } from "./wall-watch.ts";

/** What is known of a column of times before its first row. */
export interface TimeColumn {
  /** As the file names it. */
  readonly name: string;
  /** As its name, its layout or its type tells; undefined: the digits have to. */
  readonly unit?: TimeUnit | undefined;
  /** The zone that its name or its layout tells for times that name none, as an offset. */
  readonly offsetUs?: number | undefined;
  /** A zone that its name tells and that is no offset: `EST`, `local`. */
  readonly openZone?: string | undefined;
  /** The order of day and month that its layout is known to write. */
  readonly order?: "dmy" | "mdy" | undefined;
  /** Its numbers are readings of a wall clock and no count since 1970 UTC: a data frame's times without a zone. */
  readonly isWall?: boolean | undefined;
  /** Its user said which column it is: what its name tells stands. */
  readonly isGiven?: boolean | undefined;
}

/** Reads the times of one column, all written in one way, and remembers what proves that way. */
export interface TimeReader {
  /** `of`: the symbol of a row, where a column tells it. */
  read(text: string, row: number, of?: string): WallTime;
  /**
   * After the last row: refuses a file whose days could be months; tells the order of day and month that it proves, and
   * undefined where it needs none.
   */
  settle(): "dmy" | "mdy" | undefined;
  /** Times that said more than microseconds. */
  readonly cut: number;
  /** Times are counted since 1970 UTC, or name their zone. */
  readonly isAbsolute: boolean;
  /** Times that have no hour. */
  readonly isDates: boolean;
  /** Days may still turn out to be months: what their order is has not been told, nor proven by an earlier reading. */
  readonly isProvisional: boolean;
}

interface Seen {
  readonly text: string;
  readonly row: number;
}

const DIGITS = /^\d+$/;
const DECIMALS = /^\d{9,20}\.\d+$/;

export function timeReader(asking: Asking, column: TimeColumn, proven?: DayOrder): TimeReader {
  const { nowUs, options } = asking;
  const { name, unit } = column;
  const order = options.dates ?? column.order ?? proven;
  const noOffset = column.offsetUs ?? Number.NaN;
  let digitForm: DigitForm | undefined = unit;
  const proof: Partial<Record<"dmy" | "mdy", Seen>> = {};
  let open: Seen | undefined;
  let [cut, isAbsolute, isDates, isProvisional] = [0, true, true, false];

  const bad = (row: number, need: string): never => refuseRow(asking, { row, column: name, need });

  const watch = wallWatch(asking, column);
  const units = unitWatch(asking, { name, unit, isGiven: column.isGiven === true });

  const sameForm = oneForm(asking, bad);

  const fromDigits = (text: string, row: number): WallTime => {
    const whole = text.includes(".") ? text.slice(0, text.indexOf(".")) : text;
    if (unit === undefined && whole.length === 6 && (digitForm ?? "YYMMDD") === "YYMMDD") {
      [digitForm, isAbsolute] = ["YYMMDD", false];
      return { wallUs: shortYear(asking, name, whole, row), offsetUs: noOffset };
    }
    if (digitForm === undefined) {
      digitForm = inferredForm(asking, name, whole, text, row);
      if (whole !== text && digitForm.length > 2) noDigits(asking, name, text, row);
    }
    const us = digitsUs(text, digitForm);
    const isCount = digitForm.length <= 2;
    if (unit === undefined && (us === undefined || (isCount && !isPlausible(us, nowUs)))) {
      const other = digitForms(whole, nowUs)[0] ?? noDigits(asking, name, text, row);
      sameForm(other, text, row);
    }
    if (us === undefined) return notIn(asking, name, digitForm, text, row);
    sameForm(digitForm, text, row);
    isDates = isDates && digitForm === "YYYYMMDD";
    if (isCount && isFinerThanMicro(text, digitForm)) cut++;
    if (isCount) units.see(digitForm === "ns" ? Number(whole) / 1000 : us, text, row);
    if (isCount && column.isWall !== true) return { wallUs: us, offsetUs: 0 };
    isAbsolute = false;
    return { wallUs: us, offsetUs: noOffset };
  };

  const fromText = (text: string, row: number, of: string): WallTime => {
    const found = timeText(text, order);
    if ("problem" in found) return noTime(asking, name, found.problem, text, row);
    sameForm(found.form, text, row);
    const { wallUs, offsetUs } = found;
    if (found.proves !== undefined) proof[found.proves] ??= { text, row };
    if (found.isOpen) open ??= { text, row };
    if (found.isCut) cut++;
    if (order === undefined && found.form.startsWith("D")) isProvisional = true;
    isDates = isDates && found.isDate;
    const isZoned = !Number.isNaN(offsetUs);
    if (!isZoned) isAbsolute = false;
    watch.see(wallUs, isZoned, found.isDate || found.form.endsWith("AM"), text, row, of);
    if (!found.isDate) units.see(wallUs, text, row);
    return { wallUs, offsetUs: Number.isNaN(offsetUs) ? noOffset : offsetUs };
  };

  return {
    read: (text, row, of = "") => {
      const isoUs = isoWallUs(text);
      if (!Number.isNaN(isoUs)) {
        const isUtc = text.endsWith("Z");
        sameForm("Y-M-D h:m", text, row);
        isDates = false;
        if (!isUtc) isAbsolute = false;
        watch.see(isoUs, isUtc, false, text, row, of);
        units.see(isoUs, text, row);
        return { wallUs: isoUs, offsetUs: isUtc ? 0 : noOffset };
      }
      if (DIGITS.test(text) && text.length <= 20) return fromDigits(text, row);
      if (DECIMALS.test(text)) return fromDigits(text, row);
      // before 1970, where the unit is known
      if (unit !== undefined && text.startsWith("-") && DIGITS.test(text.slice(1)))
        return fromDigits(text, row);
      return fromText(text, row, of);
    },
    // where day and month are the same number everywhere, either order is right
    settle: () => {
      watch.settle();
      units.settle();
      return settledOrder(asking, name, { order, proof, open }) ?? (isProvisional ? "dmy" : undefined);
    },
    get cut() {
      return cut;
    },
    get isAbsolute() {
      return isAbsolute;
    },
    get isDates() {
      return isDates;
    },
    get isProvisional() {
      return isProvisional;
    },
  };
}

/** Refuses a time that is written otherwise than the first one. */
function oneForm(
  { unit }: Asking,
  bad: (row: number, need: string) => never,
): (next: string, text: string, row: number) => void {
  let form: string | undefined;
  let seen: Seen | undefined;
  return (next, text, row) => {
    if (form === undefined) {
      form = next;
      seen = { text, row };
    } else if (form !== next) {
      const told = `${unit} ${seen!.row} has ${formWords(form, seen!.text)}, and here come ${formWords(next, text)}`;
      bad(row, `one kind of time in the whole file; ${told}`);
    }
  };
}

/** A date with two digits of a year: only in an order that was told. */
function shortYear(asking: Asking, column: string, digits: string, row: number): number {
  const { dates } = asking.options;
  const wallUs = dates === undefined ? undefined : shortDate(digits, dates);
  return wallUs ?? noTime(asking, column, "a year of four digits", digits, row);
}

/** Digits that are no time in the unit that was named. */
function notIn(asking: Asking, column: string, form: DigitForm, text: string, row: number): never {
  const [other] = digitForms(text.replace(/\..*/, ""), asking.nowUs);
  return refuseRow(asking, {
    row,
    column,
    need: `a time in ${form}; got ${quote(text, 40)}${other === undefined ? "" : `, which is one in ${other}`}`,
    ...(other !== undefined &&
      other.length < 3 && {
        hint: `If that is its unit: ${say(asking, "columns", `time_${other}=${column}`)}.`,
      }),
  });
}

/** The one way in which digits are a plausible time. */
function inferredForm(asking: Asking, column: string, digits: string, text: string, row: number): DigitForm {
  const [first, ...more] = digitForms(digits, asking.nowUs);
  if (first === undefined) return noDigits(asking, column, text, row);
  if (more.length === 0) return first;
  return refuseRow(asking, {
    row,
    column,
    need: `a time that can be read in one way; ${quote(text, 40)} can be ${[first, ...more].join(" or ")}`,
    hint: `Pass ${say(asking, "columns", `time_${first}=${column}`)}, or ${more.join(", ")} likewise.`,
  });
}

function noDigits(asking: Asking, column: string, text: string, row: number): never {
  const isSerial = /^\d{5}(?:\.\d+)?$/.test(text);
  return refuseRow(asking, {
    row,
    column,
    need: `a time from 2009 to tomorrow where its unit is not named; got ${quote(text, 40)}${isSerial ? ", which looks like the day number of a spreadsheet" : ""}`,
    hint: isSerial
      ? "Save the column as dates, for example 2024-01-02."
      : `Name the unit: ${say(asking, "columns", `time_s=${column}`)}, or time_ms, time_us, time_ns.`,
  });
}

/** Says what is wrong with a text that is no time, and what settles it. */
function noTime(asking: Asking, column: string, problem: string, text: string, row: number): never {
  const isRounded = /^[+-]?[\d.,]+e[+-]?\d+$/i.test(text);
  const hint =
    problem === "a year of four digits"
      ? `Pass ${say(asking, "dates", "dmy")}, mdy or ymd.`
      : problem.startsWith("a zone")
        ? `Write UTC or an offset instead; or leave it away, and pass ${say(asking, "tz", "America/New_York")}.`
        : /^\d{5}\.\d+$/.test(text)
          ? "It looks like the day number of a spreadsheet: save the column as dates, for example 2024-01-02."
          : undefined;
  return refuseRow(asking, {
    row,
    column,
    need: `${problem}; got ${quote(text, 40)}${isRounded ? ", a number that has lost its digits" : ""}`,
    ...(hint !== undefined && { hint }),
  });
}

const UNIT_WORDS: Readonly<Record<string, string>> = {
  s: "seconds",
  ms: "milliseconds",
  us: "microseconds",
  ns: "nanoseconds",
};

function formWords(form: string, text: string): string {
  return `${UNIT_WORDS[form] ?? "times"}: ${quote(text, 40)}`;
}

interface Orders {
  readonly order: DayOrder | undefined;
  readonly proof: Partial<Record<"dmy" | "mdy", Seen>>;
  readonly open: Seen | undefined;
}

function settledOrder(
  asking: Asking,
  column: string,
  { order, proof, open }: Orders,
): "dmy" | "mdy" | undefined {
  if (order === "dmy" || order === "mdy") return order;
  const { dmy, mdy } = proof;
  if (dmy && mdy) {
    const [first, second] = dmy.row <= mdy.row ? [dmy, mdy] : [mdy, dmy];
    return refuseRow(asking, {
      code: "mixed-dates",
      row: second.row,
      column,
      need: `one order of day and month in the whole file; got ${quote(second.text, 40)}, and ${quote(first.text, 40)} in ${asking.unit} ${first.row}`,
      hint: "Write all its dates in one way.",
    });
  }
  if (dmy || mdy) return dmy ? "dmy" : "mdy";
  if (open === undefined) return undefined;
  return refuseRow(asking, {
    code: "open-dates",
    row: open.row,
    column,
    need: `a date that can be read in one way; ${quote(open.text, 40)} can be day and month or month and day, and no other row settles it`,
    hint: `Pass ${say(asking, "dates", "dmy")} or ${say(asking, "dates", "mdy")}.`,
  });
}

/** `2024-01-02 00:00 of America/New_York`, as refusals name a reading of the wall clock. */
export function wallText(wallUs: number): string {
  return formatUtc(wallUs).replace("T", " ").replace(/Z$/, "");
}
