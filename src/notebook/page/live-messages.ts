import type { View } from "../../render/view.ts";
import type { Delta } from "./delta.ts";

/** The MIME type that the project's front end draws; beside it stands one that every front end knows. */
export const VIEW_MIME = "application/vnd.tickbook.view+json";

/** Target of the comm by which a page asks for panels, and the id under which the kernel tells all pages of changes. */
export const LIVE = "tickbook.live";

/** Where a panel stands on a desk: in the row on top, in the middle, or beside it. */
export type DeskPlace = "top" | "main" | "side";

/** How a live panel is doing. `unknown`: this kernel has no such panel, as after a restart. */
export interface PanelState {
  readonly panel: string;
  /** With a picture: what it is called, and whether it stands on the desk. */
  readonly name?: string;
  readonly desk?: DeskPlace;
  /** By what its rows can be asked for, where it is a table. */
  readonly table?: string;
  readonly state: "live" | "stopped" | "unknown";
  /** Grows with each picture. */
  readonly seq: number;
  /** When the picture was last right, by the kernel's clock, ms since 1970; and how long ago that is. */
  readonly atMs: number;
  readonly ageMs: number;
  /** It shows what was then, ms since 1970, whatever comes: only its controls change it. */
  readonly stillMs?: number;
  /** Absent where it has not changed since the last message. */
  readonly view?: View;
  /** In the place of a view: what makes the picture of number `since` this one. */
  readonly delta?: Delta;
  readonly since?: number;
}

/** What the kernel tells: as an answer, when a picture has changed, and once a second. */
export interface LiveNews {
  readonly panels: readonly PanelState[];
  /** To a desk that asks, or whoever asks for them: Jupyter's widgets that stand on it. */
  readonly controls?: readonly string[];
  /** To a page that asks for rows. */
  readonly rows?: TableAnswer;
}

/** A stretch of time, ms since 1970, and how many bars there is room for. */
export interface StretchQuestion {
  readonly panel: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly bars: number;
}

/** The rows that a panel shows. `stretch`: those of a time; of the newest bars unless `isPast`. */
export interface RowsQuestion {
  readonly panel: string;
  readonly as: TableQuestion["as"];
  readonly stretch?: (Omit<StretchQuestion, "panel"> & { readonly isPast: boolean }) | undefined;
}

/** What a page asks for: when it shows a panel first, after a reconnect, and when it has missed a picture. */
export interface LiveQuestion {
  readonly panels: readonly string[];
  /** All panels of the desk besides. */
  readonly desk?: true;
  /** Which of Jupyter's widgets the kernel has. */
  readonly controls?: true;
  /** What one panel shows of another stretch of time, answered to whoever asks alone. */
  readonly stretch?: StretchQuestion;
  /** Likewise what one panel shows, each digit of it. */
  readonly rows?: RowsQuestion;
}

/** Target of the comm by which a page asks for all rows of a table that is shown. */
export const TABLES = "tickbook.tables";

export interface TableQuestion {
  readonly table: string;
  /** For a file, or for the clipboard, from which spreadsheets take tabs. */
  readonly as: "csv" | "tsv";
}

export type TableAnswer = { readonly text: string } | { readonly problem: string };

/** What the `usermeta.tickbook` of a chart holds whose time axis a reader may move along. */
export interface ViewportMeta {
  /** Of which series, and bars of which length: other ones begin with a view of their own. */
  readonly series: string;
  readonly intervalMs: number;
  /** What a bar says in words, in this order; absent: its time alone. */
  readonly says?: readonly Said[];
  /** The values at the crosshair stand below the chart, in the place of a tooltip, which would cover bars. */
  readonly readsBelow?: boolean;
  /** How the page draws fewer rows where there are more than there is room for; absent: it draws each. */
  readonly detail?: "bars" | "lines";
  /** Of a stretch of the past: when all that is stored begins, ms since 1970. */
  readonly oldestMs?: number;
  /** What lies before is not read yet: to be asked for again. */
  readonly readFromMs?: number;
}

/** One value of a bar: what it is called, and how it is written. */
export interface Said {
  readonly name: string;
  readonly field: string;
  /** As many digits as the value has, seven at most, unless told. */
  readonly decimals?: number;
  readonly unit?: string;
}

/** Target of the comm by which a page asks for a file of a notebook: it is made when a button is pressed. */
export const FILES = "tickbook.files";

export interface FileQuestion {
  /** The kernel's name for what makes it. */
  readonly of: string;
  readonly as: "csv" | "html";
}

export type FileAnswer =
  | {
      readonly name: string;
      readonly text: string;
      /** Where it was written, as a reader knows the place. */
      readonly place: string;
    }
  | { readonly problem: string };

/** Target of the comm by which a page does something about an alert. */
export const ALERT_ACTS = "tickbook.alert-acts";

export interface ActQuestion {
  readonly of: string;
  /** The alert's key. */
  readonly alert: string;
  /** `look`: when it fired last. */
  readonly act: "snooze" | "acknowledge" | "wake" | "look";
  /** How long a snooze lasts, or until when, ms since 1970. */
  readonly forMs?: number;
  readonly untilMs?: number;
}

export type ActAnswer =
  | { readonly said: string; readonly fromMs?: number; readonly toMs?: number }
  | { readonly problem: string };

/** The id under which the kernel tells all pages of alerts that begin to fire. */
export const ALERTS = "tickbook.alerts";

export interface AlertNews {
  readonly alerts: readonly {
    readonly rule: string;
    readonly severity: "info" | "warning" | "critical";
    readonly text: string;
    /** Of the bar at which it fired, and of the newest one. */
    readonly fromMs: number;
    readonly toMs: number;
  }[];
}
