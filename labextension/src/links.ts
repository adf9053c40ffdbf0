import { patched } from "../../src/notebook/page/delta.ts";
import { LAYOUTS, type LayoutAnswer, type LayoutQuestion } from "../../src/notebook/page/layout-messages.ts";
import {
  type ActAnswer,
  type ActQuestion,
  ALERT_ACTS,
  ALERTS,
  type AlertNews,
  FILES,
  type FileAnswer,
  type FileQuestion,
  LIVE,
  type LiveNews,
  type LiveQuestion,
  type PanelState,
  type RowsQuestion,
  TABLES,
  type TableAnswer,
  type TableQuestion,
  VIEW_MIME,
} from "../../src/notebook/page/live-messages.ts";
import type { View } from "../../src/render/view.ts";
import { createBrushLine, type Range } from "./chart/brush.ts";
import type { DocumentContext, KernelMessage } from "./jupyterlab.ts";
import type { Cut } from "./live/status-text.ts";

/** What a panel in the page is told. */
export interface Listener {
  news(state: PanelState): void;
  cut(why: Cut): void;
}

export interface DeskListener {
  panel(state: PanelState): void;
  controls(widgets: readonly string[]): void;
}

/** The line between one notebook in the page and its kernel; it outlives reconnects and restarts. */
export interface Links {
  /** Asks for the panel and listens for its news; the returned function ends that. */
  listen(panel: string, listener: Listener): () => void;
  /** Is told of each picture of a panel of the desk, and which widgets stand on it. */
  listenToDesk(listener: DeskListener): () => void;
  /** Asks for all panels of the desk; resolves with how many there are. */
  askForDesk(): Promise<number>;
  /** What a panel shows of another stretch of time; undefined where the kernel has no such thing, or does not answer. */
  history(panel: string, stretch: Stretch): Promise<View | undefined>;
  /** Asks for one panel again: a picture was missed. */
  ask(panel: string): void;
  /** Whether the kernel has one of Jupyter's widgets that `controls` has shown. */
  hasWidget(id: string): Promise<boolean>;
  /** Calls back whenever another kernel may be there; the returned function ends that. */
  onKernel(changed: () => void): () => void;
  /** What a live panel shows, each digit of it; undefined where no kernel answers. */
  rows(question: RowsQuestion): Promise<TableAnswer | undefined>;
  /** Layouts of the desk by name; undefined where no kernel answers. */
  layouts(question: LayoutQuestion): Promise<LayoutAnswer | undefined>;
  /** All rows of a table; undefined where no kernel answers. */
  table(question: TableQuestion): Promise<TableAnswer | undefined>;
  /** A file of the notebook, made now; undefined where no kernel answers. */
  file(question: FileQuestion): Promise<FileAnswer | undefined>;
  /** Does something about an alert; undefined where no kernel answers. */
  act(question: ActQuestion): Promise<ActAnswer | undefined>;
  /** Is told of alerts that begin to fire. */
  listenToAlerts(hear: (news: AlertNews) => void): void;
  /** Tells the kernel what the reader has marked in a chart. */
  brushed(brush: string, range: Range): void;
}

/** Times in ms since 1970, and how many bars there is room for. */
interface Stretch {
  readonly firstMs: number;
  readonly lastMs: number;
  readonly bars: number;
}

/** How Jupyter shows a widget. */
export const WIDGET_MIME = "application/vnd.jupyter.widget-view+json";

export function createLinks(context: DocumentContext): Links {
  const { sessionContext } = context;
  const listeners = new Map<string, Set<Listener>>();
  const deskListeners = new Set<DeskListener>();
  const kernelListeners = new Set<() => void>();
  const asked = new Set<string>();

  const pictures = createPictures();
  const tell = (data: unknown): void => {
    for (const state of ((data as LiveNews).panels ?? []).map(pictures)) {
      if (state.desk) for (const listener of deskListeners) listener.panel(state);
      for (const listener of listeners.get(state.panel) ?? []) listener.news(state);
    }
  };
  const cut = (why: Cut): void => {
    for (const each of listeners.values()) for (const listener of each) listener.cut(why);
  };
  /** Asks for several panels by one question, when the running work has ended. */
  const ask = (panel: string): void => {
    if (asked.size === 0) queueMicrotask(question);
    asked.add(panel);
  };
  const question = (): void => {
    const panels = [...asked];
    asked.clear();
    const kernel = sessionContext.session?.kernel;
    if (!kernel) cut("the kernel is gone");
    if (!kernel?.handleComms) return;
    const comm = kernel.createComm(LIVE);
    let answered = false;
    comm.onMsg = ({ content }) => {
      answered = true;
      tell(content.data);
    };
    // a kernel that has no live panels at all closes at once
    comm.onClose = () => {
      if (!answered)
        tell({ panels: panels.map((panel) => ({ panel, state: "unknown", seq: 0, atMs: 0, ageMs: 0 })) });
    };
    comm.open({ panels } satisfies LiveQuestion);
  };
  const askLive = async (question: LiveQuestion): Promise<LiveNews | undefined> =>
    answered(await answerTo<LiveQuestion, LiveNews>(sessionContext, LIVE, question));
  /** How many panels the kernel has for the desk; none where it does not answer. */
  const askForDesk = async (): Promise<number> => {
    const news = await askLive({ panels: [], desk: true });
    if (news) tell(news);
    for (const listener of deskListeners) listener.controls(news?.controls ?? []);
    return (news?.panels ?? []).filter(({ state }) => state === "live").length;
  };
  const askAll = (): void => {
    if (deskListeners.size > 0) void askForDesk();
    for (const panel of listeners.keys()) ask(panel);
    for (const changed of kernelListeners) changed();
  };

  listenToKernel(sessionContext, {
    message: ({ header, content }) => {
      if (header.msg_type === "comm_msg" && content.comm_id === LIVE) tell(content.data);
      // a cell shows a panel: a kernel that nobody has asked yet tells nobody of it
      const shows = header.msg_type === "display_data" || header.msg_type === "execute_result";
      const shown = shows ? Object.keys((content.data ?? {}) as object) : [];
      const isOfDesk = shown.includes(VIEW_MIME) || shown.includes(WIDGET_MIME);
      if (isOfDesk && deskListeners.size > 0) void askForDesk();
    },
    there: askAll,
    cut,
  });

  return {
    listen: (panel, listener) => {
      const each = listeners.get(panel) ?? new Set();
      listeners.set(panel, each.add(listener));
      ask(panel);
      return () => {
        each.delete(listener);
        if (each.size === 0) listeners.delete(panel);
      };
    },
    listenToDesk: (listener) => {
      deskListeners.add(listener);
      return () => deskListeners.delete(listener);
    },
    askForDesk,
    history: (panel, stretch) => historyOf(sessionContext, panel, stretch),
    ask,
    ...answers(sessionContext),
    hasWidget: async (id) => (await askLive({ panels: [], controls: true }))?.controls?.includes(id) ?? false,
    onKernel: (changed) => {
      kernelListeners.add(changed);
      return () => kernelListeners.delete(changed);
    },
    rows: async (rows) => (await askLive({ panels: [], rows }))?.rows,
    brushed: createBrushLine(context),
  };
}

/** What the kernel answers, and says of alerts. */
function answers(
  sessionContext: DocumentContext["sessionContext"],
): Pick<Links, "layouts" | "table" | "file" | "act" | "listenToAlerts"> {
  return {
    layouts: async (question) => answered(await answerTo(sessionContext, LAYOUTS, question)),
    table: async (question) => answered(await answerTo(sessionContext, TABLES, question)),
    file: async (question) => answered(await answerTo(sessionContext, FILES, question)),
    act: async (question) => answered(await answerTo(sessionContext, ALERT_ACTS, question)),
    listenToAlerts: (hear) => {
      sessionContext.iopubMessage.connect((_, { header, content }: KernelMessage) => {
        if (header.msg_type === "comm_msg" && content.comm_id === ALERTS) hear(content.data as AlertNews);
      });
    },
  };
}

/** A question whose answer comes no more: to be asked again. */
const LOST = Symbol("lost");
/** A stretch that is not answered for so long is asked for again. */
const HISTORY_MS = 30_000;

/** Asked again until it is answered. */
async function historyOf(
  sessionContext: DocumentContext["sessionContext"],
  panel: string,
  { firstMs, lastMs, bars }: Stretch,
): Promise<View | undefined> {
  const question = { panels: [], stretch: { panel, fromMs: firstMs, toMs: lastMs, bars } };
  for (;;) {
    const news = await answerTo<LiveQuestion, LiveNews>(sessionContext, LIVE, question, HISTORY_MS);
    if (news !== LOST) return news?.panels[0]?.view;
  }
}

const answered = <Answer>(answer: Answer | typeof LOST | undefined): Answer | undefined =>
  answer === LOST ? undefined : answer;

/**
 * One question to the kernel; undefined where there is none, or it knows of no such thing. Lost when the line was made
 * anew, or another kernel is there, before the answer came; or after `withinMs`.
 */
function answerTo<Question extends object, Answer>(
  { session, connectionStatusChanged, kernelChanged }: DocumentContext["sessionContext"],
  target: string,
  question: Question,
  withinMs?: number,
): Promise<Answer | typeof LOST | undefined> {
  const kernel = session?.kernel;
  if (!kernel?.handleComms) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const end = (answer: Answer | typeof LOST | undefined): void => {
      clearTimeout(timer);
      connectionStatusChanged.disconnect(onStatus);
      kernelChanged.disconnect(onKernel);
      resolve(answer);
    };
    const onStatus = (_: unknown, status: string): void => {
      if (status === "connected") end(LOST);
    };
    const onKernel = (): void => end(LOST);
    const timer = withinMs === undefined ? undefined : setTimeout(() => end(LOST), withinMs);
    connectionStatusChanged.connect(onStatus);
    kernelChanged.connect(onKernel);
    const comm = kernel.createComm(target);
    comm.onMsg = ({ content }) => end(content.data as Answer);
    comm.onClose = () => end(undefined);
    comm.open(question);
  });
}

/** The newest picture of each panel: with its view, where what has changed since the one before was told and that one is here. */
function createPictures(): (state: PanelState) => PanelState {
  const newest = new Map<string, { readonly seq: number; readonly view: View }>();
  return (state) => {
    const { delta, since, ...rest } = state;
    const before = newest.get(state.panel);
    const isNext = delta !== undefined && before !== undefined && before.seq === since;
    const view = isNext ? (patched(before.view, delta) as View) : state.view;
    if (view) newest.set(state.panel, { seq: state.seq, view });
    return view ? { ...rest, view } : rest;
  };
}

interface KernelListener {
  message(message: KernelMessage): void;
  /** A kernel can be asked, perhaps another one than before. */
  there(): void;
  cut(why: Cut): void;
}

function listenToKernel(
  { iopubMessage, kernelChanged, statusChanged, connectionStatusChanged }: DocumentContext["sessionContext"],
  { message, there, cut }: KernelListener,
): void {
  iopubMessage.connect((_, one) => message(one));
  kernelChanged.connect(there);
  statusChanged.connect((_, status) => {
    if (/^(restarting|autorestarting|terminating|dead)$/.test(status)) cut("the kernel is gone");
  });
  connectionStatusChanged.connect((_, status) => {
    if (status === "connected") there();
    else cut("the connection is lost");
  });
}
