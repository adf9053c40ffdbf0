import { formatUtc } from "../../core/time.ts";
import type { Alert } from "./alerts.ts";

export const ACTS = ["snooze", "acknowledge", "wake"] as const;

/** What a person did about an alert. Times are of bars, as the venue has them: a replay of both says what was said live. */
export interface AlertAct {
  readonly act: (typeof ACTS)[number];
  readonly venue: string;
  readonly rule: string;
  /** The symbols that the alert watches: `ETHUSDT/BTCUSDT`. Bars of every length are meant. */
  readonly watched: string;
  readonly atUs: number;
  /** Of a snooze, when it ends; else `atUs`. */
  readonly untilUs: number;
}

/** What has been done about alerts, asked by alert. */
export interface ActBook {
  /** The end of the snooze in which a time lies; undefined: in none. */
  snoozedUs(alert: Alert, timeUs: number): number | undefined;
  /** Whether the firing that began then has been acknowledged: it is not repeated. */
  isAcknowledged(alert: Alert, firingUs: number): boolean;
}

export function actBook(acts: readonly AlertAct[]): ActBook {
  const byAlert = new Map<string, AlertAct[]>();
  for (const act of acts) {
    const own = byAlert.get(nameOf(act)) ?? [];
    byAlert.set(nameOf(act), own);
    own.push(act);
  }
  const of = (alert: Alert): readonly AlertAct[] => byAlert.get(nameOf(subjectOf(alert))) ?? [];
  return {
    snoozedUs: (alert, timeUs) => {
      const last = of(alert).findLast(({ act, atUs }) => act !== "acknowledge" && atUs <= timeUs);
      return last?.act === "snooze" && timeUs < last.untilUs ? last.untilUs : undefined;
    },
    isAcknowledged: (alert, firingUs) =>
      of(alert).some(({ act, atUs }) => act === "acknowledge" && atUs >= firingUs),
  };
}

/** What an act names of an alert. */
export function subjectOf({ labels, rule, watched }: Alert): Pick<AlertAct, "venue" | "rule" | "watched"> {
  return { venue: labels.venue ?? "", rule: rule.name, watched: watched.join("/") };
}

export function isAbout(act: AlertAct, alert: Alert): boolean {
  return nameOf(act) === nameOf(subjectOf(alert));
}

/** Why a snoozed alert is not reported. */
export function snoozeText(untilUs: number): string {
  return `snoozed until ${formatUtc(Math.floor(untilUs / 1e6) * 1e6)}`;
}

/** Whether that is why an event was held back. */
export function isSnoozed({ silencedBy }: { readonly silencedBy: string }): boolean {
  return silencedBy.startsWith("snoozed until ");
}

function nameOf({ venue, rule, watched }: Pick<AlertAct, "venue" | "rule" | "watched">): string {
  return JSON.stringify([venue, rule, watched]);
}
