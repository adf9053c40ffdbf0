import { escapeHtml } from "../../render/escape.ts";
import { type TableOptions, tableView } from "../../render/table.ts";
import type { TableData } from "../../render/table-data.ts";
import type { HtmlView } from "../../render/view.ts";

/** Sentences that a person may quote, the table that they rest on, and what is to be known about it. */
export function toldView(
  sentences: string | readonly string[],
  table?: TableData,
  notes: readonly string[] = [],
  options: TableOptions = {},
): HtmlView {
  const { html, text } = table === undefined ? { html: "", text: "" } : tableView(table, options);
  const lines = (texts: readonly string[], size: string): string =>
    texts.map((line) => `<div class="tickbook-sentence" style="${size}">${escapeHtml(line)}</div>`).join("");
  const style = "line-height:1.5;font-family:var(--jp-ui-font-family,system-ui,sans-serif);max-width:62em";
  return {
    kind: "html",
    html: `${lines([sentences].flat(), `${style};font-size:13px;margin:4px 0 2px`)}${html}${lines(notes, `${style};font-size:12px;opacity:.75`)}`,
    text: [sentences, text, notes].flat().filter(Boolean).join("\n"),
  };
}
