import { wallOf } from "./calendar.ts";

export type TimeUnit = "s" | "ms" | "us" | "ns";

/** How a column writes times as digits alone. */
export type DigitForm =
  | TimeUnit
  | "YYMMDD"
  | "YYYYMMDD"
  | "YYYYMMDDhh"
  | "YYYYMMDDhhmm"
  | "YYYYMMDDhhmmss"
  | "YYYYMMDDhhmmssSSS";

const OLDEST_US = Date.UTC(2009, 0, 1) * 1000;
const DAY_US = 86_400e6;

/** A time from 2009 to tomorrow: what a number whose unit is not named must be. */
export function isPlausible(us: number, nowUs: number): boolean {
  return us >= OLDEST_US && us <= nowUs + DAY_US;
}

const PER_UNIT: Readonly<Record<TimeUnit, number>> = { s: 1e6, ms: 1e3, us: 1, ns: 1e-3 };
const CALENDAR: readonly DigitForm[] = [
  "YYYYMMDD",
  "YYYYMMDDhh",
  "YYYYMMDDhhmm",
  "YYYYMMDDhhmmss",
  "YYYYMMDDhhmmssSSS",
];

/** The ways in which digits are a plausible time: by magnitude of a count since 1970, or as a date. */
export function digitForms(digits: string, nowUs: number): DigitForm[] {
  const counts = (["s", "ms", "us", "ns"] as const).filter((unit) =>
    isPlausible(Number(digits) * PER_UNIT[unit], nowUs),
  );
  const dates = CALENDAR.filter((form) => {
    const us = form.length === digits.length ? digitsUs(digits, form) : undefined;
    return us !== undefined && us >= Date.UTC(1900, 0, 1) * 1000 && us < Date.UTC(2100, 0, 1) * 1000;
  });
  return [...counts, ...dates];
}

/** Digits, with decimals where they count since 1970, in µs; undefined: they are not of that form. */
export function digitsUs(text: string, form: DigitForm): number | undefined {
  if (form.length > 2) return calendarUs(text, form);
  const unit = form as TimeUnit;
  const point = text.indexOf(".");
  if (point >= 0) return decimalUs(text, point, unit);
  if (text.length > 15 && unit !== "us") return unit === "ns" ? Number(BigInt(text) / 1000n) : undefined;
  if (unit === "ns") return Math.floor(Number(text) / 1000);
  const us = Number(text) * PER_UNIT[unit];
  return Number.isSafeInteger(us) ? us : undefined;
}

/** Whether digits say more than microseconds do. */
export function isFinerThanMicro(text: string, form: DigitForm): boolean {
  if (form === "ns") return !/000$/.test(text.replace(/\..*/, "").padStart(3, "0"));
  const point = text.indexOf(".");
  const kept = form === "s" ? 6 : form === "ms" ? 3 : 0;
  return point >= 0 && /[1-9]/.test(text.slice(point + 1 + kept));
}

function decimalUs(text: string, point: number, unit: TimeUnit): number | undefined {
  const places = unit === "s" ? 6 : unit === "ms" ? 3 : 0;
  const whole = text.slice(0, point);
  if (unit === "ns") return digitsUs(whole, unit);
  const scaled = whole + text.slice(point + 1, point + 1 + places).padEnd(places, "0");
  const us = Number(scaled);
  return Number.isSafeInteger(us) ? us : undefined;
}

function calendarUs(text: string, form: DigitForm): number | undefined {
  if (text.length !== form.length) return undefined;
  const part = (from: number, to: number): number => Number(text.slice(from, to));
  return wallOf(
    part(0, 4),
    part(4, 6),
    part(6, 8),
    part(8, 10),
    part(10, 12),
    part(12, 14),
    part(14, 17) * 1000,
  );
}
