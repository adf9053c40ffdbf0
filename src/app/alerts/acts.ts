import {
  ACTS,
  type ActBook,
  type AlertAct,
  actBook,
  isAbout,
  isSnoozed,
} from "../../analytics/alerts/acts.ts";
import type { AlertStatus } from "../../analytics/alerts/values/evaluator.ts";
import type { ActsReader, StoredAct } from "../../pipeline/store/alert-acts.ts";
import type { AlertRecord } from "../../pipeline/store/alert-store.ts";

/** What notebooks have written about the alerts of a watch. */
export interface WatchedActs extends ActBook {
  /** The acts that no history has yet, each with the alerts that it is about; none where the file has not changed. */
  take(status: () => readonly AlertStatus[]): (readonly [AlertAct, AlertStatus])[];
  /** The last one that was taken. */
  id(): number;
}

/** `lastId`: the last that stands in the history; undefined: of those there are, none does. */
export function watchedActs(reader: ActsReader | undefined, lastId: number | undefined): WatchedActs {
  reader?.look();
  let book = actBook(known(reader));
  let takenId = lastId ?? reader?.acts().at(-1)?.id ?? 0;
  let isFirst = true;
  return {
    snoozedUs: (alert, timeUs) => book.snoozedUs(alert, timeUs),
    isAcknowledged: (alert, firingUs) => book.isAcknowledged(alert, firingUs),
    take: (status) => {
      if (reader?.look() !== true && !isFirst) return [];
      isFirst = false;
      book = actBook(known(reader));
      const acts = known(reader).filter(({ id }) => id > takenId);
      takenId = acts.at(-1)?.id ?? takenId;
      return acts.flatMap((act) =>
        status()
          .filter(({ alert }) => isAbout(act, alert))
          .map((one) => [act, one] as const),
      );
    },
    id: () => takenId,
  };
}

/** Shown in the terminal, and sent nowhere: what was done about an alert, and the firings that a snooze holds back. */
export function isSeenOnly(record: AlertRecord): boolean {
  return isAct(record.kind) || (record.kind === "firing" && isSnoozed(record));
}

/** Those of a later version are passed over. */
function known(reader: ActsReader | undefined): (StoredAct & AlertAct)[] {
  return (reader?.acts() ?? []).filter((one): one is StoredAct & AlertAct => isAct(one.act));
}

function isAct(kind: string): kind is AlertAct["act"] {
  return (ACTS as readonly string[]).includes(kind);
}
