import { type Curve, closeUs, type Grid } from "./curve.ts";

/** What a calendar month or year brought, UTC. */
export interface CalendarReturn {
  readonly year: number;
  /** 1 to 12; 0 for the whole year. */
  readonly month: number;
  readonly return: number;
  /** Some of its bars are not in the data. */
  readonly partial: boolean;
}

/**
 * Returns of calendar months or years, from the last close before to the last close within. A bar that closes at midnight
 * belongs to the month before; a month without a bar is left out, and its move falls into the next one.
 */
export function calendarReturns(curve: Curve, grid: Grid, unit: "month" | "year"): CalendarReturn[] {
  const out: CalendarReturn[] = [];
  const n = curve.alive.length;
  let base = curve.start;
  for (let t = 0; t < n; ) {
    const [year, month, fromUs, toUs] = periodOf(closeUs(grid, t), unit);
    let value = base;
    const first = t;
    do {
      if (!Number.isNaN(curve.alive[t]!)) value = curve.alive[t]!;
      t += 1;
    } while (t < n && closeUs(grid, t) <= toUs);
    const whole = Math.floor((toUs - fromUs) / grid.intervalUs);
    out.push({
      year,
      month,
      return: base > 0 ? value / base - 1 : Number.NaN,
      partial: t - first < whole,
    });
    base = value;
  }
  return out;
}

/** The month or year that ends at this close or later: its number, start and end. */
function periodOf(us: number, unit: "month" | "year"): [number, number, number, number] {
  const date = new Date(Math.ceil(us / 1000) - 1);
  const [year, month] = [date.getUTCFullYear(), unit === "month" ? date.getUTCMonth() : 0];
  const months = unit === "month" ? 1 : 12;
  const at = (m: number): number => Date.UTC(year, m, 1) * 1000;
  return [year, unit === "month" ? month + 1 : 0, at(month), at(month + months)];
}
