import type { TableData } from "./table-data.ts";

/** A Vega-Lite 6 specification: plain JSON, its data inside. */
export type VegaLiteSpec = Readonly<Record<string, unknown>>;

/** Under it a view keeps the rows that it shows, each digit of them; JSON leaves it out, so that no page is sent them unasked. */
export const ROWS: unique symbol = Symbol.for("tickbook.rows") as never;

/** In the place of a time: there was no trade yet. */
export const NEVER_MS = 0;

interface Aging {
  readonly [ROWS]?: TableData | (() => TableData);
  /** When the newest trade in it was received, ms since 1970, or `NEVER_MS`; absent: nothing is known of that. */
  readonly asOfMs?: number;
}

export interface ChartView extends Aging {
  readonly kind: "chart";
  readonly spec: VegaLiteSpec;
  /** What the chart shows, in one line: the alternative text, and what a plain terminal prints. */
  readonly label?: string;
}

export interface HtmlView extends Aging {
  readonly kind: "html";
  /** A fragment: every text in it is escaped, and it runs nothing. */
  readonly html: string;
  /** The same for a plain terminal. */
  readonly text: string;
}

/** What a cell shows and a report holds. */
export type View = ChartView | HtmlView;
