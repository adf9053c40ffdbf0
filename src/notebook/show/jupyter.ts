import { displayBundle } from "../page/display.ts";
import type { MimeBundle } from "../page/kernel-api.ts";
import { show } from "./show.ts";

/** As other kernels of JavaScript have it: `Jupyter.display(value)`, and the method by which a value says how it is shown. */
export interface Jupyter {
  /** Shows a value as `show` does; what has MIME types for keys, or `raw`, is sent as it is. */
  display(value: unknown, options?: { readonly raw?: boolean }): Promise<void>;
  readonly $display: symbol;
}

/** Puts `Jupyter` among the globals of a notebook. */
export function offerJupyter(): void {
  const jupyter: Jupyter = {
    display: async (value, { raw = false } = {}) => {
      if (raw || isBundle(value)) displayBundle(value as MimeBundle);
      else show(value);
    },
    $display: Symbol.for("Jupyter.display"),
  };
  Object.assign(globalThis, { Jupyter: jupyter });
}

function isBundle(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => /^(text|image|audio|video|application)\/[\w.+-]+$/.test(key));
}
