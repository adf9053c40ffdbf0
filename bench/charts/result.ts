import {
  about,
  figuresBetween,
  type Marks,
  type Measured,
  newest,
  putBetween,
  short,
} from "../support/result.ts";

/** What a run of `npm run bench -- --charts` came to, as it is kept in bench/results. */
export interface ChartsResult extends Measured {
  readonly rows: readonly ChartRow[];
}

export interface ChartRow {
  readonly what: string;
  readonly unit: "ms" | "s" | "%" | "kB/s";
  /** How often it was measured. */
  readonly n: number;
  readonly p50: number;
  readonly p95: number;
  /** What is asked of the 95th percentile. */
  readonly most: number;
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
}

/** What a measure came to; refused where nothing was measured. */
export function rowOf(
  what: string,
  unit: ChartRow["unit"],
  most: number,
  values: readonly number[],
): ChartRow {
  if (values.length === 0 || values.some((value) => !Number.isFinite(value)))
    throw new Error(`${what}: numbers are needed; got ${JSON.stringify(values.slice(0, 5))}`);
  const [p50, p95] = [0.5, 0.95].map((share) => Number(quantile(values, share).toPrecision(3)));
  return { what, unit, n: values.length, p50: p50!, p95: p95!, most };
}

export const holds = ({ p95, most }: ChartRow): boolean => p95 <= most;

export function chartsTable(rows: readonly ChartRow[]): string {
  const lines = rows.map((row) => {
    const { what, unit, n, p50, p95, most } = row;
    const [median, high] = n === 1 ? [short(p50), "–"] : [short(p50), short(p95)];
    return `| ${what} | ${n} | ${median} | ${high} | ${most} ${unit} | ${holds(row) ? "yes" : "no"} |`;
  });
  return [
    "| what | n | median | 95th percentile | at most | holds |",
    "|---|---|---|---|---|---|",
    ...lines,
  ].join("\n");
}

/** Rows that a whole run has. */
export const WHOLE = 14;

/** The newest run of the folder that was quiet and whole; undefined where there is none. */
export const newestCharts = (folder: string): ChartsResult | undefined =>
  newest<ChartsResult>(folder, "charts", ({ rows }) => rows.length >= WHOLE);

const MARKS: Marks = ["<!-- charts -->", "<!-- end of charts -->"];

export const chartsIn = (text: string): string => figuresBetween(text, MARKS);

/** docs/speed.md with the figures of a run. */
export const withCharts = (text: string, result: ChartsResult): string =>
  putBetween(text, MARKS, chartsText(result));

export const NOT_YET = "Not measured on a quiet machine yet.";

export const chartsText = (result: ChartsResult): string => `${about(result)}\n\n${chartsTable(result.rows)}`;
