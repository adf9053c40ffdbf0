/** As much of JupyterLab 4 as is used here: it comes with no typings that are installed, and nothing of it is bundled. */

export interface Signal<Sender, Args> {
  connect(slot: (sender: Sender, args: Args) => void): boolean;
  disconnect(slot: (sender: Sender, args: Args) => void): boolean;
}

export interface LuminoWidget {
  readonly node: HTMLElement;
  readonly isDisposed: boolean;
  addClass(name: string): void;
  dispose(): void;
}

export type LuminoWidgetClass = new () => LuminoWidget;

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
  readonly content: { readonly comm_id?: string; readonly data?: unknown };
}

export interface SessionContext {
  readonly session: {
    readonly kernel: { createComm(target: string): Comm; readonly handleComms: boolean } | null;
  } | null;
  readonly iopubMessage: Signal<unknown, KernelMessage>;
  readonly kernelChanged: Signal<unknown, unknown>;
  readonly statusChanged: Signal<unknown, string>;
  readonly connectionStatusChanged: Signal<unknown, string>;
}

export interface NotebookPanel extends LuminoWidget {
  readonly content: {
    readonly rendermime: {
      addFactory(
        factory: {
          safe: boolean;
          mimeTypes: readonly string[];
          createRenderer(options: RendererOptions): Renderer;
        },
        rank: number,
      ): void;
    };
  };
  readonly disposed: Signal<unknown, void>;
}

export interface DocumentContext {
  readonly sessionContext: SessionContext;
  readonly saveState: Signal<unknown, string>;
}

export interface JupyterFrontEnd {
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
