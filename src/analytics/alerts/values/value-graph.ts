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
  const lane = (symbol: string, least: number): Lane => {
    const empty = { least: 0, needs: 0, bars: undefined, row: -1, before: -1 };
    const found = lanes.get(symbol) ?? { symbol, intervalUs, ...empty };
    found.least = Math.max(found.least, least);
    found.needs = 3 * found.least + 64;
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
    const least = barsNeeded(of) + within;
    const sides = of.watched.map((symbol) => lane(symbol, least));
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

/** Bars after which a value is what it would be, had it begun earlier. */
function barsNeeded(of: ValueOf): number {
  const { from, holds = () => 0 } = MEASURES[of.measure];
  const filter = of.hedge === "kalman" && from === "spread" ? KALMAN_SETTLES : 0;
  return barsBefore(of) + holds(of.window) + filter;
}

/** Bars after which it makes no difference where a filter has started. */
const KALMAN_SETTLES = 200;
