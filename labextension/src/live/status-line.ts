import { type Condition, statusText } from "./status-text.ts";

export interface StatusLine {
  readonly node: HTMLElement;
  show(condition: Condition): void;
}

export function createStatusLine(onPause: () => void, tools?: HTMLElement): StatusLine {
  const node = document.createElement("div");
  node.className = "tickbook-status";
  const button = document.createElement("button");
  button.type = "button";
  button.addEventListener("click", onPause);
  const state = document.createElement("b");
  const detail = document.createElement("span");
  node.append(state, detail, button, ...(tools ? [tools] : []));
  return {
    node,
    show: (condition) => {
      const text = statusText(condition);
      node.dataset.state = text.state;
      set(state, text.state);
      set(detail, text.detail);
      set(button, condition.paused ? "go on" : "pause");
      button.title = condition.paused
        ? "Draw the newest picture again"
        : "Stop drawing in this tab; the kernel goes on";
      button.hidden = condition.stillMs !== undefined || text.state === "not live" || text.state === "asking";
    },
  };
}

function set(node: HTMLElement, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}
