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
  const length = columns[0]?.length ?? 0;
  const r = columns.map(() => new Float64Array(width));
  const reflect = (k: number, vector: Float64Array): void => {
    const v = columns[k]!;
    let dot = 0;
    for (let i = k; i < length; i++) dot += v[i]! * vector[i]!;
    for (let i = k; i < length; i++) vector[i]! -= dot * v[i]!;
  };
  for (let k = 0; k < width; k++) {
    const v = columns[k]!;
    let squares = 0;
    for (let i = k; i < length; i++) squares += v[i]! * v[i]!;
    const head = v[k]!;
    const diagonal = head > 0 ? -Math.sqrt(squares) : Math.sqrt(squares);
    r[k]![k] = diagonal;
    // v is scaled so that the reflection is I − v vᵀ
    const scale = Math.sqrt(squares - diagonal * head);
    v[k] = head - diagonal;
    if (scale > 0) for (let i = k; i < length; i++) v[i]! /= scale;
    for (let j = k + 1; j < width; j++) {
      reflect(k, columns[j]!);
      r[k]![j] = columns[j]![k]!;
    }
  }
  return {
    r,
    applyTransposed: (vector) => {
      for (let k = 0; k < width; k++) reflect(k, vector);
    },
    apply: (vector) => {
      for (let k = width - 1; k >= 0; k--) reflect(k, vector);
    },
  };
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
