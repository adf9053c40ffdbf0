import { TickbookError } from "../../../core/errors.ts";

/** What an estimator gives; nothing where it refuses its window: constant prices, too few of them. */
export function orNothing<T>(estimate: () => T): T | undefined {
  try {
    return estimate();
  } catch (error) {
    if (error instanceof TickbookError) return undefined;
    throw error;
  }
}
