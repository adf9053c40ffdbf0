/** The number of pairs i < j with values[i] > values[j], by merge sort. Orders `values` in place. */
export function countInversions(
  values: Float64Array,
  buffer: Float64Array = new Float64Array(values.length),
): number {
  const n = values.length;
  let from = values;
  let to = buffer;
  let count = 0;
  for (let width = 1; width < n; width *= 2) {
    for (let start = 0; start < n; start += 2 * width) {
      const middle = Math.min(start + width, n);
      const end = Math.min(start + 2 * width, n);
      let left = start;
      let right = middle;
      for (let at = start; at < end; at++) {
        if (left < middle && (right >= end || from[left]! <= from[right]!)) {
          to[at] = from[left++]!;
        } else {
          to[at] = from[right++]!;
          count += middle - left;
        }
      }
    }
    [from, to] = [to, from];
  }
  if (from !== values) values.set(from);
  return count;
}

/** The sizes of the groups of equal values in an ordered series, those of one value left out. */
export function tieSizes(ordered: ArrayLike<number>): number[] {
  const sizes: number[] = [];
  for (let i = 0; i < ordered.length; ) {
    let j = i + 1;
    while (j < ordered.length && ordered[j] === ordered[i]) j++;
    if (j - i > 1) sizes.push(j - i);
    i = j;
  }
  return sizes;
}
