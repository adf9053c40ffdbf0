/** What a rule can look at. */
export type Measure =
  | "zScore"
  | "spread"
  | "correlation"
  | "halfLife"
  | "adfPValue"
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

export interface MeasureFacts {
  readonly of: "pair" | "symbol";
  /** Stands behind the value where it is told. */
  readonly unit: string;
  readonly about: string;
  /** The least and the largest value that there can be; any unless told. */
  readonly range?: readonly [least: number, most: number];
  /** The shortest window; undefined: the measure has none. */
  readonly leastWindow?: number;
  /** The window unless told; undefined: a rule must tell it. */
  readonly window?: number;
  /** Whether it is made of a spread, which needs a hedge ratio. */
  readonly hedged?: true;
  /** Whether it is worked out every quarter of a window only, and held in between. */
  readonly heldForQuarter?: true;
  /** Whether it judges the data and not the market: while such a rule fires, what depends on its symbol keeps silent. */
  readonly ofData?: true;
}

const NOT_BELOW_0 = [0, Number.POSITIVE_INFINITY] as const;

/** Every measure: the one table behind the checks, the JSON Schema, the evaluator and the documentation. */
export const MEASURES: Readonly<Record<Measure, MeasureFacts>> = {
  zScore: {
    of: "pair",
    unit: "deviations",
    about: "the spread against its own last `window` bars, the current one included",
    leastWindow: 3,
    hedged: true,
  },
  spread: {
    of: "pair",
    unit: "log price",
    about: "y − α − βx, of log prices unless `prices` says raw",
    hedged: true,
  },
  correlation: {
    of: "pair",
    range: [-1, 1],
    unit: "",
    about: "of the log returns of both symbols over the last `window` bars",
    leastWindow: 3,
  },
  halfLife: {
    of: "pair",
    range: NOT_BELOW_0,
    unit: "bars",
    about:
      "of the spread over the last `window` bars, corrected for bias; made anew every quarter of a window",
    leastWindow: 10,
    hedged: true,
    heldForQuarter: true,
  },
  adfPValue: {
    of: "pair",
    range: [0, 1],
    unit: "",
    about:
      "of the augmented Dickey-Fuller test of the spread over the last `window` bars; made anew every quarter of a window",
    leastWindow: 20,
    hedged: true,
    heldForQuarter: true,
  },
  volume: {
    of: "symbol",
    range: NOT_BELOW_0,
    unit: "base units",
    about: "traded in the last `window` bars",
    leastWindow: 1,
    window: 1,
  },
  quoteVolume: {
    of: "symbol",
    range: NOT_BELOW_0,
    unit: "quote units",
    about: "price × quantity traded in the last `window` bars",
    leastWindow: 1,
    window: 1,
  },
  tradeCount: {
    of: "symbol",
    range: NOT_BELOW_0,
    unit: "trades",
    about: "trades in the last `window` bars",
    leastWindow: 1,
    window: 1,
  },
  takerImbalance: {
    of: "symbol",
    range: [-1, 1],
    unit: "",
    about: "(bought − sold by takers) / volume over the last `window` bars, −1 to 1",
    leastWindow: 1,
    window: 1,
  },
  amihud: {
    of: "symbol",
    range: NOT_BELOW_0,
    unit: "per million",
    about: "size of the return over quote volume, its mean over the last `window` bars, for a million traded",
    leastWindow: 1,
  },
  rollSpread: {
    of: "symbol",
    range: NOT_BELOW_0,
    unit: "of price",
    about: "Roll's estimate of the bid-ask spread from the last `window` closes, a share of the price",
    leastWindow: 4,
  },
  secondsBetweenTrades: {
    of: "symbol",
    range: NOT_BELOW_0,
    unit: "s",
    about: "mean time between trades over the last `window` bars",
    leastWindow: 1,
    window: 1,
  },
  priceMove: {
    of: "symbol",
    range: [-100, Number.POSITIVE_INFINITY],
    unit: "%",
    about: "change of the close over the last `window` bars",
    leastWindow: 1,
    window: 1,
  },
  feedAge: {
    of: "symbol",
    range: NOT_BELOW_0,
    unit: "s",
    about: "since the end of the last bar that had a trade",
    ofData: true,
  },
  holeOpen: {
    of: "symbol",
    range: NOT_BELOW_0,
    unit: "bars",
    about: "bars among the last `window` ones with trades missing in them or just before",
    leastWindow: 1,
    window: 60,
    ofData: true,
  },
};

export const MEASURE_NAMES: readonly Measure[] = Object.keys(MEASURES) as Measure[];
