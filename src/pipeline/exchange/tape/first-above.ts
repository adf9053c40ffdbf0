/** The first place in `0 … length` whose value is above `limit`, values ascending. */
export function firstAbove(length: number, value: (at: number) => number, limit: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value(middle) > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}
