import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { BUSY, type Machine } from "./machine.ts";

/** What a run of `npm run bench` came to, as it is kept in bench/results. */
export interface Result {
  /** ISO, UTC. */
  readonly at: string;
  /** Whether other work left the machine alone, at the begin, between the rounds and at the end. */
  readonly quiet: boolean;
  /** The share of the cores that others used, each time we looked. */
  readonly othersShares: readonly number[];
  readonly rounds: number;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
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

export const isQuiet = (othersShares: readonly number[]): boolean =>
  othersShares.every((share) => share <= BUSY);

const short = (value: number): string =>
  Number.isFinite(value) ? Number(value.toPrecision(value < 10 ? 2 : 3)).toLocaleString("en") : "–";

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
export function about({ at, rounds, machine, versions, quiet, othersShares }: Result): string {
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const busy = quiet
    ? "on a quiet machine"
    : `on a BUSY machine (others used up to ${Math.round(100 * Math.max(...othersShares))} % of it): not for documents`;
  const { cores, processor, system } = machine;
  return `${at.slice(0, 10)}, ${busy}, ${cores} cores of ${processor}, ${system}; medians of ${rounds} alternating rounds; ${named.join(", ")}.`;
}

/** The newest run of the folder that was quiet and whole; undefined where there is none. */
export function newestQuiet(folder: string): Result | undefined {
  const names = readdirSync(folder).filter((name) => /^\d{4}-\d\d-\d\d.*\.json$/.test(name));
  return names
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Result)
    .filter(({ quiet, rounds, rows }) => quiet && rounds >= 5 && rows.every((row) => row.thereMs.length > 0))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .at(-1);
}

/** What stands round figures in a document. */
type Marks = readonly [begin: string, end: string];
const MARKS: Marks = ["<!-- figures of npm run bench -->", "<!-- end of the figures -->"];

/** The part of a document between its marks. */
export function figuresBetween(text: string, marks: Marks): string {
  const [begin, end] = placeOf(text, marks);
  return text.slice(begin, end).trim();
}

/** The document with something else between its marks. */
export function putBetween(text: string, marks: Marks, figures: string): string {
  const [begin, end] = placeOf(text, marks);
  return `${text.slice(0, begin)}\n${figures}\n${text.slice(end)}`;
}

function placeOf(text: string, marks: Marks): readonly [number, number] {
  const [begin, end] = marks.map((mark) => text.indexOf(mark)) as [number, number];
  if (begin < 0 || end < begin) throw new Error(`a document needs its marks, ${marks.join(" and ")}`);
  return [begin + marks[0].length, end];
}

export const figuresIn = (text: string): string => figuresBetween(text, MARKS);

export const withFigures = (text: string, figures: string): string => putBetween(text, MARKS, figures);

/** What the documents say of a run: the README the first few rows and each that is slower than its peer, docs/speed.md all. */
export function figuresOf(result: Result): Readonly<Record<"README.md" | "docs/speed.md", string>> {
  const few = result.rows.filter((row) => row.first || ratioOf(row) < 1);
  const of = (rows: readonly Row[]): string => `${about(result)}\n\n${table(rows)}`;
  return { "README.md": of(few), "docs/speed.md": of(result.rows) };
}
