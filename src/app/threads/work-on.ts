import { screenedPair } from "../../analytics/pair/screening.ts";
import { sweepCells } from "../study/sweep/sweep-cells.ts";
import { CALLED_OFF, DONE, type Job, NEXT, type Works } from "./job.ts";

/** Prepares a job: what it gives back does one unit, and tells what was found, if anything. */
type Work<Name extends keyof Works> = (
  given: Works[Name]["given"],
) => (unit: number) => Works[Name]["found"] | undefined;

const WORKS: { readonly [Name in keyof Works]: Work<Name> } = { sweep: sweepCells, screening: screenedPair };

/** Takes units of a job that nobody has taken, some at a step. `step` is false when none is left, or it is called off. */
export function workOn(job: Job): { readonly found: unknown[]; step(): boolean } {
  const { given, units, take, counters } = job;
  const once = (WORKS[job.work] as (given: unknown) => (unit: number) => unknown)(given);
  const found: unknown[] = [];
  const step = (): boolean => {
    const from = Atomics.add(counters, NEXT, take);
    const to = Math.min(from + take, units);
    for (let unit = from; unit < to; unit++) {
      if (Atomics.load(counters, CALLED_OFF) === 1) return false;
      const one = once(unit);
      if (one !== undefined) found.push(one);
      Atomics.add(counters, DONE, 1);
    }
    return to < units;
  };
  return { found, step };
}
