export { assertCausal, type CausalCheck, type CausalSettings } from "./assert-causal.ts";
export { pairMarket } from "./pair-market.ts";
export { type BacktestSettings, runBacktest } from "./run-backtest.ts";
export { type BuyAndHoldSettings, buyAndHold } from "./strategies/buy-and-hold.ts";
export type { HedgeSetting } from "./strategies/hedge.ts";
export { meanReversion } from "./strategies/mean-reversion.ts";
export { type MovingAverageCrossSettings, movingAverageCross } from "./strategies/moving-average-cross.ts";
export { namedStrategy, STRATEGY_NAMES, type StrategyDescription } from "./strategies/named-strategies.ts";
export type { MeanReversionSettings } from "./strategies/reversion-settings.ts";
export type { Neutral, Sizing } from "./strategies/sizing.ts";
export { type ZUnitCount, type ZUnitSettings, zUnitCount } from "./strategies/z-unit-count.ts";
export type { BarView, Decision, Memo, Rule, RunningRule, Strategy } from "./strategy.ts";
export { type BreakEvenCost, type BreakEvenSettings, breakEvenCost } from "./sweep/break-even-cost.ts";
export type { SweepFigure, SweepFigures } from "./sweep/sweep-figures.ts";
export {
  type RefusedCell,
  type SweepAxis,
  type SweepCase,
  type SweepResult,
  type SweepSettings,
  sweepGrid,
} from "./sweep/sweep-grid.ts";
export type { Backtest, Costs, Fill, Leg, LegCosts, Market, Order, Reason, RoundTrip } from "./types.ts";
