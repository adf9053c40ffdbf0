import { csvText } from "../../render/csv.ts";
import type { TableColumn, TableData } from "../../render/table-data.ts";
import { ROWS, type View } from "../../render/view.ts";
import type { RowsQuestion, TableAnswer } from "./live-messages.ts";

/** What a view shows as text: every digit, of the stretch in view where the view has a time axis. */
export function rowsAnswer(view: View | undefined, { as, stretch }: RowsQuestion): TableAnswer {
  const rows = view?.[ROWS];
  const table = typeof rows === "function" ? rows() : rows;
  if (!table) return { problem: "this panel has no rows" };
  const shown = stretch ? within(table, stretch.fromMs * 1000, stretch.toMs * 1000) : table;
  return { text: csvText(shown, { separator: as === "tsv" ? "\t" : "," }) };
}

/** Rows by their time: those of a table that has none stay. A bar is in view where its begin is, or the end of the one before. */
function within(table: TableData, fromUs: number, toUs: number): TableData {
  const time = table.columns.find(({ kind }) => kind === "time");
  if (!time) return table;
  const times = Array.from(time.values, Number);
  const barUs = Math.min(...times.slice(1).map((us, i) => us - times[i]!));
  const rows = [...times.keys()].filter((row) => {
    const us = times[row]!;
    return us < toUs && us + (Number.isFinite(barUs) ? barUs : 0) > fromUs;
  });
  const columns = table.columns.map(
    (column): TableColumn => ({ ...column, values: rows.map((row) => column.values[row]) }),
  );
  return { ...table, length: rows.length, columns };
}
