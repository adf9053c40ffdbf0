import Database from "better-sqlite3";
import { quote, refuse } from "../../../core/errors.ts";
import { type Asking, refuseRow, say } from "../asking.ts";
import type { Cells } from "../text/records.ts";

/** Rows of a table or of a query of an SQLite database. */
export interface SqlTable {
  readonly names: readonly string[];
  /** Which it is, for people. */
  readonly told: string;
  rows(): Generator<Cells>;
  close(): void;
}

const SLICE_ROWS = 20_000;

/** Opens a database for reading only. Whole numbers keep every digit; a query may not write. */
export function sqliteTable(path: string, asking: Asking): SqlTable {
  const { table, query } = asking.options;
  if (table !== undefined && query !== undefined) {
    refuseRow(asking, {
      code: "bad-setting",
      need: `a table or a query; got both, ${quote(table, 60)} and ${quote(query, 60)}`,
      hint: `Leave one of them out, ${say(asking, "table", table)} or the query.`,
    });
  }
  const db = opened(path, asking);
  try {
    const from = query === undefined ? tableOf(db, asking, table) : undefined;
    const sql = query ?? `SELECT * FROM "${from!.replaceAll('"', '""')}"`;
    const statement = prepared(db, asking, sql);
    const names = statement.columns().map(({ name }) => name);
    return {
      names,
      told: from === undefined ? "Read by your query." : `Read from the table ${quote(from, 60)}.`,
      rows: function* () {
        let rows: string[][] = [];
        let first = 1;
        for (const row of statement.safeIntegers().raw().iterate() as Iterable<unknown[]>) {
          rows.push(row.map(cell));
          if (rows.length < SLICE_ROWS) continue;
          yield { rows, numbers: counted(first, rows.length) };
          first += rows.length;
          rows = [];
        }
        if (rows.length > 0) yield { rows, numbers: counted(first, rows.length) };
      },
      close: () => db.close(),
    };
  } catch (error) {
    db.close();
    throw error;
  }
}

function counted(first: number, length: number): number[] {
  return Array.from({ length }, (_, i) => first + i);
}

function opened(path: string, { where }: Asking): Database.Database {
  try {
    return new Database(path, { readonly: true, fileMustExist: true });
  } catch (error) {
    return refuse({
      code: "unreadable-database",
      where,
      problem: `needs an SQLite database that can be read; ${quote((error as Error).message, 120)}`,
      hint: "See whether it is complete, and whether its folder may be written to.",
    });
  }
}

function tableOf(db: Database.Database, asking: Asking, wanted: string | undefined): string {
  const all = db
    .prepare(
      "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY name",
    )
    .pluck()
    .all() as string[];
  if (wanted === undefined && all.length === 1) return all[0]!;
  if (wanted !== undefined && all.includes(wanted)) return wanted;
  return refuseRow(asking, {
    code: "open-table",
    need:
      wanted === undefined
        ? `the name of a table; it has ${all.length}`
        : `a table of this database; got ${quote(wanted, 60)}`,
    hint:
      all.length === 0
        ? "It is empty."
        : `Pass ${say(asking, "table", all[0]!)}; there are ${all.map((name) => quote(name, 60)).join(", ")}.`,
  });
}

function prepared(db: Database.Database, asking: Asking, sql: string): Database.Statement {
  try {
    const statement = db.prepare(sql);
    if (statement.reader) return statement;
    throw new Error("it gives no rows");
  } catch (error) {
    return refuseRow(asking, {
      code: "bad-query",
      need: `a query that gives rows; ${quote(sql, 100)}: ${(error as Error).message}`,
      hint: `Pass for example ${say(asking, "query", "SELECT time, price, qty FROM ticks")}.`,
    });
  }
}

function cell(value: unknown): string {
  if (value === null) return "";
  if (typeof value === "string") return value.trim();
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  return "";
}
