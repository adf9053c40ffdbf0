import { quote } from "../../../core/errors.ts";
import { formatDuration, formatUtc } from "../../../core/time.ts";
import { type Asking, refuseRow, say } from "../asking.ts";
import { binanceName } from "../binance-name.ts";
import { wallText } from "../values/time-reader.ts";

/** Where the bars of a series begin. */
export interface Starts {
  readonly length: number;
  /** Instants, ascending, none twice. */
  readonly timeUs: ArrayLike<number>;
  /** What the wall clock showed. */
  readonly wallUs: ArrayLike<number>;
  readonly row: ArrayLike<number>;
}

/** How long the bars of a file are. */
export interface Spacing {
  readonly intervalUs: number;
  /**
   * `time`: bars begin whole lengths apart. `wall`: whole lengths apart on a clock that is put forward and back, so that
   * a day there has 23 or 25 hours at times.
   */
  readonly by: "time" | "wall";
}

const DAY_US = 86_400e6;
/** Lengths that two rows alone are believed. */
const USUAL_SECONDS: ReadonlySet<number> = new Set([
  ...[0.1, 0.25, 0.5, 1, 5, 10, 15, 30, 60, 120, 180, 300, 600, 900, 1800],
  ...[3600, 7200, 14_400, 21_600, 28_800, 43_200, 86_400, 604_800],
]);

/**
 * The length of a file's bars, which all its rows agree on: none lies off the grid of the others. `told` by its name or
 * by who asked. Refuses months, a row off the grid, and rows that leave their length open.
 */
export function spacingOf(asking: Asking, starts: Starts, told: number | undefined): Spacing {
  const { length } = starts;
  if (length < 2) {
    if (told !== undefined) return { intervalUs: told, by: "time" };
    return refuseRow(asking, {
      code: "open-interval",
      need: `at least two bars to tell their interval; got ${length === 0 ? "none" : `the one of ${formatUtc(starts.timeUs[0]!)}`}`,
      hint: `Pass ${say(asking, "interval", "1m")}.`,
    });
  }
  const byTime = grid(starts.timeUs, length);
  const byWall = grid(starts.wallUs, length);
  if (looksMonthly(starts)) return months(asking, starts, told);
  for (const [by, { step, common }] of [
    ["time", byTime],
    ["wall", byWall],
  ] as const) {
    if (told !== undefined && (common === told || (length < 4 && common % told === 0)))
      return { intervalUs: told, by };
    if (told === undefined && step === common) {
      if (length === 2 && !USUAL_SECONDS.has(step / 1e6)) return twoRows(asking, starts, step);
      return { intervalUs: step, by };
    }
  }
  if (told !== undefined && byTime.step === byTime.common) {
    const isNamed = binanceName(asking.where) !== undefined;
    return refuseRow(asking, {
      code: "bad-interval",
      need: `bars of ${formatDuration(told)}; its rows are ${formatDuration(byTime.step)} apart`,
      hint: isNamed
        ? "Give the file back its own name, or see whether it is complete."
        : `Pass ${say(asking, "interval", formatDuration(byTime.step))} if these are their length.`,
      facts: { told, step: byTime.step },
    });
  }
  if (inMonths(starts)) return months(asking, starts, told);
  if (areZoneDays(starts) && byTime.step > 22 * 3_600e6) {
    return refuseRow(asking, {
      code: "zone-days",
      need: `days of a zone that is known; these begin at ${[0, length - 1].map((i) => formatUtc(starts.timeUs[i]!)).join(" and ")}, as those of a zone with summer time do`,
      hint: `Pass ${say(asking, "tz", "America/New_York")}, or whichever zone it is.`,
    });
  }
  return offGrid(asking, starts, told);
}

/** A weekend, a night or a gap may lie between two rows. */
function twoRows(asking: Asking, { timeUs }: Starts, step: number): never {
  const [a, b] = [formatUtc(timeUs[0]!), formatUtc(timeUs[1]!)];
  return refuseRow(asking, {
    code: "open-interval",
    need: `a length of bars that its rows tell; its two, ${a} and ${b}, are ${formatDuration(step)} apart`,
    hint: `Pass ${say(asking, "interval", step % DAY_US === 0 ? "1d" : "1h")}, or whichever it is.`,
  });
}

/** Whether all distances are multiples of the shortest. */
export function isRegular(timeUs: ArrayLike<number>): boolean {
  const { step, common } = grid(timeUs, timeUs.length);
  return step === common;
}

interface Grid {
  /** The shortest distance of two rows. */
  readonly step: number;
  /** The greatest length that all distances are multiples of. */
  readonly common: number;
}

function grid(at: ArrayLike<number>, length: number): Grid {
  let step = Number.POSITIVE_INFINITY;
  let common = 0;
  for (let i = 1; i < length; i++) {
    const distance = Math.abs(at[i]! - at[i - 1]!);
    if (distance < step) step = distance;
    if (common !== 1) common = divisor(common, distance);
  }
  return { step, common };
}

function divisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}

/** All rows stand on one day of the month, at one time of day, and weeks do not explain it. */
function looksMonthly({ length, wallUs }: Starts): boolean {
  const first = new Date(wallUs[0]! / 1000);
  let longest = 0;
  for (let i = 1; i < length; i++) {
    const date = new Date(wallUs[i]! / 1000);
    const days = (wallUs[i]! - wallUs[i - 1]!) / DAY_US;
    if (days < 28 || date.getUTCHours() !== first.getUTCHours()) return false;
    const isLast = (one: Date): boolean => new Date(one.getTime() + DAY_US / 1000).getUTCDate() === 1;
    if (date.getUTCDate() !== first.getUTCDate() && !(isLast(date) && isLast(first))) return false;
    longest = Math.max(longest, days);
  }
  return longest >= 28;
}

/** No two distances need be alike: the last business days of months, for example. */
function inMonths({ length, wallUs }: Starts): boolean {
  for (let i = 1; i < length; i++) {
    const days = (wallUs[i]! - wallUs[i - 1]!) / DAY_US;
    if (days < 25 || days > 35) return false;
  }
  return length > 2;
}

/** Days of a zone whose clocks go forward and back, told in UTC: they begin at one of two hours. */
function areZoneDays({ length, timeUs }: Starts): boolean {
  const hours = new Set<number>();
  for (let i = 0; i < length && hours.size < 3; i++) hours.add(timeUs[i]! % DAY_US);
  const [a, b] = [...hours] as [number, number];
  return hours.size === 2 && [3_600e6, 23 * 3_600e6].includes(Math.abs(a - b));
}

function months(asking: Asking, { wallUs, length }: Starts, told: number | undefined): never {
  const from = wallText(wallUs[0]!);
  const to = wallText(wallUs[length - 1]!);
  return refuseRow(asking, {
    code: "months",
    need: `bars of one length; these are months, from ${from} to ${to}, and months have none${told === undefined ? "" : ` such as ${formatDuration(told)}`}`,
    hint: "Pass a file of days or weeks.",
  });
}

function offGrid(asking: Asking, { timeUs, row, length }: Starts, told: number | undefined): never {
  const counts = new Map<number, number>();
  for (let i = 1; i < length; i++) {
    const step = timeUs[i]! - timeUs[i - 1]!;
    counts.set(step, (counts.get(step) ?? 0) + 1);
  }
  const [usual, often] = [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best));
  const intervalUs = told ?? usual;
  // the phase that most rows share
  const phases = new Map<number, number>();
  for (let i = 0; i < length; i++) {
    const phase = timeUs[i]! % intervalUs;
    phases.set(phase, (phases.get(phase) ?? 0) + 1);
  }
  const [phase] = [...phases].reduce((best, entry) => (entry[1] > best[1] ? entry : best));
  let odd = 0;
  while (odd < length && timeUs[odd]! % intervalUs === phase) odd++;
  const isClear = told !== undefined || often * 2 >= length - 1;
  if (!isClear || odd === length) {
    const steps = [...counts.keys()]
      .sort((a, b) => a - b)
      .slice(0, 3)
      .map(formatDuration);
    return refuseRow(asking, {
      code: "open-interval",
      need: `bars whose length can be determined; its rows are ${steps.join(", ")} apart`,
      hint: `Pass ${say(asking, "interval", formatDuration(intervalUs))} if that is it.`,
    });
  }
  return refuseRow(asking, {
    code: "off-grid",
    row: row[odd]!,
    need: `bars that begin ${formatDuration(intervalUs)} apart, as most of its rows do; this one begins at ${quote(formatUtc(timeUs[odd]!))}`,
    hint: "Correct the row or leave it out.",
    facts: { intervalUs },
  });
}
