import { dirname, resolve } from "node:path";
import { writeWhole } from "../../app/study/report/page.ts";
import { requireFields, requireText } from "../../core/arguments.ts";
import type { Venue } from "../../core/trade.ts";
import { makeFolder } from "../../pipeline/store/file/folder.ts";
import { csvText } from "../../render/csv.ts";
import { tableView } from "../../render/table.ts";
import type { TableData } from "../../render/table-data.ts";
import type { View } from "../../render/view.ts";
import type { Viewable } from "../view/views.ts";

/** A file that was written: a cell shows where it is. */
export interface Exported extends Viewable {
  readonly path: string;
  readonly bytes: number;
}

/** Writes a table as CSV beside the notebook, with the venue in each row; the folder is made if need be. */
export async function saveTable(path: string, table: TableData, venue: Venue): Promise<Exported> {
  requireText("saveTable", "path", path);
  requireFields("saveTable", "table", table, ["length"]);
  requireFields("saveTable", "venue", venue, ["name", "kind"]);

  return writeExport(path, csvText(table, { venue }));
}

export async function writeExport(file: string, text: string): Promise<Exported> {
  const path = resolve(file);
  const bytes = Buffer.from(text, "utf8");
  makeFolder(dirname(path));
  await writeWhole(path, bytes);
  const toView = (): View =>
    tableView({
      length: 1,
      columns: [
        { name: "written to", values: [path] },
        { name: "size", values: [bytes.length / 1024], kind: "number", unit: "KiB", digits: 0 },
      ],
    });
  return { path, bytes: bytes.length, toView };
}
