import { quote } from "../../../core/errors.ts";
import { type Asking, columnsTold, refuseRow, say } from "../asking.ts";
import { numberText } from "../values/number-text.ts";
import { timeText } from "../values/time-text.ts";
import { bareName, meaningOf } from "./roles.ts";

/** The names of a file's columns, and how many of its first rows hold them. */
export interface HeaderNames {
  readonly names: readonly string[];
  readonly rows: number;
  /** What its user called the columns by meaning. */
  readonly given: ReadonlySet<number>;
}

/** The names that a file's first rows hold; undefined: it has no header. */
export function headerNames(asking: Asking, rows: readonly (readonly string[])[]): HeaderNames | undefined {
  const columns = asking.options.columns === undefined ? undefined : columnsTold(asking.options.columns);
  const first = rows[0]!;
  if (Array.isArray(columns)) return listed(asking, columns as readonly string[], first);
  const header = severalRows(rows) ?? (isHeader(first) ? { names: first, rows: 1 } : undefined);
  if (header === undefined) {
    if (columns === undefined) return undefined;
    return refuseRow(asking, {
      code: "no-header",
      row: 1,
      need: `a header with the names that you gave; it begins with ${quote(first.join(","), 80)}`,
      hint: `Name its columns in their order instead: ${say(asking, "columns", "time,price,qty")}.`,
    });
  }
  return renamed(asking, header, (columns ?? {}) as Readonly<Record<string, string>>);
}

function listed(asking: Asking, names: readonly string[], first: readonly string[]): HeaderNames {
  if (names.length !== first.length) {
    refuseRow(asking, {
      code: "bad-columns",
      row: 1,
      need: `a name for each of its ${first.length} columns; got ${names.length}: ${quote(names.join(","), 80)}`,
      hint: "Call those that do not matter -.",
    });
  }
  return {
    names: names.map((name) => (name === "-" ? "" : name)),
    rows: isHeader(first) ? 1 : 0,
    given: new Set(names.keys()),
  };
}

/** A meaning that a user gave takes the place of the column's own name. */
function renamed(
  asking: Asking,
  header: { readonly names: readonly string[]; readonly rows: number },
  columns: Readonly<Record<string, string>>,
): HeaderNames {
  const names = [...header.names];
  const given = new Set<number>();
  for (const [meaning, name] of Object.entries(columns)) {
    const known = meaningOf(meaning);
    const at = header.names.indexOf(name);
    if (known === undefined) {
      refuseRow(asking, {
        code: "bad-columns",
        need: `meanings of columns that there are (time, price, qty, id, side, open, high, low, close, volume, …); got ${quote(meaning, 40)}`,
        hint: `Pass for example ${say(asking, "columns", `time=${header.names[0] ?? "Date"}`)}.`,
      });
    }
    if (at < 0) {
      refuseRow(asking, {
        code: "bad-columns",
        need: `a column ${quote(name, 60)}; the file has ${quote(header.names.join(", "), 200)}`,
        hint: "Name one of these.",
      });
    }
    names[at] = meaning;
    given.add(at);
  }
  // what the user did not name does not compete with what he named
  for (const [at, name] of names.entries()) {
    const role = meaningOf(name)?.role;
    const rival =
      role !== undefined && !given.has(at) && [...given].some((one) => meaningOf(names[one]!)?.role === role);
    if (rival) names[at] = "";
  }
  return { names, rows: header.rows, given };
}

/** Whether a row holds names: one of them is known, or none is a number or a time. */
function isHeader(row: readonly string[]): boolean {
  const isValue = (cell: string): boolean =>
    numberText(cell, undefined) !== undefined || !("problem" in timeText(cell, "dmy"));
  if (row.some((cell) => meaningOf(cell) !== undefined && cell.length > 1)) return true;
  return row.some((cell) => cell !== "") && !row.some(isValue);
}

/** Frames of several symbols are written with two rows of names, and a third that names the times. */
function severalRows(
  rows: readonly (readonly string[])[],
): { names: readonly string[]; rows: number } | undefined {
  const [first, second, third] = rows;
  if (first === undefined || second === undefined || first.length !== second.length) return undefined;
  const isRole = (name: string): boolean => meaningOf(name) !== undefined || /^adj/.test(bareName(name));
  const known = first.slice(1).every(isRole);
  const symbols =
    /^(ticker|tickers|symbol|symbols)?$/i.test(second[0]!) &&
    second.slice(1).every((cell) => cell !== "" && !/^\d/.test(cell));
  if (!known || !symbols) return undefined;
  const hasNames =
    third !== undefined &&
    /^(date|datetime|time|timestamp)$/i.test(third[0]!) &&
    third.slice(1).every((cell) => cell === "");
  const names = first.map((name, i) => (i === 0 ? (hasNames ? third[0]! : "") : `${second[i]}_${name}`));
  return { names, rows: hasNames ? 3 : 2 };
}
