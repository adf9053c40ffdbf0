import type { ActBook } from "../../analytics/alerts/acts.ts";
import { type Alert, alertsOf } from "../../analytics/alerts/alerts.ts";
import type { AlertRule } from "../../analytics/alerts/rules/rule.ts";
import {
  type AlertEvaluator,
  alertEvaluator,
  type EvaluatorMemory,
} from "../../analytics/alerts/values/evaluator.ts";
import type { Lane } from "../../analytics/alerts/values/nodes.ts";
import { type AlertFeed, alertFeed } from "../../app/alerts/feed/feed.ts";
import { venueSeries } from "../../app/alerts/venues.ts";
import { systemClock } from "../../app/clock.ts";
import type { PairFrame } from "../../app/pair/pair-monitor.ts";
import type { TradeStore } from "../../pipeline/store/trade-store.ts";
import type { PairWatch } from "../pair/pair-watch.ts";
import type { AlertLog } from "./alert-log.ts";
import { chartBars } from "./chart-bars.ts";

/** Judges alerts on the bars of a pair's charts, and on its hedge ratio. */
export interface PairJudge {
  /** Judges what has closed since the last look; undefined while the pair has no hedge ratio. */
  look(): AlertEvaluator | undefined;
  /** Takes these rules from now on. Those that were judged go on; `anew` is judged from the first bar in view on. */
  use(rules: readonly AlertRule[], anew?: AlertRule): void;
  alertsFor(rules: readonly AlertRule[]): Alert[];
}

/** A store whose newest trade came longer ago than this is a recording. */
const RECORDED_US = 600_000_000;

export function pairJudge(pair: PairWatch, reader: TradeStore, log: AlertLog, acts: ActBook): PairJudge {
  const { y, x, intervalUs, graceMs } = pair.settings;
  const graceUs = 1000 * graceMs;
  let rules: readonly AlertRule[] = [];
  let evaluator: AlertEvaluator | undefined;
  let judgedBy: PairFrame["hedge"];
  let feed: AlertFeed | undefined;

  const alertsFor = (some: readonly AlertRule[]): Alert[] =>
    alertsOf(some, { venue: pair.frame().venue.name, symbols: [y, x] });

  /** The chart's own bars, where they are of that length and enough. */
  const made = ({ symbol, intervalUs: length, least }: Lane): ReturnType<typeof chartBars> | undefined =>
    length === intervalUs && least <= pair.settings.bars
      ? chartBars(pair.frame, symbol === y ? "y" : "x", graceUs)
      : undefined;

  /** Nothing is judged before the pair has its hedge ratio: alerts and charts use the same one. */
  const begin = ({ hedge, venue, closed, newestUs }: PairFrame, memory?: EvaluatorMemory): void => {
    if (hedge === undefined) return;
    judgedBy = hedge;
    const alerts = alertsFor(rules);
    evaluator = alertEvaluator(alerts, { judged: log.judged(alerts), acts });
    if (memory !== undefined) evaluator.remember(memory);
    evaluator.freeze([y, x], hedge);
    // from the first bar in view on
    const backUs = Math.max(newestUs.y, newestUs.x) - graceUs - firstUs(closed);
    const series = venueSeries(reader, venue.name);
    const times = { graceUs, catchUpUs: backUs + 60e6, backUs };
    feed = alertFeed({ reader, series, evaluator, made, ...times });
  };

  /** A memory in which a rule's alerts stand as they would, had they been judged on the bars in view. */
  const withReplayed = (memory: EvaluatorMemory, rule: AlertRule): EvaluatorMemory => {
    const own = alertsFor([rule]);
    const { closed, hedge } = pair.frame();
    const untilUs = memory.doneUs[intervalUs];
    if (untilUs === undefined || own.some((alert) => alert.intervalUs !== intervalUs)) return memory;
    const alone = alertEvaluator(own, { judged: log.judged(own), acts });
    if (hedge !== undefined) alone.freeze([y, x], hedge);
    alone.begin(Math.min(firstUs(closed), untilUs), untilUs);
    alone.advance(({ symbol }) => (symbol === y ? closed.y : closed.x), untilUs, log.hear);
    return { ...memory, states: { ...memory.states, ...alone.memory().states } };
  };

  /** A store that nobody writes to is looked at as it was at its newest trade. */
  const isWritten = ({ venue }: PairFrame): boolean =>
    venueSeries(reader, venue.name).some(
      (series) => (reader.newest(series)?.receivedUs ?? 0) > systemClock.nowUs() - RECORDED_US,
    );

  return {
    look: () => {
      const now = pair.frame();
      // another day has another line
      if (feed === undefined || now.hedge !== judgedBy) begin(now, evaluator?.memory());
      feed?.poll(isWritten(now) ? systemClock.nowUs() : Number.NEGATIVE_INFINITY, log.hear);
      return evaluator;
    },
    use: (next, anew) => {
      rules = next;
      const memory = evaluator?.memory();
      if (memory !== undefined) begin(pair.frame(), anew === undefined ? memory : withReplayed(memory, anew));
    },
    alertsFor,
  };
}

function firstUs({ y, x }: PairFrame["closed"]): number {
  return Math.min(y.startUs[0] ?? Number.POSITIVE_INFINITY, x.startUs[0] ?? Number.POSITIVE_INFINITY);
}
