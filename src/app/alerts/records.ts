import { watchedText } from "../../analytics/alerts/alerts.ts";
import { eventText } from "../../analytics/alerts/text.ts";
import type { HeardEvent } from "../../analytics/alerts/values/evaluator.ts";
import type { VenueKind } from "../../core/trade.ts";
import type { AlertRecord } from "../../pipeline/store/alert-store.ts";

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
