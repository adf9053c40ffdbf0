/**
 * The deepest fall within the last `window` returns: min over s < u in view of v[u] / v[s] − 1, 0 where it only rose.
 *
 * Causal. NaN until there are `window` returns (`start` is where the first one begins). O(1) each, for falls of two
 * neighbouring stretches add up: the deeper of the two, or from the first's peak to the second's low. As with rolling
 * sums here, a view is the tail of one block and the head of the next.
 */
export function rollingDrawdown(start: number, values: Float64Array, window: number): Float64Array {
  const n = values.length;
  const out = new Float64Array(n).fill(Number.NaN);
  const width = window + 1;
  const at = (i: number): number => (i === 0 ? start : values[i - 1]!);
  // of places i … end of the block: its peak and its deepest fall
  const tailPeak = new Float64Array(width);
  const tailFall = new Float64Array(width);
  for (let block = 0; block <= n; block += width) {
    let [peak, low, fall] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 0];
    for (let k = 0; k < width && block + k <= n; k++) {
      const value = at(block + k);
      peak = Math.max(peak, value);
      low = Math.min(low, value);
      fall = Math.min(fall, value / peak - 1);
      if (block + k < window) continue;
      // the tail that a view of `width` values ending here takes from the block before
      const tail = k + 1;
      out[block + k - 1] = tail === width ? fall : Math.min(fall, tailFall[tail]!, low / tailPeak[tail]! - 1);
    }
    if (block + width > n + 1) break;
    let [highest, lowest, deepest] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 0];
    for (let k = width - 1; k >= 0; k--) {
      const value = at(block + k);
      highest = Math.max(highest, value);
      lowest = Math.min(lowest, value);
      deepest = Math.min(deepest, lowest / value - 1);
      tailPeak[k] = highest;
      tailFall[k] = deepest;
    }
  }
  return out;
}
