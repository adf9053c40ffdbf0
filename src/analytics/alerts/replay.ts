import { requireList, requireSettings } from "../../core/arguments.ts";
import type { Bars } from "../../core/bars.ts";
import { refuse } from "../../core/errors.ts";
import { formatDuration } from "../../core/time.ts";
import type { Alert } from "./alerts.ts";
import type { AlertEvent, AlertStateName } from "./state.ts";
import { alertEvaluator, type BarsOf, type HeardEvent } from "./values/evaluator.ts";

export interface ReplaySettings {
  /** Judge from here on, µs; bars before fill the windows. From the first bar unless told. */
  readonly fromUs?: number;
  /** Up to here; to the last bar unless told. */
  readonly toUs?: number;
  /** Messages of all alerts together within an hour; 200 unless told. */
  readonly perHour?: number;
}

/** What one alert would have done. */
export interface ReplayedAlert {
  readonly alert: Alert;
  /** Ends of the bars that were judged. */
  readonly timeUs: Float64Array;
  /** Of its first condition; NaN where it is missing. */
  readonly value: Float64Array;
  /** Of each of its conditions. */
  readonly values: readonly Float64Array[];
  readonly state: readonly AlertStateName[];
  readonly events: readonly AlertEvent[];
}

/** Runs alerts over bars that are there, step by step as a live watch does: the same values, states and messages. */
export function replayAlerts(
  alerts: readonly Alert[],
  bars: readonly Bars[],
  settings: ReplaySettings = {},
): ReplayedAlert[] {
  requireList("replayAlerts", "alerts", alerts);
  requireList("replayAlerts", "bars", bars);
  requireSettings("replayAlerts", settings, ["fromUs", "toUs", "perHour"]);

  const barsOf = barsAmong(bars);
  const steps = alerts.map(({ conditions }) => ({
    timeUs: [] as number[],
    values: conditions.map((): number[] => []),
    state: [] as AlertStateName[],
  }));
  const events = new Map<Alert, AlertEvent[]>(alerts.map((alert) => [alert, []]));
  const evaluator = alertEvaluator(alerts, {
    ...(settings.perHour !== undefined && { perHour: settings.perHour }),
    judged: (index, timeUs, values, { state }) => {
      const own = steps[index]!;
      own.timeUs.push(timeUs);
      own.values.forEach((column, i) => void column.push(values[i]!));
      own.state.push(state);
    },
  });
  const used = evaluator.lanes.map(barsOf).filter(({ length }) => length > 0);
  const firstUs = Math.min(...used.map(({ startUs }) => startUs[0]!));
  const lastUs = Math.max(...used.map(({ endUs, length }) => endUs[length - 1]!));
  if (used.length > 0) {
    evaluator.begin(settings.fromUs ?? firstUs);
    if (settings.fromUs !== undefined) evaluator.rebuild(barsOf);
    evaluator.advance(
      barsOf,
      Math.min(lastUs, settings.toUs ?? lastUs),
      ({ alert, ...event }: HeardEvent) => {
        events.get(alert)!.push(event);
      },
    );
  }
  return alerts.map((alert, i) => {
    const { timeUs, state, values: columns } = steps[i]!;
    const values = columns.map((column) => Float64Array.from(column));
    return {
      alert,
      timeUs: Float64Array.from(timeUs),
      value: values[0]!,
      values,
      state,
      events: events.get(alert)!,
    };
  });
}

function barsAmong(bars: readonly Bars[]): BarsOf {
  return ({ symbol, intervalUs }) => {
    const found = bars.find((one) => one.symbol === symbol && one.intervalUs === intervalUs);
    if (found !== undefined) return found;
    const there = bars.map((one) => `${one.symbol} of ${formatDuration(one.intervalUs)}`).join(", ");
    return refuse({
      code: "no-bars",
      where: "replayAlerts",
      problem: `needs bars of ${formatDuration(intervalUs)} of ${symbol}; got ${there || "none"}`,
      hint: "Read them with readBars, or change the rule.",
      facts: { symbol, intervalUs },
    });
  };
}
