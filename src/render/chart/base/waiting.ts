import { type Venue, venueLabel } from "../../../core/trade.ts";
import { escapeHtml, plainText } from "../../escape.ts";
import { AXIS_WIDTH, COLOURS } from "../../theme.ts";
import type { HtmlView } from "../../view.ts";
import { WIDTH } from "./frame.ts";

export interface WaitingOptions {
  readonly venue?: Venue;
  readonly width?: number;
  /** Of the chart that will stand there, in pixels. */
  readonly height?: number;
  /** What it waits for, in the singular; `bar` unless told. */
  readonly what?: string;
}

/** What stands in a chart's place, at its size, until it has the bars that it needs. */
export function waitingView(
  title: string,
  need: number,
  have: number,
  options: WaitingOptions = {},
): HtmlView {
  const { width = WIDTH, height = 220, what = "bar" } = options;
  const missing = Math.max(0, need - have);
  const bars = (n: number): string => `${n.toLocaleString("en")} ${what}${n === 1 ? "" : "s"}`;
  const says =
    missing > 0
      ? `waits for ${missing.toLocaleString("en")} more ${what}${missing === 1 ? "" : "s"}`
      : "no value is defined in view";
  const detail =
    missing > 0
      ? `${have.toLocaleString("en")} of ${bars(need)} so far`
      : `${bars(have)} seen; bars with missing trades, or without movement, give no value`;
  const label = options.venue ? venueLabel(options.venue) : "";
  const share = Math.round((100 * Math.min(have, need)) / Math.max(1, need));
  const ink = "var(--jp-ui-font-color1,inherit)";
  const bar =
    missing > 0
      ? `<div style="width:180px;max-width:60%;height:4px;border-radius:2px;background:rgba(128,128,128,.25)"><div style="width:${share}%;height:4px;border-radius:2px;background:${COLOURS.line}"></div></div>`
      : "";
  const html =
    `<div style="box-sizing:border-box;width:${width + AXIS_WIDTH + 36}px;max-width:100%;height:${height + 80}px;padding:8px 12px 12px ${AXIS_WIDTH + 24}px;display:flex;flex-direction:column;color:${ink};font:13px system-ui,sans-serif">` +
    `<div style="font-weight:600;font-size:14px">${escapeHtml(title)}</div>` +
    (label ? `<div style="font-size:11.5px;opacity:.75">${escapeHtml(label)}</div>` : "") +
    `<div style="flex:1;margin-top:8px;border:1px dashed rgba(128,128,128,.5);border-radius:4px;display:flex;flex-direction:column;align-items:center;justify-content:center;gap:8px;text-align:center">` +
    `<div>${says}</div>${bar}<div style="font-size:11.5px;opacity:.75">${detail}</div></div></div>`;
  const text = [title, label, `${says} (${detail})`].filter(Boolean).map(plainText).join(" · ");
  return { kind: "html", html, text };
}
