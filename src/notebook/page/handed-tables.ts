import { csvText } from "../../render/csv.ts";
import type { TableData } from "../../render/table-data.ts";
import { rowOrder } from "../../render/table-order.ts";
import { kernelApi } from "./kernel-api.ts";
import { TABLES, type TableAnswer, type TableQuestion } from "./live-messages.ts";

/** How a table is ordered where it is shown. */
export interface TableOrder {
  readonly sortBy?: string | undefined;
  readonly descending?: boolean | undefined;
}

interface Handed extends TableOrder {
  readonly table: TableData;
}

const mostKept = 200;
const mostLetters = 50_000_000;
const key = Symbol.for("tickbook.tables");

/**
 * Keeps a table that is shown, so that the page can ask for all of its rows, each digit of them; until its cell runs
 * again. Undefined where nobody can ask.
 */
export function handTable(table: TableData, order: TableOrder): string | undefined {
  const kernel = kernelApi();
  if (!kernel) return undefined;
  const place = globalThis as { [key]?: Map<string, Handed> };
  place[key] ??= answerFrom(new Map());
  const tables = place[key];
  const id = String(nextId++);
  tables.set(id, { table, ...order });
  kernel.onCellRerun(() => tables.delete(id));
  for (const old of [...tables.keys()].slice(0, -mostKept)) tables.delete(old);
  return id;
}

let nextId = Date.now();

function answerFrom(tables: Map<string, Handed>): Map<string, Handed> {
  kernelApi()?.comms.onOpen(TABLES, (comm, data) => {
    const { table: id, as } = data as Partial<TableQuestion>;
    comm.send(answer(tables.get(String(id)), as) as Record<string, unknown>);
    comm.close();
  });
  return tables;
}

function answer(of: Handed | undefined, as: TableQuestion["as"] | undefined): TableAnswer {
  if (!of) return { problem: "the kernel no longer has it: run its cell again" };
  const { table, sortBy, descending = false } = of;
  const cells = table.length * table.columns.length;
  const problem = `${cells.toLocaleString("en")} values are too many for a page: write them to a file, with csvText or exportCsv`;
  if (cells > mostLetters / 4) return { problem };
  const text = csvText(sortBy === undefined ? table : ordered(table, rowOrder(table, sortBy, descending)), {
    separator: as === "tsv" ? "\t" : ",",
  });
  return text.length > mostLetters ? { problem } : { text };
}

function ordered(table: TableData, order: ArrayLike<number>): TableData {
  const columns = table.columns.map((column) => ({
    ...column,
    values: Array.from(order, (row) => column.values[row]),
  }));
  return { ...table, columns };
}
