import { escapeHtml, plainText } from "./escape.ts";
import { alignedCell, alignedText, tailOf } from "./table-align.ts";
import { type CellKind, type CellTexts, columnKind, columnTexts } from "./table-cells.ts";
import type { TableData } from "./table-data.ts";
import { rowOrder } from "./table-order.ts";
import { COLOURS } from "./theme.ts";
import { type HtmlView, ROWS } from "./view.ts";

export interface TableOptions {
  /** Longer tables show their first and last rows, this many together; 20 unless told. */
  readonly maxRows?: number;
  /** The name of the column to sort by; rows without a value there come last. */
  readonly sortBy?: string;
  /** Largest first. */
  readonly descending?: boolean;
  /** From 1: this page of `maxRows` rows, instead of the first and last rows. */
  readonly page?: number;
  /** What `rowOrder` has made already for the same column. */
  readonly order?: ArrayLike<number>;
}

/**
 * The look of every table: JupyterLab's colours where it has set them, and colours that suit light and dark elsewhere.
 * The class stands twice to weigh more than JupyterLab's own rule, which aligns every cell to the right.
 */
export const TABLE_CSS: string = `
.tickbook-table{overflow-x:auto;max-width:100%;margin:4px 0;container-type:inline-size}
@container (max-width:560px){.tickbook-table .spare{display:none}}
div.tickbook-table.tickbook-table table{border-collapse:collapse;border:0;margin:0;font:12px/1.45 var(--jp-ui-font-family,system-ui,sans-serif);font-variant-numeric:tabular-nums}
div.tickbook-table.tickbook-table table caption{caption-side:top;text-align:left;font-weight:600;padding:2px 0 4px}
div.tickbook-table.tickbook-table table :is(th,td){padding:2px 7px;text-align:left;white-space:nowrap;max-width:44em;overflow:hidden;text-overflow:ellipsis;vertical-align:baseline}
div.tickbook-table.tickbook-table table thead th{border-bottom:1px solid var(--jp-border-color1,rgba(128,128,128,.5));font-weight:600}
div.tickbook-table.tickbook-table table th small{font-weight:400;opacity:.7;margin-left:.35em}
div.tickbook-table.tickbook-table table :is(th,td).n{text-align:right}
div.tickbook-table.tickbook-table table td.n i{display:inline-block;text-align:left;font-style:normal}
div.tickbook-table.tickbook-table table td.w{white-space:normal;overflow-wrap:anywhere;min-width:18em;max-width:60em}
div.tickbook-table.tickbook-table table td.none{opacity:.65}
div.tickbook-table.tickbook-table table td.alarm{color:var(--jp-error-color1,${COLOURS.alarm});font-weight:600}
div.tickbook-table.tickbook-table table td.cut{opacity:.65;text-align:center}
`;

/** A table as a fragment of HTML that brings its own style. Everything in it is escaped. */
export function renderTable(table: TableData, options: TableOptions = {}): string {
  return `<style>${TABLE_CSS}</style>${tableMarkup(table, options)}`;
}

/** A table to show in a cell or a report, with an aligned plain-text version. */
export function tableView(table: TableData, options: TableOptions = {}): HtmlView {
  return {
    kind: "html",
    html: renderTable(table, options),
    text: tableText(table, options),
    [ROWS]: table,
  };
}

/** The table alone: for a page that has `TABLE_CSS` already. */
export function tableMarkup(table: TableData, options: TableOptions = {}): string {
  const { columns, rows, cutAfter, note } = layOut(table, options);
  const cell = ({ texts, title, wrap, right, spare, alarms, tail }: LaidColumn, r: number): string => {
    // a text that the column cuts off can still be read under the mouse
    const why = title(r) ?? (texts[r]!.length > 60 && !wrap ? texts[r] : undefined);
    const classes = [
      right ? "n" : "",
      wrap ? "w" : "",
      spare ? "spare" : "",
      title(r) === undefined ? "" : "none",
      alarms[r] ? "alarm" : "",
    ]
      .filter(Boolean)
      .join(" ");
    const attributes = `${classes ? ` class="${classes}"` : ""}${why ? ` title="${escapeHtml(why)}"` : ""}`;
    return `<td${attributes}>${right ? alignedCell(texts[r]!, tail) : escapeHtml(texts[r]!)}</td>`;
  };
  const head = columns
    .map(({ name, unit, mark, right, spare }) => {
      const small = unit || mark ? `<small>${escapeHtml(`${unit ?? ""}${mark}`)}</small>` : "";
      const classes = [right ? "n" : "", spare ? "spare" : ""].filter(Boolean).join(" ");
      return `<th scope="col"${classes ? ` class="${classes}"` : ""}>${escapeHtml(name)}${small}</th>`;
    })
    .join("");
  const body: string[] = [];
  for (let r = 0; r < rows.length; r++) {
    const name = table.asks?.rows[rows[r]!];
    const asked = name === undefined ? "" : ` tabindex="0" data-row="${escapeHtml(name)}"`;
    body.push(`<tr${asked}>${columns.map((column) => cell(column, r)).join("")}</tr>`);
    if (r + 1 === cutAfter) body.push(`<tr><td class="cut" colspan="${columns.length}">${note}</td></tr>`);
  }
  if (rows.length === 0) body.push(`<tr><td class="cut" colspan="${columns.length}">no rows</td></tr>`);
  const caption = table.caption ? `<caption>${escapeHtml(table.caption)}</caption>` : "";
  const asks = table.asks === undefined ? "" : ` data-asks="${escapeHtml(table.asks.of)}"`;
  return `<div class="tickbook-table"${asks}><table>${caption}<thead><tr>${head}</tr></thead><tbody>${body.join("")}</tbody></table></div>`;
}

/** The table in aligned columns of plain text. */
export function tableText(table: TableData, options: TableOptions = {}): string {
  const { columns, rows, cutAfter, note } = layOut(table, options);
  const oneLine = (text: string): string => plainText(text).replace(/\s+/g, " ");
  const heads = columns.map(({ name, unit, mark }) => oneLine(`${unit ? `${name} (${unit})` : name}${mark}`));
  const cells = columns.map(({ texts, right, tail }) =>
    texts.map((text) => (right ? alignedText(oneLine(text), tail) : oneLine(text))),
  );
  const widths = heads.map((head, c) => cells[c]!.reduce((w, text) => Math.max(w, text.length), head.length));
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, c) => (columns[c]!.right ? text.padStart(widths[c]!) : text.padEnd(widths[c]!)))
      .join("  ")
      .trimEnd();
  const lines = table.caption ? [oneLine(table.caption)] : [];
  lines.push(line(heads));
  for (let r = 0; r < rows.length; r++) {
    lines.push(line(cells.map((texts) => texts[r]!)));
    if (r + 1 === cutAfter) lines.push(note);
  }
  if (rows.length === 0) lines.push("no rows");
  return lines.join("\n");
}

interface LaidColumn extends CellTexts {
  readonly name: string;
  readonly unit: string | undefined;
  readonly right: boolean;
  readonly wrap: boolean;
  readonly spare: boolean;
  /** Which way the rows are sorted by it. */
  readonly mark: string;
  readonly alarms: readonly boolean[];
  /** Room from the decimal mark on; 0 where all cells end alike. */
  readonly tail: number;
}

interface Layout {
  readonly columns: readonly LaidColumn[];
  /** Indices of the rows shown. */
  readonly rows: readonly number[];
  /** How many rows stand above the note; 0 where all rows are shown. */
  readonly cutAfter: number;
  /** Which rows these are, of how many. */
  readonly note: string;
}

function layOut(table: TableData, options: TableOptions): Layout {
  const { sortBy, descending = false, maxRows = 20, page } = options;
  const order = options.order ?? (sortBy === undefined ? undefined : rowOrder(table, sortBy, descending));
  const { places, cutAfter, note } = placesOf(table.length, Math.max(2, Math.floor(maxRows)), page);
  const rows = order ? places.map((place) => order[place]!) : places;
  const columns = table.columns.map((column) => {
    const kind = columnKind(column, table.length);
    const { texts, title } = columnTexts(column, kind, rows);
    const isAlarm = column.alarm as ((value: unknown) => boolean) | undefined;
    const alarms = rows.map((row, r) => title(r) === undefined && isAlarm?.(column.values[row]) === true);
    const right = column.right ?? isRight(kind);
    return {
      name: column.name,
      unit: column.unit,
      right,
      tail: right ? tailOf(texts) : 0,
      wrap: column.wrap === true,
      spare: column.spare === true,
      mark: column.name === sortBy ? (descending ? " ↓" : " ↑") : "",
      title,
      alarms,
      // never by colour alone
      texts: texts.map(
        (text, r) => (alarms[r] ? "▲ " : "") + (isRight(kind) ? text.replace(/^-/, "−") : text),
      ),
    };
  });
  return { columns, rows, cutAfter, note };
}

/** Which rows are shown, counted in the order in which they are shown. */
function placesOf(
  length: number,
  most: number,
  page: number | undefined,
): { places: number[]; cutAfter: number; note: string } {
  const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, k) => from + k);
  const count = (n: number): string => n.toLocaleString("en");
  if (length <= most) return { places: range(0, length), cutAfter: 0, note: "" };
  if (page !== undefined) {
    const from = Math.min(Math.max(0, Math.floor(page) - 1), Math.ceil(length / most) - 1) * most;
    const to = Math.min(length, from + most);
    const note = `rows ${count(from + 1)} to ${count(to)} of ${count(length)}`;
    return { places: range(from, to), cutAfter: to - from, note };
  }
  const cutAfter = Math.ceil(most / 2);
  const places = [...range(0, cutAfter), ...range(length - (most - cutAfter), length)];
  return { places, cutAfter, note: `… ${count(length)} rows in all` };
}

function isRight(kind: CellKind): boolean {
  return kind === "number" || kind === "integer";
}
