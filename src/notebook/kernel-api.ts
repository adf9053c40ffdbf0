/** MIME type → content, as Jupyter displays it: the front end takes the richest it knows. */
export type MimeBundle = Record<string, unknown>;

/** What the project's own kernel offers to code that runs in cells; absent on a stock tslab. */
export interface KernelApi {
  /** Shows a bundle under the cell that is running, or that started the timer or callback which is running. */
  display(bundle: MimeBundle, displayId: string | undefined, update: boolean): void;
  /** Keeps the running cell running until the promise has settled. */
  holdCell(work: Promise<unknown>): void;
}

const key = Symbol.for("tickbook.kernel");

/** On `globalThis`, because a notebook may load this package twice. */
export function kernelApi(): KernelApi | undefined {
  return (globalThis as Record<symbol, unknown>)[key] as KernelApi | undefined;
}

export function offerKernelApi(api: KernelApi): void {
  (globalThis as Record<symbol, unknown>)[key] = api;
}
