/** Which way a value has to leave: at or above `fire`, at or below it, or at or beyond it on either side of 0. */
export type Direction = "above" | "below" | "abs";

/** Where one value is out, and where it is back. */
export interface Threshold {
  readonly when: Direction;
  readonly fire: number;
  readonly resolve: number;
}

/** How values are judged together: one value is `all` of one. */
export interface Judge {
  readonly by: "all" | "any";
  readonly of: readonly Threshold[];
}

/** What values are: out; neither out nor back; back at `resolve`; missing, so that it can't be said. */
export type Verdict = "out" | "between" | "back" | "missing";

/** With `abs`, the side of 0 on which a value was out last; 0: it was not, or sides mean nothing to it. */
export type Side = 1 | 0 | -1;

export interface Judgement {
  readonly verdict: Verdict;
  /** Of each value. */
  readonly sides: readonly Side[];
  /** The first value that is as the verdict says. */
  readonly lead: number;
}

/** The first of these that any value is, is what they are together. */
const ORDER: Readonly<Record<Judge["by"], readonly Verdict[]>> = {
  all: ["missing", "back", "between", "out"],
  any: ["out", "missing", "between", "back"],
};

/**
 * Judges the values of one step; NaN: missing. `all` is out when all are, back as soon as one is, and missing if one is;
 * `any` is out when one is, back when all are, and missing if one is while none is out. `sides`: as the step before left
 * them, since the alert fires; empty where it does not.
 */
export function judge({ by, of }: Judge, values: readonly number[], sides: readonly Side[]): Judgement {
  const after = of.map((threshold, i): Side => sideOf(threshold, values[i]!) || (sides[i] ?? 0));
  const verdicts = of.map((threshold, i) => verdictOf(threshold, values[i]!, after[i]!));
  const verdict = ORDER[by].find((one) => verdicts.includes(one))!;
  const isSame = after.length === sides.length && after.every((side, i) => side === sides[i]);
  return { verdict, sides: isSame ? sides : after, lead: verdicts.indexOf(verdict) };
}

/** Whether a value is on the other side of 0 than it was: `0 3 −3` with |z| ≥ 2. */
export function isTurned(before: readonly Side[], after: readonly Side[]): boolean {
  return before.some((side, i) => side * (after[i] ?? 0) < 0);
}

/** Whether a value has left: at or beyond `fire`. */
export function isOut({ when, fire }: Threshold, value: number): boolean {
  if (when === "above") return value >= fire;
  return when === "below" ? value <= fire : Math.abs(value) >= fire;
}

/** Whether a value is back: at `resolve` or better, and not out. With `abs`, to have crossed 0 is to be back, too. */
export function isBack(threshold: Threshold, side: Side, value: number): boolean {
  const { when, resolve } = threshold;
  if (isOut(threshold, value)) return false;
  if (when === "above") return value <= resolve;
  if (when === "below") return value >= resolve;
  return Math.abs(value) <= resolve || (side !== 0 && value * side <= 0);
}

function verdictOf(threshold: Threshold, value: number, side: Side): Verdict {
  if (Number.isNaN(value)) return "missing";
  if (isOut(threshold, value)) return "out";
  return isBack(threshold, side, value) ? "back" : "between";
}

function sideOf(threshold: Threshold, value: number): Side {
  if (threshold.when !== "abs" || !isOut(threshold, value)) return 0;
  return value < 0 ? -1 : 1;
}
