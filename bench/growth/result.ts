import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { BUSY, type Machine } from "../compare/machine.ts";
import { figuresBetween, putBetween } from "../compare/result.ts";

/** What a run of `npm run bench -- --growth` came to, as it is kept in bench/results. */
export interface GrowthResult {
  /** ISO, UTC. */
  readonly at: string;
  readonly quiet: boolean;
  /** The share of the cores that others used, each time we looked. */
  readonly othersShares: readonly number[];
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
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

const short = (value: number): string =>
  Number.isFinite(value) ? Number(value.toPrecision(value < 10 ? 2 : 3)).toLocaleString("en") : "–";

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

export function aboutGrowth({ at, machine, versions, quiet, othersShares }: GrowthResult): string {
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const { cores, processor, system, memoryGb } = machine;
  const busy = quiet
    ? "on a quiet machine"
    : `on a BUSY machine (others used up to ${Math.round(100 * Math.max(...othersShares))} % of it, ${Math.round(100 * BUSY)} % are borne): not for documents`;
  return `${at.slice(0, 10)}, ${busy}, ${cores} cores of ${processor}, ${memoryGb} GB, ${system}; ${named.join(", ")}.`;
}

/** Pieces of work that a whole run has; less was asked for in part. */
const WHOLE = 25;

/** The newest run of the folder that was quiet and whole; undefined where there is none. */
export function newestGrowth(folder: string): GrowthResult | undefined {
  return readdirSync(folder)
    .filter((name) => /^growth-.*\.json$/.test(name))
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as GrowthResult)
    .filter(({ quiet, rows }) => quiet && rows.length >= WHOLE)
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .at(-1);
}

const MARKS = ["<!-- growth -->", "<!-- end of growth -->"] as const;

export const growthIn = (text: string): string => figuresBetween(text, MARKS);

/** docs/speed.md with the figures of a run. */
export function withGrowth(text: string, result: GrowthResult): string {
  return putBetween(text, MARKS, growthText(result));
}

export const growthText = (result: GrowthResult): string =>
  `${aboutGrowth(result)}\n\n![Time and memory by size](growth.svg)\n\n${growthTable(result.rows)}`;
