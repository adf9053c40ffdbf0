import type { View } from "vega";
import type { Said, ViewportMeta } from "../../../../src/notebook/page/live-messages.ts";
import type { Columns, Span } from "./time-window.ts";

/** Lets the arrow keys move a chart's crosshair from bar to bar, and says each in words. */
export interface Walk {
  /** To the bar so many further, of those in view; from the newest at first. */
  step(by: number, view: View, rows: Columns, span: Span): void;
  leave(view: View | undefined): void;
  close(): void;
}

export function createWalk(
  node: HTMLElement,
  says: ViewportMeta["says"],
  read: (text: string) => void = () => {},
): Walk {
  const spoken = document.createElement("div");
  spoken.className = "tickbook-spoken";
  spoken.setAttribute("role", "status");
  node.append(spoken);
  let at: number | undefined;

  return {
    step: (by, view, rows, { firstMs, lastMs }) => {
      const times = (rows.t ?? []).map(Number);
      const first = times.findIndex((t) => t >= firstMs);
      const last = times.findLastIndex((t) => t < lastMs);
      if (first < 0 || last < first) return;
      const now = at === undefined ? last - by : times.lastIndexOf(at);
      const row = Math.max(first, Math.min(last, now + by));
      at = times[row]!;
      hover(view, at);
      spoken.textContent = sentence(says ?? [], rows, row);
      read(spoken.textContent);
    },
    leave: (view) => {
      if (at === undefined) return;
      at = undefined;
      spoken.textContent = "";
      read("");
      if (view) hover(view, undefined);
    },
    close: () => spoken.remove(),
  };
}

/** As the mouse would: what is chosen by `t` in the selection `hover` of a specification. */
function hover(view: View, t: number | undefined): void {
  const chosen = t === undefined ? [] : [{ unit: "", fields: [{ type: "E", field: "t" }], values: [t] }];
  void view.data("hover_store", chosen).runAsync();
}

function sentence(says: readonly Said[], rows: Columns, row: number): string {
  const time = `${new Date(Number(rows.t?.[row])).toISOString().slice(11, 19)} UTC`;
  const values = says.map(({ name, field, decimals, unit = "" }) => {
    const value = rows[field]?.[row];
    const digits =
      decimals === undefined
        ? { maximumSignificantDigits: 7 }
        : { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
    const text = typeof value === "number" ? value.toLocaleString("en-US", digits) : "not defined";
    return `${name} ${text.replace("-", "minus ")}${unit && ` ${unit}`}`;
  });
  return [time, ...values].join(", ");
}
