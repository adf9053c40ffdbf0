import type { Measure, MeasureFacts } from "./measure.ts";
import { PAIR_MEASURES } from "./pair-measures.ts";
import { SYMBOL_MEASURES } from "./symbol-measures.ts";

/**
 * Every measure with its implementation: the one table behind the checks, the JSON Schema, the evaluator, the scores and the
 * documentation. A name of `Measure` that is not in it does not compile.
 */
export const MEASURES: Readonly<Record<Measure, MeasureFacts>> = { ...PAIR_MEASURES, ...SYMBOL_MEASURES };

export const MEASURE_NAMES: readonly Measure[] = Object.keys(MEASURES) as Measure[];
