import type { ViewportMeta } from "../../../../src/notebook/page/live-messages.ts";
import type { View } from "../../../../src/render/view.ts";
import { isObject, type Json } from "../split-spec.ts";
import type { Span } from "./time-window.ts";

/** Asks the kernel for what a chart shows of a stretch of time. */
export type AskHistory = (stretch: Span & { readonly bars: number }) => Promise<View | undefined>;

/** Which series a chart shows, and the length of their bars; undefined: it has no such axis. */
export function viewportOf({ usermeta }: Json): ViewportMeta | undefined {
  const meta = isObject(usermeta) ? usermeta.tickbook : undefined;
  return isObject(meta) && typeof meta.series === "string" ? (meta as unknown as ViewportMeta) : undefined;
}
