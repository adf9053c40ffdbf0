import { dirname, join } from "node:path";
import { valueText } from "../../analytics/alerts/text.ts";
import { readAlertHistory } from "../../pipeline/store/alert-store.ts";
import type { TableData } from "../../render/table-data.ts";
import { storePath } from "../data/store.ts";

export interface AlertHistorySettings {
  /** Database file; its history lies beside it. See `openStore`. */
  readonly db?: string;
  /** The history itself, where it lies elsewhere. */
  readonly history?: string;
  /** The newest so many events; 1000 unless told. */
  readonly most?: number;
}

/** What `npm run watch` (or `npm start`) has told, newest first. */
export function alertHistory({ db, history, most = 1000 }: AlertHistorySettings = {}): TableData {
  const file = history ?? join(dirname(storePath(db)), "alerts.db");
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
