import { quote, refuse } from "../core/errors.ts";
import type { TableData } from "./table-data.ts";

/** Texts in the order of a dictionary, numbers inside them by size: `bar 2` before `bar 10`. */
const texts = new Intl.Collator("en", { numeric: true });

/** The indices of a table's rows in the order of one column; rows without a value there come last, equal ones as they stood. */
export function rowOrder(table: TableData, by: string, descending = false): Uint32Array {
  const names = table.columns.map(({ name }) => name);
  const values =
    table.columns[names.indexOf(by)]?.values ??
    refuse({
      code: "no-column",
      where: "sortBy",
      problem: `there is no column ${quote(by, 40)}; the columns are ${names.map((name) => quote(name, 40)).join(", ")}`,
      hint: "Name one of them.",
      facts: { by, names },
    });
  const sign = descending ? -1 : 1;
  return Uint32Array.from({ length: table.length }, (_, row) => row).sort((a, b) => {
    const [x, y] = [values[a], values[b]];
    const [noX, noY] = [isGap(x), isGap(y)];
    return (noX || noY ? Number(noX) - Number(noY) : sign * compare(x, y)) || a - b;
  });
}

function compare(x: unknown, y: unknown): number {
  if (isComparable(x) && isComparable(y)) return x < y ? -1 : x > y ? 1 : 0;
  return texts.compare(String(x), String(y));
}

function isComparable(value: unknown): value is number {
  return typeof value !== "string" && typeof value !== "object" ? true : value instanceof Date;
}

function isGap(value: unknown): boolean {
  return value === null || value === undefined || Number.isNaN(value);
}
