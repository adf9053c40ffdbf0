/** The last `size` values, oldest first. */
export interface Recent {
  push(value: number): void;
  readonly isFull: boolean;
  /** The oldest one, once it is full. */
  oldest(): number;
  values(): Float64Array;
  clear(): void;
}

export function recentValues(size: number): Recent {
  const ring = new Float64Array(size);
  let count = 0;
  return {
    push: (value) => {
      ring[count % size] = value;
      count++;
    },
    get isFull() {
      return count >= size;
    },
    oldest: () => ring[count % size]!,
    values: () => {
      const at = count % size;
      if (count < size) return ring.slice(0, count);
      const out = new Float64Array(size);
      out.set(ring.subarray(at));
      out.set(ring.subarray(0, at), size - at);
      return out;
    },
    clear: () => {
      count = 0;
    },
  };
}
