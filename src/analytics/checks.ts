import { requireColumns } from "../core/arguments.ts";
import { quote, refuse } from "../core/errors.ts";

/** Refuses a window that is not a whole number of at least `least` bars. */
export function requireWindow(where: string, window: number, least: number): void {
  requireWhole(where, "window", window, least, " bars", "Pass 60 for an hour of minute bars");
  if (window <= LONGEST_WINDOW) return;
  refuse({
    code: "bad-window",
    where,
    problem: `window must be at most ${LONGEST_WINDOW} bars; got ${window}`,
    hint: "Pass 60 for an hour of minute bars, or take longer bars.",
    facts: { name: "window", got: window, most: LONGEST_WINDOW },
  });
}

/** A window is held in memory. */
const LONGEST_WINDOW = 10_000_000;

/** Refuses a setting that is not a whole number of at least `least`. */
export function requireWhole(
  where: string,
  name: string,
  got: number,
  least: number,
  unit = "",
  hint = `Pass for example ${Math.max(least, 1)}`,
): void {
  if (Number.isInteger(got) && got >= least) return;
  refuse({
    code: name === "window" ? "bad-window" : "bad-setting",
    where,
    problem: `${name} must be a whole number${unit ? ` of${unit}` : ""}, at least ${least}; got ${quote(got)}`,
    hint: `${hint}.`,
    facts: { name, got, least },
  });
}

/** Refuses a setting outside an open interval. */
export function requireBetween(where: string, name: string, got: number, low: number, high: number): void {
  if (typeof got === "number" && got > low && got < high) return;
  const range = high === Number.POSITIVE_INFINITY ? `above ${low}` : `between ${low} and ${high}`;
  refuse({
    code: "bad-setting",
    where,
    problem: `${name} must be a number ${range}; got ${quote(got)}`,
    hint: `Pass a finite number ${range}.`,
    facts: { name, got, low, high },
  });
}

/** Refuses a number below `least`, or none. */
export function requireAtLeast(where: string, name: string, got: number, least: number): void {
  if (typeof got === "number" && got >= least && got < Number.POSITIVE_INFINITY) return;
  refuse({
    code: "bad-setting",
    where,
    problem: `${name} must be a number of at least ${least}; got ${quote(got)}`,
    hint: `Pass ${least}, or more.`,
    facts: { name, got, least },
  });
}

/** Refuses a setting which is none of the words it can be. */
export function requireOneOf(
  where: string,
  name: string,
  got: unknown,
  words: readonly (string | boolean)[],
): void {
  if (words.includes(got as string)) return;
  refuse({
    code: "bad-setting",
    where,
    problem: `${name} must be one of ${words.map((word) => quote(word)).join(", ")}; got ${quote(got)}`,
    hint: `Pass for example ${name}: ${quote(words[0])}.`,
    facts: { name, got, words },
  });
}

/** One column, or several, as several; refuses what is neither. */
export function regressorsOf(
  where: string,
  x: Float64Array | readonly Float64Array[],
): readonly Float64Array[] {
  const isSeveral = Array.isArray(x) && (x.length === 0 || x.some((column) => typeof column === "object"));
  requireColumns(where, isSeveral ? Object.fromEntries(x.map((column, j) => [`x${j + 1}`, column])) : { x });
  return isSeveral ? x : [x as Float64Array];
}

/** Refuses series that differ in length. */
export function requireSameLength(where: string, lengths: Readonly<Record<string, number>>): void {
  const entries = Object.entries(lengths);
  if (entries.every(([, length]) => length === entries[0]![1])) return;
  refuse({
    code: "length-mismatch",
    where,
    problem: `needs series of one length; got ${entries.map(([name, length]) => `${name} with ${length}`).join(", ")}`,
    hint: "Align both on the same bars first.",
    facts: lengths,
  });
}

/** Refuses ±Infinity; NaN passes, for it means a missing value. */
export function requireFinite(where: string, name: string, values: Float64Array): void {
  if (allFinite(values)) return;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) {
      refuse({
        code: "infinite-value",
        where,
        problem: `${name} must hold finite numbers, or NaN for a missing one; got ${value} at index ${i}`,
        hint: "Look for a division by zero or a logarithm of zero before this call.",
        facts: { name, index: i, got: value },
      });
    }
  }
}

/** Refuses a sample that is too small for what is asked of it. */
export function requireCount(where: string, got: number, least: number, why: string): void {
  if (got >= least) return;
  refuse({
    code: "too-few-values",
    where,
    problem: `needs at least ${least} value${least === 1 ? "" : "s"} ${why}; got ${got}`,
    hint: "Wait for more bars or ask for less.",
    facts: { got, least },
  });
}

/** Refuses what is no finite number. */
export function requireNumber(where: string, name: string, got: number): void {
  if (Number.isFinite(got)) return;
  refuse({
    code: "bad-setting",
    where,
    problem: `${name} must be a finite number; got ${quote(got)}`,
    hint: "Pass for example 0.",
    facts: { name, got },
  });
}

/** Refuses a variance that is negative or no finite number. */
export function requireVariance(where: string, name: string, got: number): void {
  if (typeof got === "number" && got >= 0 && got < Number.POSITIVE_INFINITY) return;
  refuse({
    code: "bad-setting",
    where,
    problem: `${name} must be a variance, 0 or above; got ${quote(got)}`,
    hint: "Pass the square of a standard deviation.",
    facts: { name, got },
  });
}

/** Whether there is neither ±Infinity nor NaN: 0 · v is 0 for every other v, and adding is faster than asking. */
function allFinite(values: Float64Array): boolean {
  const { length } = values;
  let [a, b, c, d] = [0, 0, 0, 0];
  let i = 0;
  // four sums side by side: none waits for another
  for (; i + 3 < length; i += 4) {
    a += 0 * values[i]!;
    b += 0 * values[i + 1]!;
    c += 0 * values[i + 2]!;
    d += 0 * values[i + 3]!;
  }
  for (; i < length; i++) a += 0 * values[i]!;
  return a + b + (c + d) === 0;
}
