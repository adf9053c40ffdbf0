import type { Bars } from "../../../core/bars.ts";
import { rollSpread } from "../../market/liquidity-roll.ts";
import { rollingMeanOperator } from "../../rolling/rolling.ts";
import type { ValueOf } from "../alerts.ts";
import { type Lane, recentValues, type ValueNode } from "./nodes.ts";

/** One step of a symbol: its bar, or a flat one at the last close where nothing was traded. */
interface Step {
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

/** What a measure of one symbol makes of its steps, from its first bar on. */
type Work = (step: Step) => number;

/** A measure of one symbol. A step without a bar is one in which nothing was traded; before its first bar, values are missing. */
export function symbolNode(of: ValueOf, lane: Lane): ValueNode {
  const { intervalUs } = of;
  let work = workOf(of);
  let lastClose = Number.NaN;
  let lastId = Number.NaN;
  /** A hole is known once a trade has come behind it: a bar that one follows is not hurt yet. */
  const isHurt = (bars: Bars, row: number): boolean => {
    const [first, last, count] = [bars.firstId[row]!, bars.lastId[row]!, bars.tradeCount[row]!];
    const isSkipped = first > lastId + 1 || last - first + 1 > count;
    lastId = last;
    return isSkipped && bars.complete[row] === 0;
  };
  const node: ValueNode = {
    value: Number.NaN,
    step: (endUs) => {
      const { bars, row, before } = lane;
      const hasBar = bars !== undefined && row >= 0;
      // a symbol may have been silent for longer than its windows are
      if (Number.isNaN(lastClose) && bars !== undefined && before >= 0)
        [lastClose, lastId] = [bars.close[before]!, bars.lastId[before]!];
      if (hasBar) lastClose = bars.close[row]!;
      if (Number.isNaN(lastClose)) return;
      node.value = work({
        close: lastClose,
        volume: hasBar ? bars.volume[row]! : 0,
        quoteVolume: hasBar ? bars.quoteVolume[row]! : 0,
        tradeCount: hasBar ? bars.tradeCount[row]! : 0,
        takerBuyVolume: hasBar ? bars.takerBuyVolume[row]! : 0,
        isHurt: hasBar && isHurt(bars, row),
        ageUs: endUs - bars!.endUs[hasBar ? row : before]!,
      });
    },
    reset: () => {
      work = workOf(of);
      [lastClose, lastId] = [Number.NaN, Number.NaN];
      node.value = Number.NaN;
    },
  };
  return node;

  function workOf({ measure, window }: ValueOf): Work {
    const sum = (): ((value: number) => number) => {
      if (window === 1) return (value) => value;
      const { push } = rollingMeanOperator({ window });
      return (value) => push(value) * window;
    };
    switch (measure) {
      case "volume": {
        const total = sum();
        return ({ volume }) => total(volume);
      }
      case "quoteVolume": {
        const total = sum();
        return ({ quoteVolume }) => total(quoteVolume);
      }
      case "tradeCount": {
        const total = sum();
        return ({ tradeCount }) => total(tradeCount);
      }
      case "takerImbalance": {
        const [total, bought] = [sum(), sum()];
        return ({ volume, takerBuyVolume }) => {
          const [all, buys] = [total(volume), bought(takerBuyVolume)];
          return all > 0 ? Math.max(-1, Math.min(1, (2 * buys - all) / all)) : Number.NaN;
        };
      }
      case "amihud": {
        const [ratios, traded] = [sum(), sum()];
        let before = Number.NaN;
        return ({ close, quoteVolume }) => {
          const move = (close - before) / before;
          before = close;
          const ratio = ratios(quoteVolume === 0 ? 0 * move : (1e6 * Math.abs(move)) / quoteVolume);
          const count = Math.round(traded(quoteVolume > 0 ? 1 : 0));
          return count > 0 ? ratio / count : Number.NaN;
        };
      }
      case "secondsBetweenTrades": {
        const total = sum();
        return ({ tradeCount }) => {
          const trades = total(tradeCount);
          return trades > 0.5 ? (window * intervalUs) / 1e6 / trades : Number.NaN;
        };
      }
      case "rollSpread": {
        const closes = recentValues(window);
        return ({ close }) => {
          closes.push(close);
          return closes.isFull ? rollSpread(closes.values()) : Number.NaN;
        };
      }
      case "priceMove": {
        const closes = recentValues(window);
        return ({ close }) => {
          const before = closes.isFull ? closes.oldest() : Number.NaN;
          closes.push(close);
          return (100 * (close - before)) / before;
        };
      }
      case "feedAge":
        return ({ ageUs }) => ageUs / 1e6;
      case "holeOpen": {
        const recent = recentValues(window);
        let hurt = 0;
        return ({ isHurt }) => {
          if (recent.isFull) hurt -= recent.oldest();
          recent.push(isHurt ? 1 : 0);
          hurt += isHurt ? 1 : 0;
          return hurt;
        };
      }
      default:
        throw new Error(`${measure} is a measure of a pair`);
    }
  }
}
