import type { View } from "vega";
import { type BrushMessage, type BrushMeta, CHART } from "../../../src/notebook/page/brush-messages.ts";
import type { Comm, DocumentContext } from "../jupyterlab.ts";
import { isObject, type Json } from "./split-spec.ts";

/** A range of an x axis, in its units; null where nothing is marked. */
export type Range = readonly [number, number] | null;

/** Which brush of the kernel a chart belongs to, if to any. */
export function brushOf({ usermeta }: Json): BrushMeta | undefined {
  const meta = isObject(usermeta) ? usermeta.tickbook : undefined;
  return isObject(meta) && typeof meta.brush === "string" ? (meta as unknown as BrushMeta) : undefined;
}

/** The specification with what is marked from the start. */
export function withRange(spec: Json, range: Range | undefined): Json {
  const walk = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(walk);
    if (!isObject(part)) return part;
    if (part.name === "brush" && "select" in part) return { ...part, value: { x: range } };
    const params = Array.isArray(part.params) ? { params: part.params.map(walk) } : {};
    const plots = ["layer", "vconcat", "hconcat", "concat"].flatMap((key) =>
      key in part ? [[key, walk(part[key])]] : [],
    );
    return { ...part, ...params, ...Object.fromEntries(plots) };
  };
  return range ? (walk(spec) as Json) : spec;
}

/** Calls back whenever the reader marks another part of the chart. */
export function onBrush(view: View, told: (range: Range) => void): void {
  view.addSignalListener("brush", (_, value) => {
    const [ends] = Object.values((value ?? {}) as Readonly<Record<string, unknown>>);
    if (!Array.isArray(ends)) return told(null);
    const [a, b] = ends.map(Number) as [number, number];
    told(a < b ? [a, b] : [b, a]);
  });
}

/** Tells the kernel what is marked: one message at a time, and then the newest. */
export function createBrushLine({ sessionContext }: DocumentContext): (brush: string, range: Range) => void {
  const waiting = new Map<string, BrushMessage>();
  let line: Comm | undefined;
  let sending = false;

  const openLine = (): Comm | undefined => {
    const kernel = sessionContext.session?.kernel;
    if (!kernel?.handleComms) return undefined;
    const comm = kernel.createComm(CHART);
    comm.open({});
    return comm;
  };
  const send = async (): Promise<void> => {
    sending = true;
    for (const [brush, message] of waiting) {
      waiting.delete(brush);
      if (!line || line.isDisposed) line = openLine();
      // a kernel that restarts never answers: that message is lost with it
      await line?.send(message).done.catch(() => undefined);
    }
    sending = false;
  };
  return (brush, range) => {
    waiting.set(brush, { type: "select", name: brush, from: range?.[0] ?? null, to: range?.[1] ?? null });
    if (!sending) void send();
  };
}
