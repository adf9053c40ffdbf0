import { dirname, join } from "node:path";
import { valueText } from "../../analytics/alerts/text.ts";
import { requireSettings } from "../../app/data/data-source.ts";
import { findStore } from "../../app/data/open-source.ts";
import { readAlertHistory } from "../../pipeline/store/alert-store.ts";
import type { TableData } from "../../render/table-data.ts";

export interface AlertHistorySettings {
  /** A database: its history lies beside it. The one that is being filled unless told. */
  readonly source?: string;
  /** The history itself, where it lies elsewhere. */
  readonly history?: string;
  /** The newest so many events; 1000 unless told. */
  readonly most?: number;
}

/** What `npm run watch` (or `npm start`) has told, newest first. */
export function alertHistory(settings: AlertHistorySettings = {}): TableData {
  requireSettings("alertHistory", settings, ["source", "history", "most"]);
  const { source, history, most = 1000 } = settings;
  const file = history ?? join(dirname(findStore("alertHistory", source)), "alerts.db");
  const told = readAlertHistory(file, { most })
    .filter(({ delivery }) => delivery === "sent")
    .reverse();
  const of = (name: string, values: readonly unknown[]) => ({ name, values, kind: "text" as const });
  return {
    length: told.length,
    columns: [
      { name: "bar's end", values: told.map(({ timeUs }) => timeUs), kind: "time" },
      of(
        "what",
        told.map(({ kind }) => kind),
      ),
      of(
        "alert",
        told.map(({ rule }) => rule),
      ),
      of(
        "watched",
        told.map(({ watched }) => watched),
      ),
      of(
        "value",
        told.map(({ value }) => valueText(value)),
      ),
      of(
        "severity",
        told.map(({ severity }) => severity),
      ),
      of(
        "venue",
        told.map(({ venue }) => venue),
      ),
      of(
        "text",
        told.map(({ text }) => text),
      ),
    ],
    caption: "Alerts that were told",
  };
}
