/** The mean to the last digit or two whatever the offset: taken about the first value, then corrected once. */
export function mean(values: Float64Array): number {
  const n = values.length;
  const first = values[0] ?? Number.NaN;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i]! - first;
  const rough = first + sum / n;
  let rest = 0;
  for (let i = 0; i < n; i++) rest += values[i]! - rough;
  return rough + rest / n;
}

/** A series about its mean, to more digits than a double holds beside a large offset. */
export interface Centred {
  readonly values: Float64Array;
  readonly mean: number;
  /** What the rounding of `mean` left out: the mean is `mean + rest`. */
  readonly rest: number;
}

/** Takes the mean off, and what the rounding of the mean left. */
export function centre(values: Float64Array): Centred {
  const rough = mean(values);
  const centred = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) centred[i] = values[i]! - rough;
  const rest = mean(centred);
  for (let i = 0; i < centred.length; i++) centred[i]! -= rest;
  return { values: centred, mean: rough, rest };
}

/** Σ (x − centre)². */
export function squaresAbout(values: Float64Array, centre: number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const d = values[i]! - centre;
    sum += d * d;
  }
  return sum;
}

/** Standard deviation, n − 1 divisor. */
export function standardDeviation(values: Float64Array): number {
  return Math.sqrt(squaresAbout(values, mean(values)) / (values.length - 1));
}

/** Σ a b. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
