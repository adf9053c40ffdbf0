export { assertCausal, type CausalCheck, type CausalSettings } from "./assert-causal.ts";
export { type BreakEvenCost, type BreakEvenSettings, breakEvenCost } from "./break-even-cost.ts";
export { type BuyAndHoldSettings, buyAndHold } from "./buy-and-hold.ts";
export type { HedgeSetting } from "./hedge.ts";
export { type MeanReversionSettings, meanReversion } from "./mean-reversion.ts";
export { type MovingAverageCrossSettings, movingAverageCross } from "./moving-average-cross.ts";
export { namedStrategy, STRATEGY_NAMES, type StrategyDescription } from "./named-strategies.ts";
export { pairMarket } from "./pair-market.ts";
export { type BacktestSettings, runBacktest } from "./run-backtest.ts";
export type { Neutral, Sizing } from "./sizing.ts";
export type { BarView, Decision, Memo, Rule, RunningRule, Strategy } from "./strategy.ts";
export type { SweepFigure, SweepFigures } from "./sweep-figures.ts";
export {
  type RefusedCell,
  type SweepAxis,
  type SweepCase,
  type SweepResult,
  type SweepSettings,
  sweepGrid,
} from "./sweep-grid.ts";
export type { Backtest, Costs, Fill, Leg, Market, Order, Reason, RoundTrip } from "./types.ts";
export { type ZUnitCount, type ZUnitSettings, zUnitCount } from "./z-unit-count.ts";
