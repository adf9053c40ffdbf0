import { quote } from "../../../core/errors.ts";
import { formatUtc } from "../../../core/time.ts";
import { type Asking, refuseRow, say } from "../asking.ts";
import type { TimeUnit } from "./time-digits.ts";

/** Watches for counts that were taken in too small a unit: seconds as milliseconds lie in January 1970. */
export interface UnitWatch {
  see(us: number, text: string, row: number): void;
  /** After the last row: refuses a column of which all times of before 2009 lie where a count in another unit would. */
  settle(): void;
}

export interface WatchedUnit {
  readonly name: string;
  /** As the column's name or type says; undefined: times are text. */
  readonly unit: TimeUnit | undefined;
  /** Its user called it by that unit, or the time. */
  readonly isGiven: boolean;
}

const FROM_US = Date.UTC(2009, 0, 1) * 1000;
const DAY_US = 86_400e6;
const LARGER = { ns: ["us", "ms", "s"], us: ["ms", "s"], ms: ["s"], s: [] } as const;

/** A time of 1970 that is one of today, in a unit so many times as large. */
function meantUs(us: number, nowUs: number): number | undefined {
  return [1e3, 1e6, 1e9]
    .map((factor) => us * factor)
    .find((meant) => meant >= FROM_US && meant <= nowUs + DAY_US);
}

/** The years before 2009 are those of shares and currencies, and stand: they reach beyond those days, or have no hour. */
export function unitWatch(asking: Asking, { name, unit, isGiven }: WatchedUnit): UnitWatch {
  let first: { readonly us: number; readonly text: string; readonly row: number } | undefined;
  let isOld = isGiven;
  return {
    see: (us, text, row) => {
      if (us >= FROM_US || isOld) return;
      if (meantUs(us, asking.nowUs) === undefined) isOld = true;
      else first ??= { us, text, row };
    },
    settle: () => {
      if (isOld || first === undefined) return;
      const meant = formatUtc(Math.round(meantUs(first.us, asking.nowUs)!));
      const units = unit === undefined ? [] : LARGER[unit];
      refuseRow(asking, {
        code: "open-unit",
        row: first.row,
        column: name,
        need: `times in the unit that ${unit === undefined ? "they were made from" : "its name gives"}; ${quote(first.text, 40)} is ${formatUtc(Math.floor(first.us))}, and in a larger unit ${meant}`,
        hint:
          unit === undefined
            ? `If 1970 is meant, say so: ${say(asking, "columns", `time=${name}`)}.`
            : `Say which: ${[unit, ...units].map((one) => say(asking, "columns", `time_${one}=${name}`)).join(" or ")}.`,
      });
    },
  };
}
