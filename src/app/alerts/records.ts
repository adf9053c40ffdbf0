import { watchedText } from "../../analytics/alerts/alerts.ts";
import type { HeardEvent } from "../../analytics/alerts/evaluator.ts";
import { alertText } from "../../analytics/alerts/text.ts";
import type { AlertRecord } from "../../pipeline/store/alert-store.ts";

/** An event as it is kept and sent. */
export function recordOf(event: HeardEvent, atUs: number): Omit<AlertRecord, "id" | "venue"> {
  const { alert, kind, from, timeUs, value, sinceUs, delivery, silencedBy, isLate, heldBack } = event;
  return {
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
    fire: alert.limits.fire,
    resolve: alert.limits.resolve,
    delivery,
    silencedBy,
    isLate,
    heldBack,
    text: alertText(alert, { timeUs, value, state: kind, sinceUs }),
    labels: alert.labels,
  };
}
