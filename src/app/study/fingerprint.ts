import { createHash } from "node:crypto";
import { endianness } from "node:os";

/** What a run came to, small enough to be kept in its report: enough to see whether it was made again, and where not. */
export interface RunFingerprint {
  /** Each figure in full; what JSON has no number for is a text: `"NaN"`, `"Infinity"`. */
  readonly figures: Readonly<Record<string, number | string>>;
  readonly series: Readonly<Record<string, SeriesFingerprint>>;
}

export interface SeriesFingerprint {
  readonly length: number;
  /** Of all values to the last bit. */
  readonly sha256: string;
  /** Some of the values, at equal distances, the last one included. */
  readonly samples: readonly (number | string)[];
}

/** A figure or a series that is another than it was. */
export interface Difference {
  readonly what: string;
  readonly was: string;
  readonly is: string;
}

/** Numbers, or words of a column of a table. */
export type FingerprintColumn = Float64Array | readonly (number | string | boolean)[];

const SAMPLES = 32;

export function fingerprintOf(
  figures: Readonly<Record<string, number>>,
  series: Readonly<Record<string, FingerprintColumn>>,
): RunFingerprint {
  return {
    figures: mapValues(figures, plain),
    series: mapValues(series, (values) => ({
      length: values.length,
      sha256: columnHash(createHash("sha256"), values).digest("hex"),
      samples: sampleRows(values.length).map((row) => plain(values[row]!)),
    })),
  };
}

/**
 * What differs between two fingerprints of the same run, each difference once. A figure may differ by the share `rounding`
 * of its size; the values of a series, as far as both kept them, by that share of the largest.
 */
export function differences(was: RunFingerprint, is: RunFingerprint, rounding = 0): Difference[] {
  const found: Difference[] = [];
  for (const what of namesOf(was.figures, is.figures)) {
    const [before, now] = [was.figures[what], is.figures[what]];
    if (!areNear([before], [now], rounding)) found.push({ what, was: textOf(before), is: textOf(now) });
  }
  for (const what of namesOf(was.series, is.series)) {
    const [before, now] = [was.series[what], is.series[what]];
    if (before?.sha256 === now?.sha256 && before?.length === now?.length) continue;
    const isRounded = rounding > 0 && before !== undefined && before.length === now?.length;
    if (isRounded && areNear(before.samples, now!.samples, rounding)) continue;
    found.push(seriesDifference(what, before, now));
  }
  return found;
}

type Plain = number | string | undefined;

function areNear(was: readonly Plain[], is: readonly Plain[], rounding: number): boolean {
  const before = was.flatMap(numbersOf);
  const now = is.flatMap(numbersOf);
  const sizes = before.map((value) => (typeof value === "number" ? Math.abs(value) : 0));
  const room = rounding * sizes.reduce((a, b) => Math.max(a, b), 0);
  const isNear = (a: Plain, b: Plain): boolean =>
    a === b || (typeof a === "number" && typeof b === "number" && Math.abs(a - b) <= room);
  return before.length === now.length && before.every((value, k) => isNear(value, now[k]));
}

/** A cell of a table may hold a list of numbers as text: the units of both legs. */
function numbersOf(value: Plain): Plain | Plain[] {
  return typeof value === "string" && /^\[[-+\d.e,]+\]$/.test(value)
    ? value.slice(1, -1).split(",").map(Number)
    : value;
}

function seriesDifference(
  what: string,
  was: SeriesFingerprint | undefined,
  is: SeriesFingerprint | undefined,
): Difference {
  if (was === undefined || is === undefined || was.length !== is.length) {
    const size = (one: SeriesFingerprint | undefined): string =>
      one === undefined ? "none" : `${one.length} values`;
    return { what: `series ${what}`, was: size(was), is: size(is) };
  }
  const rows = sampleRows(was.length);
  const at = was.samples.findIndex((value, k) => value !== is.samples[k]);
  // the values between the samples
  if (at < 0) return { what: `series ${what}`, was: was.sha256.slice(0, 16), is: is.sha256.slice(0, 16) };
  return {
    what: `series ${what}, value ${rows[at]! + 1} of ${was.length}`,
    was: textOf(was.samples[at]),
    is: textOf(is.samples[at]),
  };
}

/** Feeds a column to a hash so that equal values give equal bytes on every machine: NaN has one form, numbers are little-endian. */
export function columnHash<Hash extends { update(data: Uint8Array | string): unknown }>(
  hash: Hash,
  values: FingerprintColumn,
): Hash {
  if (!(values instanceof Float64Array)) {
    hash.update(JSON.stringify(Array.from(values, plain)));
    return hash;
  }
  const copy = values.map((value) => (Number.isNaN(value) ? Number.NaN : value));
  const bytes = Buffer.from(copy.buffer, copy.byteOffset, copy.byteLength);
  hash.update(endianness() === "LE" ? bytes : bytes.swap64());
  return hash;
}

function sampleRows(length: number): number[] {
  const count = Math.min(SAMPLES, length);
  return Array.from({ length: count }, (_, k) => Math.round(((k + 1) * length) / count) - 1);
}

function plain<T extends number | string | boolean>(value: T): number | string {
  return typeof value === "number" && Number.isFinite(value) ? value : String(value);
}

function textOf(value: number | string | undefined): string {
  return value === undefined ? "none" : String(value);
}

function namesOf(a: object, b: object): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])];
}

function mapValues<T, U>(of: Readonly<Record<string, T>>, f: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, f(value)]));
}
