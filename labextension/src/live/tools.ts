import type { TableAnswer, TableQuestion } from "../../../src/notebook/page/live-messages.ts";
import { copyPicture } from "./hand-out.ts";
import { copied, createButtons, saved } from "./table-bar.ts";
import { wordsFor } from "./words.ts";

/** What a live panel offers to whoever looks at it. */
export interface ToolsOf {
  /** The panel, to be shown alone on the screen. */
  readonly node: HTMLElement;
  name(): string;
  /** Its chart as PNG in base64; undefined where it is none. */
  picture(): string | undefined;
  rows(as: TableQuestion["as"]): Promise<TableAnswer | undefined>;
}

/** Buttons of a live panel: its picture or rows to the clipboard, its rows as CSV or as a table below, the whole screen. */
export function createTools({ node, name, picture, rows }: ToolsOf): HTMLElement {
  const buttons = createButtons("tickbook-tools");
  const file = (): string => name().replace(/[^\w.-]+/g, "-") || "panel";
  buttons.add("copy", "Copy: a chart as a picture, a table for a spreadsheet", async () => {
    const png = picture();
    return png === undefined ? copied(rows) : copyPicture(png, file());
  });
  buttons.add("CSV", "Save what is on screen as a file, each digit of it", () => saved(rows, file()));
  const table = createDataTable(rows);
  const opener = buttons.add("table", "Show the numbers of what is on screen as a table", async () => {
    const problem = await table.toggle();
    opener.setAttribute("aria-expanded", String(table.isOpen()));
    return problem;
  });
  opener.setAttribute("aria-expanded", "false");
  buttons.add("full screen", "Show this panel alone, on the whole screen; Esc ends it", async () => {
    if (document.fullscreenElement === node) await document.exitFullscreen();
    else await node.requestFullscreen();
    return "";
  });
  node.append(table.node);
  return buttons.node;
}

/** The rows of a panel as they stood when they were asked for. */
function createDataTable(rows: ToolsOf["rows"]): {
  readonly node: HTMLElement;
  toggle(): Promise<string>;
  isOpen(): boolean;
} {
  const node = document.createElement("div");
  node.className = "tickbook-data";
  node.hidden = true;
  return {
    node,
    isOpen: () => !node.hidden,
    toggle: async () => {
      if (!node.hidden) {
        node.hidden = true;
        return "";
      }
      const answer = (await rows("tsv")) ?? { problem: wordsFor().noAnswer };
      if ("problem" in answer) return answer.problem;
      node.replaceChildren(tableOf(answer.text));
      node.tabIndex = 0;
      node.hidden = false;
      return "";
    },
  };
}

function tableOf(tsv: string): HTMLTableElement {
  const [head = [], ...body] = tsv
    .split("\r\n")
    .map((line) => line.split("\t").map((cell) => cell.replace(/^"(.*)"$/, "$1").replaceAll('""', '"')));
  const table = document.createElement("table");
  const row = (cells: readonly string[], tag: "th" | "td"): HTMLTableRowElement => {
    const node = document.createElement("tr");
    for (const text of cells) {
      const cell = document.createElement(tag);
      cell.textContent = text;
      if (/^[−-]?[\d,.]+$/.test(text)) cell.className = "n";
      if (tag === "th") cell.setAttribute("scope", "col");
      node.append(cell);
    }
    return node;
  };
  const at = new Date().toISOString().slice(11, 19);
  table.createCaption().textContent = `What was on screen at ${at} UTC, newest first`;
  table.createTHead().append(row(head, "th"));
  const lines = body.filter((cells) => cells.length === head.length).reverse();
  table.createTBody().append(...lines.map((cells) => row(cells, "td")));
  return table;
}
