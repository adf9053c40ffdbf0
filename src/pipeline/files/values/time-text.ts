import type { DayOrder } from "../asking.ts";
import { markedOffset, monthOf, wallOf } from "./calendar.ts";
import { shortDate } from "./short-date.ts";

/** What the text of a time says. */
export interface TimeText {
  readonly wallUs: number;
  /** NaN: no zone is named. */
  readonly offsetUs: number;
  /** How the text is written; all times of a column are written in one way. */
  readonly form: string;
  /** The order of day and month that this text can't be read without; undefined: it proves none. */
  readonly proves: "dmy" | "mdy" | undefined;
  /** Day and month could change places, and it would be another day. */
  readonly isOpen: boolean;
  /** What is below a microsecond was cut off. */
  readonly isCut: boolean;
  /** A date without a time of day. */
  readonly isDate: boolean;
}

/** Why a text is no time, in words for a person. */
export interface NoTime {
  readonly problem: string;
}

const NUMBERS = /^(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})(?!\d)/;
const COMPACT = /^(\d{4})(\d\d)(\d\d)(?!\d)/;
const DAY_NAME = /^(\d{1,2})(?:st|nd|rd|th)?[-\s/]?([A-Za-z]{3,9})\.?,?[-\s/]?(\d{2,4})(?!\d)/;
const NAME_DAY = /^([A-Za-z]{3,9})\.?[-\s](\d{1,2})(?:st|nd|rd|th)?,?[-\s](\d{4})(?!\d)/;
const WEEKDAY = /^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},?\s+/i;
const CLOCK =
  /^(?:(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?|(\d{1,2})(?=[-\s]?[AaPp]\.?[Mm])|(\d\d)(\d\d)(?:(\d\d)(?:\.?(\d{3,9}))?)?)(?:[-\s]?([AaPp])\.?[Mm]\.?)?(?:\s?([A-Za-z]{1,5}\s?[+-]?[\d:]*|[+-]\d{1,2}(?::?\d\d)?))?(?:\s?\([^)]*\))?$/;

/** Reads the text of a date, with or without a time of day. `order`: of day and month where both are numbers. */
export function timeText(text: string, order: DayOrder | undefined): TimeText | NoTime {
  const bare = text.replace(WEEKDAY, "");
  const date = dateOf(bare, order);
  if ("problem" in date) return date;
  const rest = bare.slice(date.length);
  const clock = clockOf(rest);
  if ("problem" in clock) return clock;
  const { year, month, day } = date;
  const wallUs = wallOf(year, month, day, clock.hour, clock.minute, clock.second, clock.micro);
  if (wallUs === undefined) return { problem: "a date that there is" };
  const form = date.form + clock.form;
  const { proves, isOpen } = date;
  const { offsetUs, isCut } = clock;
  return { wallUs, offsetUs, form, proves, isOpen, isCut, isDate: clock.form === "" };
}

interface DateText {
  readonly length: number;
  readonly form: string;
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly proves: "dmy" | "mdy" | undefined;
  readonly isOpen: boolean;
}

function dateOf(text: string, order: DayOrder | undefined): DateText | NoTime {
  const numbers = NUMBERS.exec(text);
  if (numbers !== null) return numericDate(numbers, order);
  const compact = COMPACT.exec(text);
  const settled = { proves: undefined, isOpen: false } as const;
  if (compact !== null) {
    const [all, year, month, day] = compact;
    const parts = { year: Number(year), month: Number(month), day: Number(day) };
    return { length: all.length, form: "YYYYMMDD", ...parts, ...settled };
  }
  const six = /^(\d{6})(?=\s)/.exec(text)?.[1];
  if (six !== undefined) return sixDigits(six, order);
  const dayFirst = DAY_NAME.exec(text);
  const nameFirst = dayFirst === null ? NAME_DAY.exec(text) : null;
  const [all, day, name, year] = dayFirst ?? [nameFirst?.[0], nameFirst?.[2], nameFirst?.[1], nameFirst?.[3]];
  const month = name === undefined ? undefined : monthOf(name);
  if (all === undefined || month === undefined) return { problem: "a time" };
  const full = fullYear(year!, order);
  if (full === undefined) return { problem: "a year of four digits" };
  return { length: all.length, form: "named month", year: full, month, day: Number(day), ...settled };
}

function sixDigits(digits: string, order: DayOrder | undefined): DateText | NoTime {
  const us = order === undefined ? undefined : shortDate(digits, order);
  if (us === undefined) return { problem: "a year of four digits" };
  const date = new Date(us / 1000);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
  return { length: 6, form: "YYMMDD", year, month, day, proves: undefined, isOpen: false };
}

function numericDate(match: RegExpExecArray, order: DayOrder | undefined): DateText | NoTime {
  const [all, first, mark, second, third] = match as unknown as [string, string, string, string, string];
  const length = all.length;
  if (first.length === 4 && third.length <= 2) {
    const parts = { year: Number(first), month: Number(second), day: Number(third) };
    return { length, form: `Y${mark}M${mark}D`, ...parts, proves: undefined, isOpen: false };
  }
  if (first.length > 2) return { problem: "a time" };
  if (third.length <= 2 && order === "ymd") {
    const year = fullYear(first, order)!;
    const parts = { year, month: Number(second), day: Number(third) };
    return { length, form: `y${mark}M${mark}D`, ...parts, proves: undefined, isOpen: false };
  }
  const year = fullYear(third, order);
  if (year === undefined) return { problem: "a year of four digits" };
  const [a, b] = [Number(first), Number(second)];
  const proves = a > 12 && b <= 12 ? "dmy" : b > 12 && a <= 12 ? "mdy" : undefined;
  const isDayFirst = order === undefined ? proves !== "mdy" : order === "dmy";
  const [day, month] = isDayFirst ? [a, b] : [b, a];
  if (month > 12) {
    const told =
      order === undefined ? "a month from 1 to 12" : `${isDayFirst ? "day, then month" : "month, then day"}`;
    return { problem: told };
  }
  const form = `D${mark}M${mark}${third.length === 4 ? "Y" : "y"}`;
  return { length, form, year, month, day, proves, isOpen: proves === undefined && a !== b };
}

/** Two digits mean a year from 1970 to 2069, and only where the order of a date was told. */
function fullYear(text: string, order: DayOrder | undefined): number | undefined {
  if (text.length === 4) return Number(text);
  if (text.length !== 2 || order === undefined) return undefined;
  return Number(text) + (Number(text) < 70 ? 2000 : 1900);
}

interface ClockText {
  readonly form: string;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly micro: number;
  readonly offsetUs: number;
  readonly isCut: boolean;
}

const MIDNIGHT: ClockText = {
  form: "",
  hour: 0,
  minute: 0,
  second: 0,
  micro: 0,
  offsetUs: Number.NaN,
  isCut: false,
};

function clockOf(rest: string): ClockText | NoTime {
  if (rest === "") return MIDNIGHT;
  const front = /^(?:\s*T\s*|\s+|D|,\s+|;\s*|:(?=\d\d:)|(?=Z$|\s*UTC$|[+-]\d\d:\d\d$))/i.exec(rest);
  if (front === null) return { problem: "a time" };
  const text = rest.slice(front[0].length).trim();
  const zoneOnly = /^(?:Z|UTC|GMT|[+-]\d\d:\d\d)$/i.exec(text);
  if (zoneOnly !== null) return { ...MIDNIGHT, offsetUs: markedOffset(text)! };
  const match = CLOCK.exec(text);
  if (match === null) return { problem: "a time" };
  const [, h1, m1, s1, f1, h2, h3, m3, s3, f3, half, zone = ""] = match;
  let hour = Number(h1 ?? h2 ?? h3);
  const fraction = f1 ?? f3 ?? "";
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return { problem: "an hour from 1 to 12 before AM or PM" };
    hour = (hour % 12) + (half.toLowerCase() === "p" ? 12 : 0);
  }
  const offsetUs = markedOffset(zone.trim());
  if (offsetUs === undefined) return { problem: "a zone that is one thing, UTC or an offset" };
  const form = ` ${h1 !== undefined ? "h:m" : h3 !== undefined ? "hhmm" : "h"}${half === undefined ? "" : " AM"}`;
  return {
    form,
    hour,
    minute: Number(m1 ?? m3 ?? 0),
    second: Number(s1 ?? s3 ?? 0),
    micro: Number(fraction.slice(0, 6).padEnd(6, "0")),
    offsetUs,
    isCut: /[1-9]/.test(fraction.slice(6)),
  };
}
