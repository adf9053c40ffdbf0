import { rollSpread } from "../../market/liquidity-roll.ts";
import { rollingMeanOperator } from "../../rolling/rolling.ts";
import { fromZero, type SymbolMeasure, type SymbolMeasureName, type SymbolStep } from "./measure.ts";
import { recentValues } from "./recent-values.ts";

const SYMBOL = { of: "symbol", from: "steps" } as const;
/** A measure of one bar unless told. */
const FROM_ONE_BAR = { ...SYMBOL, leastWindow: 1, window: 1 } as const;

/** The sum of the last `window` values. */
function rollingSum(window: number): (value: number) => number {
  if (window === 1) return (value) => value;
  const { push } = rollingMeanOperator({ window });
  return (value) => push(value) * window;
}

/** A sum over the window. */
const summed = (pick: (step: SymbolStep) => number): Pick<SymbolMeasure, "start" | "reach"> => ({
  reach: fromZero,
  start: ({ window }) => {
    const total = rollingSum(window);
    return (step) => total(pick(step));
  },
});

/** The measures of one symbol. */
export const SYMBOL_MEASURES: Readonly<Record<SymbolMeasureName, SymbolMeasure>> = {
  volume: {
    ...FROM_ONE_BAR,
    unit: "base units",
    about: "traded in the last `window` bars",
    ...summed(({ volume }) => volume),
  },
  quoteVolume: {
    ...FROM_ONE_BAR,
    unit: "quote units",
    about: "price × quantity traded in the last `window` bars",
    ...summed(({ quoteVolume }) => quoteVolume),
  },
  tradeCount: {
    ...FROM_ONE_BAR,
    unit: "trades",
    about: "trades in the last `window` bars",
    ...summed(({ tradeCount }) => tradeCount),
  },
  takerImbalance: {
    ...FROM_ONE_BAR,
    unit: "",
    about: "(bought − sold by takers) / volume over the last `window` bars, −1 to 1",
    reach: () => ({ least: -1, most: 1 }),
    start: ({ window }) => {
      const [total, bought] = [rollingSum(window), rollingSum(window)];
      return ({ volume, takerBuyVolume }) => {
        const [all, buys] = [total(volume), bought(takerBuyVolume)];
        return all > 0 ? Math.max(-1, Math.min(1, (2 * buys - all) / all)) : Number.NaN;
      };
    },
  },
  amihud: {
    ...SYMBOL,
    unit: "per million",
    about: "size of the return over quote volume, its mean over the last `window` bars, for a million traded",
    leastWindow: 1,
    reach: fromZero,
    looksBack: (window) => window + 1,
    start: ({ window }) => {
      const [ratios, traded] = [rollingSum(window), rollingSum(window)];
      let before = Number.NaN;
      return ({ close, quoteVolume }) => {
        const move = (close - before) / before;
        before = close;
        const ratio = ratios(quoteVolume === 0 ? 0 * move : (1e6 * Math.abs(move)) / quoteVolume);
        const count = Math.round(traded(quoteVolume > 0 ? 1 : 0));
        return count > 0 ? ratio / count : Number.NaN;
      };
    },
  },
  rollSpread: {
    ...SYMBOL,
    unit: "of price",
    about: "Roll's estimate of the bid-ask spread from the last `window` closes, a share of the price",
    leastWindow: 4,
    reach: fromZero,
    start: ({ window }) => {
      const closes = recentValues(window);
      return ({ close }) => {
        closes.push(close);
        return closes.isFull ? rollSpread(closes.values()) : Number.NaN;
      };
    },
  },
  secondsBetweenTrades: {
    ...FROM_ONE_BAR,
    unit: "s",
    about: "mean time between trades over the last `window` bars",
    reach: fromZero,
    start: ({ window, intervalUs }) => {
      const total = rollingSum(window);
      return ({ tradeCount }) => {
        const trades = total(tradeCount);
        return trades > 0.5 ? (window * intervalUs) / 1e6 / trades : Number.NaN;
      };
    },
  },
  priceMove: {
    ...FROM_ONE_BAR,
    unit: "%",
    about: "change of the close over the last `window` bars",
    reach: () => ({ least: -100, most: Number.POSITIVE_INFINITY }),
    looksBack: (window) => window + 1,
    start: ({ window }) => {
      const closes = recentValues(window);
      return ({ close }) => {
        const before = closes.isFull ? closes.oldest() : Number.NaN;
        closes.push(close);
        return (100 * (close - before)) / before;
      };
    },
  },
  feedAge: {
    ...SYMBOL,
    unit: "s",
    about: "since the end of the last bar that had a trade",
    reach: fromZero,
    ofData: true,
    start:
      () =>
      ({ ageUs }) =>
        ageUs / 1e6,
  },
  holeOpen: {
    ...SYMBOL,
    unit: "bars",
    about: "bars among the last `window` ones with trades missing in them or just before",
    leastWindow: 1,
    window: 60,
    reach: fromZero,
    ofData: true,
    start: ({ window }) => {
      const recent = recentValues(window);
      let hurt = 0;
      return ({ isHurt }) => {
        if (recent.isFull) hurt -= recent.oldest();
        recent.push(isHurt ? 1 : 0);
        hurt += isHurt ? 1 : 0;
        return hurt;
      };
    },
  },
};
