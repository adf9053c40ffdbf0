import { join } from "node:path";
import { isSnoozed } from "../../analytics/alerts/acts.ts";
import { valueText } from "../../analytics/alerts/text.ts";
import { requireSettings } from "../../app/data/data-source.ts";
import { findStore, folderBeside } from "../../app/data/open-source.ts";
import { type AlertRecord, readAlertHistory } from "../../pipeline/store/alert-store.ts";
import type { TableData } from "../../render/table-data.ts";

export interface AlertHistorySettings {
  /** A database: its history lies beside it. The one that is being filled unless told. */
  readonly source?: string;
  /** The history itself, where it lies elsewhere. */
  readonly history?: string;
  /** The newest so many events; 1000 unless told. */
  readonly most?: number;
}

/** What `npm run watch` (or `npm start`) has reported and what snoozes held back, with what was done about it; newest first. */
export function alertHistory(settings: AlertHistorySettings = {}): TableData {
  requireSettings("alertHistory", settings, ["source", "history", "most"]);
  const { source, history, most = 1000 } = settings;
  const file = history ?? join(folderBeside(findStore("alertHistory", source)), "alerts.db");
  const rows = readAlertHistory(file, { most }).filter(isShown).reverse();
  const of = (name: string, pick: (row: AlertRecord) => string) => ({
    name,
    values: rows.map(pick),
    kind: "text" as const,
  });
  return {
    length: rows.length,
    columns: [
      { name: "bar's end", values: rows.map(({ timeUs }) => timeUs), kind: "time" },
      of("what", whatOf),
      of("alert", ({ rule }) => rule),
      of("watched", ({ watched }) => watched),
      of("value", ({ value }) => valueText(value)),
      of("severity", ({ severity }) => severity),
      of("venue", ({ venue }) => venue),
      of("text", ({ text }) => text),
    ],
    caption: "Alerts that were reported",
  };
}

const DONE: Readonly<Record<string, string>> = {
  snooze: "snoozed",
  acknowledge: "acknowledged",
  wake: "no longer snoozed",
};

function isShown({ kind, delivery, silencedBy }: AlertRecord): boolean {
  return delivery === "sent" || kind in DONE || isSnoozed({ silencedBy });
}

function whatOf({ kind, silencedBy }: AlertRecord): string {
  return isSnoozed({ silencedBy }) ? `${kind}, held back: ${silencedBy}` : (DONE[kind] ?? kind);
}
