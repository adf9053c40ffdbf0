/** The rows of several series in which nothing is missing. */
export interface CompleteRows {
  readonly columns: readonly Float64Array[];
  /** Where each row stood. */
  readonly indices: Int32Array;
  /** How many rows were left out. */
  readonly missing: number;
}

/** Leaves out every row with a NaN; the columns themselves come back where nothing is missing. */
export function completeRows(columns: readonly Float64Array[]): CompleteRows {
  const length = columns[0]?.length ?? 0;
  const indices = new Int32Array(length);
  if (columns.every(isWhole)) {
    for (let i = 0; i < length; i++) indices[i] = i;
    return { columns, indices, missing: 0 };
  }
  let count = 0;
  for (let i = 0; i < length; i++) {
    if (columns.every((column) => !Number.isNaN(column[i]!))) indices[count++] = i;
  }
  const kept = indices.subarray(0, count);
  if (count === length) return { columns, indices: kept, missing: 0 };
  const picked = columns.map((column) => Float64Array.from(kept, (i) => column[i]!));
  return { columns: picked, indices: kept, missing: length - count };
}

function isWhole(column: Float64Array): boolean {
  for (let i = 0; i < column.length; i++) if (Number.isNaN(column[i]!)) return false;
  return true;
}

/** The series without the NaN before its first and after its last value. */
export function trimMissing(series: Float64Array): Float64Array {
  let from = 0;
  let to = series.length;
  while (from < to && Number.isNaN(series[from]!)) from++;
  while (to > from && Number.isNaN(series[to - 1]!)) to--;
  return series.subarray(from, to);
}
