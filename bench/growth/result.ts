import { about, figuresBetween, type Measured, newest, putBetween, short } from "../support/result.ts";

/** What a run of `npm run bench -- --growth` came to, as it is kept in bench/results. */
export interface GrowthResult extends Measured {
  readonly rows: readonly GrowthRow[];
}

export interface GrowthRow {
  readonly what: string;
  /** What there is more and more of. */
  readonly unit: string;
  /** With what its time should grow, in words; and how much of that there is at each size. */
  readonly grows: string;
  readonly amounts: readonly number[];
  readonly sizes: readonly number[];
  readonly ms: readonly number[];
  /** The most memory that a process had which did nothing else. */
  readonly mb: readonly number[];
}

/** Below it, what a run costs by itself hides what its size costs. */
const SEEN_MS = 2;

/**
 * The power of its work with which the time grows between the two largest sizes: 1 as the work does, 2 with its square. Of work that
 * should not grow, the power of the size: 0. NaN where the smaller of them is done in no time.
 */
export function growthPower({ amounts, sizes, ms }: GrowthRow): number {
  const [before, last] = [ms.length - 2, ms.length - 1];
  const steady = amounts[last] === amounts[before];
  const over = steady ? sizes : amounts;
  if (before < 0 || (!steady && ms[before]! < SEEN_MS)) return Number.NaN;
  return Math.log(ms[last]! / ms[before]!) / Math.log(over[last]! / over[before]!);
}

/** A row a piece of work: its times and memory at the sizes, and how it grows. */
export function growthTable(rows: readonly GrowthRow[]): string {
  const units = [...new Set(rows.map(({ unit }) => unit))];
  return units
    .map((unit) => {
      const of = rows.filter((row) => row.unit === unit);
      const lines = of.map((row) => {
        const power = growthPower(row);
        const [size, ms, mb] = [row.sizes, row.ms.map(short), row.mb].map((list) =>
          list.map((one) => one.toLocaleString("en")).join(" · "),
        );
        return `| ${row.what} | ${size} | ${ms} | ${mb} | ${row.grows} | ${Number.isNaN(power) ? "–" : power.toFixed(2)} |`;
      });
      return [
        `| ${unit} | how many | ms | MB | should grow with | power |`,
        "|---|---|---|---|---|---|",
        ...lines,
      ].join("\n");
    })
    .join("\n\n");
}

/** Pieces of work that a whole run has; less was asked for in part. */
const WHOLE = 25;

/** The newest run of the folder that was quiet and whole; undefined where there is none. */
export const newestGrowth = (folder: string): GrowthResult | undefined =>
  newest<GrowthResult>(folder, "growth", ({ rows }) => rows.length >= WHOLE);

const MARKS = ["<!-- growth -->", "<!-- end of growth -->"] as const;

export const growthIn = (text: string): string => figuresBetween(text, MARKS);

/** docs/speed.md with the figures of a run. */
export function withGrowth(text: string, result: GrowthResult): string {
  return putBetween(text, MARKS, growthText(result));
}

export const growthText = (result: GrowthResult): string =>
  `${about(result)}\n\n![Time and memory by size](growth.svg)\n\n${growthTable(result.rows)}`;
