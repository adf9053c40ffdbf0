import { basename } from "node:path";
import { quote, refuse } from "../../core/errors.ts";
import { parseUtcText } from "../import/time-text.ts";
import type { Asking } from "./asking.ts";
import { type Caller, rowsOf, type TableRows } from "./read-file.ts";
import { contentOf } from "./tables/content.ts";
import { openFile } from "./tables/open-file.ts";

/** A table of rates: a row a time, a column a symbol. */
export interface RateFile {
  readonly names: readonly string[];
  /** µs since 1970 UTC, ascending. */
  readonly timeUs: Float64Array;
  /** The first of these columns that there is, whatever its case; NaN where a cell is empty. */
  column(names: readonly string[]): Float64Array | undefined;
}

const TIME = /^(time|timestamp|datetime|date|start|(calc|funding|open)[_ ]?time|ts|__index_level_0__)$/i;

/** Reads a CSV or Parquet file by its column of times, which are UTC. */
export function readRateFile(path: string, { voice, nowUs }: Caller): RateFile {
  const where = basename(path);
  const file = openFile(path);
  try {
    const content = contentOf(file);
    const asking: Asking = {
      where,
      unit: content.form === "text" ? "line" : "row",
      options: {},
      voice,
      nowUs,
    };
    const table = rowsOf(file, content, asking);
    const { names, rows } = allRows(table);
    const at = names.findIndex((name) => TIME.test(name.trim()));
    if (at < 0) {
      refuse({
        code: "no-time",
        where,
        problem: `needs a column of times (time, timestamp, funding_time, …); the file has ${names.join(", ")}`,
        hint: "Give the column of times one of these names.",
      });
    }
    const scale = { s: 1e6, ms: 1000, us: 1, ns: 1 / 1000 }[table.typed?.[at]?.unit ?? "us"] ?? 1;
    const isTyped = table.typed?.[at] !== undefined;
    const timeUs = Float64Array.from(rows, (row) => (isTyped ? Number(row[at]) * scale : timeOf(row[at]!)));
    const bad = timeUs.findIndex((us, i) => !Number.isFinite(us) || (i > 0 && us <= timeUs[i - 1]!));
    if (bad >= 0) {
      refuse({
        code: "bad-time",
        where,
        problem: `needs UTC times that ascend; got ${quote(rows[bad]![at], 60)} in row ${bad + 1}`,
        hint: "Sort the rows by time and leave out doubles.",
        facts: { row: bad + 1 },
      });
    }
    return {
      names,
      timeUs,
      column: (wanted) => {
        const k = wanted.flatMap((want) =>
          names.flatMap((name, i) => (name.toLowerCase() === want ? [i] : [])),
        )[0];
        return k === undefined ? undefined : Float64Array.from(rows, (row, i) => rateOf(where, row[k]!, i));
      },
    };
  } finally {
    file.close();
  }
}

function allRows(table: TableRows): { names: readonly string[]; rows: readonly (readonly string[])[] } {
  const rows = [...table.cells()].flatMap((part) => part.rows as (readonly string[])[]);
  table.close?.();
  const names = table.names ?? rows.shift() ?? [];
  return { names, rows };
}

/** ISO text, or a count since 1970 whose size tells its unit. */
function timeOf(text: string): number {
  if (!/^\d{9,19}$/.test(text)) return parseUtcText(text) ?? Number.NaN;
  const time = Number(text);
  return time < 1e11 ? time * 1e6 : time < 1e14 ? time * 1e3 : time < 1e17 ? time : time / 1e3;
}

function rateOf(where: string, text: string, row: number): number {
  const plain = text.trim();
  if (plain === "" || /^(nan|null)$/i.test(plain)) return Number.NaN;
  const rate = Number(plain);
  if (Math.abs(rate) < 1) return rate;
  return refuse({
    code: "bad-rate",
    where,
    problem: `needs rates of funding as shares; got ${quote(text, 40)} in row ${row + 1}`,
    hint: "0.0001 is 0.01 % of the value; leave the cell empty where none is known.",
    facts: { row: row + 1 },
  });
}
