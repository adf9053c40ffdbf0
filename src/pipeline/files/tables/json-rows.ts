import { quote } from "../../../core/errors.ts";
import { type Asking, refuseRow } from "../asking.ts";
import { textBytes } from "../text/decoder.ts";
import type { Cells } from "../text/records.ts";

/** Rows of a JSON file, and the names of their columns. */
export interface JsonTable {
  /** Undefined: its rows are lists. */
  readonly names: readonly string[] | undefined;
  readonly cells: Cells;
}

/**
 * JSON lines, or one list, of objects or of lists. Numbers keep the text they were written with. A key that some rows do
 * not have is an empty cell there; what is nested is a cell that no column can be read from.
 */
export function jsonTable(content: Uint8Array, asking: Asking): JsonTable {
  const bytes = textBytes(asking.where);
  const text = bytes.decode(content) + bytes.decode();
  const { values, numbers } =
    text.trimStart().startsWith("[") && !isLines(text) ? list(asking, text) : lines(asking, text);
  const columns = new Map<string, number>();
  const isLists = Array.isArray(values[0]);
  for (const [i, value] of values.entries()) {
    if (Array.isArray(value) !== isLists || typeof value !== "object" || value === null)
      badLine(
        asking,
        numbers[i]!,
        isLists ? "a list, as the first row is" : "an object, as the first row is",
      );
    if (!isLists) for (const key of Object.keys(value)) if (!columns.has(key)) columns.set(key, columns.size);
  }
  const names = isLists ? undefined : [...columns.keys()];
  const rows = values.map((value) =>
    isLists
      ? (value as unknown[]).map(cell)
      : names!.map((name) => cell((value as Record<string, unknown>)[name])),
  );
  return { names, cells: { rows, numbers } };
}

/** Each line is a list of its own. */
function isLines(text: string): boolean {
  const end = text.indexOf("\n");
  if (end < 0) return false;
  try {
    JSON.parse(text.slice(0, end));
    return true;
  } catch {
    return false;
  }
}

function list(asking: Asking, text: string): { values: unknown[]; numbers: number[] } {
  const value = parse(asking, text, 1);
  if (!Array.isArray(value)) return badLine(asking, 1, "a list of rows");
  keysOnce(asking, text, 1);
  return { values: value, numbers: value.map((_, i) => i + 1) };
}

function lines(asking: Asking, text: string): { values: unknown[]; numbers: number[] } {
  const values: unknown[] = [];
  const numbers: number[] = [];
  for (const [i, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    values.push(parse(asking, line, i + 1));
    keysOnce(asking, line, i + 1);
    numbers.push(i + 1);
  }
  return { values, numbers };
}

/** Braces, strings, and whether a colon makes them a key. */
const TOKENS = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}]/g;

/** Refuses rows that have a key twice: of its two values JSON keeps the second, without a word. `first`: the number of the first. */
function keysOnce(asking: Asking, text: string, first: number): void {
  const open: Set<string>[] = [];
  let row = first - 1;
  for (const [token, colon] of text.matchAll(TOKENS)) {
    if (token === "{") {
      if (open.length === 0) row++;
      open.push(new Set());
    } else if (token === "}") open.pop();
    else if (colon !== undefined) {
      const quoted = token.slice(0, -colon.length);
      const key = quoted.includes("\\") ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
      const keys = open.at(-1)!;
      if (keys.has(key)) badLine(asking, row, `each key once in a row; ${quote(key, 40)} is there twice`);
      keys.add(key);
    }
  }
}

/** A number as it was written. */
class Written {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

function parse(asking: Asking, text: string, row: number): unknown {
  try {
    const keep = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
      typeof value === "number" && context?.source !== undefined ? new Written(context.source) : value;
    return JSON.parse(text, keep as (key: string, value: unknown) => unknown);
  } catch {
    return badLine(asking, row, `JSON; got ${quote(text, 80)}`);
  }
}

function badLine(asking: Asking, row: number, need: string): never {
  return refuseRow(asking, { code: "bad-json", row, need });
}

const NESTED = "{…}";

function cell(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Written) return value.text;
  if (typeof value === "string") return value.trim();
  return typeof value === "boolean" ? String(value) : NESTED;
}
