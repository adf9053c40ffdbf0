/** As much of JupyterLab 4 as is used here: it comes with no typings that are installed, and nothing of it is bundled. */

export interface Signal<Sender, Args> {
  connect(slot: (sender: Sender, args: Args) => void): boolean;
  disconnect(slot: (sender: Sender, args: Args) => void): boolean;
}

export interface LuminoWidget {
  id: string;
  readonly title: { label: string; caption: string; closable: boolean };
  readonly node: HTMLElement;
  readonly isDisposed: boolean;
  addClass(name: string): void;
  hide(): void;
  setHidden(hidden: boolean): void;
  dispose(): void;
}

export interface LuminoWidgetClass {
  new (): LuminoWidget;
  /** Both have to stand in the page. */
  attach(widget: LuminoWidget, host: HTMLElement): void;
}

export interface MimeModel {
  readonly trusted: boolean;
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
  setData(options: { data?: Record<string, unknown>; metadata?: Record<string, unknown> }): void;
}

export interface Renderer extends LuminoWidget {
  renderModel(model: MimeModel): Promise<void>;
}

export interface RendererOptions {
  readonly sanitizer: { sanitize(html: string): string };
}

export interface Comm {
  onMsg: (message: { content: { data: unknown } }) => void;
  onClose: () => void;
  readonly isDisposed: boolean;
  open(data: object): unknown;
  send(data: object): { readonly done: Promise<unknown> };
}

export interface KernelMessage {
  readonly header: { readonly msg_type: string };
  readonly content: { readonly comm_id?: string; readonly data?: unknown; readonly text?: string };
}

export interface Kernel {
  createComm(target: string): Comm;
  readonly handleComms: boolean;
}

export interface SessionContext {
  readonly session: {
    readonly kernel: Kernel | null;
  } | null;
  readonly iopubMessage: Signal<unknown, KernelMessage>;
  readonly kernelChanged: Signal<unknown, unknown>;
  readonly statusChanged: Signal<unknown, string>;
  readonly connectionStatusChanged: Signal<unknown, string>;
}

export interface NotebookPanel extends LuminoWidget {
  readonly content: NotebookContent;
  /** Between the toolbar and the cells. */
  readonly contentHeader: { addWidget(widget: LuminoWidget): void };
}

export interface DocumentContext {
  readonly sessionContext: RunningSession;
  readonly saveState: Signal<unknown, string>;
}

export interface Cell {
  inputHidden: boolean;
  readonly model: { readonly type: string; getMetadata(key: string): unknown };
}

/** A notebook that is open in the page. */
export interface OpenNotebook extends LuminoWidget {
  readonly context: DocumentContext & { readonly ready: Promise<void>; readonly path: string };
  readonly sessionContext: RunningSession;
  readonly content: NotebookContent;
}

/** What makes outputs of a notebook. */
export interface Rendermime {
  createModel(options: { readonly data: Record<string, unknown>; readonly trusted: boolean }): MimeModel;
  createRenderer(mimeType: string): Renderer;
  addFactory(
    factory: {
      safe: boolean;
      mimeTypes: readonly string[];
      createRenderer(options: RendererOptions): Renderer;
    },
    rank: number,
  ): void;
}

export interface NotebookContent {
  readonly node: HTMLElement;
  readonly rendermime: Rendermime;
  readonly widgets: readonly Cell[];
  activeCellIndex: number;
  scrollToItem(index: number, ...how: unknown[]): Promise<void>;
}

export interface RunningKernel extends Kernel {
  readonly status: string;
  requestKernelInfo(): Promise<unknown>;
}

export interface RunningSession extends SessionContext {
  readonly session: { readonly kernel: RunningKernel | null } | null;
  readonly ready: Promise<void>;
  restartKernel(): Promise<void>;
}

/** What JupyterLab's own notebook module does with a notebook. */
export interface NotebookActions {
  runAll(notebook: NotebookContent, session: RunningSession): Promise<boolean>;
}

export interface Commands {
  execute(command: string, options?: object): Promise<unknown>;
  addCommand(
    command: string,
    options: { label: string; execute(args: Readonly<Record<string, unknown>>): unknown },
  ): unknown;
}

export interface JupyterFrontEnd {
  readonly restored: Promise<void>;
  readonly commands: Commands;
  readonly shell: {
    readonly currentWidget: Partial<OpenNotebook> | null;
    add(widget: LuminoWidget, area: "main", options?: object): void;
    activateById(id: string): void;
    collapseLeft?(): void;
  };
  readonly docRegistry: {
    addWidgetExtension(
      widget: "Notebook",
      extension: { createNew(panel: NotebookPanel, context: DocumentContext): unknown },
    ): unknown;
  };
}

export interface Plugin {
  readonly id: string;
  readonly description: string;
  readonly autoStart: true;
  activate(app: JupyterFrontEnd): void;
}

/** What the container of modules hands over: the page's own copies. */
export interface PageModules {
  readonly Widget: LuminoWidgetClass;
  /** Loaded when it is asked for. */
  notebookActions(): Promise<NotebookActions>;
}
