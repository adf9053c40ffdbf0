import { dotFrom, makeReflector, reflect } from "./qr.ts";

/** Columns taken one after the other out of a target: the least squares fits on the first 1, 2, 3, … of them. */
export interface NestedFit {
  /** For each column, what the target had along its new direction; NaN where the column brought none. */
  readonly along: Float64Array;
  /** For each column, what is left of it beside those before: the diagonal of R. */
  readonly diagonal: Float64Array;
  /** Σ of squares of what all columns leave of the target. */
  readonly rest: number;
}

/** By Householder reflections. A column that is a combination of those before it, to rounding, is passed over. */
export function nestedFit(columns: readonly Float64Array[], target: Float64Array): NestedFit {
  const left = target.slice();
  const work = columns.map((column) => column.slice());
  const along = new Float64Array(columns.length).fill(Number.NaN);
  const diagonal = new Float64Array(columns.length);
  let row = 0;
  work.forEach((column, k) => {
    const length = Math.sqrt(dotFrom(columns[k]!, columns[k]!, 0));
    const remains = Math.sqrt(dotFrom(column, column, row));
    if (!(remains > 1e-12 * length)) return;
    diagonal[k] = makeReflector(column, row);
    for (let j = k + 1; j < work.length; j++) reflect(column, work[j]!, row);
    reflect(column, left, row);
    along[k] = left[row]!;
    row += 1;
  });
  return { along, diagonal, rest: dotFrom(left, left, row) };
}

/**
 * The same by the Cholesky factor of all products, at a quarter of the work but with the square of the condition:
 * undefined where that would cost more than six of the sixteen digits.
 */
export function quickNestedFit(
  columns: readonly Float64Array[],
  target: Float64Array,
): NestedFit | undefined {
  const all = [...columns, target];
  const lengths = all.map((column) => Math.sqrt(dotFrom(column, column, 0)));
  const factor = all.map(() => new Float64Array(all.length));
  for (let j = 0; j < all.length; j++) {
    const row = factor[j]!;
    for (let k = 0; k <= j; k++) {
      const product = j === k ? 1 : dotFrom(all[j]!, all[k]!, 0) / (lengths[j]! * lengths[k]!);
      let left = product;
      for (let i = 0; i < k; i++) left -= row[i]! * factor[k]![i]!;
      if (j === k && !(left > 1e-6)) return undefined;
      row[k] = j === k ? Math.sqrt(left) : left / factor[k]![k]!;
    }
  }
  const last = columns.length;
  const scale = lengths[last]!;
  return {
    along: factor[last]!.subarray(0, last).map((share) => share * scale),
    diagonal: Float64Array.from(columns, (_, k) => factor[k]![k]! * lengths[k]!),
    rest: (factor[last]![last]! * scale) ** 2,
  };
}
