import type { DeskPlace } from "./live-messages.ts";

/** Target of the comm by which a page saves and opens the layouts of a desk. */
export const LAYOUTS = "tickbook.layouts";

/** How a desk stands: its panels by name, and its controls. */
export interface Layout {
  readonly panels: Readonly<Record<string, PanelPlace>>;
  /** Of the column beside, pixels. */
  readonly sideWidth?: number;
  readonly controls: Readonly<Record<string, unknown>>;
}

export type PanelPlace = DeskPlace | "hidden";

export interface LayoutQuestion {
  readonly does: "list" | "save" | "open" | "remove";
  readonly name?: string;
  /** To be saved. */
  readonly panels?: Layout["panels"];
  readonly sideWidth?: number;
}

export interface LayoutAnswer {
  readonly names: readonly string[];
  /** Where they are kept. */
  readonly file: string;
  readonly layout?: Layout;
  readonly problem?: string;
}
