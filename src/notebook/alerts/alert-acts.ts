import { ACTS, type ActBook, type AlertAct, actBook, subjectOf } from "../../analytics/alerts/acts.ts";
import type { Alert } from "../../analytics/alerts/alerts.ts";
import { actsFile, actsReader, addAct } from "../../pipeline/store/alert-acts.ts";

/** What has been done about the alerts of a database, by whichever notebook. */
export interface AlertActs extends ActBook {
  /** Reads what others have done since. */
  look(): void;
  add(alert: Alert, act: Pick<AlertAct, "act" | "atUs" | "untilUs">): void;
}

export function alertActs(db: string): AlertActs {
  const file = actsFile(db);
  const reader = actsReader(file);
  let book = actBook([]);
  const look = (): void => {
    if (!reader.look()) return;
    const names: readonly string[] = ACTS;
    book = actBook(reader.acts().filter((one): one is typeof one & AlertAct => names.includes(one.act)));
  };
  return {
    look,
    snoozedUs: (alert, timeUs) => book.snoozedUs(alert, timeUs),
    isAcknowledged: (alert, firingUs) => book.isAcknowledged(alert, firingUs),
    add: (alert, act) => {
      addAct(file, { ...subjectOf(alert), ...act });
      look();
    },
  };
}
