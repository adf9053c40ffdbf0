import { quote } from "../../core/errors.ts";
import type { Random } from "../../core/random.ts";
import type { Clock } from "../../core/time.ts";
import type { Trade } from "../../core/trade.ts";
import { backoffMs } from "../net/backoff.ts";
import type { HttpGet, HttpReply } from "../net/http.ts";
import type { WeightBudget } from "../net/weight-budget.ts";
import type { Hole, HoleNote, HoleTotals } from "../store/ledger/ledger.ts";
import type { MergedTrade } from "../store/ledger/merged.ts";
import type { RepairResult } from "../store/write/repair.ts";
import { restVerdict } from "../venues/binance/answers.ts";
import { AGGREGATES_WEIGHT, TRADES_WEIGHT } from "../venues/binance/pages.ts";
import { JobBook, type Wanted } from "./backfill-jobs.ts";
import { isTail, type Job, type Outcome } from "./backfill-queue.ts";
import { fillAggregates, fillTrades } from "./fill-hole.ts";
import { type Endpoint, type Hosts, openHosts } from "./hosts.ts";

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
  /** The newest holes to be filled of a symbol that begin below an id, newest first. */
  holesBelow(wanted: Wanted): Promise<readonly Hole[]>;
  /** What is missing of all symbols. */
  missing(): HoleTotals;
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
  readonly symbols: readonly string[];
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
  /** Fills the holes of one more symbol. */
  add(symbol: string): void;
  /** A hole was found, or has changed. */
  changed(hole: Hole): void;
  /** Looks for trades after the newest one held, after so long; a live trade of the symbol calls it off. */
  lookBehind(symbol: string, newestId: number, afterMs: number): void;
  /** A live trade of the symbol is stored. */
  alive(symbol: string): void;
  /** The store was replaced by another one. */
  reset(): void;
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
const WEIGHT = { trades: TRADES_WEIGHT, aggregates: AGGREGATES_WEIGHT };

type Step =
  | { readonly kind: "ask"; readonly job: Job; readonly endpoint: Endpoint }
  | { readonly kind: "wait"; readonly ms: number; readonly reason: string };

export function startBackfill(settings: BackfillSettings): Backfill {
  const repairer = new Repairer(settings);
  void repairer.run();
  return repairer;
}

/** One question at a time, each about the job whose turn it is. */
class Repairer implements Backfill {
  readonly #settings: BackfillSettings;
  readonly #hosts: Hosts;
  readonly #book: JobBook;
  #stopped = false;
  #wake: () => void = () => {};
  #waiting: { readonly untilMs: number; readonly reason: string } | undefined;

  constructor(settings: BackfillSettings) {
    const { symbols, restUrls, random, mostIds = MOST_IDS } = settings;
    this.#settings = settings;
    this.#hosts = openHosts(restUrls, random);
    this.#book = new JobBook(symbols, mostIds);
  }

  changed(hole: Hole): void {
    if (!this.#book.take(hole, this.#nowMs() + FIRST_MS)) this.#leave(hole);
    this.#wake();
  }

  add(symbol: string): void {
    this.#book.add(symbol);
    this.#wake();
  }

  lookBehind(symbol: string, newestId: number, afterMs: number): void {
    this.#book.look(symbol, newestId, this.#nowMs() + afterMs);
    this.#wake();
  }

  alive(symbol: string): void {
    this.#book.calm(symbol);
  }

  reset(): void {
    this.#book.clear();
    this.#wake();
  }

  status(): BackfillStatus {
    const { clock, store } = this.#settings;
    const { holes, missing } = store.missing();
    const waiting = this.#waiting;
    const isWaiting = waiting !== undefined && Number.isFinite(waiting.untilMs);
    const inMs = isWaiting ? waiting.untilMs - this.#nowMs() : 0;
    const isIdle = this.#book.isEmpty();
    return {
      active: !isIdle && waiting === undefined,
      waitingUntilUs: isWaiting ? Math.round(clock.nowUs() + inMs * 1000) : null,
      reason: waiting?.reason || (isIdle && holes > 0 ? LEFT_TO_ARCHIVE : ""),
      openHoles: holes,
      missing,
    };
  }

  stop(): void {
    this.#stopped = true;
    this.#wake();
  }

  async run(): Promise<void> {
    while (!this.#stopped) {
      for (let wanted = this.#book.wanted(); wanted !== undefined; wanted = this.#book.wanted()) {
        const holes = await this.#settings.store.holesBelow(wanted);
        for (const hole of this.#book.supply(wanted, holes, this.#nowMs())) this.#leave(hole);
      }
      if (this.#stopped) return;
      const nowMs = this.#nowMs();
      const step = this.#nextStep(nowMs);
      if (step.kind === "ask") await this.#carefully(step);
      else {
        this.#waiting = { untilMs: nowMs + step.ms, reason: step.reason };
        await this.#sleep(step.ms);
        this.#waiting = undefined;
      }
    }
  }

  #nowMs(): number {
    return this.#settings.clock.monotonicMs();
  }

  /** A hole too large to be filled from here. */
  #leave(hole: Hole): void {
    if (hole.note !== LEFT_TO_ARCHIVE) this.#settings.store.note(hole, { note: LEFT_TO_ARCHIVE });
  }

  #nextStep(nowMs: number): Step {
    const { store, budget } = this.#settings;
    const wait = (ms: number, reason: string): Step => ({ kind: "wait", ms, reason });
    if (this.#book.isEmpty()) return wait(Number.POSITIVE_INFINITY, "");
    if (store.pending() > BUSY_TRADES) return wait(BUSY_MS, "live trades go first");
    const best = this.#hosts.best(nowMs);
    if (best === undefined)
      return wait(this.#hosts.reopensMs(nowMs) - nowMs, this.#hosts.closedReason(nowMs));
    const singles = best.endpoint.kind === "trades";
    const job = this.#book.next(nowMs, singles);
    if (job === undefined) {
      const soonest = this.#book.soonest(singles);
      const atMs = Math.min(soonest?.notBeforeMs ?? Number.POSITIVE_INFINITY, this.#hosts.reopensMs(nowMs));
      return wait(atMs - nowMs, soonest?.reason ?? "");
    }
    if (best.waitMs > 0) return wait(best.waitMs, best.reason);
    const hold = budget.hold(WEIGHT[best.endpoint.kind], nowMs);
    return hold === undefined ? { kind: "ask", job, endpoint: best.endpoint } : wait(hold.ms, hold.reason);
  }

  async #carefully(step: Extract<Step, { kind: "ask" }>): Promise<void> {
    try {
      await this.#work(step);
    } catch (error) {
      // a defect of ours must not end the repair, nor the collector with it
      this.#settings.odd("backfill-defect", `a defect of this program: ${quote((error as Error).message)}`);
      step.job.notBeforeMs = this.#nowMs() + DEFECT_MS;
      step.job.reason = "a defect of this program";
    }
  }

  async #work({ job, endpoint }: Extract<Step, { kind: "ask" }>): Promise<void> {
    const { clock, store } = this.#settings;
    const fillPage = endpoint.kind === "trades" ? fillTrades : fillAggregates;
    const outcome = await fillPage(job, {
      restUrl: endpoint.restUrl,
      nowUs: clock.nowUs,
      neighbours: this.#book.neighbours(job, this.#nowMs()),
      ask: (url) => this.#ask(job, endpoint, url),
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
    if (outcome !== undefined) this.#settle(job, outcome);
  }

  /** One question; undefined when it got no page, and what follows from that is done. */
  async #ask(job: Job, endpoint: Endpoint, url: string): Promise<unknown> {
    const { clock, get, budget, odd } = this.#settings;
    this.#book.asks(job);
    budget.spend(WEIGHT[endpoint.kind], this.#nowMs());
    let reply: HttpReply;
    try {
      reply = await get(url);
    } catch (error) {
      return this.#fail(job, endpoint, (error as Error).message);
    }
    if (this.#stopped) return undefined;
    const verdict = restVerdict(reply, clock.nowUs());
    if (verdict.kind === "failed") return this.#fail(job, endpoint, verdict.reason);
    this.#hosts.answered(endpoint);
    job.failures = 0;
    if (verdict.kind === "ok") return verdict.body;
    if (verdict.kind === "refused") this.#settle(job, { kind: "fruitless", reason: verdict.reason });
    if (verdict.kind === "closed") {
      odd(
        "rest-closed",
        `${endpoint.restUrl}, ${endpoint.kind}: ${verdict.reason}; asked again in 10 minutes`,
      );
      this.#hosts.close(endpoint, verdict.what, verdict.reason, this.#nowMs());
    }
    return undefined;
  }

  /** The exchange could not answer: no hole is given up for that. */
  #fail(job: Job, endpoint: Endpoint, reason: string): undefined {
    const nowMs = this.#nowMs();
    this.#settings.odd("rest-failed", `${endpoint.restUrl}: ${reason}`);
    this.#hosts.failed(endpoint, reason, nowMs);
    job.notBeforeMs = nowMs + backoffMs(job.failures++, this.#settings.random, FAILED);
    job.reason = reason;
  }

  #settle(job: Job, outcome: Outcome): void {
    const { hole } = job;
    if (!this.#book.has(job)) return;
    if (isTail(hole)) {
      this.#book.drop(job);
      if (outcome.kind === "going" && job.gained)
        this.#book.look(hole.symbol, job.sweep.cursor - 1, this.#nowMs());
      return;
    }
    if (outcome.kind === "going") return;
    job.sweep = { ...job.sweep, cursor: 0 };
    const isOver = !job.gained || outcome.kind !== "round over";
    job.gained = false;
    if (isOver) this.#fruitless(job, outcome);
  }

  /** A round without anything new: later again, or given up. */
  #fruitless(job: Job, { kind, reason }: Exclude<Outcome, { kind: "going" }>): void {
    const { hole } = job;
    const { random, store } = this.#settings;
    // an aggregated hole has what there is: that its single trades can't be had is no news
    const isQuiet = hole.state === "aggregated";
    const tries = hole.tries + 1;
    if (++job.fruitless >= MOST_FRUITLESS || kind === "hopeless") {
      this.#book.drop(job);
      if (!isQuiet) store.note(hole, { state: "unrecoverable", note: reason, tries });
      return;
    }
    job.notBeforeMs = this.#nowMs() + backoffMs(job.fruitless - 1, random, FRUITLESS);
    job.reason = reason;
    if (!isQuiet) store.note(hole, { note: reason, tries });
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#settings.clock.after(ms, () => this.#wake());
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
