import type { PanelState } from "../../../src/notebook/page/live-messages.ts";
import type { View } from "../../../src/render/view.ts";
import type { StretchInView } from "../chart/axis/viewport.ts";
import type { Links } from "../links.ts";
import { createStatusLine } from "./status-line.ts";
import type { Cut } from "./status-text.ts";
import { createTools } from "./tools.ts";

/** One live panel in one place of the page. */
export interface Live {
  /** The kernel's name for the panel. */
  readonly id: string;
  /** What the notebook itself holds. */
  saved(state: PanelState): void;
  newest(): { state: PanelState; view: View } | undefined;
  /** A reader looks at a stretch that ends then; undefined: at the newest. */
  looksAt(pastMs: number | undefined): void;
  /** Whether the picture is a saved one, of a kernel that is gone; undefined while that is not known. */
  isSaved(): boolean | undefined;
  close(): void;
}

/** What a live panel shows, and where. */
export interface LivePlace {
  readonly node: HTMLElement;
  show(view: View): void;
  picture(): string | undefined;
  /** The stretch of time in view, where the panel is a chart that a reader may move along. */
  stretch(): StretchInView | undefined;
  /** It lives, or does so no longer. */
  readonly changed?: (() => void) | undefined;
}

export function createLive(
  { node, show, picture, stretch, changed = () => {} }: LivePlace,
  links: Links,
  id: string,
): Live {
  let newest: PanelState | undefined;
  let view: View | undefined;
  let state: PanelState["state"] | undefined;
  let cut: Cut = "";
  let paused = false;
  let heardAt = performance.now();
  let rightAt = heardAt;
  let pastMs: number | undefined;
  let pausedMs = 0;

  const pause = (): void => {
    paused = !paused;
    pausedMs = newest?.atMs ?? 0;
    if (!paused && view) show(view);
    tell();
  };
  const tools = createTools({
    node,
    name: () => newest?.name ?? "panel",
    picture,
    rows: (as) => links.rows({ panel: id, as, stretch: stretch() }),
  });
  const line = createStatusLine(pause, tools);
  node.append(line.node);
  const saved = createSavedMark(node, changed);
  const tell = (): void => {
    const now = performance.now();
    saved.note(cut, state);
    line.show({
      state,
      cut,
      paused,
      ageMs: now - rightAt,
      silentMs: now - heardAt,
      atMs: paused ? pausedMs : (newest?.atMs ?? 0),
      asOfMs: view?.asOfMs,
      stillMs: newest?.stillMs,
      pastMs,
    });
  };
  const take = (told: PanelState): void => {
    newest = { ...told };
    view = told.view;
    if (!paused && view) show(view);
  };

  const hangUp = links.listen(id, {
    news: (told) => {
      heardAt = performance.now();
      cut = "";
      state = told.state;
      if (told.state === "unknown") return tell();
      if (told.view && told.seq > (newest?.seq ?? -1)) take(told);
      else if (told.seq > (newest?.seq ?? -1)) links.ask(id);
      if (told.seq === newest?.seq) {
        newest = { ...newest, state: told.state, atMs: told.atMs };
        if (!paused) rightAt = heardAt - told.ageMs;
      }
      tell();
    },
    cut: (why) => {
      cut = why;
      tell();
    },
  });
  const clock = setInterval(tell, 1000);
  tell();

  return {
    id,
    saved: (told) => {
      if (told.seq > (newest?.seq ?? -1)) take(told);
    },
    newest: () => {
      if (!newest || !view) return undefined;
      const { view: _, ...state } = newest;
      return { state, view };
    },
    isSaved: saved.isSaved,
    looksAt: (ms) => {
      pastMs = ms;
      tell();
    },
    close: () => {
      clearInterval(clock);
      hangUp();
    },
  };
}

/** Marks the place of a picture whose kernel is gone. */
function createSavedMark(
  node: HTMLElement,
  changed: () => void,
): { note(cut: Cut, state: PanelState["state"] | undefined): void; isSaved(): boolean | undefined } {
  let isSaved: boolean | undefined;
  return {
    isSaved: () => isSaved,
    note: (cut, state) => {
      const isGone = cut === "the kernel is gone" || state === "unknown";
      const now = !isGone && state === undefined ? undefined : isGone;
      if (now === isSaved) return;
      isSaved = now;
      node.toggleAttribute("data-saved", now === true);
      queueMicrotask(changed);
    },
  };
}
