import { type AlertAct, snoozeText } from "../../analytics/alerts/acts.ts";
import { watchedText } from "../../analytics/alerts/alerts.ts";
import { eventText } from "../../analytics/alerts/text.ts";
import type { AlertStatus, HeardEvent } from "../../analytics/alerts/values/evaluator.ts";
import type { VenueKind } from "../../core/trade.ts";
import type { AlertRecord } from "../../pipeline/store/alert-store.ts";

/** An act as it is kept: beside the events of its alert. */
export function recordOfAct(
  { act, atUs: timeUs, untilUs }: AlertAct,
  { alert, state, value }: AlertStatus,
  atUs: number,
  venueKind: VenueKind,
): Omit<AlertRecord, "id" | "venue"> {
  const { fire, resolve } = alert.limits.judge.of[0]!;
  const whose = alert.watched.join("/");
  return {
    venueKind,
    key: alert.key,
    rule: alert.rule.name,
    watched: watchedText(alert),
    severity: alert.severity,
    kind: act,
    from: state.state,
    ...{ timeUs, atUs, sinceUs: timeUs, value, fire, resolve },
    delivery: "quiet",
    silencedBy: "",
    isLate: false,
    heldBack: 0,
    text: act === "snooze" ? `${whose}: ${snoozeText(untilUs)}` : whose,
    labels: alert.labels,
  };
}

/** An event as it is kept and sent. */
export function recordOf(
  event: HeardEvent,
  atUs: number,
  venueKind: VenueKind,
): Omit<AlertRecord, "id" | "venue"> {
  const { alert, kind, from, timeUs, values, lead, value, sinceUs, delivery } = event;
  const { silencedBy, isLate, heldBack } = event;
  const { fire, resolve } = alert.limits.judge.of[lead]!;
  return {
    venueKind,
    key: alert.key,
    rule: alert.rule.name,
    watched: watchedText(alert),
    severity: alert.severity,
    kind,
    from,
    timeUs,
    atUs,
    sinceUs,
    value,
    fire,
    resolve,
    delivery,
    silencedBy,
    isLate,
    heldBack,
    text: eventText(alert, { timeUs, values, kind, sinceUs }),
    labels: alert.labels,
  };
}
