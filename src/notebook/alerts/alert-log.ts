import type { Alert } from "../../analytics/alerts/alerts.ts";
import type { AlertState } from "../../analytics/alerts/state.ts";
import { alertText } from "../../analytics/alerts/text.ts";
import type { HeardEvent } from "../../analytics/alerts/values/evaluator.ts";
import { spanText } from "../../app/doctor/words.ts";
import { shortNames } from "../../core/assets.ts";
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
  /** When an alert fired last; undefined: it has not. */
  last(key: string): AlertSpan | undefined;
  /** What has fired, one row from its begin to its end, newest first: so many rows. */
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
    spans: (isWanted) => episodesOf(events.filter(({ alert }) => isWanted(alert))).map(spanOf),
    last: (key) =>
      episodesOf(events.filter(({ alert }) => alert.key === key))
        .map(spanOf)
        .at(-1),
    table: (rows) => {
      const all = episodesOf(events).filter(({ first }) => first.delivery === "sent");
      const shown = all.slice(-rows).reverse();
      const short = shortNames(shown.flatMap(({ first }) => first.alert.watched));
      const text = (name: string, pick: (one: Episode) => string) => ({
        name,
        values: shown.map(pick),
        kind: "text" as const,
      });
      const many = shown.length === all.length ? "" : `, the newest ${shown.length} of ${all.length}`;
      return {
        caption: `What has fired${many}: one line each, the newest first`,
        length: shown.length,
        columns: [
          { name: "from", values: shown.map(({ first }) => first.timeUs), kind: "time" },
          text("for", ({ first, toUs }) =>
            Number.isNaN(toUs) ? "still firing" : spanText(toUs - first.timeUs),
          ),
          text("alert", ({ first }) => first.alert.rule.name),
          text("watched", ({ first }) => first.alert.watched.map(short).join("/")),
          text("severity", ({ first }) => first.alert.severity),
          text("text", ({ first }) => textOf(first)),
        ],
      };
    },
    forget: (rule) => {
      events = events.filter(({ alert }) => alert.rule.name !== rule);
      for (const [key, trail] of trails) if (trail.rule === rule) trails.delete(key);
    },
  };
}

/** From a firing to its end. */
export interface Episode {
  readonly first: HeardEvent;
  /** NaN: it fires still. */
  readonly toUs: number;
}

/** In the order in which they began. */
function episodesOf(events: readonly HeardEvent[]): Episode[] {
  const open = new Map<string, number>();
  const episodes: Episode[] = [];
  const end = (key: string, toUs: number): void => {
    const at = open.get(key);
    if (at !== undefined) episodes[at] = { ...episodes[at]!, toUs };
    open.delete(key);
  };
  for (const event of events) {
    const { alert, kind, timeUs } = event;
    // on the other side: one ends, another begins
    if (kind === "firing" && event.sinceUs === timeUs) end(alert.key, timeUs);
    if (kind === "firing" && !open.has(alert.key)) {
      open.set(alert.key, episodes.length);
      episodes.push({ first: event, toUs: Number.NaN });
    } else if (kind !== "firing" && kind !== "reminder") end(alert.key, timeUs);
  }
  return episodes;
}

/** The time in which an alert fired: ends of bars. */
export function spanOf({ first, toUs }: Episode): AlertSpan {
  const { alert, timeUs: fromUs } = first;
  return { name: alert.rule.name, severity: alert.severity, fromUs, toUs, text: textOf(first) };
}

function textOf({ alert, timeUs, values, kind, sinceUs }: HeardEvent): string {
  return alertText(alert, { timeUs, values, state: kind, sinceUs });
}
