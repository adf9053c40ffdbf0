export { type BuyAndHoldSettings, buyAndHold } from "./buy-and-hold.ts";
export type { HedgeSetting } from "./hedge.ts";
export { type MeanReversionSettings, meanReversion } from "./mean-reversion.ts";
export { type MovingAverageCrossSettings, movingAverageCross } from "./moving-average-cross.ts";
export { pairMarket } from "./pair-market.ts";
export { type BacktestSettings, runBacktest } from "./run-backtest.ts";
export type { Neutral, Sizing } from "./sizing.ts";
export type { BarView, Decision, Memo, Rule, RunningRule, Strategy } from "./strategy.ts";
export type { Backtest, Costs, Fill, Leg, Market, Order, Reason, RoundTrip } from "./types.ts";
