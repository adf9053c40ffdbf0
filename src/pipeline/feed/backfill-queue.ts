import type { IdRange } from "../store/ledger/id-ranges.ts";
import type { Hole } from "../store/ledger/ledger.ts";
import type { MergedTrade } from "../store/ledger/merged.ts";
import { PAGE_ROWS } from "../venues/binance/pages.ts";
import type { Search, Sweep } from "./sweep.ts";

/** A hole that is being filled, and how far that is. */
export interface Job {
  hole: Hole;
  /** Monotonic milliseconds; and why it waits. */
  notBeforeMs: number;
  reason: string;
  /** Number of the last request for it; 0: none yet. */
  turn: number;
  sweep: Sweep;
  /** The last answer began above the id asked for. */
  floorMet: boolean;
  /** An answer contradicted what is held. */
  doubted: boolean;
  /** The place of trade `id` among the aggregates, as far as it has been found. */
  search: Search & { readonly id?: number };
  /** The last aggregate that was fetched for it. */
  reached: Pick<MergedTrade, "aggId" | "first" | "last"> | undefined;
  /** Something was stored in this round. */
  gained: boolean;
  /** Rounds in a row that brought nothing. */
  fruitless: number;
  /** Failures of the exchange in a row. */
  failures: number;
}

export function newJob(hole: Hole, notBeforeMs: number): Job {
  return {
    hole,
    notBeforeMs,
    reason: "the missing trades may be on their way still",
    turn: 0,
    sweep: { cursor: 0, floor: 0 },
    floorMet: false,
    doubted: false,
    search: {},
    reached: undefined,
    gained: false,
    fruitless: 0,
    failures: 0,
  };
}

/**
 * The ids after the newest held one as though they were a hole: nobody knows yet whether there are any. `key`: negative,
 * which no hole's is.
 */
export function tailOf(key: number, symbol: string, newestId: number): Hole {
  const ids = { first: newestId + 1, last: newestId + PAGE_ROWS - 1 };
  const state = { state: "detected", before: undefined, reason: "", tries: 0, note: "", foundUs: 0 } as const;
  return { ...state, ...ids, holeId: key, symbol, missing: [ids], uncovered: [] };
}

export function isTail({ holeId }: Hole): boolean {
  return holeId < 0;
}

/** What one question about a hole has led to. */
export type Outcome =
  | { readonly kind: "going" }
  /** All of the hole has been asked for; `reason`: why ids may be missing still. */
  | { readonly kind: "round over"; readonly reason: string }
  /** Of no use now, perhaps later. */
  | { readonly kind: "fruitless"; readonly reason: string }
  | { readonly kind: "hopeless"; readonly reason: string };

/**
 * The job whose turn it is: symbols take turns, and so do the holes of each, the newest page of ids first and on it the
 * oldest, as one answer fills what follows; tails come after them, and then holes that merged trades stand for. Undefined: none is due. `turns`: the number of each symbol's last request.
 */
export function nextJob(
  jobs: Iterable<Job>,
  turns: ReadonlyMap<string, number>,
  nowMs: number,
): Job | undefined {
  const rank = ({ hole, turn }: Job): readonly number[] => [
    hole.state === "aggregated" ? 2 : isTail(hole) ? 1 : 0,
    turns.get(hole.symbol) ?? 0,
    turn,
    -Math.floor(hole.first / PAGE_ROWS),
    hole.first,
  ];
  let next: Job | undefined;
  for (const job of jobs) {
    if (job.notBeforeMs > nowMs) continue;
    if (next === undefined || compare(rank(job), rank(next)) < 0) next = job;
  }
  return next;
}

/** Missing ids of the holes, other than a job's own, that are to be filled now for its symbol. */
export function neighbours(jobs: Iterable<Job>, job: Job, nowMs: number): IdRange[] {
  return [...jobs]
    .filter(({ hole, notBeforeMs }) => hole.symbol === job.hole.symbol && notBeforeMs <= nowMs)
    .filter((other) => other !== job && !isTail(other.hole))
    .flatMap(({ hole }) => hole.missing);
}

export function idsIn(ranges: readonly IdRange[]): number {
  return ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
}

function compare(a: readonly number[], b: readonly number[]): number {
  const i = a.findIndex((value, k) => value !== b[k]);
  return i < 0 ? 0 : a[i]! - b[i]!;
}
