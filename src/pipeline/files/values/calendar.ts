import { offsetOf } from "./zone.ts";

/** A wall clock's reading, and the offset from UTC that the text names; NaN: it names none. */
export interface WallTime {
  /** Counted as if it were UTC. */
  readonly wallUs: number;
  readonly offsetUs: number;
}

/** µs of a wall clock; undefined for a date or an hour that there is none of. */
export function wallOf(
  year: number,
  month: number,
  day: number,
  hour = 0,
  minute = 0,
  second = 0,
  micro = 0,
): number | undefined {
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59)
    return undefined;
  if (year < 1000) return undefined;
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  // the 31st of a shorter month has become the next one
  if (day > 28 && new Date(ms).getUTCDate() !== day) return undefined;
  return ms * 1000 + micro;
}

/** The offset that a zone's mark at the end of a time names; undefined: none that is one thing. NaN: no mark. */
export function markedOffset(mark: string): number | undefined {
  if (mark === "") return Number.NaN;
  if (/^(z|utc|gmt)$/i.test(mark)) return 0;
  const signed = /^(?:utc|gmt)?\s?([+-]\d{1,2}(?::?\d\d)?)$/i.exec(mark);
  return signed === null ? undefined : offsetOf(signed[1]!);
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const LONG_MONTHS =
  /^(?:january|february|march|april|june|july|august|sept|september|october|november|december)$/i;

/** `Jan`, `january` → 1; undefined: no month. */
export function monthOf(name: string): number | undefined {
  const short = name.slice(0, 3).toLowerCase();
  const index = MONTHS.indexOf(short);
  return index >= 0 && (name.length === 3 || LONG_MONTHS.test(name)) ? index + 1 : undefined;
}
