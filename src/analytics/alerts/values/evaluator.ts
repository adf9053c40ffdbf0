import { requireList, requireSettings } from "../../../core/arguments.ts";
import { requireWhole } from "../../checks.ts";
import { type ActBook, snoozeText } from "../acts.ts";
import type { Alert } from "../alerts.ts";
import type { PairName } from "../rules/rule.ts";
import { type AlertEvent, type AlertState, observe } from "../state.ts";
import {
  type BarsOf,
  type Group,
  groupsOf,
  type Member,
  nextStep,
  rebuildValues,
  stepValues,
} from "./groups.ts";
import { type EvaluatorMemory, memoryOf, recall } from "./memory.ts";
import type { Lane } from "./nodes.ts";

export type { BarsOf } from "./groups.ts";
export type { EvaluatorMemory } from "./memory.ts";

/** What became of one alert. */
export interface HeardEvent extends AlertEvent {
  readonly alert: Alert;
}

export interface AlertStatus {
  readonly alert: Alert;
  readonly state: AlertState;
  /** At the last step that was judged, of its first condition. */
  readonly value: number;
  /** Of each of its conditions. */
  readonly values: readonly number[];
  /** The name of what makes it silent, or until when it is snoozed; empty: nothing. */
  readonly silencedBy: string;
}

/**
 * Judges alerts step by step, a step being the end of an interval on the grid of time. Steps of several lengths come in
 * the order of time, shorter ones first; in each step first the alerts that silence others.
 */
export interface AlertEvaluator {
  readonly lanes: readonly Lane[];
  /** Judges every step after what is done, up to `untilUs` (included). Costs what is new. */
  advance(barsOf: BarsOf, untilUs: number, hear?: (event: HeardEvent) => void): void;
  /**
   * Where to begin, for bars of which nothing was judged yet: after this time. Steps up to `pastUs` are history: what they
   * say counts to no limit.
   */
  begin(us: number, pastUs?: number): void;
  /**
   * Makes the statistics anew from the bars at hand, up to what is done, and judges nothing: after a start, and when bars
   * that were judged have changed. What was told is not taken back; the next step is judged on the bars as they are.
   */
  rebuild(barsOf: BarsOf): void;
  /** Sets the hedge ratio of every frozen spread of a pair, on log prices: the one that a chart beside it uses. */
  freeze(pair: PairName, line: { readonly alpha: number; readonly beta: number }): void;
  /** Passes over steps up to `untilUs` without looking: their values count as missing. */
  skip(untilUs: number, hear?: (event: HeardEvent) => void): void;
  /** The last step that is done, of bars of one length; else the earliest of all lengths. Undefined before `begin`. */
  doneUs(intervalUs?: number): number | undefined;
  status(): AlertStatus[];
  memory(): EvaluatorMemory;
  /** Alerts that are not known any longer are passed over. */
  remember(memory: EvaluatorMemory): void;
}

export interface EvaluatorSettings {
  /** Told of every alert at every step that is judged: `index` is its place among the alerts given. */
  readonly judged?: (index: number, timeUs: number, values: readonly number[], state: AlertState) => void;
  /** Messages of all alerts together within an hour; 200 unless told. */
  readonly perHour?: number;
  /** What has been done about the alerts; asked at every step. */
  readonly acts?: ActBook;
}

const HOUR_US = 3_600_000_000;

export function alertEvaluator(alerts: readonly Alert[], settings: EvaluatorSettings = {}): AlertEvaluator {
  requireList("alertEvaluator", "alerts", alerts);
  requireSettings("alertEvaluator", settings, ["judged", "perHour", "acts"]);
  if (settings.perHour !== undefined) requireWhole("alertEvaluator", "perHour", settings.perHour, 1);

  const { perHour = 200, judged, acts } = settings;
  const groups = groupsOf(alerts);
  const members = groups.flatMap((group) => group.members);
  const silencers = members.filter(({ alert }) => alert.silences);
  let sentUs: number[] = [];

  const judge = (group: Group, timeUs: number, hear: (event: HeardEvent) => void, isSeen: boolean): void => {
    while (sentUs.length > 0 && sentUs[0]! <= timeUs - HOUR_US) sentUs.shift();
    /** The silencers that fire, once those of this group are judged. */
    let loud: Member[] | undefined;
    const isPast = timeUs <= group.pastUs;
    for (const member of group.members) {
      const { alert, nodes, index } = member;
      if (!alert.silences) loud ??= silencers.filter(({ state }) => state.state === "firing");
      member.values = nodes.map(({ value }) => (isSeen ? value : Number.NaN));
      const snoozedUs = acts?.snoozedUs(alert, timeUs);
      member.silencedBy =
        snoozedUs !== undefined ? snoozeText(snoozedUs) : alert.silences ? "" : silencerOf(alert, loud!);
      const { firingUs } = member.state;
      const { state, events } = observe(alert.limits, member.state, {
        timeUs,
        values: member.values,
        silencedBy: member.silencedBy,
        isFull: sentUs.length >= perHour,
        isPast,
        isAcknowledged: firingUs !== null && acts?.isAcknowledged(alert, firingUs) === true,
      });
      member.state = state;
      judged?.(index, timeUs, member.values, state);
      for (const event of events) {
        if (event.delivery === "sent" && !isPast) sentUs.push(timeUs);
        hear({ ...event, alert });
      }
    }
  };

  return {
    lanes: groups.flatMap(({ graph }) => graph.lanes),
    advance: (barsOf, untilUs, hear = () => {}) => {
      for (let next = nextStep(groups, untilUs); next !== undefined; next = nextStep(groups, untilUs)) {
        const [group, timeUs] = next;
        stepValues(group, timeUs, barsOf);
        judge(group, timeUs, hear, true);
        group.doneUs = timeUs;
      }
    },
    begin: (us, pastUs = Number.NEGATIVE_INFINITY) => {
      for (const group of groups) {
        if (group.doneUs !== undefined) continue;
        group.doneUs = floorTo(us, group.graph.intervalUs);
        group.pastUs = pastUs;
      }
    },
    rebuild: (barsOf) => {
      for (const group of groups) rebuildValues(group, barsOf);
    },
    freeze: ([y, x], line) => {
      for (const { graph } of groups) {
        for (const node of graph.frozen.values()) {
          const { watched, prices } = node.of;
          if (prices === "log" && watched[0] === y && watched[1] === x) node.remember(line);
        }
      }
    },
    skip: (untilUs, hear = () => {}) => {
      for (const group of groups) {
        if (group.doneUs === undefined) continue;
        const lastUs = floorTo(untilUs, group.graph.intervalUs);
        if (lastUs <= group.doneUs) continue;
        const firstUs = group.doneUs + group.graph.intervalUs;
        judge(group, firstUs, hear, false);
        if (lastUs > firstUs) judge(group, lastUs, hear, false);
        group.doneUs = lastUs;
      }
    },
    doneUs: (intervalUs) => {
      const asked = groups.filter(({ graph }) => (intervalUs ?? graph.intervalUs) === graph.intervalUs);
      const done = asked.flatMap(({ doneUs }) => (doneUs === undefined ? [] : [doneUs]));
      return done.length === 0 ? undefined : Math.min(...done);
    },
    status: () =>
      members.map(({ alert, state, values, silencedBy }) => ({
        ...{ alert, state, values, silencedBy },
        value: values[0]!,
      })),
    memory: () => memoryOf(groups, sentUs),
    remember: (memory) => {
      recall(groups, memory);
      sentUs = [...memory.sentUs];
    },
  };
}

/** The first firing one that silences an alert: it watches one of its symbols. Empty: none does. */
function silencerOf({ watched }: Alert, loud: readonly Member[]): string {
  const found = loud.find(({ alert }) => watched.includes(alert.watched[0]));
  return found?.alert.rule.name ?? "";
}

function floorTo(us: number, step: number): number {
  return Math.floor(us / step) * step;
}
