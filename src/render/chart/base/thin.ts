/**
 * Which rows of long columns to draw: stretches of equal length, and of each its first row and those at which a column is
 * smallest, largest or not defined. No spike and no gap is lost. All rows, where `most` or fewer.
 */
export function drawnRows(columns: readonly ArrayLike<number>[], length: number, most: number): Int32Array {
  if (length <= most) return Int32Array.from({ length }, (_, i) => i);
  const stretches = Math.max(1, Math.floor(most / (2 * Math.max(1, columns.length) + 1)));
  const kept = new Set<number>([length - 1]);
  for (let k = 0; k < stretches; k++) {
    const from = Math.floor((k * length) / stretches);
    const to = Math.floor(((k + 1) * length) / stretches);
    kept.add(from);
    for (const column of columns) for (const row of extremes(column, from, to)) kept.add(row);
  }
  return Int32Array.from(kept).sort();
}

/** The rows from `from` to `to`, not included, at which a column is smallest, largest and, first, not defined. */
export function extremes(column: ArrayLike<unknown>, from: number, to: number): number[] {
  let smallest = -1;
  let largest = -1;
  let gap = -1;
  for (let i = from; i < to; i++) {
    const value = column[i];
    if (typeof value !== "number" || !Number.isFinite(value)) {
      if (gap < 0) gap = i;
      continue;
    }
    if (smallest < 0 || value < (column[smallest] as number)) smallest = i;
    if (largest < 0 || value > (column[largest] as number)) largest = i;
  }
  return [smallest, largest, gap].filter((row) => row >= 0);
}

/** What stands under the title of a chart that leaves rows out. */
export function thinNote(drawn: number, length: number): string {
  return drawn === length ? "" : `drawn by the extremes of each ${Math.round((2 * length) / drawn)} bars`;
}

/** Of marks over time, the first of each kind in each of so many stretches of equal length; all where there are no more than two a stretch. */
export function spacedMarks<Mark>(
  marks: readonly Mark[],
  place: (mark: Mark) => { readonly us: number; readonly kind: number | string },
  [fromUs, toUs]: readonly [number, number],
  stretches: number,
): readonly Mark[] {
  if (marks.length <= 2 * stretches) return marks;
  const seen = new Set<string>();
  return marks.filter((mark) => {
    const { us, kind } = place(mark);
    const cell = `${Math.floor((stretches * (us - fromUs)) / (toUs - fromUs))} ${kind}`;
    if (seen.has(cell)) return false;
    seen.add(cell);
    return true;
  });
}
