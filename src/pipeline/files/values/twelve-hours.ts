import { quote } from "../../../core/errors.ts";
import { type Asking, refuseRow } from "../asking.ts";

const HOUR_US = 3_600e6;
const DAY_US = 86_400e6;

/** Watches for the hours of a clock that shows twelve of them and does not say which half of the day it is. */
export interface HourWatch {
  see(wallUs: number, text: string, row: number): void;
  /** After the last row: refuses hours from 1 to 12 among which 1 o'clock follows 12 of the same day, backwards. */
  settle(asking: Asking, column: string): void;
}

export function hourWatch(): HourWatch {
  let isTwelve = true;
  let beforeUs = Number.NaN;
  let turned: { readonly text: string; readonly row: number } | undefined;
  return {
    see: (wallUs, text, row) => {
      if (!isTwelve) return;
      const hour = Math.floor((wallUs % DAY_US) / HOUR_US);
      isTwelve = hour >= 1 && hour <= 12;
      const back = beforeUs - wallUs;
      if (back > 10 * HOUR_US && back < 12 * HOUR_US && hour === 1) turned ??= { text, row };
      beforeUs = wallUs;
    },
    settle: (asking, column) => {
      if (!isTwelve || turned === undefined) return;
      refuseRow(asking, {
        code: "open-half",
        row: turned.row,
        column,
        need: `hours from 0 to 23, or AM and PM; ${quote(turned.text, 40)} comes after 12 o'clock of its day, and no hour of the file is 0 or above 12`,
        hint: "Write the hours from 0 to 23, or sort the rows if these are the hours of a morning.",
      });
    },
  };
}
