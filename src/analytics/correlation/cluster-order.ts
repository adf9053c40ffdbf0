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

/** A cluster while the tree grows. */
interface Node {
  readonly members: readonly number[];
  readonly children?: readonly [Node, Node];
}

/**
 * An order of the rows of a correlation matrix for a heat map: hierarchical clustering with average linkage on the
 * distance 1 − r, and of all orders which that tree allows the one with the smallest sum of distances between
 * neighbours (Bar-Joseph, Gifford and Jaakkola 2001). An undefined r counts as 0. For up to 100 series.
 */
export function clusterOrder(matrix: CorrelationMatrix): ClusterOrder {
  requireFields("clusterOrder", "matrix", matrix, ["names", "values"]);

  const count = matrix.names.length;
  if (count > 100) {
    refuse({
      code: "too-many-series",
      where: "clusterOrder",
      problem: `needs at most 100 series; got ${count}`,
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

/** A path through a subtree, from leaf to leaf. */
interface Path {
  readonly cost: number;
  readonly order: readonly number[];
}

/**
 * The cheapest order of a subtree for each pair of outer leaves. Children are joined in two steps, so the whole is
 * O(n³): for each left end the best path up to a leaf of the right child, then the best way on from there.
 */
function bestOrder(distance: readonly Float64Array[], root: Node): readonly number[] {
  const paths = new Map<number, Map<number, Path>>();
  const keep = (from: number, to: number, path: Path): void => {
    if (!paths.has(from)) paths.set(from, new Map());
    paths.get(from)!.set(to, path);
  };
  const ends = (node: Node, from: number): readonly number[] => {
    if (!node.children) return [from];
    const [a, b] = node.children;
    return a.members.includes(from) ? b.members : a.members;
  };
  const solve = (node: Node): void => {
    if (!node.children) {
      keep(node.members[0]!, node.members[0]!, { cost: 0, order: node.members });
      return;
    }
    const [left, right] = node.children;
    solve(left);
    solve(right);
    for (const u of left.members) {
      const starts = right.members.map((k) => {
        const reach = (m: number): number => paths.get(u)!.get(m)!.cost + distance[m]![k]!;
        const m = leastBy(ends(left, u), reach);
        return { k, cost: reach(m), order: paths.get(u)!.get(m)!.order };
      });
      for (const w of right.members) {
        const usable = new Set(ends(right, w));
        const total = (start: { readonly k: number; readonly cost: number }): number =>
          start.cost + paths.get(start.k)!.get(w)!.cost;
        const best = leastBy(
          starts.filter(({ k }) => usable.has(k)),
          total,
        );
        const order = [...best.order, ...paths.get(best.k)!.get(w)!.order];
        keep(u, w, { cost: total(best), order });
        keep(w, u, { cost: total(best), order: order.toReversed() });
      }
    }
  };
  solve(root);
  const all = [...paths].flatMap(([from, to]) =>
    [...to].filter(([end, { order }]) => order.length === root.members.length && from <= end),
  );
  return leastBy(all, ([, { cost }]) => cost)[1].order;
}

function leastBy<T>(items: readonly T[], cost: (item: T) => number): T {
  return items.reduce((best, item) => (cost(item) < cost(best) ? item : best));
}
