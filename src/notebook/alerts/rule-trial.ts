import type { Alert } from "../../analytics/alerts/alerts.ts";
import { compareThresholds } from "../../analytics/alerts/compare-thresholds.ts";
import { MEASURES } from "../../analytics/alerts/measures/measures.ts";
import { withConditions } from "../../analytics/alerts/rules/conditions.ts";
import type { AlertRule } from "../../analytics/alerts/rules/rule.ts";
import { type AlertScore, scoreAlerts } from "../../analytics/alerts/score.ts";
import { venueSeries } from "../../app/alerts/venues.ts";
import { spanText } from "../../app/doctor/words.ts";
import { type Bars, sliceBars } from "../../core/bars.ts";
import { parseDuration } from "../../core/time.ts";
import { readBars } from "../../pipeline/bars/read-bars.ts";
import type { TradeStore } from "../../pipeline/store/trade-store.ts";
import type { TableData } from "../../render/table-data.ts";
import type { PairWatch } from "../pair/pair-watch.ts";

/** What rules would have done on the bars in view. */
export interface RuleTrial {
  scores(rule: AlertRule): AlertScore[];
  /** One rule with several thresholds. */
  compared(rule: AlertRule, fire: readonly number[]): TableData;
}

export function ruleTrial(
  pair: PairWatch,
  reader: TradeStore,
  alertsFor: (rules: readonly AlertRule[]) => Alert[],
): RuleTrial {
  const { y, x, interval } = pair.settings;

  /** A rule on the hedge ratio of the charts, where it would freeze one of its own. */
  const onHedge = (rule: AlertRule): AlertRule => {
    const { hedge } = pair.frame();
    if (hedge === undefined || rule.pair?.[0] !== y || rule.pair[1] !== x) return rule;
    return withConditions(rule, (one) => {
      const { hedgeBars, ...rest } = one;
      const freezes = (one.hedge ?? "frozen") === "frozen" && one.prices !== "raw";
      if (!freezes || MEASURES[one.measure].from !== "spread") return one;
      return { ...rest, hedge: "fixed", alpha: hedge.alpha, beta: hedge.beta };
    });
  };
  /** The bars in view; of another length, as many as lie in the same time. */
  const barsFor = (rule: AlertRule): Bars[] => {
    const { closed, venue, newestUs } = pair.frame();
    if (rule.interval === interval) return [closed.y, closed.x];
    const series = venueSeries(reader, venue.name).filter(({ symbol }) => symbol === y || symbol === x);
    const every = parseDuration(rule.interval);
    const fromUs = Math.floor((closed.y.startUs[0] ?? 0) / every) * every;
    const toUs = Math.max(newestUs.y, newestUs.x);
    return readBars(reader, series, { every: [rule.interval], fromUs }).map(([bars]) =>
      sliceBars(bars!, 0, bars!.endUs.filter((endUs) => endUs <= toUs).length),
    );
  };
  return {
    scores: (rule) => scoreAlerts(alertsFor([onHedge(rule)]), barsFor(rule)),
    compared: (rule, fire) => compareThresholds(onHedge(rule), barsFor(rule), { fire }).table,
  };
}

/** What a trial came to, in a sentence or three. */
export function trialSentence(scores: readonly AlertScore[]): string {
  const firings = scores.reduce((sum, one) => sum + one.firings, 0);
  const bars = scores[0]?.timeUs.length ?? 0;
  const span = spanText(bars * (scores[0]?.alert.intervalUs ?? 0));
  const outcomes = scores.flatMap(({ outcomes: own }) => own);
  const known = outcomes.filter(({ isHit }) => isHit !== undefined);
  const back = known.filter(({ isHit }) => isHit).length;
  const horizon = scores[0]?.horizonBars ?? 0;
  const rest =
    firings === 0
      ? ""
      : known.length === 0
        ? ` What came of it is known ${horizon} bars later.`
        : ` ${back} of the ${known.length} that are ${horizon} bars old came back within them.`;
  return `On the ${bars} bars in view (${span}) it would have fired ${firings === 1 ? "once" : `${firings} times`}.${rest}`;
}
