import { quote } from "../../core/errors.ts";
import type { Random } from "../../core/random.ts";
import type { Clock } from "../../core/time.ts";
import type { Trade } from "../../core/trade.ts";
import { backoffMs } from "../net/backoff.ts";
import type { HttpGet, HttpReply } from "../net/http.ts";
import type { WeightBudget } from "../net/weight-budget.ts";
import type { Hole, HoleNote } from "../store/ledger/ledger.ts";
import type { MergedTrade } from "../store/ledger/merged.ts";
import type { RepairResult } from "../store/write/repair.ts";
import { restVerdict } from "../venues/binance/answers.ts";
import { AGGREGATES_WEIGHT, TRADES_WEIGHT } from "../venues/binance/pages.ts";
import {
  idsIn,
  isTail,
  type Job,
  neighbours,
  newJob,
  nextJob,
  type Outcome,
  tailOf,
} from "./backfill-queue.ts";
import { fillAggregates, fillTrades } from "./fill-hole.ts";
import { type Endpoint, openHosts } from "./hosts.ts";

/** Where the fetched trades go. */
export interface RepairStore {
  /**
   * Resolves when the page is committed or refused; holes that changed by it were told to `changed` before. Without a
   * hole, the page holds what comes after the newest trade.
   */
  fill(
    symbol: string,
    holeId: number | undefined,
    page: readonly Trade[] | readonly MergedTrade[],
  ): Promise<RepairResult>;
  note(hole: Hole, change: Omit<HoleNote, "holeId">): void;
  /** Live trades that wait for the disk. */
  pending(): number;
}

export interface BackfillSettings {
  readonly clock: Clock;
  readonly random: Random;
  /** Watched by the same budget. */
  readonly get: HttpGet;
  /** The same exchange at one or more hosts, the best first. */
  readonly restUrls: readonly string[];
  readonly budget: WeightBudget;
  readonly store: RepairStore;
  readonly openHoles: readonly Hole[];
  /** Larger holes are left to the daily archive files. */
  readonly mostIds?: number;
  /** What went wrong: `code` for counting, `message` for people. */
  readonly odd: (code: string, message: string) => void;
}

export interface BackfillStatus {
  /** Something is asked for, as fast as is allowed. */
  readonly active: boolean;
  /** Microseconds since 1970; null: not waiting for a time. */
  readonly waitingUntilUs: number | null;
  /** Why nothing is asked for at the moment. */
  readonly reason: string;
  readonly openHoles: number;
  /** Ids of holes which are neither filled nor given up. */
  readonly missing: number;
}

/** Fills the holes of a store from the exchange's history, one request at a time. It never ends by itself. */
export interface Backfill {
  /** A hole was found, or has changed. */
  changed(hole: Hole): void;
  /** Looks for trades after the newest one held, after so long; a live trade of the symbol calls it off. */
  lookBehind(symbol: string, newestId: number, afterMs: number): void;
  /** A live trade of the symbol is stored. */
  alive(symbol: string): void;
  /** The store was replaced by another one, with these holes. */
  reset(openHoles: readonly Hole[]): void;
  status(): BackfillStatus;
  stop(): void;
}

export const MOST_IDS = 1_000_000;
export const LEFT_TO_ARCHIVE = "left to the daily archive files (npm run import)";
/** History lags behind the stream, and the missing trades may be on their way by another connection. */
const FIRST_MS = 1500;
/** Rounds without anything new after which a hole is given up. */
const MOST_FRUITLESS = 10;
const FRUITLESS = { firstMs: 2000, capMs: 300_000 };
const FAILED = { firstMs: 1000, capMs: 300_000 };
/** With so many live trades waiting for the disk, they go first. */
const BUSY_TRADES = 20_000;
const BUSY_MS = 250;
const DEFECT_MS = 60_000;
const LONGEST_SLEEP_MS = 2 ** 31 - 1;
const WEIGHT = { trades: TRADES_WEIGHT, aggregates: AGGREGATES_WEIGHT };

type Step =
  | { readonly kind: "ask"; readonly job: Job; readonly endpoint: Endpoint }
  | { readonly kind: "wait"; readonly ms: number; readonly reason: string };

export function startBackfill(settings: BackfillSettings): Backfill {
  const { clock, random, get, budget, store, odd, mostIds = MOST_IDS } = settings;
  const hosts = openHosts(settings.restUrls, random);
  /** The holes which are neither filled nor given up; those to be filled here have a job. */
  const holes = new Map<number, Hole>();
  const jobs = new Map<number, Job>();
  const turns = new Map<string, number>();
  /** A key for the tail of each symbol. */
  const tails = new Map<string, number>();
  let requests = 0;
  let stopped = false;
  let wake = (): void => {};
  let waiting: { readonly untilMs: number; readonly reason: string } | undefined;

  const take = (hole: Hole, notBeforeMs: number): void => {
    if (hole.state === "filled" || hole.state === "unrecoverable") {
      holes.delete(hole.holeId);
      jobs.delete(hole.holeId);
      return;
    }
    holes.set(hole.holeId, hole);
    const job = jobs.get(hole.holeId);
    if (idsIn(hole.missing) > mostIds) {
      jobs.delete(hole.holeId);
      if (hole.note !== LEFT_TO_ARCHIVE) store.note(hole, { note: LEFT_TO_ARCHIVE });
    } else if (job !== undefined) job.hole = hole;
    else jobs.set(hole.holeId, newJob(hole, notBeforeMs));
  };

  const look = (symbol: string, newestId: number, afterMs: number): void => {
    const key = tails.get(symbol) ?? -1 - tails.size;
    tails.set(symbol, key);
    const job = newJob(tailOf(key, symbol, newestId), clock.monotonicMs() + afterMs);
    jobs.set(key, { ...job, reason: "live trades are waited for" });
  };

  const nextStep = (nowMs: number): Step => {
    const wait = (ms: number, reason: string): Step => ({ kind: "wait", ms, reason });
    if (jobs.size === 0) return wait(Number.POSITIVE_INFINITY, "");
    if (store.pending() > BUSY_TRADES) return wait(BUSY_MS, "live trades go first");
    const best = hosts.best(nowMs);
    if (best === undefined) return wait(hosts.reopensMs(nowMs) - nowMs, hosts.closedReason(nowMs));
    const isSingle = best.endpoint.kind === "trades";
    const due = [...jobs.values()].filter(
      ({ hole }) => isSingle || (hole.state !== "aggregated" && !isTail(hole)),
    );
    const job = nextJob(due, turns, nowMs);
    if (job === undefined) {
      const soonest = due.sort((a, b) => a.notBeforeMs - b.notBeforeMs)[0];
      const atMs = Math.min(soonest?.notBeforeMs ?? Number.POSITIVE_INFINITY, hosts.reopensMs(nowMs));
      return wait(atMs - nowMs, soonest?.reason ?? "");
    }
    if (best.waitMs > 0) return wait(best.waitMs, best.reason);
    const hold = budget.hold(WEIGHT[best.endpoint.kind], nowMs);
    return hold === undefined ? { kind: "ask", job, endpoint: best.endpoint } : wait(hold.ms, hold.reason);
  };

  /** One question; undefined when it got no page, and what follows from that is done. */
  const ask = async (job: Job, endpoint: Endpoint, url: string): Promise<unknown> => {
    job.turn = ++requests;
    turns.set(job.hole.symbol, requests);
    budget.spend(WEIGHT[endpoint.kind], clock.monotonicMs());
    let reply: HttpReply;
    try {
      reply = await get(url);
    } catch (error) {
      return fail(job, endpoint, (error as Error).message);
    }
    if (stopped) return undefined;
    const verdict = restVerdict(reply, clock.nowUs());
    if (verdict.kind === "failed") return fail(job, endpoint, verdict.reason);
    hosts.answered(endpoint);
    job.failures = 0;
    if (verdict.kind === "ok") return verdict.body;
    if (verdict.kind === "refused") settle(job, { kind: "fruitless", reason: verdict.reason });
    if (verdict.kind === "closed") {
      odd(
        "rest-closed",
        `${endpoint.restUrl}, ${endpoint.kind}: ${verdict.reason}; asked again in 10 minutes`,
      );
      hosts.close(endpoint, verdict.what, verdict.reason, clock.monotonicMs());
    }
    return undefined;
  };

  /** The exchange could not answer: no hole is given up for that. */
  const fail = (job: Job, endpoint: Endpoint, reason: string): undefined => {
    const nowMs = clock.monotonicMs();
    odd("rest-failed", `${endpoint.restUrl}: ${reason}`);
    hosts.failed(endpoint, reason, nowMs);
    job.notBeforeMs = nowMs + backoffMs(job.failures++, random, FAILED);
    job.reason = reason;
  };

  const settle = (job: Job, outcome: Outcome): void => {
    const { hole } = job;
    if (jobs.get(hole.holeId) !== job) return;
    if (isTail(hole)) {
      jobs.delete(hole.holeId);
      if (outcome.kind === "going" && job.gained) look(hole.symbol, job.sweep.cursor - 1, 0);
      return;
    }
    if (outcome.kind === "going") return;
    const { kind, reason } = outcome;
    job.sweep = { ...job.sweep, cursor: 0 };
    const isOver = !job.gained || kind !== "round over";
    job.gained = false;
    if (!isOver) return;
    // an aggregated hole has what there is: that its single trades can't be had is no news
    const isQuiet = hole.state === "aggregated";
    const tries = hole.tries + 1;
    if (++job.fruitless >= MOST_FRUITLESS || kind === "hopeless") {
      jobs.delete(hole.holeId);
      if (!isQuiet) store.note(hole, { state: "unrecoverable", note: reason, tries });
      return;
    }
    job.notBeforeMs = clock.monotonicMs() + backoffMs(job.fruitless - 1, random, FRUITLESS);
    job.reason = reason;
    if (!isQuiet) store.note(hole, { note: reason, tries });
  };

  const work = async ({ job, endpoint }: Extract<Step, { kind: "ask" }>): Promise<void> => {
    const fillPage = endpoint.kind === "trades" ? fillTrades : fillAggregates;
    const outcome = await fillPage(job, {
      restUrl: endpoint.restUrl,
      nowUs: clock.nowUs,
      neighbours: neighbours(jobs.values(), job, clock.monotonicMs()),
      ask: (url) => ask(job, endpoint, url),
      fill: async (page) => {
        const { symbol, holeId } = job.hole;
        const result = await store.fill(symbol, isTail(job.hole) ? undefined : holeId, page);
        if (result.kind === "stored" && result.stored > 0) {
          job.gained = true;
          job.fruitless = 0;
        }
        return result;
      },
    });
    if (outcome !== undefined) settle(job, outcome);
  };

  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const cancel = clock.after(Math.min(ms, LONGEST_SLEEP_MS), () => wake());
      wake = () => {
        cancel();
        resolve();
      };
    });

  const run = async (): Promise<void> => {
    while (!stopped) {
      const nowMs = clock.monotonicMs();
      const step = nextStep(nowMs);
      if (step.kind === "wait") {
        waiting = { untilMs: nowMs + step.ms, reason: step.reason };
        await sleep(step.ms);
        waiting = undefined;
        continue;
      }
      try {
        await work(step);
      } catch (error) {
        // a defect of ours must not end the repair, nor the collector with it
        odd("backfill-defect", `a defect of this program: ${quote((error as Error).message)}`);
        step.job.notBeforeMs = clock.monotonicMs() + DEFECT_MS;
        step.job.reason = "a defect of this program";
      }
    }
  };

  for (const hole of settings.openHoles) take(hole, clock.monotonicMs());
  void run();
  return {
    changed: (hole) => {
      take(hole, clock.monotonicMs() + FIRST_MS);
      wake();
    },
    lookBehind: (symbol, newestId, afterMs) => {
      look(symbol, newestId, afterMs);
      wake();
    },
    alive: (symbol) => {
      const key = tails.get(symbol);
      if (key !== undefined) jobs.delete(key);
    },
    reset: (openHoles) => {
      holes.clear();
      jobs.clear();
      for (const hole of openHoles) take(hole, clock.monotonicMs());
      wake();
    },
    status: () => {
      const open = [...holes.values()].filter(({ state }) => state !== "aggregated");
      const isWaiting = waiting !== undefined && Number.isFinite(waiting.untilMs);
      const inMs = isWaiting ? waiting!.untilMs - clock.monotonicMs() : 0;
      return {
        active: jobs.size > 0 && waiting === undefined,
        waitingUntilUs: isWaiting ? Math.round(clock.nowUs() + inMs * 1000) : null,
        reason: waiting?.reason || (jobs.size === 0 && open.length > 0 ? LEFT_TO_ARCHIVE : ""),
        openHoles: open.length,
        missing: open.reduce((sum, hole) => sum + idsIn(hole.missing), 0),
      };
    },
    stop: () => {
      stopped = true;
      wake();
    },
  };
}
