import type { Bars } from "../../../core/bars.ts";
import type { ValueOf } from "../alerts.ts";
import { recentValues } from "../measures/recent-values.ts";

/** One symbol's bars of one length, step by step. */
export interface Lane {
  readonly symbol: string;
  readonly intervalUs: number;
  /** Bars that the values on this lane need, where none is lacking. */
  least: number;
  /** Bars that must be kept for a start: those, with room for bars that one symbol lacks. */
  needs: number;
  /** The bar of the present step: row `row` of `bars`; no bar where `row` is −1. */
  bars: Bars | undefined;
  row: number;
  /** The bar before the present step, however long ago; −1: there is none. */
  before: number;
}

/** A value that is made anew at each step; nodes are stepped after the nodes that they are made of. */
export interface ValueNode {
  /** Of the present step; NaN: missing. */
  value: number;
  /** `endUs`: the end of the step's bars. */
  step(endUs: number): void;
  /** Forgets all steps. What is frozen stays. */
  reset(): void;
}

/** A node which is frozen at some step, and remembered when a program ends. */
export interface FrozenNode extends ValueNode {
  readonly of: ValueOf;
  /** Plain JSON; undefined until it is frozen. */
  memory(): unknown;
  remember(memory: unknown): void;
}

/** The most extreme of the last `size` values of another node: the one that is furthest out. Missing where that is missing. */
export function extremeNode(of: ValueNode, size: number, when: "above" | "below" | "abs"): ValueNode {
  const recent = recentValues(size);
  const reach = (value: number): number =>
    when === "above" ? value : when === "below" ? -value : Math.abs(value);
  let extreme = Number.NaN;
  const node: ValueNode = {
    value: Number.NaN,
    step: () => {
      node.value = Number.NaN;
      if (Number.isNaN(of.value)) return;
      const leaves = recent.isFull ? recent.oldest() : Number.NaN;
      recent.push(of.value);
      if (!(reach(of.value) < reach(extreme))) extreme = of.value;
      else if (leaves === extreme)
        extreme = recent.values().reduce((most, value) => (reach(value) >= reach(most) ? value : most));
      node.value = extreme;
    },
    reset: () => {
      recent.clear();
      extreme = Number.NaN;
      node.value = Number.NaN;
    },
  };
  return node;
}
