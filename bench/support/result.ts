import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { BUSY, type Machine, machine } from "./machine.ts";

/** What every result in bench/results tells of its run. */
export interface Measured {
  /** ISO, UTC. */
  readonly at: string;
  /** Whether other work left the machine alone. */
  readonly quiet: boolean;
  /** The share of the cores that others used, each time we looked. */
  readonly othersShares: readonly number[];
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
}

export const root: string = fileURLToPath(new URL("../..", import.meta.url));
export const results: string = join(root, "bench", "results");

/** What a run that ends now tells of itself; `more` are versions of what it ran beside. */
export function measured(
  at: string,
  othersShares: readonly number[],
  quiet: boolean,
  more: Readonly<Record<string, string>> = {},
): Measured {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  const versions = { tickbook: version, node: process.versions.node, ...more };
  return { at, quiet, othersShares, machine: machine(), versions };
}

/** Writes a result to `out`, or into bench/results under its kind and date; returns the file. */
export function keep(result: Measured, kind = "", out?: string): string {
  const date = result.at.slice(0, 16).replace(":", "");
  const file = resolve(out ?? join(results, `${kind === "" ? "" : `${kind}-`}${date}.json`));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(result, undefined, 1)}\n`);
  return file;
}

/** The newest result of a kind that was measured on a quiet machine and is whole; undefined where there is none. */
export function newest<T extends Measured>(
  folder: string,
  kind: string,
  isWhole: (result: T) => boolean,
): T | undefined {
  const isOfKind = new RegExp(`^${kind === "" ? "" : `${kind}-`}\\d{4}-\\d\\d-\\d\\d.*\\.json$`);
  return readdirSync(folder)
    .filter((name) => isOfKind.test(name))
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as T)
    .filter((result) => result.quiet && isWhole(result))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .at(-1);
}

/** Where and how the figures were taken, in a sentence; `how` comes before the versions. */
export function about({ at, machine, versions, quiet, othersShares }: Measured, how?: string): string {
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const percent = (share: number): number => Math.round(100 * share);
  const busy = quiet
    ? "on a quiet machine"
    : `on a BUSY machine (others used up to ${percent(Math.max(...othersShares))} % of it; ${percent(BUSY)} % is the limit): not for documents`;
  const { cores, processor, system, memoryGb } = machine;
  const place = `${cores} cores of ${processor}, ${memoryGb} GB, ${system}`;
  return `${[`${at.slice(0, 10)}, ${busy}, ${place}`, ...(how === undefined ? [] : [how]), named.join(", ")].join("; ")}.`;
}

export const short = (value: number): string =>
  Number.isFinite(value) ? Number(value.toPrecision(value < 10 ? 2 : 3)).toLocaleString("en") : "–";

/** What stands round figures in a document. */
export type Marks = readonly [begin: string, end: string];

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
