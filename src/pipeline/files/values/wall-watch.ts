import { quote } from "../../../core/errors.ts";
import { type Asking, refuseRow, say } from "../asking.ts";

const HOUR_US = 3_600e6;
const DAY_US = 86_400e6;

/** Watches over times that can only be read together: which zone those mean that name none, and which half of a day. */
export interface WallWatch {
  /**
   * `isZoned`: the time names its zone. `hasHalf`: its half of the day is known, by AM or PM, or as it has no hour. Refuses a
   * time whose zone is open: others in its column name one, or the column's name tells one that
   * is no offset.
   */
  see(wallUs: number, isZoned: boolean, hasHalf: boolean, text: string, row: number, of: string): void;
  /** After the last row: refuses hours from 1 to 12 among which 1 o'clock follows 12 of the same day, backwards. */
  settle(): void;
}

export interface WatchedColumn {
  readonly name: string;
  readonly offsetUs?: number | undefined;
  readonly openZone?: string | undefined;
}

export function wallWatch(asking: Asking, { name, offsetUs, openZone }: WatchedColumn): WallWatch {
  const isTold = asking.options.tz !== undefined;
  let zoned: boolean | undefined;
  let isTwelve = true;
  /** By symbol: each has its own rows. */
  const beforeUs = new Map<string, number>();
  let turned: { readonly text: string; readonly row: number } | undefined;

  const sameZone = (isZoned: boolean, text: string, row: number): void => {
    if (zoned !== undefined && offsetUs === undefined) mixedZones(asking, name, isZoned, text, row);
    if (!isZoned && openZone !== undefined) refuseOpen(asking, name, openZone, text, row);
    zoned = isZoned;
  };

  return {
    see: (wallUs, isZoned, hasHalf, text, row, of) => {
      if (isZoned !== zoned && !isTold) sameZone(isZoned, text, row);
      if (!isTwelve || hasHalf) return;
      const hour = Math.floor((wallUs % DAY_US) / HOUR_US);
      isTwelve = hour >= 1 && hour <= 12;
      const back = (beforeUs.get(of) ?? Number.NaN) - wallUs;
      if (back > 10 * HOUR_US && back < 12 * HOUR_US && hour === 1) turned ??= { text, row };
      beforeUs.set(of, wallUs);
    },
    settle: () => {
      if (!isTwelve || turned === undefined) return;
      refuseRow(asking, {
        code: "open-half",
        row: turned.row,
        column: name,
        need: `hours from 0 to 23, or AM and PM; ${quote(turned.text, 40)} comes after 12 o'clock of its day, and no hour of the file is 0 or above 12`,
        hint: "Write the hours from 0 to 23, or sort the rows if these are the hours of a morning.",
      });
    },
  };
}

function mixedZones(asking: Asking, column: string, isZoned: boolean, text: string, row: number): never {
  return refuseRow(asking, {
    code: "mixed-zones",
    row,
    column,
    need: `times that name their zone all or none; ${quote(text, 40)} ${isZoned ? "names one, and those before it do not" : "names none, and those before it do"}`,
    hint: `Pass ${say(asking, "tz", "UTC")}, or the zone of those that name none.`,
  });
}

function refuseOpen(asking: Asking, column: string, zone: string, text: string, row: number): never {
  return refuseRow(asking, {
    code: "open-zone",
    row,
    column,
    need: `times of a zone that is one thing; got ${quote(text, 40)}, and a column called ${quote(zone, 40)}`,
    hint: `Pass ${say(asking, "tz", "America/New_York")}, or whichever zone it is.`,
  });
}
