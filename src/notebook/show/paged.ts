import { tableView } from "../../render/table.ts";
import type { TableData } from "../../render/table-data.ts";
import { rowOrder } from "../../render/table-order.ts";
import { controls } from "../controls/arrange.ts";
import { checkbox } from "../controls/inputs/checkbox.ts";
import { select } from "../controls/inputs/select.ts";
import { slider } from "../controls/inputs/slider.ts";
import { reactingIn } from "../controls/reacting.ts";
import { newPlace } from "../page/display.ts";
import { handTable } from "../page/handed-tables.ts";
import type { ShowOptions } from "../view/views.ts";

const unsorted = "as it comes";

/** Shows a long table a page at a time, with what turns the pages and what sorts it. */
export function showPaged(table: TableData, options: ShowOptions): void {
  const maxRows = Math.max(2, Math.floor(options.maxRows ?? 20));
  const pages = Math.ceil(table.length / maxRows);
  const names = table.columns.map(({ name }) => name);
  const page = slider("page", { min: 1, max: pages, unit: `of ${pages.toLocaleString("en")}` });
  const column = select("sorted by", [...new Set([unsorted, ...names])], {
    value: options.sortBy ?? unsorted,
  });
  const descending = checkbox("largest first", { value: options.descending === true });
  let order: { readonly by: string; readonly descending: boolean; readonly rows: Uint32Array } | undefined;
  controls(page, column, descending);
  const id = handTable(table, options);
  reactingIn(newPlace({ still: true, ...(id !== undefined && { table: id }) }), () => {
    const by = column.value;
    const down = descending.value;
    if (by === unsorted) return tableView(table, { maxRows, page: page.value });
    if (order?.by !== by || order.descending !== down)
      order = { by, descending: down, rows: rowOrder(table, by, down) };
    return tableView(table, { maxRows, page: page.value, sortBy: by, descending: down, order: order.rows });
  });
}
