import { requireFunction, requireList, requireSettings } from "../../core/arguments.ts";
import type { Bars } from "../../core/bars.ts";
import { firstAtLeast } from "../../core/search.ts";
import type { ResultTable } from "../unit-root/test-result.ts";
import type { Alert } from "./alerts.ts";
import { isTurned, judge, type Side } from "./judge.ts";
import { MEASURES } from "./measures/measures.ts";
import { type ReplayedAlert, type ReplaySettings, replayAlerts } from "./replay.ts";
import type { AlertStateName } from "./state.ts";

export interface ScoreSettings extends ReplaySettings {
  /** How many bars an alert is given to come back; three windows, at least 60, unless told. */
  readonly horizonBars?: number;
}

/** What came after one firing. */
export interface Outcome {
  readonly firedUs: number;
  /** Of the condition that led to it, as are `back` and `adverse`. */
  readonly value: number;
  /**
   * The alert was back (its value at `resolve`, or on the other side of 0) within the horizon. `undefined`: the bars end before the horizon does; those that came
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
  requireList("scoreAlerts", "alerts", alerts);
  requireList("scoreAlerts", "bars", bars);
  requireSettings("scoreAlerts", settings, ["horizonBars", "fromUs", "toUs", "perHour"]);

  const spreads = alerts.map(spreadOf);
  const extra = [...new Map(spreads.flatMap((alert) => (alert ? [[alert.key, alert]] : []))).values()];
  const { horizonBars: _, ...range } = settings;
  const replayed = replayAlerts([...alerts, ...extra], bars, range);
  return alerts.map((alert, i) => {
    const own = replayed[i]!;
    const spread = replayed.find((one) => one.alert.key === spreads[i]?.key);
    return scoreOf(own, spread, settings.horizonBars ?? horizonOf(alert));
  });
}

function horizonOf({ conditions }: Alert): number {
  return Math.max(60, ...conditions.map(({ of }) => 3 * of.window));
}

/** An alert that never fires, for the values of the spread that another one rests on: that of its first condition with one. */
function spreadOf(alert: Alert): Alert | undefined {
  const found = alert.conditions.find(({ of }) => {
    const measure = MEASURES[of.measure];
    return measure.from === "spread" && measure.isLevel === true;
  });
  if (found === undefined) return undefined;
  const { hedge, hedgeBars, alpha, beta, prices, watched, intervalUs } = found.of;
  const key = JSON.stringify(["spread", watched, intervalUs, hedge, hedgeBars, alpha, beta, prices]);
  const never = { when: "above", fire: Number.POSITIVE_INFINITY, resolve: 0 } as const;
  return {
    ...alert,
    key,
    labels: {},
    severity: "info",
    conditions: [{ of: { ...found.of, measure: "spread" }, within: 1 }],
    silences: false,
    limits: { ...alert.limits, judge: { by: "all", of: [never] }, perHour: 0 },
  };
}

function scoreOf(own: ReplayedAlert, spread: ReplayedAlert | undefined, horizon: number): AlertScore {
  const { alert, timeUs, state } = own;
  const days = (timeUs.length * alert.intervalUs) / 86_400e6;
  // one that goes on firing after a time without data is no new one
  const outcomes = own.events
    .filter(({ kind, timeUs: at, sinceUs }) => kind === "firing" && sinceUs === at)
    .map(({ timeUs: at, lead }) =>
      outcomeOf(own, spread, { fired: firstAtLeast(timeUs, at), lead, horizon }),
    );
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

interface Fired {
  /** The row at which it fired. */
  readonly fired: number;
  /** The condition that led to it. */
  readonly lead: number;
  readonly horizon: number;
}

function outcomeOf(
  own: ReplayedAlert,
  spread: ReplayedAlert | undefined,
  { fired, lead, horizon }: Fired,
): Outcome {
  const { alert, timeUs, values } = own;
  const value = values[lead]!;
  const { when } = alert.limits.judge.of[lead]!;
  const first = value[fired]!;
  /** The way in which it left. */
  const way = when === "below" || (when === "abs" && first < 0) ? -1 : 1;
  const end = Math.min(fired + horizon, value.length - 1);
  const backAt = backOf(own, fired, end);
  const level = reachOf(value, way, { fired, end, backAt });
  const scale = spreadScale(spread);
  const move = spread && reachOf(spread.value, way, { fired, end, backAt });
  return {
    firedUs: timeUs[fired]!,
    value: first,
    isHit: fired + horizon < value.length ? backAt >= 0 : undefined,
    backAfterUs: backAt < 0 ? Number.NaN : timeUs[backAt]! - timeUs[fired]!,
    ...level,
    spreadBack: (move?.back ?? Number.NaN) * scale,
    spreadAdverse: (move?.adverse ?? Number.NaN) * scale,
  };
}

/** Basis points of log prices, money of raw ones. */
function spreadScale(spread: ReplayedAlert | undefined): number {
  return spread?.alert.conditions[0]?.of.prices === "log" ? 1e4 : 1;
}

/** The first row at which an alert that fired is back, or on another side; −1: none up to `end`. */
function backOf({ alert, values }: ReplayedAlert, fired: number, end: number): number {
  let sides: readonly Side[] = [];
  for (let i = fired; i <= end; i++) {
    const now = judge(
      alert.limits.judge,
      values.map((column) => column[i]!),
      sides,
    );
    if (now.verdict === "missing") continue;
    if (now.verdict === "back" || isTurned(sides, now.sides)) return i;
    sides = now.sides;
  }
  return -1;
}

interface Stretch {
  readonly fired: number;
  readonly end: number;
  /** −1: never. */
  readonly backAt: number;
}

/** How far a series came back at the most, and how much further out it went before it was back. */
function reachOf(
  values: Float64Array,
  way: 1 | -1,
  { fired, end, backAt }: Stretch,
): Pick<Outcome, "back" | "adverse"> {
  const start = values[fired]! * way;
  let [least, most] = [start, start];
  for (let i = fired; i <= end; i++) {
    const now = values[i]! * way;
    if (now < least) least = now;
    if (now > most && (backAt < 0 || i <= backAt)) most = now;
  }
  return { back: start - least, adverse: most - start };
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
  nameOf: (score: AlertScore) => string = ({ alert }) => `${alert.rule.name} · ${alert.watched.join("/")}`,
): ResultTable {
  requireList("scoreTable", "scores", scores);
  requireFunction("scoreTable", "nameOf", nameOf);

  const of = (
    name: string,
    pick: (score: AlertScore) => string | number,
    more: { readonly digits?: number; readonly unit?: string } = {},
  ) => ({ name, values: scores.map(pick), ...more });
  const hasSpread = scores.some(({ medianSpreadBack }) => !Number.isNaN(medianSpreadBack));
  const isRaw = scores.some(({ alert }) => alert.conditions.some(({ of: { prices } }) => prices === "raw"));
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
