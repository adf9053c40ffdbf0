import { type Refusal, TickbookError } from "../../core/errors.ts";
import { CALLED_OFF, type Job, type Share } from "./job.ts";

/** What a thread says that has failed; it calls the job off, since the others' work would be for nothing. */
export function failedShare({ counters }: Pick<Job, "counters">, error: unknown): Share {
  Atomics.store(counters, CALLED_OFF, 1);
  // between threads an error keeps no more than its message
  if (!(error instanceof TickbookError))
    return { found: [], error: error instanceof Error ? error : new Error(String(error)) };
  const { code, where, problem, hint, facts } = error;
  return {
    found: [],
    refusal: { code, where, problem, hint, facts: JSON.parse(JSON.stringify(facts)) as typeof facts },
  };
}

/** What all have found; throws what one of them failed with. */
export function foundBy(shares: readonly Share[]): unknown[] {
  for (const { refusal, error } of shares) {
    if (refusal !== undefined) throw new TickbookError(refusal satisfies Refusal);
    if (error !== undefined) throw error;
  }
  return shares.flatMap(({ found }) => found);
}
