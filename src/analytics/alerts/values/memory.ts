import { type AlertState, FIRST_STATE } from "../state.ts";
import type { Group } from "./groups.ts";

/** All that an evaluator has to remember to go on where it was; plain JSON. */
export interface EvaluatorMemory {
  /** By the alert's key. */
  readonly states: Readonly<Record<string, AlertState>>;
  /** By the length of bars in µs: the end of the last step that was judged. */
  readonly doneUs: Readonly<Record<string, number>>;
  /** Hedge ratios that were frozen, by what they are of. */
  readonly frozen: Readonly<Record<string, unknown>>;
  /** Times of the messages of the last hour, of all alerts. */
  readonly sentUs: readonly number[];
}

export function memoryOf(groups: readonly Group[], sentUs: readonly number[]): EvaluatorMemory {
  const members = groups.flatMap((group) => group.members);
  return {
    states: Object.fromEntries(members.map(({ alert, state }) => [alert.key, state])),
    doneUs: Object.fromEntries(
      groups.flatMap(({ graph, doneUs }) => (doneUs === undefined ? [] : [[graph.intervalUs, doneUs]])),
    ),
    frozen: Object.fromEntries(
      groups.flatMap(({ graph }) =>
        [...graph.frozen].flatMap(([name, node]) => {
          const memory = node.memory();
          return memory === undefined ? [] : [[`${graph.intervalUs} ${name}`, memory]];
        }),
      ),
    ),
    sentUs,
  };
}

/** Puts groups where they were, but for the values that are made from bars. */
export function recall(groups: readonly Group[], { states, doneUs, frozen }: EvaluatorMemory): void {
  for (const group of groups) {
    for (const member of group.members) member.state = states[member.alert.key] ?? FIRST_STATE;
    const { intervalUs } = group.graph;
    group.doneUs = doneUs[intervalUs];
    for (const [name, node] of group.graph.frozen) node.remember(frozen[`${intervalUs} ${name}`]);
  }
}
