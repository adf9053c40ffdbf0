import { type Json, type SplitSpec, splitSpec } from "../split-spec.ts";
import { type AskHistory, viewportOf } from "./history.ts";
import type { Span } from "./time-window.ts";

/** What the kernel has shown of the stretch in view, while the page's own rows do not show it. */
export interface Past {
  shown(): SplitSpec | undefined;
  /** The stretch in view has changed: what it needs is asked for. */
  look(): void;
  /** New rows have come: what follows the newest is asked for again at times. */
  follow(): void;
  close(): void;
}

export interface PastOf {
  readonly node: HTMLElement;
  readonly ask: AskHistory | undefined;
  readonly redraw: () => void;
  span(): Span;
  /** What the kernel shows by itself. */
  live(): Span;
  /** Whether the reader looks at what the kernel shows, at another stretch that ends with now, or at one that does not. */
  mode(): "free" | "follows" | "past";
  /** How many there is room for; undefined while nothing is drawn. */
  bars(): number | undefined;
  /** Whether the rows at hand do not show a stretch. */
  needs(span: Span): boolean;
  /** From when on the stretch is read; undefined: all of it. */
  reads(fromMs: number | undefined): void;
}

const settledMs = 30;
/** How far behind what was asked for once may be while it follows: the newest rows are drawn into it. */
const renewedMs = 15_000;
const pendingMs = 150;

export function createPast({ node, ask, redraw, span, live, mode, bars, needs, reads }: PastOf): Past {
  let history: (SplitSpec & { readonly lastMs: number }) | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking = false;
  let hasAsked = false;
  /** The reader has moved since the question. */
  let again = false;
  let closed = false;
  const pending = createPending(node);

  /** Rows that are not at hand are asked for, one question at a time, and those of the past are left. */
  const settle = async (): Promise<void> => {
    const wanted = span();
    if (!ask || !needs(wanted)) {
      if (history) redraw();
      history = undefined;
      reads(undefined);
      return;
    }
    again = asking;
    if (asking) return;
    [asking, hasAsked] = [true, true];
    const answer = ask({ ...wanted, bars: bars() ?? 0 });
    pending(answer);
    const shown = await answer;
    asking = false;
    if (closed) return;
    const { readFromMs } = (shown?.kind === "chart" && viewportOf(shown.spec as Json)) || {};
    reads(readFromMs);
    if (shown?.kind === "chart") {
      history = { ...splitSpec(shown.spec as Json), lastMs: wanted.lastMs };
      redraw();
    }
    if (again || readFromMs !== undefined) later(0);
  };
  const later = (ms: number): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void settle();
    }, ms);
  };
  return {
    shown: () => history,
    look: () => later(settledMs),
    follow: () => {
      if (mode() === "past") return;
      const isOld = history && live().lastMs - history.lastMs >= renewedMs;
      // of many bars the kernel is asked for fewer and longer ones
      const isTooMany = mode() === "free" && !hasAsked && bars() !== undefined && needs(live());
      if (history && isOld) history = { ...history, lastMs: live().lastMs };
      if (isOld || isTooMany) later(0);
    },
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
}

/** Marks a chart while an answer is waited for that does not come at once. */
function createPending(node: HTMLElement): (answer: Promise<unknown> | undefined) => void {
  let newest: Promise<unknown> | undefined;
  return (answer) => {
    newest = answer;
    if (answer === undefined) node.classList.remove("tickbook-pending");
    const timer = setTimeout(() => node.classList.toggle("tickbook-pending", newest === answer), pendingMs);
    void answer?.finally(() => {
      clearTimeout(timer);
      if (newest === answer) node.classList.remove("tickbook-pending");
    });
    if (answer === undefined) clearTimeout(timer);
  };
}
