import type { DayOrder } from "../asking.ts";
import { wallOf } from "./calendar.ts";

/** Six digits as a date with two of the year, 1970 to 2069: `240102` by `ymd`; undefined: they are none. */
export function shortDate(digits: string, order: DayOrder): number | undefined {
  const parts = [0, 2, 4].map((at) => Number(digits.slice(at, at + 2))) as [number, number, number];
  const at = (letter: string): number => parts[order.indexOf(letter)]!;
  return wallOf(at("y") + (at("y") < 70 ? 2000 : 1900), at("m"), at("d"));
}
