/**
 * A statistic that takes one bar at a time. The series function of the same name is a loop over it, so a live
 * number is the batch number to the last bit. Values are finite, or NaN for a missing bar.
 */
export interface Operator {
  /** The statistic with this bar included; NaN where it is not defined. */
  push(value: number): number;
}

/** As `Operator`, for a statistic of two series. */
export interface PairOperator {
  push(y: number, x: number): number;
}

/** Runs an operator over a whole series: same length, index by index. */
export function runOperator(operator: Operator, values: Float64Array): Float64Array {
  const out = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) out[i] = operator.push(values[i]!);
  return out;
}
