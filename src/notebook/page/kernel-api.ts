/** MIME type → content, as Jupyter displays it: the front end takes the richest it knows. */
export type MimeBundle = Record<string, unknown>;

/** A JSON object, as comms carry it. */
export type CommData = Readonly<Record<string, unknown>>;

export interface CommOptions {
  /** Of the message, beside its data. */
  readonly metadata?: CommData;
  /** Binary parts, which the message carries behind its JSON. */
  readonly buffers?: readonly Uint8Array[];
}

/** One line between the kernel and every open page of the notebook. https://jupyter-client.readthedocs.io/en/stable/messaging.html#custom-messages */
export interface Comm {
  readonly id: string;
  readonly target: string;
  /** Says nothing once the comm is closed. */
  send(data: CommData, options?: CommOptions): void;
  close(data?: CommData): void;
  /**
   * The callback runs as part of the cell that set it: what it prints and shows arrives there. The page sends the next
   * message of a control when the callback has settled, or after a quarter of a second. A second callback replaces the first.
   */
  onMessage(callback: (data: CommData, buffers: readonly Uint8Array[]) => unknown): void;
  /** Called once, whichever side closes. */
  onClose(callback: (data: CommData) => unknown): void;
}

export interface CommApi {
  /** Opens a line to the page. It is closed when the cell that opened it runs again. */
  open(target: string, data?: CommData, options?: CommOptions): Comm;
  /** What to do with lines that a page opens; a second callback for a target replaces the first. Without one they are closed at once. */
  onOpen(target: string, callback: (comm: Comm, data: CommData) => unknown): void;
  /** Sends to whoever listens for the id, whether a comm of that id is open or not. */
  broadcast(commId: string, data: CommData, options?: CommOptions): void;
}

/** What the project's own kernel offers to code that runs in cells; absent on a stock tslab. */
export interface KernelApi {
  /** Shows a bundle under the cell that is running, or that started the timer or callback which is running. */
  display(bundle: MimeBundle, displayId: string | undefined, update: boolean): void;
  /** Keeps the running cell running until the promise has settled; the cell fails with it. */
  holdCell(work: Promise<unknown>): void;
  /** The text with its stacks in the reader's own terms. */
  readable(text: string): string;
  readonly comms: CommApi;
  /**
   * Calls back once, when the cell that the running code belongs to is about to run again; the returned function takes
   * that back. Never called where the front end does not name its cells.
   */
  onCellRerun(cleanUp: () => void): () => void;
  /** Runs the synchronous part of `work` so that the stop button, or half a minute, ends it if it loops forever. */
  interruptible<T>(work: () => T): T;
}

const key = Symbol.for("tickbook.kernel");

/** On `globalThis`, because a notebook may load this package twice. */
export function kernelApi(): KernelApi | undefined {
  return (globalThis as Record<symbol, unknown>)[key] as KernelApi | undefined;
}

export function offerKernelApi(api: KernelApi): void {
  Object.defineProperty(globalThis, key, { value: api, configurable: true });
}
