import type { ActAnswer, ActQuestion } from "../../../src/notebook/page/live-messages.ts";
import { wordsFor } from "../live/words.ts";
import { lookAt } from "./look-at.ts";

export type Act = (question: ActQuestion) => Promise<ActAnswer | undefined>;

const MINUTE = 60_000;

/** A row of alerts that is clicked, or on which Enter is pressed, offers what can be done about its alert. */
export function listenToRows(node: HTMLElement, act: Act): void {
  const open = (event: Event): void => {
    const row = (event.target as HTMLElement).closest<HTMLElement>("tr[data-row]");
    const of = row?.closest<HTMLElement>("[data-asks]")?.dataset.asks;
    if (!row || of === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    openMenu(row, { of, alert: row.dataset.row ?? "" }, act);
  };
  node.addEventListener("click", open);
  node.addEventListener("keydown", (event) => {
    if (event.key === "Enter") open(event);
  });
}

let close = (): void => {};

function openMenu(row: HTMLElement, which: Pick<ActQuestion, "of" | "alert">, act: Act): void {
  close();
  const menu = document.createElement("div");
  menu.className = "tickbook-menu";
  menu.setAttribute("role", "menu");
  const said = document.createElement("div");
  said.setAttribute("role", "status");
  const does = async (what: Omit<ActQuestion, "of" | "alert">): Promise<void> => {
    const answer = await act({ ...which, ...what });
    if (answer === undefined) said.textContent = wordsFor().noAnswer;
    else if ("problem" in answer) said.textContent = answer.problem;
    else {
      if (answer.fromMs !== undefined && answer.toMs !== undefined) lookAt(answer.fromMs, answer.toMs);
      close();
    }
  };
  const item = (label: string, what: Omit<ActQuestion, "of" | "alert">): HTMLButtonElement => {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("role", "menuitem");
    button.textContent = label;
    button.addEventListener("click", () => void does(what));
    return button;
  };
  const text = row.textContent ?? "";
  const isSnoozed = [...row.children].some((cell) => /^to \d\d:\d\d$/.test(cell.textContent ?? ""));
  const first = item("Show on the chart", { act: "look" });
  menu.append(
    first,
    ...(text.includes("FIRING") ? [item("Acknowledge", { act: "acknowledge" })] : []),
    item("Snooze for 15 min", { act: "snooze", forMs: 15 * MINUTE }),
    item("Snooze for 1 h", { act: "snooze", forMs: 60 * MINUTE }),
    snoozeUntil((untilMs) => void does({ act: "snooze", untilMs })),
    ...(isSnoozed ? [item("End the snooze", { act: "wake" })] : []),
    said,
  );
  place(menu, row);
  first.focus();

  const onKey = (event: KeyboardEvent): void => {
    if (event.key === "Escape") close();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const items = [...menu.querySelectorAll<HTMLElement>("button, input")];
    items[
      (items.indexOf(document.activeElement as HTMLElement) + step + items.length) % items.length
    ]?.focus();
  };
  const onDown = (event: Event): void => {
    if (!menu.contains(event.target as Node)) close();
  };
  menu.addEventListener("keydown", onKey);
  document.addEventListener("pointerdown", onDown, true);
  close = () => {
    document.removeEventListener("pointerdown", onDown, true);
    menu.remove();
    close = () => {};
  };
}

/** A time of day, UTC: the next one of that name. */
function snoozeUntil(take: (untilMs: number) => void): HTMLElement {
  const line = document.createElement("form");
  const input = document.createElement("input");
  input.type = "time";
  input.required = true;
  input.setAttribute("aria-label", "Snooze until, UTC");
  input.value = new Date(Date.now() + 120 * MINUTE).toISOString().slice(11, 16);
  const button = document.createElement("button");
  button.textContent = "Snooze until";
  line.append(button, input, "UTC");
  line.addEventListener("submit", (event) => {
    event.preventDefault();
    take(nextTime(input.value, Date.now()));
  });
  return line;
}

/** The first moment after `nowMs` at which a clock in UTC shows `HH:MM`. */
export function nextTime(clock: string, nowMs: number): number {
  const [hours, minutes] = clock.split(":").map(Number) as [number, number];
  const at = new Date(nowMs).setUTCHours(hours, minutes, 0, 0);
  return at > nowMs ? at : at + 1440 * MINUTE;
}

function place(menu: HTMLElement, row: HTMLElement): void {
  document.body.append(menu);
  const { left, bottom, top } = row.getBoundingClientRect();
  const { offsetHeight: height, offsetWidth: width } = menu;
  const y = bottom + height > innerHeight ? Math.max(4, top - height) : bottom;
  menu.style.top = `${y}px`;
  menu.style.left = `${Math.max(4, Math.min(left + 12, innerWidth - width - 8))}px`;
}
