import type { FileAnswer, FileQuestion } from "../../src/notebook/page/live-messages.ts";
import { wordsFor } from "./live/words.ts";

const KINDS = [
  { as: "csv", label: "CSV", type: "text/csv", title: "Make the file of figures" },
  { as: "html", label: "HTML", type: "text/html", title: "Make the page with the charts" },
] as const;

/** Buttons that have the kernel make a file, which the browser then saves; a link to each stays beside them. */
export function createExportBar(
  ask: (as: FileQuestion["as"]) => Promise<FileAnswer | undefined>,
): HTMLElement {
  const bar = document.createElement("div");
  bar.className = "tickbook-status tickbook-export-bar";
  const said = document.createElement("span");
  said.setAttribute("role", "status");
  for (const { as, label, type, title } of KINDS) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.title = title;
    button.addEventListener("click", async () => {
      button.disabled = true;
      said.replaceChildren("…");
      const answer = await ask(as).catch((problem) => ({ problem: String(problem) }));
      button.disabled = false;
      if (answer === undefined) said.replaceChildren(wordsFor().noAnswer);
      else if ("problem" in answer) said.replaceChildren(answer.problem);
      else {
        const link = linkTo(answer, type);
        said.replaceChildren(link, ` ${sizeText(answer.text)}, also kept as ${answer.place}`);
        link.click();
      }
    });
    bar.append(button);
  }
  bar.append(said);
  return bar;
}

/** The last file of each kind; its memory is let go when the next one comes. */
const kept = new Map<string, string>();

function linkTo({ name, text }: Extract<FileAnswer, { name: string }>, type: string): HTMLAnchorElement {
  URL.revokeObjectURL(kept.get(type) ?? "");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.className = "tickbook-export-link";
  link.textContent = name;
  kept.set(type, link.href);
  return link;
}

function sizeText(text: string): string {
  const kilobytes = Math.max(1, Math.round(text.length / 1024));
  return kilobytes < 1024 ? `(${kilobytes} kB)` : `(${(kilobytes / 1024).toFixed(1)} MB)`;
}
