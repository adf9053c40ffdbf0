import { requireFields } from "../../core/arguments.ts";
import { refuse } from "../../core/errors.ts";
import type { CorrelationMatrix } from "./correlation.ts";

export interface ClusterOrder {
  /** Indices of the series, so that what moves together stands together. */
  readonly order: readonly number[];
  /** The merges, from the closest on: members of both sides, and their mean distance 1 − r. */
  readonly merges: readonly ClusterMerge[];
}

export interface ClusterMerge {
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly distance: number;
}

const MOST = 500;

/** A cluster while the tree grows. */
interface Node {
  readonly members: readonly number[];
  readonly children?: readonly [Node, Node];
}

/**
 * An order of the rows of a correlation matrix for a heat map: hierarchical clustering with average linkage on the
 * distance 1 − r, and of all orders which that tree allows the one with the smallest sum of distances between
 * neighbours (Bar-Joseph, Gifford and Jaakkola 2001). An undefined r counts as 0. For up to 500 series: O(n³) in time, O(n²) in memory.
 */
export function clusterOrder(matrix: CorrelationMatrix): ClusterOrder {
  requireFields("clusterOrder", "matrix", matrix, ["names", "values"]);

  const count = matrix.names.length;
  if (count > MOST) {
    refuse({
      code: "too-many-series",
      where: "clusterOrder",
      problem: `needs at most ${MOST} series; got ${count}`,
      hint: "Choose those that trade most.",
      facts: { got: count },
    });
  }
  const distance = matrix.values.map((row) => row.map((r) => 1 - (Number.isNaN(r) ? 0 : r)));
  const merges: ClusterMerge[] = [];
  let nodes: Node[] = matrix.names.map((_, i) => ({ members: [i] }));
  while (nodes.length > 1) {
    let best: { a: Node; b: Node; distance: number } | undefined;
    for (let i = 0; i < nodes.length; i++) {
      for (let j = i + 1; j < nodes.length; j++) {
        const between = meanDistance(distance, nodes[i]!, nodes[j]!);
        if (!best || between < best.distance) best = { a: nodes[i]!, b: nodes[j]!, distance: between };
      }
    }
    const { a, b, distance: between } = best!;
    merges.push({ left: a.members, right: b.members, distance: between });
    nodes = nodes.filter((node) => node !== a && node !== b);
    nodes.push({ members: [...a.members, ...b.members], children: [a, b] });
  }
  return { order: nodes[0] ? bestOrder(distance, nodes[0]) : [], merges };
}

function meanDistance(distance: readonly Float64Array[], a: Node, b: Node): number {
  let sum = 0;
  for (const i of a.members) for (const j of b.members) sum += distance[i]![j]!;
  return sum / (a.members.length * b.members.length);
}

/**
 * The cheapest order of a subtree for each pair of outer leaves. Children are joined in two steps, so the whole is
 * O(n³): for each left end the best path up to a leaf of the right child, then the best way on from there. Two leaves
 * meet in one subtree only, so that a cell for each pair holds all: what the path costs, and where its halves touch.
 */
function bestOrder(distance: readonly Float64Array[], root: Node): readonly number[] {
  const n = distance.length;
  const costs = distance.map(() => new Float64Array(n));
  const seams = distance.map(() => new Int32Array(n));
  const ends = (node: Node, from: number): readonly number[] => {
    if (!node.children) return [from];
    const [a, b] = node.children;
    return a.members.includes(from) ? b.members : a.members;
  };
  const solve = (node: Node): void => {
    if (!node.children) return;
    const [left, right] = node.children;
    solve(left);
    solve(right);
    const reached = new Float64Array(n);
    for (const u of left.members) {
      const touching = new Map<number, number>();
      for (const k of right.members) {
        const m = leastBy(ends(left, u), (end) => costs[u]![end]! + distance[end]![k]!);
        touching.set(k, m);
        reached[k] = costs[u]![m]! + distance[m]![k]!;
      }
      for (const w of right.members) {
        const usable = ends(right, w);
        const k = leastBy(usable, (start) => reached[start]! + costs[start]![w]!);
        costs[u]![w] = costs[w]![u] = reached[k]! + costs[k]![w]!;
        seams[u]![w] = touching.get(k)!;
        seams[w]![u] = k;
      }
    }
  };
  solve(root);
  /** From the one leaf to the other. */
  const path = (from: number, to: number): number[] =>
    from === to ? [from] : [...path(from, seams[from]![to]!), ...path(seams[to]![from]!, to)];
  const all = root.members.flatMap((from) =>
    ends(root, from)
      .filter((to) => from <= to)
      .map((to) => ({ from, to })),
  );
  const { from, to } = leastBy(all, ({ from, to }) => costs[from]![to]!);
  return path(from, to);
}

function leastBy<T>(items: readonly T[], cost: (item: T) => number): T {
  let best = items[0]!;
  let least = cost(best);
  for (let i = 1; i < items.length; i++) {
    const other = cost(items[i]!);
    if (!(other < least)) continue;
    best = items[i]!;
    least = other;
  }
  return best;
}
