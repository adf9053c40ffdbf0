import { alertsOf } from "../../analytics/alerts/alerts.ts";
import type { RuleFile } from "../../analytics/alerts/rules/rule.ts";
import { type AlertState, readAlertState } from "../../analytics/alerts/state.ts";
import {
  type AlertStatus,
  alertEvaluator,
  type EvaluatorMemory,
  type HeardEvent,
} from "../../analytics/alerts/values/evaluator.ts";
import { type Clock, formatUtc } from "../../core/time.ts";
import type { ActsReader } from "../../pipeline/store/alert-acts.ts";
import type { AlertRecord, AlertStore } from "../../pipeline/store/alert-store.ts";
import type { Series, TradeStore } from "../../pipeline/store/trade-store.ts";
import { isSeenOnly, watchedActs } from "./acts.ts";
import type { Delivery } from "./delivery.ts";
import { alertFeed } from "./feed/feed.ts";
import { recordOf, recordOfAct } from "./records.ts";

export interface WatchSettings {
  readonly reader: TradeStore;
  /** The series of the venue that is watched. */
  readonly series: readonly Series[];
  /** What `"*"` stands for. */
  readonly symbols: readonly string[];
  readonly rules: RuleFile;
  readonly store: AlertStore;
  readonly delivery: Delivery;
  readonly clock: Clock;
  readonly graceUs: number;
  readonly catchUpUs: number;
  /** What notebooks have written about its alerts; none unless told. */
  readonly acts?: ActsReader;
}

/** The watching of one venue, a pass at a time. */
export interface Watch {
  /** Judges what has closed, keeps it, and hands it on. Whether there was anything to judge. */
  pass(): boolean;
  status(): AlertStatus[];
  /** The venue's time, µs; NaN before its first trade. */
  venueUs(): number;
  /** What is wrong, apart from the market, in a few words each. */
  troubles(): string[];
  /** Keeps what is not kept yet. */
  finish(): void;
}

/** Where nothing has happened, progress is kept this often only: judged again, the same bars say the same. */
const KEEP_EVERY_MS = 5000;
/** A clock that stood wrong by more than this, when trades were missing, is told. */
const MOST_AHEAD_US = 60_000_000;
/** Events that wait for a history which can't be written; older ones are let go, and counted. */
const MOST_UNKEPT = 10_000;

export function watchAlerts(settings: WatchSettings): Watch {
  const { reader, series, symbols, rules, store, delivery, clock, graceUs, catchUpUs } = settings;
  const { name: venue, kind: venueKind } = series[0]!.venue;
  const alerts = alertsOf(rules.rules, { venue, symbols });
  const acts = watchedActs(settings.acts, actIdOf(store, venue));
  const { perHour } = rules;
  const evaluator = alertEvaluator(alerts, { acts, ...(perHour !== undefined && { perHour }) });
  const feed = alertFeed({ reader, series, evaluator, graceUs, catchUpUs });
  const kept = new Map<string, AlertState>();
  let unkept: Omit<AlertRecord, "id" | "venue">[] = [];
  /** Told ones among them that the terminal has shown already. */
  let shown = 0;
  let lost = 0;
  let reason = "";
  let keptAtMs = Number.NEGATIVE_INFINITY;

  const remembered = memoryOf(store, venue);
  if (remembered !== undefined) evaluator.remember(remembered);
  for (const { alert, state } of evaluator.status()) kept.set(alert.key, state);

  const keep = (): void => {
    const { states, ...progress } = evaluator.memory();
    const changed = evaluator.status().filter(({ alert, state }) => kept.get(alert.key) !== state);
    let records: AlertRecord[];
    try {
      records = store.commit(venue, {
        progress: { ...progress, actId: acts.id() },
        states: changed.map(({ alert }) => ({ key: alert.key, state: states[alert.key] })),
        events: unkept,
      });
    } catch (error) {
      const { code } = error as { code?: string };
      if (code?.startsWith("SQLITE_") !== true) throw error;
      reason = code;
      showUnkept();
      return;
    }
    for (const { alert, state } of changed) kept.set(alert.key, state);
    keptAtMs = clock.monotonicMs();
    delivery.show(records.filter(isSeenOnly));
    delivery.send(records, shown);
    [unkept, shown, reason] = [[], 0, ""];
  };

  /** The terminal does not wait for a history that can't be written. */
  const showUnkept = (): void => {
    const sent = unkept.filter(isTold);
    delivery.show(sent.slice(shown).map((event) => ({ ...event, venue, id: 0 })));
    const gone = unkept.splice(0, Math.max(0, unkept.length - MOST_UNKEPT));
    lost += gone.length;
    shown = sent.length - gone.filter(isTold).length;
  };

  return {
    pass: () => {
      for (const [act, status] of acts.take(evaluator.status))
        unkept.push(recordOfAct(act, status, clock.nowUs(), venueKind));
      const hear = (event: HeardEvent): void => {
        unkept.push(recordOf(event, clock.nowUs(), venueKind));
      };
      const hasJudged = feed.poll(clock.nowUs(), hear);
      const isFirst = keptAtMs === Number.NEGATIVE_INFINITY;
      const isDue = hasJudged && clock.monotonicMs() - keptAtMs >= KEEP_EVERY_MS;
      if (unkept.length > 0 || isFirst || isDue) keep();
      delivery.note();
      return hasJudged;
    },
    status: evaluator.status,
    venueUs: feed.venueUs,
    troubles: () => {
      const waiting = `${unkept.length} waiting${lost > 0 ? `, ${lost} lost` : ""}`;
      const history = reason === "" ? "" : `history: not written (${reason}), ${waiting}`;
      const aheadUs = feed.aheadUs();
      const clock =
        aheadUs > MOST_AHEAD_US
          ? `clock: judged up to ${formatUtc(evaluator.doneUs()!)} already, and nothing before that time comes`
          : "";
      return [history, clock, ...delivery.troubles()].filter(Boolean);
    },
    finish: () => {
      keep();
      delivery.note();
    },
  };
}

/** The last act that stands in the history. */
function actIdOf(store: AlertStore, venue: string): number | undefined {
  const { actId } = objectOf(store.progress(venue));
  return isNumber(actId) ? actId : undefined;
}

function isTold({ delivery }: Pick<AlertRecord, "delivery">): boolean {
  return delivery === "sent";
}

/** What an earlier watch left; undefined where there was none. What can't be read is passed over. */
function memoryOf(store: AlertStore, venue: string): EvaluatorMemory | undefined {
  const { doneUs, frozen, sentUs } = objectOf(store.progress(venue));
  if (doneUs === undefined) return undefined;
  return {
    doneUs: only(objectOf(doneUs), isNumber),
    frozen: objectOf(frozen),
    sentUs: Array.isArray(sentUs) ? sentUs.filter(isNumber) : [],
    states: Object.fromEntries(
      Object.entries(store.states(venue)).flatMap(([key, kept]) => {
        const state = readAlertState(kept);
        return state === undefined ? [] : [[key, state]];
      }),
    ),
  };
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function isNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

function only<Value>(
  values: Readonly<Record<string, unknown>>,
  isWanted: (value: unknown) => value is Value,
): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, Value] => isWanted(entry[1])),
  );
}
