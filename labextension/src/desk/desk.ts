import type { DeskPlace, PanelState } from "../../../src/notebook/page/live-messages.ts";
import type { LuminoWidget, LuminoWidgetClass, Rendermime } from "../jupyterlab.ts";
import type { Links } from "../links.ts";
import { createLive, type Live } from "../live.ts";
import { listenToRows } from "../notices/row-menu.ts";
import { play } from "../notices/sound.ts";
import { createSwitches } from "../notices/switches.ts";
import { createPanel, type Panel } from "../panel.ts";
import { createDeskControls } from "./desk-controls.ts";

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
}

export function createDesk(Widget: LuminoWidgetClass, links: Links, rendermime: () => Rendermime): Desk {
  const widget = new Widget();
  widget.id = "tickbook-desk";
  widget.addClass("tickbook-desk");
  widget.title.label = "Desk";
  widget.title.caption = "The live panels of the notebook";
  widget.title.closable = true;

  const note = document.createElement("div");
  note.className = "tickbook-desk-note";
  note.setAttribute("role", "status");
  const area = (place: DeskPlace): HTMLElement => {
    const node = document.createElement("div");
    node.className = `tickbook-desk-${place}`;
    return node;
  };
  const places: Record<DeskPlace, HTMLElement> = {
    top: area("top"),
    main: area("main"),
    side: area("side"),
  };
  const body = document.createElement("div");
  body.className = "tickbook-desk-body";
  body.append(places.main, places.side);
  places.side.append(createSwitches(() => play("warning")));
  listenToRows(widget.node, links.act);
  const controls = createDeskControls(Widget, rendermime);
  widget.node.append(note, places.top, controls.node, body);

  /** By name: a cell that ran again draws its panel into the place of the one before. */
  const slots = new Map<string, Slot>();
  const draw = (state: PanelState): void => {
    const { name = state.panel, desk } = state;
    const before = slots.get(name);
    if (!desk || !state.view || before?.id === state.panel) return;
    if (state.state !== "live" && before) return;
    const node = before?.node ?? document.createElement("div");
    clear(before);
    node.className = "tickbook-view tickbook-desk-panel";
    node.dataset.panel = name;
    if (!before) places[desk].append(node);
    const panel = createPanel(node, {
      brushed: links.brushed,
      wheel: true,
      height: () => (desk === "main" ? heightFor(places.main, node) : undefined),
      ask: (stretch) => links.history(state.panel, stretch),
      looksAt: (pastMs) => live.looksAt(pastMs),
    });
    const live: Live = createLive(node, panel.show, links, state.panel);
    live.saved(state as PanelState);
    slots.set(name, { node, panel, live, id: state.panel });
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

/** What is left in a column for its one panel, where the desk does not scroll. */
function heightFor(column: HTMLElement, node: HTMLElement): number | undefined {
  if (column.childElementCount > 1 || getComputedStyle(column).overflowY !== "hidden") return undefined;
  const status = node.querySelector<HTMLElement>(".tickbook-status");
  return column.clientHeight - (status?.offsetHeight ?? 0) - 2;
}

function clear(slot: Slot | undefined): void {
  slot?.live.close();
  slot?.panel.close();
  slot?.node.replaceChildren();
}
