import type { TableAnswer, TableQuestion } from "../../../src/notebook/page/live-messages.ts";
import { copyText, saveCsv } from "./hand-out.ts";
import { wordsFor } from "./words.ts";

type Ask = (as: TableQuestion["as"]) => Promise<TableAnswer | undefined>;

/** Buttons that say what came of a press, and in which nothing is lost when it goes wrong. */
export interface Buttons {
  readonly node: HTMLElement;
  add(name: string, title: string, press: () => Promise<string>): HTMLButtonElement;
}

export function createButtons(className: string): Buttons {
  const node = document.createElement("span");
  node.className = className;
  const said = document.createElement("span");
  said.setAttribute("role", "status");
  node.append(said);
  let clock: ReturnType<typeof setTimeout> | undefined;
  const say = (text: string): void => {
    said.textContent = text;
    clearTimeout(clock);
    clock = setTimeout(() => said.replaceChildren(), 8_000);
  };
  return {
    node,
    add: (name, title, press) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = name;
      button.title = title;
      button.addEventListener("click", async () => {
        try {
          say(await press());
        } catch (problem) {
          say(String(problem));
        }
      });
      said.before(button);
      return button;
    },
  };
}

/** Buttons under a table that copy all of its rows, or save them as CSV. The kernel has the rows; the page asks for them. */
export function createTableBar(ask: Ask): HTMLElement {
  const { node, add } = createButtons("tickbook-status tickbook-table-bar");
  add("copy", "Copy all rows, for a spreadsheet", () => copied(ask));
  add("CSV", "Save all rows as a file", () => saved(ask, "table"));
  return node;
}

export async function copied(ask: Ask): Promise<string> {
  const { text, problem } = await answered(ask("tsv"));
  if (text !== undefined) await copyText(text);
  return problem ?? "copied";
}

export async function saved(ask: Ask, name: string): Promise<string> {
  const { text, problem } = await answered(ask("csv"));
  return text === undefined ? String(problem) : saveCsv(name, text);
}

async function answered(
  asked: Promise<TableAnswer | undefined>,
): Promise<{ readonly text?: string; readonly problem?: string }> {
  return (await asked) ?? { problem: wordsFor().noAnswer };
}
