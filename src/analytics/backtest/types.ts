/** One instrument at the bars of a market. */
export interface Leg {
  readonly symbol: string;
  /** First price of the bar, quote units; NaN in a bar without a trade, or with trades missing. */
  readonly open: Float64Array;
  /** Last price known at the end of the bar: of an earlier bar where this one has no trade. NaN before the first, and where it is not known. */
  readonly close: Float64Array;
  /** Base units; what a liquidity filter looks at. */
  readonly volume?: Float64Array;
  readonly tradeCount?: Float64Array;
  /**
   * Of a perpetual: the rates (shares of the value held; above 0 a long pays) that were settled as the bar began, and inside
   * it; 0 where none was. The first is charged on what was held before the bar, the second on what is held after its fills.
   */
  readonly fundingAtStart?: Float64Array;
  readonly fundingInside?: Float64Array;
}

/** Bars of one or two instruments on one grid: what a backtest runs on. */
export interface Market {
  readonly length: number;
  /** Start of each bar, µs since 1970 UTC. */
  readonly startUs: Float64Array;
  readonly intervalUs: number;
  /** One leg, or two: y and x. */
  readonly legs: readonly Leg[];
}

/** What trading one leg costs, on its turnover, and in which sizes it is traded. */
export interface LegCosts {
  /** A taker's, of the money that changes hands. A rebate is negative. */
  readonly feeBps: number;
  /** A maker's; asked for where `makerShare` is above 0. */
  readonly makerFeeBps?: number;
  /** The share of the turnover that is filled as a maker: it pays the maker's fee, and no half-spread. 0 unless told. */
  readonly makerShare?: number;
  /** A year, on the value of this leg while it is short, beside `financingBpsPerYear`. 0 unless told. */
  readonly borrowBpsPerYear?: number;
  /** Half of the distance between bid and ask. */
  readonly halfSpreadBps: number;
  readonly slippageBps: number;
  /** Base units: what is held is a whole number of them, rounded towards 0. Any unless told. */
  readonly lotStep?: number;
  /** Money that an order has to be at the last known close, but for one that closes the leg. Any unless told. */
  readonly minOrder?: number;
}

/** What trading costs: of every leg, and where one has its own of that leg. */
export interface Costs extends LegCosts {
  /** Of y, then of x: what is other there. */
  readonly legs?: readonly Partial<LegCosts>[];
  /** A year, on what is borrowed: the value of short legs, and cash below 0. */
  readonly financingBpsPerYear: number;
}

export type Reason =
  | "entry"
  | "exit"
  | "stop"
  | "time stop"
  | "re-hedge"
  /** Nothing is left: the engine closes the position and asks the rule no more. */
  | "ruin"
  | "end of data"
  /** A rule's own word. */
  | (string & {});

/** A decision at the close of a bar, to hold `target` units of a leg. */
export interface Order {
  readonly id: number;
  /** The bar at whose close it was decided. */
  readonly bar: number;
  readonly timeUs: number;
  readonly leg: number;
  /** Signed units to buy (or sell, below 0). */
  readonly quantity: number;
  readonly reason: Reason;
  /** `"cancelled"`: a later decision took its place first; `"open"`: the data ended. */
  readonly state: "filled" | "cancelled" | "open";
}

/** What an order came to, at the open of a later bar. */
export interface Fill {
  readonly order: number;
  readonly bar: number;
  /** Start of that bar. */
  readonly timeUs: number;
  readonly leg: number;
  /** Signed units. */
  readonly quantity: number;
  /** Open of the bar. */
  readonly open: number;
  /** Paid or received a unit: the open made worse by half-spread and slippage. */
  readonly price: number;
  /** In money, as the next two; below 0 for a rebate. */
  readonly fee: number;
  readonly spreadCost: number;
  readonly slippageCost: number;
}

/** From flat to flat again, both legs together. */
export interface RoundTrip {
  /** 1: long y (short x); −1: the other way. */
  readonly side: 1 | -1;
  readonly entryBar: number;
  readonly exitBar: number;
  readonly entryUs: number;
  readonly exitUs: number;
  readonly entryReason: Reason;
  readonly exitReason: Reason;
  /** Units of each leg after the entry. */
  readonly units: readonly number[];
  /** Money at the entry: the sum of the legs' absolute values. */
  readonly notional: number;
  /** Money, after all costs: the change of equity from just before the entry to just after the exit. */
  readonly profit: number;
  /** Money: fees, half-spread, slippage, financing and borrowing. */
  readonly costs: number;
  /** The signal at the close that decided on entry and exit: the z-score; NaN for rules without one. */
  readonly entrySignal: number;
  readonly exitSignal: number;
  /** False: the data ended before it was closed; `profit` is what it stood at. */
  readonly closed: boolean;
}

/** What a rule did on a market: the books of each leg, and the account bar by bar. */
export interface Backtest {
  /** The bars that it ran on, and the rule that ran. */
  readonly market: Market;
  readonly strategy: { readonly name: string; readonly settings: Readonly<Record<string, unknown>> };
  readonly startCash: number;
  readonly costs: Costs;
  readonly orders: readonly Order[];
  readonly fills: readonly Fill[];
  readonly roundTrips: readonly RoundTrip[];
  /** Money at the close of each bar: equity = cash + the legs' units × closes, the last known ones where a close is NaN. */
  readonly equity: Float64Array;
  readonly cash: Float64Array;
  /** Of each leg, the units held at the close of each bar. */
  readonly units: readonly Float64Array[];
  /** Money at the close: the sum of the legs' absolute values. */
  readonly exposure: Float64Array;
  /** Money that changed hands in each bar. */
  readonly turnover: Float64Array;
  /** Paid in each bar, all kinds together: fees, half-spread, slippage, financing and borrowing. */
  readonly paid: Float64Array;
  /** Of it the borrowing of each leg. */
  readonly borrowed: readonly Float64Array[];
  /** What each leg paid of funding in each bar, below 0 what it received: a cash flow, and no cost of trading. */
  readonly funding: readonly Float64Array[];
  /** What the rule looked at, bar by bar. Of mean reversion: `z`, `spread` and `beta` (NaN where there is none yet). */
  readonly signals: Readonly<Record<string, Float64Array>>;
  /** What the rule counted: of mean reversion `refusedEntries` (β was 0 or less) and `unusualEntries` (outside 0.3 to 3 in money). And `tooSmall`: decisions that lots and least orders did not let through. */
  readonly counts: Readonly<Record<string, number>>;
}
