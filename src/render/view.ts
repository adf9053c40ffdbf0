/** A Vega-Lite 6 specification: plain JSON, its data inside. */
export type VegaLiteSpec = Readonly<Record<string, unknown>>;

interface Aging {
  /** When the newest trade in it was received, ms since 1970; absent: nothing is known of that. */
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
