import type { Connection } from "./connection.ts";

/** One connection of a shard and where it stands in its life; NaN: not yet. */
export interface Member {
  readonly connection: Connection;
  readonly host: number;
  openedMs: number;
  firstTradeMs: number;
  replaceAtMs: number;
  /** Seconds for which it was read, open and live. */
  openTicks: number;
  liveTicks: number;
  /** Why another is to take over; empty: it stays. */
  outgoing: string;
  /** We let it go: no loss. */
  retired: boolean;
  over: boolean;
  /** Newest id by symbol since its successor was opened. */
  readonly newest: Map<string, number>;
}

/** Two connections are read side by side for at least and at most so long. */
const LEAST_OVERLAP_TICKS = 10;
const MOST_OVERLAP_TICKS = 600;

export function member(connection: Connection, host: number): Member {
  return {
    connection,
    host,
    openedMs: Number.NaN,
    firstTradeMs: Number.NaN,
    replaceAtMs: Number.POSITIVE_INFINITY,
    openTicks: 0,
    liveTicks: 0,
    outgoing: "",
    retired: false,
    over: false,
    newest: new Map(),
  };
}

export function isOpen({ openedMs }: Member): boolean {
  return !Number.isNaN(openedMs);
}

/** It has brought a trade. */
export function isLive({ firstTradeMs }: Member): boolean {
  return !Number.isNaN(firstTradeMs);
}

/**
 * Once a second, the oldest connection first: what is to become of their overlap. The newest takes over when it has come at least as far as
 * each of its elders with every symbol of which they had a trade meanwhile; at the latest after ten minutes, unless it has
 * brought nothing at all while they have.
 */
export function takeOver(members: readonly Member[]): "not yet" | "done" | "failed" {
  for (const one of members) {
    if (isOpen(one)) one.openTicks++;
    if (isLive(one)) one.liveTicks++;
  }
  const successor = members.at(-1);
  if (successor === undefined || members.length < 2 || !isOpen(successor)) return "not yet";
  const elders = members.slice(0, -1);
  const covers = ({ newest }: Member): boolean =>
    [...newest].every(([symbol, id]) => successor.newest.get(symbol)! >= id);
  if (successor.liveTicks >= LEAST_OVERLAP_TICKS && elders.every(covers)) return "done";
  if (successor.openTicks < MOST_OVERLAP_TICKS) return "not yet";
  return !isLive(successor) && elders.some(({ newest }) => newest.size > 0) ? "failed" : "done";
}
