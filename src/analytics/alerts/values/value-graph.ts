import { type Alert, type AlertCondition, barsBefore, type ValueOf } from "../alerts.ts";
import type { Threshold } from "../judge.ts";
import { MEASURES } from "../measures/measures.ts";
import { type SpreadNode, spreadNode } from "./hedge.ts";
import { closesNode, spreadMeasureNode, symbolNode } from "./measure-nodes.ts";
import { extremeNode, type FrozenNode, type Lane, type ValueNode } from "./nodes.ts";

/** The values of all alerts on bars of one length: what several need is made once. */
export interface ValueGraph {
  readonly intervalUs: number;
  readonly lanes: readonly Lane[];
  /** In the order in which they are stepped. */
  readonly nodes: readonly ValueNode[];
  /** Nodes that are frozen once, by name. */
  readonly frozen: ReadonlyMap<string, FrozenNode>;
  /** Of each alert, in their order: one for each of its conditions. */
  readonly outcomes: readonly (readonly ValueNode[])[];
}

export function valueGraph(alerts: readonly Alert[], intervalUs: number): ValueGraph {
  const lanes = new Map<string, Lane>();
  const nodes = new Map<string, ValueNode>();
  const frozen = new Map<string, FrozenNode>();
  const shared = <Node extends ValueNode>(name: string, make: () => Node): Node => {
    const node = nodes.get(name) ?? make();
    nodes.set(name, node);
    return node as Node;
  };
  const lane = (symbol: string, needs: number): Lane => {
    const found = lanes.get(symbol) ?? { symbol, intervalUs, needs: 0, bars: undefined, row: -1, before: -1 };
    found.needs = Math.max(found.needs, needs);
    lanes.set(symbol, found);
    return found;
  };
  const nodeOf = (of: ValueOf, sides: readonly Lane[]): ValueNode => {
    const measure = MEASURES[of.measure];
    if (measure.from === "steps") return symbolNode(measure, of, sides[0]!);
    if (measure.from === "closes") return closesNode(measure, of, sides[0]!, sides[1]!);
    const name = spreadName(of);
    const spread: SpreadNode = shared(name, () => spreadNode(of, sides[0]!, sides[1]!));
    if (of.hedge === "frozen") frozen.set(name, spread);
    return spreadMeasureNode(measure, of, spread);
  };
  const outcomeOf = ({ of, within }: AlertCondition, { when }: Threshold): ValueNode => {
    const needs = barsNeeded(of) + within;
    const sides = of.watched.map((symbol) => lane(symbol, needs));
    const base = shared(nameOf(of), () => nodeOf(of, sides));
    if (within === 1) return base;
    return shared(`${nameOf(of)} within ${within} ${when}`, () => extremeNode(base, within, when));
  };
  const outcomes = alerts.map(({ conditions, limits }) =>
    conditions.map((condition, i) => outcomeOf(condition, limits.judge.of[i]!)),
  );
  return { intervalUs, lanes: [...lanes.values()], nodes: [...nodes.values()], frozen, outcomes };
}

function nameOf(of: ValueOf): string {
  const { measure, watched, window } = of;
  const about = MEASURES[measure].from === "spread" ? spreadName(of) : watched.join(" ");
  return `${measure} ${window} of ${about}`;
}

function spreadName({ watched, hedge, hedgeBars, alpha, beta, prices }: ValueOf): string {
  const how = { frozen: hedgeBars, rolling: hedgeBars, kalman: "", fixed: `${alpha} ${beta}` }[hedge];
  return `${prices} spread ${watched.join(" ")} ${hedge} ${how}`.trim();
}

/** Bars to keep: three times what a value needs, since the other symbol of a pair lacks some. */
function barsNeeded(of: ValueOf): number {
  const { from, holds = () => 0 } = MEASURES[of.measure];
  const filter = of.hedge === "kalman" && from === "spread" ? KALMAN_SETTLES : 0;
  return 3 * (barsBefore(of) + holds(of.window) + filter) + 64;
}

/** Bars after which it makes no difference where a filter has started. */
const KALMAN_SETTLES = 200;
