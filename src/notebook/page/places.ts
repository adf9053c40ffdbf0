import type { Clock } from "../../core/time.ts";
import type { View } from "../../render/view.ts";
import { bundleOf } from "../view/views.ts";
import { deltaOf } from "./delta.ts";
import type { CommApi, MimeBundle } from "./kernel-api.ts";
import {
  type DeskPlace,
  LIVE,
  type LiveNews,
  type LiveQuestion,
  type PanelState,
  type RowsQuestion,
  type StretchQuestion,
  type TableAnswer,
  VIEW_MIME,
} from "./live-messages.ts";
import { rowsAnswer } from "./panel-rows.ts";

/** A live place in a cell's output: shown there first, then changed in place. */
export interface Place {
  show(view: View): void;
  /** The picture is right as of now: to be called again and again where its age matters. */
  confirm(): void;
  /** Shows the last picture. */
  close(view: View): void;
}

export interface PlacesOptions {
  readonly clock: Clock;
  readonly newId: () => string;
  readonly display: (bundle: MimeBundle, id: string, update: boolean) => void;
  /** Absent on a kernel that has none. */
  readonly comms?: Pick<CommApi, "onOpen" | "broadcast"> | undefined;
  /** See the kernel's API. */
  readonly onCellRerun?: ((cleanUp: () => void) => () => void) | undefined;
}

/** What a place is told of its panel. */
export interface PlaceOf {
  readonly name?: string;
  readonly desk?: DeskPlace;
  /** The table that it shows pages of: see `handTable`. */
  readonly table?: string;
  /** What it shows is of the moment in which it is made: only controls change it. */
  readonly still?: boolean;
  /** What it shows of another stretch of time. */
  readonly history?: (stretch: TimeStretch) => View | Promise<View>;
}

/** Begin and end, µs since 1970 UTC, and how many bars there is room for. */
export interface TimeStretch {
  readonly fromUs: number;
  readonly toUs: number;
  readonly bars: number;
}

/** All live places of a kernel. */
export interface Places {
  /** A new one, in the output of the running cell. */
  place(of?: PlaceOf): Place;
  /** What changes while the work runs, pages are told by one message: they draw it in one frame. */
  together<T>(work: () => T): T;
  /** A widget that stands on the desk, too; the returned function takes it away. */
  offer(widget: string): () => void;
}

interface Panel extends PlaceOf {
  readonly id: string;
  readonly stillMs: number | undefined;
  state: "live" | "stopped";
  seq: number;
  view: View | undefined;
  atMs: number;
  /** When it was last confirmed. */
  rightMs: number | undefined;
  /** The picture that pages were told last. */
  told: { readonly seq: number; readonly view: View } | undefined;
}

const pulseMs = 1_000;
/** Bars that a page may ask for: a screen has no room for more. */
const mostBars = 4_000;
/** The last time that there is, ms since 1970. */
const lastTimeMs = 8.64e15;
const mostStopped = 32;

/**
 * Makes live places. A picture goes to the notebook as an update of its output, until a page has asked for panels:
 * such a page draws them itself, so from then on all pages are told by broadcast, and once a second how the panels do.
 * The output is updated once more at the end.
 */
export function createPlaces({ clock, newId, display, comms, onCellRerun }: PlacesOptions): Places {
  const panels = new Map<string, Panel>();
  const controls = new Set<string>();
  const pages = newsLine(comms);
  const { tell } = pages;
  let pulsing = false;

  const { stateOf, whole, news } = tellers(clock);
  const pulse = (): void => {
    const running = [...panels.values()].filter(({ state }) => state === "live");
    pulsing = running.length > 0;
    if (!pulsing) return;
    tell(running.map((panel) => ({ panel, state: () => stateOf(panel) })));
    clock.after(pulseMs, pulse);
  };
  const put = (panel: Panel, update: boolean): void => {
    // without comms a page has nobody to ask: the view then says nothing of a panel
    const told = comms ? { ...stateOf(panel), ...(panel.table && { table: panel.table }) } : {};
    if (panel.view) display({ [VIEW_MIME]: told, ...bundleOf(panel.view) }, panel.id, update);
  };

  comms?.onOpen(LIVE, async (comm, data) => {
    pages.listen();
    const question = data as Partial<LiveQuestion>;
    const { stretch } = question;
    const asker = stretch && panels.get(stretch.panel);
    const view = stretch && (await pastOf(asker, stretch));
    const past = asker && view ? [{ ...stateOf(asker), view }] : [];
    const news = answer(question, { panels, controls, whole });
    const rows = question.rows && { rows: await rowsOf(panels.get(question.rows.panel), question.rows) };
    comm.send({ ...news, ...rows, panels: [...past, ...news.panels] } satisfies LiveNews);
    comm.close();
  });

  const place = (of: PlaceOf = {}): Place => {
    const nowMs = (): number => Math.round(clock.nowUs() / 1000);
    const panel: Panel = {
      ...of,
      id: newId(),
      stillMs: of.still ? nowMs() : undefined,
      state: "live",
      seq: -1,
      view: undefined,
      atMs: nowMs(),
      rightMs: undefined,
      told: undefined,
    };
    panels.set(panel.id, panel);
    if (!pulsing) pulse();
    const stopped = (): void => {
      panel.state = "stopped";
      tell([{ panel, state: () => news(panel) }]);
      forgetOldest(panels);
    };
    onCellRerun?.(stopped);
    return {
      show: (view) => {
        panel.view = view;
        panel.seq++;
        if (panel.rightMs === undefined) panel.atMs = nowMs();
        const isFirst = panel.seq === 0;
        if (isFirst || !pages.hear()) put(panel, !isFirst);
        else tell([{ panel, state: () => news(panel) }]);
      },
      confirm: () => {
        panel.rightMs = clock.monotonicMs();
        panel.atMs = nowMs();
      },
      close: (view) => {
        panel.state = "stopped";
        panel.view = view;
        panel.seq++;
        put(panel, panel.seq > 0);
        stopped();
      },
    };
  };
  const offer = (widget: string): (() => void) => {
    controls.add(widget);
    return () => controls.delete(widget);
  };
  return { place, together: pages.together, offer };
}

/** What is told of a panel: how it does, with its picture, or with what has changed since pages were told last. */
function tellers(clock: Clock): Record<"stateOf" | "whole" | "news", (panel: Panel) => PanelState> {
  const stateOf = ({ id, state, seq, atMs, rightMs, stillMs }: Panel): PanelState => ({
    panel: id,
    state,
    seq,
    atMs,
    ...(stillMs !== undefined && { stillMs }),
    ageMs: rightMs === undefined ? 0 : Math.max(0, Math.round(clock.monotonicMs() - rightMs)),
  });
  const whole = (panel: Panel): PanelState => ({
    ...stateOf(panel),
    ...(panel.name !== undefined && { name: panel.name }),
    ...(panel.desk && { desk: panel.desk }),
    ...(panel.view && { view: panel.view }),
  });
  /** What has changed since pages were told last. */
  const news = (panel: Panel): PanelState => {
    const { told, view, seq } = panel;
    if (view) panel.told = { seq, view };
    const delta = told && view && deltaOf(told.view, view);
    if (!told || !delta) return whole(panel);
    const { view: _, ...state } = whole(panel);
    return { ...state, since: told.seq, delta };
  };
  return { stateOf, whole, news };
}

/** What a page is told that asks. */
function answer(
  { panels: ids, desk, controls: asksControls }: Partial<LiveQuestion>,
  { panels, controls, whole }: Known,
): LiveNews {
  const onDesk = desk === true ? [...panels.values()].filter((one) => one.desk && one.state === "live") : [];
  const wanted = new Set([...(Array.isArray(ids) ? ids : []).map(String), ...onDesk.map(({ id }) => id)]);
  const news = [...wanted].map((id): PanelState => {
    const panel = panels.get(id);
    return panel ? whole(panel) : { panel: id, state: "unknown", seq: 0, atMs: 0, ageMs: 0 };
  });
  return { panels: news, ...((desk || asksControls) && { controls: [...controls] }) };
}

interface Known {
  readonly panels: ReadonlyMap<string, Panel>;
  readonly controls: ReadonlySet<string>;
  whole(panel: Panel): PanelState;
}

/** News of a panel, made when it is sent: of several pictures in one message the last one counts. */
interface News {
  readonly panel: Panel;
  state(): PanelState;
}

/** What goes to all pages, once one has asked. */
function newsLine(comms: PlacesOptions["comms"]): {
  listen(): void;
  hear(): boolean;
  tell(news: readonly News[]): void;
  together: Places["together"];
} {
  let asked = false;
  /** Kept back until the work of `together` has ended, by panel. */
  let kept: Map<Panel, News> | undefined;
  const tell = (news: readonly News[]): void => {
    if (kept) for (const one of news) kept.set(one.panel, one);
    else if (asked && news.length > 0)
      comms?.broadcast(LIVE, { panels: news.map(({ state }) => state()) } satisfies LiveNews);
  };
  return {
    listen: () => {
      asked = true;
    },
    hear: () => asked,
    tell,
    together: (work) => {
      if (kept) return work();
      kept = new Map();
      try {
        return work();
      } finally {
        const news = [...kept.values()];
        kept = undefined;
        tell(news);
      }
    },
  };
}

function forgetOldest(panels: Map<string, Panel>): void {
  const stopped = [...panels.values()].filter(({ state }) => state === "stopped");
  for (const { id } of stopped.slice(0, -mostStopped)) panels.delete(id);
}

async function rowsOf(panel: Panel | undefined, question: RowsQuestion): Promise<TableAnswer> {
  if (!panel) return { problem: "the kernel no longer has it: run its cell again" };
  const { stretch } = question;
  const view = stretch?.isPast ? await pastOf(panel, stretch) : panel.view;
  return rowsAnswer(view ?? panel.view, question);
}

/** What a panel shows of another stretch; nothing where that fails, it has none, or no stretch is told. */
async function pastOf(
  panel: Panel | undefined,
  { fromMs, toMs, bars }: Omit<StretchQuestion, "panel">,
): Promise<View | undefined> {
  const isTime = (ms: unknown): boolean => typeof ms === "number" && Math.abs(ms) <= lastTimeMs;
  if (!isTime(fromMs) || !isTime(toMs) || !(toMs > fromMs && bars >= 0)) return undefined;
  try {
    const stretch = { fromUs: fromMs * 1000, toUs: toMs * 1000, bars: Math.min(bars, mostBars) };
    return await panel?.history?.(stretch);
  } catch {
    return undefined;
  }
}
