import { randomUUID } from "node:crypto";
import { requireText } from "../../core/arguments.ts";
import { quote, refuse } from "../../core/errors.ts";
import { formatUtc } from "../../core/time.ts";
import { brushable } from "../../render/chart/brush.ts";
import { plainText } from "../../render/escape.ts";
import type { View } from "../../render/view.ts";
import { type BrushMessage, type BrushMeta, CHART } from "../page/brush-messages.ts";
import { kernelApi } from "../page/kernel-api.ts";
import { type Control, type Core, checkedName, coreOf, createControl } from "./control.ts";
import type { TimeRange } from "./inputs/date-range.ts";

/** A window of time that the reader marks in a chart: undefined while nothing is marked. */
export interface Brush extends Control<TimeRange | undefined> {
  /** The chart with its time axis to be marked by dragging; where dragging moved the axis, it does so with the shift key. */
  on<V extends View>(chart: V): V;
}

/**
 * A selection as a control: `live("prices", () => span.on(chart()), …)` beside `reacting(() => statisticsOf(span.value))`.
 * Several charts may be marked for the same brush.
 */
export function brush(name: string): Brush {
  requireText("brush", "name", name);

  const where = `brush ${quote(checkedName("brush", name), 40)}`;
  const text = (range: TimeRange | undefined): string =>
    range ? `${formatUtc(range.fromUs)} to ${formatUtc(range.toUs)}` : "nothing is marked in the chart";
  const control = createControl<TimeRange | undefined>({
    name,
    first: undefined,
    accept: (range) => {
      if (range === undefined || range.fromUs < range.toUs) return range;
      return refuse({
        code: "brush-range",
        where,
        problem: `the value must be undefined or a window that begins before it ends; got ${quote(range, 80)}`,
        hint: "Pass microseconds since 1970: { fromUs, toUs }.",
        facts: { range },
      });
    },
    text,
    parts: [
      {
        widget: "Label",
        model: {},
        state: (range) => ({ value: plainText(`${name}: ${text(range)}`) }),
        read: () => undefined,
      },
    ],
  });
  const core = coreOf(control as Control<unknown>) as Core<TimeRange | undefined>;
  const id = randomUUID();
  listen().set(id, core);
  kernelApi()?.onCellRerun(() => listen().delete(id));
  return Object.defineProperty(control as Brush, "on", {
    value: (chart: View): View => {
      if (chart.kind !== "chart") return chart;
      const { spec, ...rest } = brushable(chart, where);
      const range = core.value();
      const tickbook: BrushMeta = {
        brush: id,
        ...(range && { range: [range.fromUs / 1_000, range.toUs / 1_000] }),
      };
      return { ...rest, spec: { ...spec, usermeta: { ...(spec.usermeta as object), tickbook } } };
    },
  });
}

type Brushes = Map<string, Core<TimeRange | undefined>>;

const key = Symbol.for("tickbook.brushes");

/** The brushes of this kernel, also when the package is loaded twice; the first asks the kernel for what pages tell. */
function listen(): Brushes {
  const place = globalThis as Record<symbol, unknown>;
  if (place[key] === undefined) {
    const brushes: Brushes = new Map();
    place[key] = brushes;
    kernelApi()?.comms.onOpen(CHART, (comm) => {
      comm.onMessage((data) => {
        const { name, from, to } = data as unknown as BrushMessage;
        return brushes.get(name)?.take(rangeOf(from, to));
      });
    });
  }
  return place[key] as Brushes;
}

function rangeOf(from: unknown, to: unknown): TimeRange | undefined {
  const [fromUs, toUs] = [from, to].map((ms) =>
    typeof ms === "number" ? Math.round(ms * 1_000) : Number.NaN,
  );
  return fromUs! < toUs! ? { fromUs: fromUs!, toUs: toUs! } : undefined;
}
