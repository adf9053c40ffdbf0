import type { PanelState } from "../../src/notebook/page/live-messages.ts";
import type { View } from "../../src/render/view.ts";
import type { Links } from "./links.ts";
import { createStatusLine } from "./status-line.ts";
import type { Cut } from "./status-text.ts";

/** One live panel in one place of the page. */
export interface Live {
  /** The kernel's name for the panel. */
  readonly id: string;
  /** What the notebook itself holds. */
  saved(state: PanelState): void;
  newest(): { state: PanelState; view: View } | undefined;
  /** A reader looks at a stretch that ends then; undefined: at the newest. */
  looksAt(pastMs: number | undefined): void;
  close(): void;
}

export function createLive(node: HTMLElement, show: (view: View) => void, links: Links, id: string): Live {
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
  const line = createStatusLine(pause);
  node.append(line.node);
  const tell = (): void => {
    const now = performance.now();
    line.show({
      state,
      cut,
      paused,
      ageMs: now - rightAt,
      silentMs: now - heardAt,
      atMs: paused ? pausedMs : (newest?.atMs ?? 0),
      asOfMs: view?.asOfMs,
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
