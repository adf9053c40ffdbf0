import {
  about,
  figuresBetween,
  type Marks,
  type Measured,
  newest,
  putBetween,
  short,
} from "../support/result.ts";

/** What a run of `npm run bench` came to, as it is kept in bench/results. */
export interface Result extends Measured {
  readonly rounds: number;
  readonly rows: readonly Row[];
}

export interface Row {
  readonly what: string;
  readonly n: number;
  readonly peer: string;
  readonly first: boolean;
  /** Of each round. */
  readonly hereMs: readonly number[];
  readonly thereMs: readonly number[];
  /** Why a peer has no times. */
  readonly error?: string;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** How many times as fast as the peer; NaN where it has no times. */
export const ratioOf = ({ hereMs, thereMs }: Row): number => median(thereMs) / median(hereMs);

/** The rows as a table of Markdown. */
export function table(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const [here, there] = [median(row.hereMs), median(row.thereMs)].map(short);
    return `| ${row.what} | ${row.n.toLocaleString("en")} | ${here} | ${row.peer} | ${there} | ${short(ratioOf(row))} |`;
  });
  return [
    "| work | n | ms | beside | ms there | times as fast |",
    "|---|---|---|---|---|---|",
    ...lines,
  ].join("\n");
}

/** Where and how the figures were taken, in a sentence. */
export const aboutPeers = (result: Result): string =>
  about(result, `medians of ${result.rounds} alternating rounds`);

/** The newest run of the folder that was quiet and whole; undefined where there is none. */
export const newestQuiet = (folder: string): Result | undefined =>
  newest<Result>(
    folder,
    "",
    ({ rounds, rows }) => rounds >= 5 && rows.every((row) => row.thereMs.length > 0),
  );

const MARKS: Marks = ["<!-- figures of npm run bench -->", "<!-- end of the figures -->"];

export const figuresIn = (text: string): string => figuresBetween(text, MARKS);

export const withFigures = (text: string, figures: string): string => putBetween(text, MARKS, figures);

/** What the documents say of a run: the README the first few rows and each that is slower than its peer, docs/speed.md all. */
export function figuresOf(result: Result): Readonly<Record<"README.md" | "docs/speed.md", string>> {
  const few = result.rows.filter((row) => row.first || ratioOf(row) < 1);
  const of = (rows: readonly Row[]): string => `${aboutPeers(result)}\n\n${table(rows)}`;
  return { "README.md": of(few), "docs/speed.md": of(result.rows) };
}
