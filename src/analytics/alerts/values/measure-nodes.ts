import type { Bars } from "../../../core/bars.ts";
import type { ClosesMeasure, MeasureSettings, SpreadMeasure, SymbolMeasure } from "../measures/measure.ts";
import type { SpreadNode } from "./hedge.ts";
import type { Lane, ValueNode } from "./nodes.ts";

/** A measure of one symbol. A step without a bar is one in which nothing was traded; before its first bar, values are missing. */
export function symbolNode(measure: SymbolMeasure, settings: MeasureSettings, lane: Lane): ValueNode {
  let work = measure.start(settings);
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
      work = measure.start(settings);
      [lastClose, lastId] = [Number.NaN, Number.NaN];
      node.value = Number.NaN;
    },
  };
  return node;
}

/** A measure of the closes of the bars that both symbols have; missing in any other. */
export function closesNode(measure: ClosesMeasure, settings: MeasureSettings, y: Lane, x: Lane): ValueNode {
  let work = measure.start(settings);
  const node: ValueNode = {
    value: Number.NaN,
    step: () => {
      const hasBoth = y.row >= 0 && x.row >= 0;
      node.value = hasBoth ? work(y.bars!.close[y.row]!, x.bars!.close[x.row]!) : Number.NaN;
    },
    reset: () => {
      work = measure.start(settings);
      node.value = Number.NaN;
    },
  };
  return node;
}

/** A measure of a spread; missing where that has nothing new. */
export function spreadMeasureNode(
  measure: SpreadMeasure,
  settings: MeasureSettings,
  { fresh }: SpreadNode,
): ValueNode {
  let work = measure.start(settings);
  const node: ValueNode = {
    value: Number.NaN,
    step: (endUs) => {
      node.value = Number.NaN;
      for (let i = 0; i < fresh.length; i++) node.value = work(fresh[i]!, i === fresh.length - 1, endUs);
    },
    reset: () => {
      work = measure.start(settings);
      node.value = Number.NaN;
    },
  };
  return node;
}
