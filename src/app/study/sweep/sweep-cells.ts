import type { StrategyDescription } from "../../../analytics/backtest/strategies/named-strategies.ts";
import { describedCase } from "../../../analytics/backtest/sweep/sweep-case.ts";
import {
  cellRunner,
  type RefusedCell,
  type SweepSettings,
  type SweepTable,
} from "../../../analytics/backtest/sweep/sweep-grid.ts";
import type { Market } from "../../../analytics/backtest/types.ts";

/** A sweep as a thread gets it. */
export interface SweepGiven {
  readonly market: Market;
  readonly strategy: StrategyDescription;
  readonly settings: SweepSettings;
  /** Into which cells write their figures. */
  readonly table: SweepTable;
}

/** Runs cells of a sweep; a combination that is refused is what it finds. */
export function sweepCells({
  market,
  strategy,
  settings,
  table,
}: SweepGiven): (cell: number) => RefusedCell | undefined {
  return cellRunner(market, describedCase(strategy, settings), settings, table);
}
