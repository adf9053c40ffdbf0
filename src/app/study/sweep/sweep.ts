import { availableParallelism } from "node:os";
import {
  STRATEGY_NAMES,
  type StrategyDescription,
} from "../../../analytics/backtest/strategies/named-strategies.ts";
import { describedCase } from "../../../analytics/backtest/sweep/sweep-case.ts";
import {
  type SweepResult,
  type SweepSettings,
  type SweepTable,
  sweepPlan,
  sweepResult,
} from "../../../analytics/backtest/sweep/sweep-grid.ts";
import type { Leg, Market } from "../../../analytics/backtest/types.ts";
import { requireFields, requireSettings } from "../../../core/arguments.ts";
import { quote, refuse } from "../../../core/errors.ts";
import type { Progress } from "../../terminal/progress.ts";
import { BEGUN, CALLED_OFF, COUNTERS, DONE, type SweepJob, type SweepShare } from "./sweep-job.ts";
import { sharePool, warmThreads } from "./sweep-threads.ts";
import { sweepWork } from "./sweep-work.ts";

export interface SweepOptions {
  /** As many as the machine has processors, 8 at most, unless told. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
  /** Told ten times a second, and at the end. */
  readonly progress?: (progress: Progress) => void;
}

const usualThreads = (): number => Math.min(8, availableParallelism());

/** Begins the threads of a sweep ahead of it; they end when nobody has needed them for a minute. */
export function warmSweeps(): void {
  warmThreads(usualThreads());
}

/**
 * Runs a strategy that ships over a grid of two of its settings or costs, in threads of its own: what `sweepGrid` gives,
 * to the last bit, whatever the number of threads. The threads stay for the next sweep and keep no program alive.
 *
 * Rejects with the reason of `signal` when that is aborted; a strategy of one's own can't be handed to a thread.
 */
export async function sweep(
  market: Market,
  strategy: StrategyDescription,
  settings: SweepSettings,
  options: SweepOptions = {},
): Promise<SweepResult> {
  requireFields("sweep", "market", market, []);
  requireFields("sweep", "strategy", strategy, ["name", "settings"]);
  requireSettings("sweep", settings, ["rows", "columns", "returns", "keepReturns", "startCash", "costs"]);
  requireSettings("sweep", options, ["threads", "signal", "progress"]);

  const { threads = usualThreads(), signal, progress } = options;
  const { name, settings: own } = strategy;
  if (!Number.isInteger(threads) || threads < 1 || threads > 64) {
    refuse({
      code: "bad-setting",
      where: "sweep",
      problem: `threads must be a whole number from 1 to 64; got ${quote(threads)}`,
      hint: "Leave it out for as many as the machine has processors.",
    });
  }
  if (!STRATEGY_NAMES.includes(name)) {
    refuse({
      code: "unknown-strategy",
      where: "sweep",
      problem: `needs a strategy that ships, for only those can be made again in a thread: ${STRATEGY_NAMES.join(", ")}; got ${quote(name, 60)}`,
      hint: "Run one of your own with sweepGrid, in this thread.",
    });
  }
  signal?.throwIfAborted();
  const { cells, figureCount, returnCount } = sweepPlan(market, settings);
  describedCase(strategy, settings);
  const table: SweepTable = { figures: shared(figureCount), returns: shared(returnCount) };
  const counters = new Int32Array(new SharedArrayBuffer(COUNTERS * Int32Array.BYTES_PER_ELEMENT));
  const job: SweepJob = {
    market: sharedMarket(market),
    strategy: { name, settings: own },
    settings,
    table,
    cells,
    counters,
  };
  const tell = (): void =>
    progress?.({
      of: `${settings.rows.name} × ${settings.columns.name}`,
      phase: "backtests",
      done: counters[DONE]!,
      total: cells,
    });
  const callOff = (): void => void Atomics.store(counters, CALLED_OFF, 1);
  signal?.addEventListener("abort", callOff);
  // what a caller's own function throws is the sweep's end, and not the program's
  let thrown: { readonly error: unknown } | undefined;
  const tellOften = (): void => {
    try {
      tell();
    } catch (error) {
      thrown ??= { error };
      callOff();
    }
  };
  const timer = progress && setInterval(tellOften, TELL_MS);
  try {
    const inThreads = sharePool(Math.min(threads, cells)).run(job);
    const own = threads > 1 ? helpMeanwhile(job, signal) : undefined;
    const shares = await inThreads;
    if (own !== undefined) shares.push(await own);
    signal?.throwIfAborted();
    if (thrown !== undefined) throw thrown.error;
    tell();
    return sweepResult(market, settings, table, refusedOf(shares));
  } finally {
    // where one thread failed, the others need not go on
    callOff();
    clearInterval(timer);
    signal?.removeEventListener("abort", callOff);
  }
}

const TELL_MS = 100;
/** What the caller's thread does at a time between looking at what else there is. */
const SLICE_MS = 8;

/** Until the first thread has begun, which may have to be started, this one works, a slice at a time. */
async function helpMeanwhile(job: SweepJob, signal: AbortSignal | undefined): Promise<SweepShare> {
  const isNeeded = (): boolean => Atomics.load(job.counters, BEGUN) === 0 && signal?.aborted !== true;
  await new Promise(setImmediate);
  if (!isNeeded()) return { refused: [] };
  try {
    const { refused, step } = sweepWork(job);
    for (;;) {
      for (const untilMs = performance.now() + SLICE_MS; performance.now() < untilMs; )
        if (!step()) return { refused };
      await new Promise(setImmediate);
      if (!isNeeded()) return { refused };
    }
  } catch (error) {
    return { refused: [], error };
  }
}

function refusedOf(shares: readonly SweepShare[]): SweepResult["refused"] {
  const broken = shares.find(({ error }) => error !== undefined);
  if (broken !== undefined) throw broken.error;
  return shares.flatMap(({ refused }) => refused);
}

function shared(length: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(length * Float64Array.BYTES_PER_ELEMENT));
}

/** A copy that threads look at without copying it again: every column that a leg has. */
function sharedMarket(market: Market): Market {
  const copy = (values: Float64Array): Float64Array => {
    const column = shared(values.length);
    column.set(values);
    return column;
  };
  const legs = market.legs.map(
    (leg) =>
      Object.fromEntries(
        Object.entries(leg).map(([name, value]) => [
          name,
          value instanceof Float64Array ? copy(value) : value,
        ]),
      ) as unknown as Leg,
  );
  return { length: market.length, intervalUs: market.intervalUs, startUs: copy(market.startUs), legs };
}
