/** The median of values without NaN: the middle one, or the mean of the two in the middle. Orders them in place. */
export function medianInPlace(values: Float64Array): number {
  const n = values.length;
  if (n === 0) return Number.NaN;
  values.sort();
  const middle = n >> 1;
  return n % 2 === 1 ? values[middle]! : values[middle - 1]! + (values[middle]! - values[middle - 1]!) / 2;
}

/** The median absolute deviation from `centre`, as it is: not scaled to a standard deviation. */
export function medianDeviation(values: Float64Array, centre: number): number {
  return medianInPlace(values.map((value) => Math.abs(value - centre)));
}

/** Φ⁻¹(¾): the MAD of normal values is this many standard deviations. R's `rlm` rounds it to 0.6745. */
export const MAD_OF_NORMAL = 0.674489750196082;
