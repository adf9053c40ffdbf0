import type { Bars } from "../../core/bars.ts";
import { firstAtLeast } from "../../core/search.ts";
import type { ResultTable } from "../unit-root/test-result.ts";
import type { Alert } from "./alerts.ts";
import { MEASURES } from "./measures.ts";
import { type ReplayedAlert, type ReplaySettings, replayAlerts } from "./replay.ts";
import { type AlertStateName, isBack } from "./state.ts";

export interface ScoreSettings extends ReplaySettings {
  /** How many bars an alert is given to come back; three windows, at least 60, unless told. */
  readonly horizonBars?: number;
}

/** What came after one firing. */
export interface Outcome {
  readonly firedUs: number;
  readonly value: number;
  /**
   * The value came back to `resolve` within the horizon. `undefined`: the bars end before the horizon does; those that came
   * back by then are not known either, or the quick ones would be counted alone.
   */
  readonly isHit: boolean | undefined;
  /** Until it had; NaN: it did not. */
  readonly backAfterUs: number;
  /** How far the value came back at the most, within the horizon. */
  readonly back: number;
  /** How much further out it went before it was back. */
  readonly adverse: number;
  /** As `back` and `adverse`, of the spread itself: in basis points of log prices, in money of raw ones. NaN without a spread. */
  readonly spreadBack: number;
  readonly spreadAdverse: number;
}

/** Whether an alert was right. */
export interface AlertScore extends ReplayedAlert {
  readonly days: number;
  /** Bars that each firing was given to come back. */
  readonly horizonBars: number;
  readonly firings: number;
  readonly firingsPerDay: number;
  /** Share of the bars in each state. */
  readonly timeIn: Readonly<Record<AlertStateName, number>>;
  readonly outcomes: readonly Outcome[];
  /** Of the firings whose horizon is over: those that came back within it; NaN without one. */
  readonly hitRate: number;
  /** Medians are of those firings, too. */
  readonly medianBackAfterUs: number;
  readonly medianBack: number;
  readonly medianAdverse: number;
  readonly worstAdverse: number;
  readonly medianSpreadBack: number;
  readonly worstSpreadAdverse: number;
}

/**
 * Runs alerts over bars and asks what came after each firing.
 *
 * A z-score comes back by itself as its window moves on: whether the spread did is told beside it, by the move of the spread
 * towards where it had come from, on the hedge ratio of the rule.
 */
export function scoreAlerts(
  alerts: readonly Alert[],
  bars: readonly Bars[],
  settings: ScoreSettings = {},
): AlertScore[] {
  const spreads = alerts.map(spreadOf);
  const extra = [...new Map(spreads.flatMap((alert) => (alert ? [[alert.key, alert]] : []))).values()];
  const replayed = replayAlerts([...alerts, ...extra], bars, settings);
  return alerts.map((alert, i) => {
    const own = replayed[i]!;
    const spread = replayed.find((one) => one.alert.key === spreads[i]?.key);
    return scoreOf(own, spread, settings.horizonBars ?? Math.max(60, 3 * alert.of.window));
  });
}

/** An alert that never fires, for the values of the spread that another one rests on. */
function spreadOf({ of, rule, limits }: Alert): Alert | undefined {
  if (MEASURES[of.measure].hedged === undefined || of.measure === "halfLife" || of.measure === "adfPValue")
    return undefined;
  const { hedge, hedgeBars, alpha, beta, prices, watched, intervalUs } = of;
  const key = JSON.stringify(["spread", watched, intervalUs, hedge, hedgeBars, alpha, beta, prices]);
  return {
    key,
    labels: {},
    rule,
    severity: "info",
    of: { ...of, measure: "spread" },
    within: 1,
    silences: false,
    limits: { ...limits, when: "above", fire: Number.POSITIVE_INFINITY, resolve: 0, perHour: 0 },
  };
}

function scoreOf(own: ReplayedAlert, spread: ReplayedAlert | undefined, horizon: number): AlertScore {
  const { alert, timeUs, state } = own;
  const days = (timeUs.length * alert.of.intervalUs) / 86_400e6;
  // one that goes on firing after a time without data is no new one
  const outcomes = own.events
    .filter(({ kind, timeUs: at, sinceUs }) => kind === "firing" && sinceUs === at)
    .map((event) => outcomeOf(own, spread, firstAtLeast(timeUs, event.timeUs), horizon));
  const known = outcomes.filter(({ isHit }) => isHit !== undefined);
  const share = (name: AlertStateName): number =>
    state.filter((one) => one === name).length / Math.max(1, state.length);
  return {
    ...own,
    days,
    horizonBars: horizon,
    firings: outcomes.length,
    firingsPerDay: outcomes.length / days,
    timeIn: {
      inactive: share("inactive"),
      pending: share("pending"),
      firing: share("firing"),
      resolved: share("resolved"),
      "no data": share("no data"),
    },
    outcomes,
    hitRate: known.length === 0 ? Number.NaN : known.filter(({ isHit }) => isHit).length / known.length,
    medianBackAfterUs: medianOf(known.map(({ backAfterUs }) => backAfterUs)),
    medianBack: medianOf(known.map(({ back }) => back)),
    medianAdverse: medianOf(known.map(({ adverse }) => adverse)),
    worstAdverse: outcomes.reduce((most, { adverse }) => Math.max(most, adverse), 0),
    medianSpreadBack: medianOf(known.map(({ spreadBack }) => spreadBack)),
    worstSpreadAdverse: outcomes.reduce(
      (most, { spreadAdverse }) => Math.max(most, spreadAdverse),
      spread ? 0 : Number.NaN,
    ),
  };
}

function outcomeOf(
  own: ReplayedAlert,
  spread: ReplayedAlert | undefined,
  fired: number,
  horizon: number,
): Outcome {
  const { alert, timeUs, value } = own;
  const { limits, of } = alert;
  const first = value[fired]!;
  const side = first < 0 ? -1 : 1;
  /** How far out a value is, on the side on which it left. */
  const out = (one: number): number =>
    limits.when === "above" ? one : limits.when === "below" ? -one : one * side;
  const end = Math.min(fired + horizon, value.length - 1);
  let [least, most, backAt] = [out(first), out(first), -1];
  const spreads = spread?.value;
  const way = limits.when === "below" ? -1 : limits.when === "above" ? 1 : side;
  const scale = of.prices === "log" ? 1e4 : 1;
  const start = spreads === undefined ? Number.NaN : spreads[fired]! * way;
  let [spreadLeast, spreadMost] = [start, start];
  for (let i = fired; i <= end; i++) {
    const now = out(value[i]!);
    if (Number.isNaN(now)) continue;
    least = Math.min(least, now);
    if (backAt < 0) most = Math.max(most, now);
    const at = spreads === undefined ? Number.NaN : spreads[i]! * way;
    if (at < spreadLeast) spreadLeast = at;
    if (backAt < 0 && at > spreadMost) spreadMost = at;
    if (backAt < 0 && isBack(limits, side, value[i]!)) backAt = i;
  }
  return {
    firedUs: timeUs[fired]!,
    value: first,
    isHit: fired + horizon < value.length ? backAt >= 0 : undefined,
    backAfterUs: backAt < 0 ? Number.NaN : timeUs[backAt]! - timeUs[fired]!,
    back: out(first) - least,
    adverse: most - out(first),
    spreadBack: (start - spreadLeast) * scale,
    spreadAdverse: (spreadMost - start) * scale,
  };
}

function medianOf(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  if (known.length === 0) return Number.NaN;
  const middle = known.length >> 1;
  return known.length % 2 === 1 ? known[middle]! : (known[middle - 1]! + known[middle]!) / 2;
}

/** Scores side by side: a row an alert, named by `nameOf`. */
export function scoreTable(
  scores: readonly AlertScore[],
  nameOf: (score: AlertScore) => string = ({ alert }) => `${alert.rule.name} · ${alert.of.watched.join("/")}`,
): ResultTable {
  const of = (
    name: string,
    pick: (score: AlertScore) => string | number,
    more: { readonly digits?: number; readonly unit?: string } = {},
  ) => ({ name, values: scores.map(pick), ...more });
  const hasSpread = scores.some(({ medianSpreadBack }) => !Number.isNaN(medianSpreadBack));
  const isRaw = scores.some(({ alert }) => alert.of.prices === "raw");
  const unit = isRaw ? "quote units" : "bps";
  const days = scores[0]?.days ?? 0;
  const horizons = [...new Set(scores.map(({ horizonBars }) => horizonBars))];
  return {
    columns: [
      of("alert", nameOf),
      of("firings", ({ firings }) => firings),
      of("a day", ({ firingsPerDay }) => firingsPerDay, { digits: 1 }),
      of("time firing", ({ timeIn }) => 100 * timeIn.firing, { digits: 1, unit: "%" }),
      of("no data", ({ timeIn }) => 100 * timeIn["no data"], { digits: 1, unit: "%" }),
      of("came back", ({ hitRate }) => 100 * hitRate, { digits: 0, unit: "%" }),
      of("after", ({ medianBackAfterUs }) => medianBackAfterUs / 1e6, { digits: 0, unit: "s" }),
      of("back by", ({ medianBack }) => medianBack, { digits: 2 }),
      of("worse by", ({ medianAdverse }) => medianAdverse, { digits: 2 }),
      of("at worst", ({ worstAdverse }) => worstAdverse, { digits: 2 }),
      ...(hasSpread
        ? [
            of("spread back by", ({ medianSpreadBack }) => medianSpreadBack, { digits: 1, unit }),
            of("spread at worst", ({ worstSpreadAdverse }) => worstSpreadAdverse, {
              digits: 1,
              unit,
            }),
          ]
        : []),
    ],
    length: scores.length,
    caption: `What came in the ${horizons.join(" or ")} bars after each firing (medians), ${lengthText(days)} of bars`,
  };
}

function lengthText(days: number): string {
  if (days >= 1) return `${days.toFixed(1)} days`;
  return days >= 1 / 24 ? `${(24 * days).toFixed(1)} hours` : `${(1440 * days).toFixed(1)} minutes`;
}
