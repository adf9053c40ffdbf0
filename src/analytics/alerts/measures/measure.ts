/** What a rule on a pair can look at. */
export type PairMeasureName = "zScore" | "spread" | "correlation" | "halfLife" | "adfPValue";

/** What a rule on a symbol can look at. */
export type SymbolMeasureName =
  | "volume"
  | "quoteVolume"
  | "tradeCount"
  | "takerImbalance"
  | "amihud"
  | "rollSpread"
  | "secondsBetweenTrades"
  | "priceMove"
  | "feedAge"
  | "holeOpen";

/** What a rule can look at. */
export type Measure = PairMeasureName | SymbolMeasureName;

/** One step of a symbol: its bar, or a flat one at the last close where nothing was traded. */
export interface SymbolStep {
  readonly close: number;
  readonly volume: number;
  readonly quoteVolume: number;
  readonly tradeCount: number;
  readonly takerBuyVolume: number;
  /** Trades are missing in the bar, or between it and the one before. */
  readonly isHurt: boolean;
  /** Since the end of the last bar. */
  readonly ageUs: number;
}

/** What a measure is started with; `window` is 1 where it has none. */
export interface MeasureSettings {
  readonly window: number;
  readonly intervalUs: number;
}

/** The values that there can be. */
export interface Reach {
  readonly least: number;
  readonly most: number;
  /** Where it takes saying: a sentence without its full stop. */
  readonly why?: string;
  /** What to do about a threshold beyond it. */
  readonly hint?: string;
}

interface About {
  /** Stands behind the value where it is told. */
  readonly unit: string;
  readonly about: string;
  /** Decimals in a table; four significant digits unless told. */
  readonly decimals?: number;
  /** The shortest window; undefined: the measure has none. */
  readonly leastWindow?: number;
  /** The window unless told; undefined: a rule must tell it. */
  readonly window?: number;
  /** The values that there can be, `window` being NaN where it is not known; any unless told. */
  readonly reach?: (window: number) => Reach;
  /** Bars up to the first value, that one's included; the window unless told. */
  readonly looksBack?: (window: number) => number;
  /** For how many bars a value is held until it is made anew; made at each bar unless told. */
  readonly holds?: (window: number) => number;
  /** Whether it judges the data and not the market: while such a rule fires, what depends on its symbol keeps silent. */
  readonly ofData?: true;
}

/** Of one symbol, from its steps: from its first bar on, each step once, in the order of time. */
export interface SymbolMeasure extends About {
  readonly of: "symbol";
  readonly from: "steps";
  start(settings: MeasureSettings): (step: SymbolStep) => number;
}

/** Of two symbols, from the closes of the bars that both have. */
export interface ClosesMeasure extends About {
  readonly of: "pair";
  readonly from: "closes";
  start(settings: MeasureSettings): (closeY: number, closeX: number) => number;
}

/** Of two symbols, from their spread, which needs a hedge ratio. */
export interface SpreadMeasure extends About {
  readonly of: "pair";
  readonly from: "spread";
  /** Whether it tells how far out the spread is: what the spread did after a firing is then told beside it. */
  readonly isLevel?: true;
  /** `isLast`: of the spreads that one step brings; `endUs`: the end of that step. */
  start(settings: MeasureSettings): (spread: number, isLast: boolean, endUs: number) => number;
}

/** A measure: whose value it is, how it is made, and how far it reaches. NaN from its function: no value at this step. */
export type MeasureFacts = SymbolMeasure | ClosesMeasure | SpreadMeasure;

/** Values that can't be below 0. */
export const fromZero = (): Reach => ({ least: 0, most: Number.POSITIVE_INFINITY });
