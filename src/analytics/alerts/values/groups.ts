import type { Bars } from "../../../core/bars.ts";
import { firstAtLeast } from "../../../core/search.ts";
import type { Alert } from "../alerts.ts";
import { type AlertState, FIRST_STATE } from "../state.ts";
import type { Lane } from "./nodes.ts";
import { type ValueGraph, valueGraph } from "./value-graph.ts";

/** Closed bars of a lane, oldest first: a time bar each, whichever of them there are. */
export type BarsOf = (lane: Lane) => Bars;

/** The alerts of one length of bars, those that silence others first, and how far they are judged. */
export interface Group {
  readonly graph: ValueGraph;
  readonly members: Member[];
  doneUs: number | undefined;
  /** What is judged up to here was there before the judging began. */
  pastUs: number;
}

/** An alert, as it stands. */
export interface Member {
  readonly alert: Alert;
  /** Its place among the alerts given. */
  readonly index: number;
  readonly nodes: readonly { readonly value: number }[];
  state: AlertState;
  values: readonly number[];
  silencedBy: string;
}

/** By the length of their bars, shorter ones first. */
export function groupsOf(alerts: readonly Alert[]): Group[] {
  const intervals = [...new Set(alerts.map(({ intervalUs }) => intervalUs))].sort((a, b) => a - b);
  return intervals.map((intervalUs) => {
    const own = alerts
      .filter((alert) => alert.intervalUs === intervalUs)
      .sort((a, b) => Number(b.silences) - Number(a.silences));
    const graph = valueGraph(own, intervalUs);
    const members = own.map(
      (alert, i): Member => ({
        alert,
        index: alerts.indexOf(alert),
        nodes: graph.outcomes[i]!,
        state: FIRST_STATE,
        values: alert.conditions.map(() => Number.NaN),
        silencedBy: "",
      }),
    );
    return { graph, members, doneUs: undefined, pastUs: Number.NEGATIVE_INFINITY };
  });
}

/** The group whose next step comes first, and when; undefined where none comes up to a time. */
export function nextStep(groups: readonly Group[], untilUs: number): [Group, number] | undefined {
  let first: [Group, number] | undefined;
  for (const group of groups) {
    if (group.doneUs === undefined) continue;
    const nextUs = group.doneUs + group.graph.intervalUs;
    if (nextUs <= untilUs && (first === undefined || nextUs < first[1])) first = [group, nextUs];
  }
  return first;
}

/** Takes the values of a group one step on, to the end of a bar. */
export function stepValues({ graph }: Group, endUs: number, barsOf: BarsOf): void {
  for (const lane of graph.lanes) {
    const bars = barsOf(lane);
    const startUs = endUs - graph.intervalUs;
    const row = firstAtLeast(bars.startUs, startUs);
    lane.bars = bars;
    lane.row = bars.startUs[row] === startUs ? row : -1;
    lane.before = row - 1;
  }
  for (const node of graph.nodes) node.step(endUs);
}

/** Makes the values of a group anew, up to what is done. */
export function rebuildValues(group: Group, barsOf: BarsOf): void {
  const { graph, doneUs } = group;
  for (const node of graph.nodes) node.reset();
  if (doneUs === undefined) return;
  const firsts = graph.lanes.map((lane) => barsOf(lane).startUs[0] ?? Number.POSITIVE_INFINITY);
  const most = Math.max(...graph.lanes.map(({ needs }) => needs));
  const fromUs = Math.max(Math.min(...firsts), doneUs - most * graph.intervalUs) + graph.intervalUs;
  for (let timeUs = fromUs; timeUs <= doneUs; timeUs += graph.intervalUs) stepValues(group, timeUs, barsOf);
}
