import type { Alert } from "../../analytics/alerts/alerts.ts";
import type { AlertState } from "../../analytics/alerts/state.ts";
import { alertText, valueText } from "../../analytics/alerts/text.ts";
import type { HeardEvent } from "../../analytics/alerts/values/evaluator.ts";
import type { AlertSpan } from "../../render/chart/pair/alert-marks.ts";
import type { TableData } from "../../render/table-data.ts";

/** What alerts did while a notebook watched: bounded, for tables and charts. */
export interface AlertLog {
  hear(event: HeardEvent): void;
  /** Takes the values of these alerts, as an evaluator judges them. */
  judged(
    alerts: readonly Alert[],
  ): (index: number, timeUs: number, values: readonly number[], state: AlertState) => void;
  /** The last values of an alert's first condition, oldest first. */
  trail(key: string): readonly number[];
  /** When the alerts that are asked for fired: ends of bars. */
  spans(isWanted: (alert: Alert) => boolean): AlertSpan[];
  /** What was told, newest first: so many rows. */
  table(rows: number): TableData;
  /** Lets go of all that a rule did. */
  forget(rule: string): void;
}

const MOST_EVENTS = 2000;
const TRAIL = 30;

export function alertLog(): AlertLog {
  let events: HeardEvent[] = [];
  const trails = new Map<string, { readonly rule: string; readonly values: number[] }>();
  return {
    hear: (event) => {
      events.push(event);
      if (events.length > 2 * MOST_EVENTS) events = events.slice(-MOST_EVENTS);
    },
    judged: (alerts) => (index, _, values) => {
      const { key, rule } = alerts[index]!;
      const trail = trails.get(key) ?? { rule: rule.name, values: [] };
      trails.set(key, trail);
      trail.values.push(values[0]!);
      if (trail.values.length > TRAIL) trail.values.shift();
    },
    trail: (key) => trails.get(key)?.values ?? [],
    spans: (isWanted) => {
      const open = new Map<string, AlertSpan>();
      const spans: AlertSpan[] = [];
      for (const event of events) {
        const { alert, kind, timeUs } = event;
        if (!isWanted(alert)) continue;
        let begun = open.get(alert.key);
        if (kind === "firing" && begun !== undefined && event.sinceUs === timeUs) {
          // on the other side: one ends, another begins
          spans.push({ ...begun, toUs: timeUs });
          begun = undefined;
        }
        if (kind === "firing" && begun === undefined) {
          const text = textOf(event);
          open.set(alert.key, { name: alert.rule.name, fromUs: timeUs, toUs: Number.NaN, text });
        } else if (begun !== undefined && kind !== "firing" && kind !== "reminder") {
          spans.push({ ...begun, toUs: timeUs });
          open.delete(alert.key);
        }
      }
      return [...spans, ...open.values()];
    },
    table: (rows) => {
      const all = events.filter(({ delivery }) => delivery === "sent");
      const told = all.slice(-rows).reverse();
      const text = (name: string, pick: (event: HeardEvent) => string) => ({
        name,
        values: told.map(pick),
        kind: "text" as const,
      });
      return {
        caption:
          told.length === all.length
            ? "What the alerts have told, newest first"
            : `What the alerts have told, the newest ${told.length} of ${all.length}`,
        length: told.length,
        columns: [
          { name: "bar's end", values: told.map(({ timeUs }) => timeUs), kind: "time" },
          text("what", ({ kind }) => (kind === "inactive" || kind === "pending" ? "data again" : kind)),
          text("alert", ({ alert }) => alert.rule.name),
          text("watched", ({ alert }) => alert.watched.join("/")),
          text("value", ({ value }) => valueText(value)),
          text("text", (event) =>
            event.kind === "firing" || event.kind === "reminder" ? textOf(event) : "",
          ),
        ],
      };
    },
    forget: (rule) => {
      events = events.filter(({ alert }) => alert.rule.name !== rule);
      for (const [key, trail] of trails) if (trail.rule === rule) trails.delete(key);
    },
  };
}

function textOf({ alert, timeUs, values, kind, sinceUs }: HeardEvent): string {
  return alertText(alert, { timeUs, values, state: kind, sinceUs });
}
