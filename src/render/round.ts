/** What a chart can draw: a number rounded to `significant` digits, or null where there is none. */
export function drawable(value: number | undefined, significant: number): number | null {
  if (value === undefined || !Number.isFinite(value)) return null;
  return Number(value.toPrecision(significant));
}
