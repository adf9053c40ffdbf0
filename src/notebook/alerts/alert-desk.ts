import { snoozeText } from "../../analytics/alerts/acts.ts";
import type { AlertEvaluator, HeardEvent } from "../../analytics/alerts/values/evaluator.ts";
import { reasonOf } from "../../core/errors.ts";
import { handOver } from "../page/handed.ts";
import { kernelApi } from "../page/kernel-api.ts";
import {
  type ActAnswer,
  type ActQuestion,
  ALERT_ACTS,
  ALERTS,
  type AlertNews,
} from "../page/live-messages.ts";
import type { AlertActs } from "./alert-acts.ts";
import { type AlertLog, spanOf } from "./alert-log.ts";

/** What a page does about the alerts of a notebook, and what it hears of them. */
export interface AlertDesk {
  /** By which name the page asks about the alerts; undefined where nobody can ask. */
  readonly asks: string | undefined;
  hear(event: HeardEvent): void;
  /** Tells all pages what has begun to fire just now. */
  tell(newestUs: number): void;
}

export interface AlertDeskOptions {
  readonly acts: AlertActs;
  readonly log: AlertLog;
  readonly judged: () => AlertEvaluator | undefined;
}

const LONGEST_SNOOZE_US = 7 * 86_400_000_000;
/** What fired longer ago is history that is caught up with, and no news. */
const NEWS_US = 15_000_000;

export function alertDesk(options: AlertDeskOptions): AlertDesk {
  let heard: HeardEvent[] = [];
  const asks = handOver(ALERT_ACTS, options, (kept, data) => answer(kept, data as Partial<ActQuestion>));
  return {
    asks,
    hear: (event) => {
      if (event.kind === "firing" && event.delivery === "sent") heard.push(event);
    },
    tell: (newestUs) => {
      const news = heard.filter((event) => isNew(event, newestUs));
      heard = [];
      if (news.length === 0) return;
      const alerts = news.map((event) => {
        const { name: rule, severity, text } = spanOf({ first: event, toUs: Number.NaN });
        const fromMs = (event.timeUs - event.alert.intervalUs) / 1000;
        return { rule, severity, text, fromMs, toMs: newestUs / 1000 };
      });
      kernelApi()?.comms.broadcast(ALERTS, { alerts } satisfies AlertNews);
    },
  };
}

/** By alert, the last firing that pages were told of: alerts that are judged again, as after a move of a control, are no news. */
const told = new Map<string, number>();

function isNew({ alert, timeUs }: HeardEvent, newestUs: number): boolean {
  const isLate = timeUs < newestUs - Math.max(NEWS_US, 3 * alert.intervalUs);
  if (isLate || timeUs <= (told.get(alert.key) ?? 0)) return false;
  told.set(alert.key, timeUs);
  return true;
}

function answer(
  options: AlertDeskOptions | undefined,
  question: Partial<ActQuestion>,
): Record<string, unknown> {
  if (options === undefined) return { problem: "the kernel no longer has it: run its cell again" };
  try {
    return { ...actOn(options, question) };
  } catch (problem) {
    return { problem: reasonOf(problem) };
  }
}

function actOn(
  { acts, log, judged }: AlertDeskOptions,
  { alert: key, act, forMs, untilMs }: Partial<ActQuestion>,
): ActAnswer {
  const evaluator = judged();
  const status = evaluator?.status().find(({ alert }) => alert.key === key);
  const atUs = evaluator?.doneUs();
  if (status === undefined || atUs === undefined) return { problem: "this alert is no longer judged" };
  const { alert, state } = status;
  const about = `${alert.rule.name} (${alert.watched.join("/")})`;
  if (act === "look") {
    const span = log.last(alert.key);
    if (span === undefined) return { problem: `${about} has not fired since the first bar in view` };
    const toUs = Number.isNaN(span.toUs) ? atUs : span.toUs;
    const { intervalUs } = alert;
    return { said: "", fromMs: (span.fromUs - intervalUs) / 1000, toMs: (toUs - intervalUs) / 1000 };
  }
  if (act === "snooze") {
    const untilUs = untilMs === undefined ? atUs + 1000 * (forMs ?? Number.NaN) : 1000 * untilMs;
    if (!(untilUs > atUs && untilUs <= atUs + LONGEST_SNOOZE_US))
      return { problem: "a snooze ends later than now, and within a week" };
    acts.add(alert, { act, atUs, untilUs });
    return { said: `${about} is ${snoozeText(untilUs)}` };
  }
  if (act === "acknowledge") {
    if (state.state !== "firing") return { problem: `${about} is not firing` };
    acts.add(alert, { act, atUs, untilUs: atUs });
    return { said: `${about} is acknowledged: it is not repeated while it fires` };
  }
  acts.add(alert, { act: "wake", atUs, untilUs: atUs });
  return { said: `${about} is no longer snoozed` };
}
