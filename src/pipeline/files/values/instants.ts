import { type Asking, refuseRow } from "../asking.ts";
import { wallText } from "./time-reader.ts";
import type { Zone } from "./zone.ts";

/**
 * Readings of a wall clock → instants, µs since 1970 UTC, in the order of the rows. An hour that the clock shows twice is
 * told apart by that order: the rows have to show it going back. Refuses what the zone's clock never shows, and an hour
 * that nothing tells apart.
 */
export interface InstantReader {
  /** `offsetUs`: NaN where the zone has to tell it. */
  next(wallUs: number, offsetUs: number, row: number): number;
  /** After the last row. */
  end(): void;
}

export interface InstantRules {
  /** Two rows never have one instant. */
  readonly strictly?: boolean;
  /** Dates without a time of day: a day begins when the clock first shows it, even if never at midnight. */
  readonly isDates?: boolean;
}

export function instantReader(
  asking: Asking,
  zone: Zone,
  { strictly = false, isDates = false }: InstantRules,
): InstantReader {
  let before = Number.NEGATIVE_INFINITY;
  /** The first row in the doubled hour that is being read. */
  let fold: { readonly row: number; readonly wallUs: number } | undefined;
  let wentBack = false;
  const end = (): void => {
    if (fold && !wentBack) {
      refuseRow(asking, {
        code: "open-hour",
        row: fold.row,
        need: `a time that is one; ${zone.name} shows ${wallText(fold.wallUs)} twice, as its clocks go back, and the rows around do not tell which it is`,
        hint: "Write the times with their offset, or in UTC.",
      });
    }
    fold = undefined;
    wentBack = false;
  };
  const ofZone = (wallUs: number, row: number): number => {
    const [first, second] = zone.instants(wallUs);
    if (isDates) return first ?? dayBegin(zone, wallUs);
    if (first === undefined) {
      return refuseRow(asking, {
        code: "no-hour",
        row,
        need: `a time that there is; the clocks of ${zone.name} never show ${wallText(wallUs)}`,
        hint: "See whether the file's zone is another one.",
      });
    }
    if (second === undefined) {
      if (fold) end();
      return first;
    }
    fold ??= { row, wallUs };
    const isFirst = !wentBack && (strictly ? first > before : first >= before);
    if (!isFirst) wentBack = true;
    return isFirst ? first : second;
  };
  return {
    next: (wallUs, offsetUs, row) => {
      before = Number.isNaN(offsetUs) ? ofZone(wallUs, row) : wallUs - offsetUs;
      return before;
    },
    end,
  };
}

const HOUR_US = 3_600e6;

/** The begin of a day whose clock leaves midnight out. */
function dayBegin(zone: Zone, wallUs: number): number {
  for (let hours = 1; hours < 3; hours++) {
    const [found] = zone.instants(wallUs + hours * HOUR_US);
    if (found !== undefined) return found;
  }
  return wallUs;
}
