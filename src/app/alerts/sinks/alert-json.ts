import { formatUtc } from "../../../core/time.ts";
import type { AlertRecord } from "../../../pipeline/store/alert-store.ts";

/** An event for programs: the body of a webhook and a line of a file. Its id is the same however often it is sent. */
export function alertJson(record: AlertRecord, history: number): Record<string, unknown> {
  const {
    id,
    venue,
    venueKind,
    rule,
    watched,
    severity,
    kind,
    from,
    timeUs,
    atUs,
    sinceUs,
    value,
    fire,
    resolve,
  } = record;
  return {
    id: `${history}-${id}`,
    kind,
    from,
    rule,
    severity,
    venue,
    venueKind,
    watched,
    labels: record.labels,
    time: formatUtc(timeUs),
    since: formatUtc(sinceUs),
    judged: formatUtc(atUs),
    value: Number.isFinite(value) ? value : null,
    fire,
    resolve,
    text: record.text,
    late: record.isLate,
    heldBack: record.heldBack,
  };
}
