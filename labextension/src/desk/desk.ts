import type { PanelPlace } from "../../../src/notebook/page/layout-messages.ts";
import type { DeskPlace, PanelState } from "../../../src/notebook/page/live-messages.ts";
import type { LuminoWidget, LuminoWidgetClass, Rendermime } from "../jupyterlab.ts";
import type { Links } from "../links.ts";
import { createLive, type Live } from "../live/live.ts";
import { listenToRows } from "../notices/row-menu.ts";
import { play } from "../notices/sound.ts";
import { createSwitches } from "../notices/switches.ts";
import { createPanel, type Panel } from "../panel.ts";
import { createDeskControls } from "./desk-controls.ts";
import { createLayoutBar } from "./layout-bar.ts";
import { createSplit } from "./split.ts";

/** The live panels of a notebook on one page, without its text: tiles above, charts below each other, tables beside. */
export interface Desk {
  readonly widget: LuminoWidget;
  /** A sentence above the panels, with a button that does something about it; nothing takes it away. */
  say(text: string, button?: { readonly label: string; readonly act: () => void }): void;
}

interface Slot {
  readonly node: HTMLElement;
  readonly panel: Panel;
  readonly live: Live;
  readonly id: string;
  readonly name: string;
  /** Where its cell has put it. */
  readonly desk: DeskPlace;
}

export interface DeskOptions {
  /** Nothing of it changes anything beyond this page: no layouts, and no answers to alerts. */
  readonly isReadOnly?: boolean;
}

export function createDesk(
  Widget: LuminoWidgetClass,
  links: Links,
  rendermime: () => Rendermime,
  { isReadOnly = false }: DeskOptions = {},
): Desk {
  const widget = new Widget();
  widget.id = "tickbook-desk";
  widget.addClass("tickbook-desk");
  widget.title.label = "Desk";
  widget.title.caption = "The live panels of the notebook";
  widget.title.closable = true;

  const { note, places } = createAreas();
  const body = document.createElement("div");
  body.className = "tickbook-desk-body";
  const split = createSplit(body, places.side);
  body.append(places.main, split.node, places.side);
  if (!isReadOnly) {
    places.side.append(createSwitches(() => play("warning")));
    listenToRows(widget.node, links.act);
  }
  const controls = createDeskControls(Widget, rendermime);

  /** By name: a cell that ran again draws its panel into the place of the one before. */
  const slots = new Map<string, Slot>();
  /** Where their reader has put them, where that is not where their cells did. */
  const moved = new Map<string, PanelPlace>();
  const placeOf = ({ desk, name }: Pick<Slot, "desk" | "name">): PanelPlace => moved.get(name) ?? desk;
  const put = (slot: Slot): void => {
    const place = placeOf(slot);
    slot.node.hidden = place === "hidden";
    if (place !== "hidden" && slot.node.parentElement !== places[place]) places[place].append(slot.node);
  };
  const bar = createLayoutBar(
    {
      places: () => Object.fromEntries([...slots].map(([name, slot]) => [name, placeOf(slot)])),
      sideWidth: split.width,
      arrange: ({ panels, sideWidth }) => {
        for (const [name, place] of Object.entries(panels)) moved.set(name, place);
        for (const slot of slots.values()) put(slot);
        if (sideWidth !== undefined) split.setWidth(sideWidth);
      },
    },
    links.layouts,
  );
  const head = document.createElement("div");
  head.className = "tickbook-desk-head";
  head.append(note, ...(isReadOnly ? [] : [bar.node]));
  widget.node.append(head, places.top, controls.node, body);
  const draw = (state: PanelState): void => {
    const { name = state.panel, desk } = state;
    const before = slots.get(name);
    if (!desk || !state.view || before?.id === state.panel) return;
    if (state.state !== "live" && before) return;
    const node = before?.node ?? document.createElement("div");
    clear(before);
    node.className = "tickbook-view tickbook-desk-panel";
    node.dataset.panel = name;
    if (!before && !isReadOnly) bar.refresh();
    const panel = createPanel(node, {
      brushed: links.brushed,
      wheel: true,
      height: () => heightFor(places.main, node),
      ask: (stretch) => links.history(state.panel, stretch),
      looksAt: (pastMs) => live.looksAt(pastMs),
      isLive: () => true,
    });
    const live: Live = createLive({ node, ...panel }, links, state.panel);
    live.saved(state as PanelState);
    const slot = { node, panel, live, id: state.panel, name, desk };
    slots.set(name, slot);
    put(slot);
  };
  const hangUp = links.listenToDesk({ panel: draw, controls: controls.show });

  const dispose = widget.dispose.bind(widget);
  return {
    widget: Object.assign(widget, {
      dispose: (): void => {
        if (widget.isDisposed) return;
        hangUp();
        controls.close();
        for (const slot of slots.values()) clear(slot);
        dispose();
      },
    }),
    say: (text, button) => {
      note.replaceChildren(text);
      if (!button) return;
      const node = document.createElement("button");
      node.type = "button";
      node.textContent = button.label;
      node.addEventListener("click", button.act);
      note.append(node);
    },
  };
}

/** The line that says what the desk does, and the places of its panels. */
function createAreas(): { readonly note: HTMLElement; readonly places: Record<DeskPlace, HTMLElement> } {
  const area = (name: string): HTMLElement => {
    const node = document.createElement("div");
    node.className = `tickbook-desk-${name}`;
    return node;
  };
  const note = area("note");
  note.setAttribute("role", "status");
  return { note, places: { top: area("top"), main: area("main"), side: area("side") } };
}

/** What is left in the middle for its one panel, where that does not grow with it; undefined for others. */
function heightFor(column: HTMLElement, node: HTMLElement): number | undefined {
  const shown = [...column.children].filter((one) => !(one as HTMLElement).hidden);
  if (node.parentElement !== column || shown.length > 1) return undefined;
  if (getComputedStyle(column).overflowY === "visible") return undefined;
  const status = node.querySelector<HTMLElement>(".tickbook-status");
  return column.clientHeight - (status?.offsetHeight ?? 0) - 2;
}

function clear(slot: Slot | undefined): void {
  slot?.live.close();
  slot?.panel.close();
  slot?.node.replaceChildren();
}
