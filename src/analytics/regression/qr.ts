/** A least-squares problem brought to triangular form by Householder reflections. */
export interface Qr {
  /** Row j, column k of R at `r[j][k]`, k ≥ j; the diagonal is what is left of a column beside those before it. */
  readonly r: readonly Float64Array[];
  /** Qᵀ of a vector of the same length, in place. */
  readonly applyTransposed: (vector: Float64Array) => void;
  /** Q of a vector of the same length, in place. */
  readonly apply: (vector: Float64Array) => void;
}

/** Factors the columns, which are overwritten: the reflectors are kept there. */
export function qr(columns: readonly Float64Array[]): Qr {
  const width = columns.length;
  const r = columns.map(() => new Float64Array(width));
  columns.forEach((column, k) => {
    r[k]![k] = makeReflector(column, k);
    for (let j = k + 1; j < width; j++) {
      reflect(column, columns[j]!, k);
      r[k]![j] = columns[j]![k]!;
    }
  });
  return {
    r,
    applyTransposed: (vector) => {
      for (let k = 0; k < width; k++) reflect(columns[k]!, vector, k);
    },
    apply: (vector) => {
      for (let k = width - 1; k >= 0; k--) reflect(columns[k]!, vector, k);
    },
  };
}

/**
 * Turns a column, from `row` on, into the reflector v that sends it to (d, 0, 0, …): I − v vᵀ. Returns d.
 */
export function makeReflector(column: Float64Array, row: number): number {
  const squares = dotFrom(column, column, row);
  const head = column[row]!;
  const diagonal = head > 0 ? -Math.sqrt(squares) : Math.sqrt(squares);
  const scale = Math.sqrt(squares - diagonal * head);
  column[row] = head - diagonal;
  if (scale > 0) for (let i = row; i < column.length; i++) column[i]! /= scale;
  return diagonal;
}

/** Applies a reflector made at `row` to a vector, in place. */
export function reflect(reflector: Float64Array, vector: Float64Array, row: number): void {
  const along = dotFrom(reflector, vector, row);
  for (let i = row; i < vector.length; i++) vector[i]! -= along * reflector[i]!;
}

/** Σ a b from an index on, in four sums side by side: as exact, and it does not wait for each addition. */
export function dotFrom(a: Float64Array, b: Float64Array, from: number): number {
  const n = a.length;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = from;
  for (; i + 3 < n; i += 4) {
    s0 += a[i]! * b[i]!;
    s1 += a[i + 1]! * b[i + 1]!;
    s2 += a[i + 2]! * b[i + 2]!;
    s3 += a[i + 3]! * b[i + 3]!;
  }
  for (; i < n; i++) s0 += a[i]! * b[i]!;
  return s0 + s1 + (s2 + s3);
}

/** Solves R z = b for the first `r.length` values of b. */
export function solveUpper(r: readonly Float64Array[], b: Float64Array): Float64Array {
  const z = new Float64Array(r.length);
  for (let j = r.length - 1; j >= 0; j--) {
    let rest = b[j]!;
    for (let k = j + 1; k < r.length; k++) rest -= r[j]![k]! * z[k]!;
    z[j] = rest / r[j]![j]!;
  }
  return z;
}
