import type { IdRange } from "../store/ledger/id-ranges.ts";
import type { Hole } from "../store/ledger/ledger.ts";
import { idsIn, isTail, type Job, neighbours, newJob, nextJob, tailOf } from "./backfill-queue.ts";

/** Older holes of a symbol that there is room for now. */
export interface Wanted {
  readonly symbol: string;
  /** They begin below this id. */
  readonly below: number;
  readonly most: number;
}

/** Of how many holes at once the book knows, over all symbols: what one question costs must not grow with the holes. */
const MOST_JOBS = 2000;
const FEWEST_A_SYMBOL = 4;

interface Shelf {
  /** The jobs of its holes; the oldest id among them, from which on up none is left out. */
  readonly jobs: Map<number, Job>;
  oldest: number;
  /** There is none below that the book does not have. */
  complete: boolean;
}

/**
 * The holes to be filled and the tails to be looked at: of each symbol the newest ones, older ones as those are done. Larger
 * holes than `mostIds` have no job.
 */
export class JobBook {
  readonly #shelves: Map<string, Shelf>;
  readonly #mostIds: number;
  /** A key for the tail of each symbol. */
  readonly #tailKeys: Map<string, number> = new Map();
  readonly #tails: Map<string, Job> = new Map();
  /** The number of each symbol's last request. */
  readonly #turns: Map<string, number> = new Map();
  #requests = 0;

  constructor(symbols: readonly string[], mostIds: number) {
    this.#shelves = new Map(symbols.map((symbol) => [symbol, emptyShelf()]));
    this.#mostIds = mostIds;
  }

  /** One more symbol. */
  add(symbol: string): void {
    this.#shelf(symbol);
  }

  get #share(): number {
    return Math.max(FEWEST_A_SYMBOL, Math.floor(MOST_JOBS / this.#shelves.size));
  }

  /** Takes a hole as it is now; false: it is too large to be filled here. */
  take(hole: Hole, notBeforeMs: number): boolean {
    const shelf = this.#shelf(hole.symbol);
    const { jobs } = shelf;
    const job = jobs.get(hole.holeId);
    const isOver = hole.state === "filled" || hole.state === "unrecoverable";
    if (isOver || idsIn(hole.missing) > this.#mostIds) {
      jobs.delete(hole.holeId);
      return isOver;
    }
    if (job !== undefined) job.hole = hole;
    else jobs.set(hole.holeId, newJob(hole, notBeforeMs));
    if (jobs.size > 2 * this.#share) this.#shorten(shelf);
    return true;
  }

  /** A symbol with room for older holes than the book knows. */
  wanted(): Wanted | undefined {
    for (const [symbol, { jobs, oldest, complete }] of this.#shelves) {
      if (!complete && jobs.size <= this.#share / 2) return { symbol, below: oldest, most: this.#share };
    }
    return undefined;
  }

  /** What was wanted, newest first; returns those that are too large. */
  supply({ symbol, below, most }: Wanted, holes: readonly Hole[], nowMs: number): Hole[] {
    const shelf = this.#shelf(symbol);
    if (shelf.oldest !== below) return [];
    shelf.oldest = holes.at(-1)?.first ?? below;
    shelf.complete = holes.length < most;
    // one that has changed meanwhile is known better already
    return holes.filter(({ holeId }) => !shelf.jobs.has(holeId)).filter((hole) => !this.take(hole, nowMs));
  }

  /** Looks after the newest id held. */
  look(symbol: string, newestId: number, notBeforeMs: number): void {
    const key = this.#tailKeys.get(symbol) ?? -1 - this.#tailKeys.size;
    this.#tailKeys.set(symbol, key);
    const job = newJob(tailOf(key, symbol, newestId), notBeforeMs);
    this.#tails.set(symbol, { ...job, reason: "live trades are waited for" });
  }

  /** Nothing needs to be looked for after the newest id. */
  calm(symbol: string): void {
    this.#tails.delete(symbol);
  }

  drop({ hole }: Job): void {
    if (isTail(hole)) this.#tails.delete(hole.symbol);
    else this.#shelf(hole.symbol).jobs.delete(hole.holeId);
  }

  /** False: the hole was settled, or the job replaced, meanwhile. */
  has(job: Job): boolean {
    const { symbol, holeId } = job.hole;
    return (isTail(job.hole) ? this.#tails.get(symbol) : this.#shelf(symbol).jobs.get(holeId)) === job;
  }

  /** All is another store's. */
  clear(): void {
    for (const symbol of this.#shelves.keys()) this.#shelves.set(symbol, emptyShelf());
    this.#tails.clear();
  }

  isEmpty(): boolean {
    return this.#tails.size === 0 && [...this.#shelves.values()].every(({ jobs }) => jobs.size === 0);
  }

  /** The job whose turn it is; without `singles` only what merged trades can do. */
  next(nowMs: number, singles: boolean): Job | undefined {
    return nextJob(this.#jobs(singles), this.#turns, nowMs);
  }

  soonest(singles: boolean): Job | undefined {
    let soonest: Job | undefined;
    for (const job of this.#jobs(singles)) {
      if (soonest === undefined || job.notBeforeMs < soonest.notBeforeMs) soonest = job;
    }
    return soonest;
  }

  /** A request goes out for it. */
  asks(job: Job): void {
    job.turn = ++this.#requests;
    this.#turns.set(job.hole.symbol, this.#requests);
  }

  /** Missing ids of the symbol's other holes that are to be filled now. */
  neighbours(job: Job, nowMs: number): IdRange[] {
    return neighbours(this.#shelf(job.hole.symbol).jobs.values(), job, nowMs);
  }

  *#jobs(singles: boolean): Generator<Job> {
    for (const { jobs } of this.#shelves.values()) {
      for (const job of jobs.values()) if (singles || job.hole.state !== "aggregated") yield job;
    }
    if (singles) yield* this.#tails.values();
  }

  /** The oldest holes wait in the store. */
  #shorten(shelf: Shelf): void {
    const newestFirst = [...shelf.jobs.values()].sort((a, b) => b.hole.first - a.hole.first);
    for (const { hole } of newestFirst.slice(this.#share)) shelf.jobs.delete(hole.holeId);
    shelf.oldest = newestFirst[this.#share - 1]!.hole.first;
    shelf.complete = false;
  }

  #shelf(symbol: string): Shelf {
    let shelf = this.#shelves.get(symbol);
    if (shelf === undefined) {
      shelf = emptyShelf();
      this.#shelves.set(symbol, shelf);
    }
    return shelf;
  }
}

function emptyShelf(): Shelf {
  return { jobs: new Map(), oldest: Number.MAX_SAFE_INTEGER, complete: false };
}
