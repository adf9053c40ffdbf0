import type { TableAnswer, TableQuestion } from "../../src/notebook/page/live-messages.ts";

/** Buttons under a table that copy all of its rows, or save them as CSV. The kernel has the rows; the page asks for them. */
export function createTableBar(
  ask: (as: TableQuestion["as"]) => Promise<TableAnswer | undefined>,
): HTMLElement {
  const bar = document.createElement("div");
  bar.className = "tickbook-status tickbook-table-bar";
  const said = document.createElement("span");
  said.setAttribute("role", "status");
  const button = (
    name: string,
    title: string,
    as: TableQuestion["as"],
    take: (text: string) => unknown,
  ): void => {
    const node = document.createElement("button");
    node.type = "button";
    node.textContent = name;
    node.title = title;
    node.addEventListener("click", async () => {
      said.textContent = "…";
      try {
        said.textContent = await handled(await ask(as), take);
      } catch (problem) {
        said.textContent = String(problem);
      }
    });
    bar.append(node);
  };
  button("copy", "Copy all rows, for a spreadsheet", "tsv", async (text) => {
    await copy(text);
    return "copied";
  });
  button("CSV", "Save all rows as a file", "csv", (text) => {
    save(text);
    return "saved as table.csv";
  });
  bar.append(said);
  return bar;
}

async function handled(answer: TableAnswer | undefined, take: (text: string) => unknown): Promise<string> {
  if (answer === undefined) return "no kernel answers: run the cell again";
  return "problem" in answer ? answer.problem : String(await take(answer.text));
}

/** Also where the page was not served safely, and the browser has no clipboard for it. */
async function copy(text: string): Promise<void> {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

function save(text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = "table.csv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
