/** Target of the comm by which a page tells what a reader has brushed. */
export const CHART = "tickbook.chart";

/** What a chart's `usermeta.tickbook` holds: which brush the parameter `brush` of its specification belongs to. */
export interface BrushMeta {
  readonly brush: string;
  /** What is brushed already, in the units of the x axis (of a time axis, ms since 1970): for a page that draws the chart anew. */
  readonly range?: readonly [number, number];
}

/** What a page tells: the range brushed, in the units of the x axis; null where nothing is brushed any more. */
export interface BrushMessage {
  readonly type: "select";
  readonly name: string;
  readonly from: number | null;
  readonly to: number | null;
}
