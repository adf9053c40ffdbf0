import { requireFields, requireNumbers } from "../../core/arguments.ts";
import { requireBetween } from "../checks.ts";
import type { ClusterOrder } from "./cluster-order.ts";

/**
 * Which series move together: the tree of `clusterOrder` cut where the mean correlation between two branches falls below
 * `least`. Clusters and members stand in the order of the heat map; a series without company is a cluster of its own.
 */
export function clustersAbove(clusterOrder: ClusterOrder, least: number): readonly (readonly number[])[] {
  requireNumbers("clustersAbove", { least });
  requireFields("clustersAbove", "clusterOrder", clusterOrder, ["order", "merges"]);
  const { order, merges } = clusterOrder;

  requireBetween("clustersAbove", "least", least, -1, 1);
  const cluster = new Map<number, readonly number[]>(order.map((member) => [member, [member]]));
  for (const { left, right, distance } of merges) {
    if (1 - distance < least) continue;
    const joined = [...left, ...right];
    for (const member of joined) cluster.set(member, joined);
  }
  const place = new Map(order.map((member, k) => [member, k]));
  const inOrder = (members: readonly number[]): number[] =>
    members.toSorted((a, b) => place.get(a)! - place.get(b)!);
  return [...new Set(order.map((member) => cluster.get(member)!))].map(inOrder);
}
