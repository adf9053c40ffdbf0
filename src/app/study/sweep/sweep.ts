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
import {
  requireThreads,
  runShared,
  shared,
  sharedColumn,
  THREAD_OPTIONS,
  type ThreadOptions,
} from "../../threads/run-shared.ts";

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
  options: ThreadOptions = {},
): Promise<SweepResult> {
  requireFields("sweep", "market", market, []);
  requireFields("sweep", "strategy", strategy, ["name", "settings"]);
  requireSettings("sweep", settings, ["rows", "columns", "returns", "keepReturns", "startCash", "costs"]);
  requireSettings("sweep", options, THREAD_OPTIONS);

  const { name, settings: own } = strategy;
  const threads = requireThreads("sweep", options.threads);
  if (!STRATEGY_NAMES.includes(name)) {
    refuse({
      code: "unknown-strategy",
      where: "sweep",
      problem: `needs a strategy that ships, for only those can be made again in a thread: ${STRATEGY_NAMES.join(", ")}; got ${quote(name, 60)}`,
      hint: "Run one of your own with sweepGrid, in this thread.",
    });
  }
  options.signal?.throwIfAborted();
  const { cells, figureCount, returnCount } = sweepPlan(market, settings);
  describedCase(strategy, settings);
  const table: SweepTable = { figures: shared(figureCount), returns: shared(returnCount) };
  const refused = await runShared(
    {
      work: "sweep",
      given: { market: sharedMarket(market), strategy: { name, settings: own }, settings, table },
      units: cells,
      take: TAKE,
    },
    { of: `${settings.rows.name} × ${settings.columns.name}`, phase: "backtests" },
    { ...options, threads },
  );
  return sweepResult(market, settings, table, refused);
}

/** Cells taken at once: neighbours share signals. */
const TAKE = 8;

/** A copy that threads look at without copying it again: every column that a leg has. */
function sharedMarket(market: Market): Market {
  const legs = market.legs.map(
    (leg) =>
      Object.fromEntries(
        Object.entries(leg).map(([name, value]) => [
          name,
          value instanceof Float64Array ? sharedColumn(value) : value,
        ]),
      ) as unknown as Leg,
  );
  return {
    length: market.length,
    intervalUs: market.intervalUs,
    startUs: sharedColumn(market.startUs),
    legs,
  };
}
