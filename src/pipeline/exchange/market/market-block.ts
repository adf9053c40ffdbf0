import { type Random, random } from "../../../core/random.ts";
import type { MarketTrade } from "../source.ts";
import { formatE8, parseE8 } from "./decimal.ts";
import type { Fills } from "./fills.ts";
import { BLOCK_US, CELLS_PER_S, EPOCH_US } from "./grid.ts";
import type { SymbolModel } from "./world.ts";

/** The trades of one second, from its first aggregate up to (not including) the next second's first. */
export type BlockMaker = (
  block: number,
  firstAggregate: number,
  endAggregate: number,
) => readonly MarketTrade[];

/** How often an aggregate is the same taker order, one price level deeper. */
const SWEEP = 0.2;
/** How often a taker order has the side of the one before. */
const SAME_SIDE = 0.65;
const CELL_US = BLOCK_US / CELLS_PER_S;
const MOST_STEPS = 2_000_000;

export function blockMaker(
  seed: number,
  symbolKey: number,
  model: SymbolModel,
  symbol: number,
  fills: Fills,
  logPrice: (cell: number) => number,
): BlockMaker {
  const tick = parseE8(model.tickSize);
  const step = parseE8(model.stepSize);

  const midTicks = (timeUs: number): number =>
    Math.floor((Math.exp(logPrice(Math.floor((timeUs - EPOCH_US) / CELL_US))) * 1e8) / tick);

  return (block, firstAggregate, endAggregate) => {
    const count = endAggregate - firstAggregate;
    const trades: MarketTrade[] = [];
    if (count === 0) return trades;
    const draw = random(seed, 41, symbolKey, block);
    const start = EPOCH_US + block * BLOCK_US;
    const times = arrivals(draw, count);

    let isBuyerMaker = draw.uniform() < 0.5;
    let tradeTimeUs = start;
    let depth = 0;
    let eventTimeUs = start;
    for (let i = 0; i < count; i++) {
      if (i > 0 && draw.uniform() < SWEEP) {
        depth++;
      } else {
        depth = 0;
        tradeTimeUs = start + times[i]!;
        if (draw.uniform() > SAME_SIDE) isBuyerMaker = !isBuyerMaker;
      }
      const bid = midTicks(tradeTimeUs);
      const ticks = isBuyerMaker ? Math.max(1, bid - depth) : bid + model.spreadTicks + depth;
      const price = formatE8(ticks * tick);
      const published = Math.min(tradeTimeUs + Math.floor(draw.uniform() * 4) * 1000, start + BLOCK_US - 1);
      eventTimeUs = Math.max(eventTimeUs, published);
      const aggregateId = firstAggregate + i;
      const firstId = fills.firstId(aggregateId);
      for (let fill = fills.count(aggregateId), id = firstId; fill > 0; fill--, id++) {
        const qty = formatE8(steps(draw, model.sizeSteps) * step);
        trades.push({ symbol, id, aggregateId, price, qty, tradeTimeUs, eventTimeUs, isBuyerMaker });
      }
    }
    return trades;
  };
}

/** Ascending times inside a second, in microseconds: most orders come within two milliseconds of another one. */
function arrivals(draw: Random, count: number): Float64Array {
  const centres = Math.max(1, Math.ceil(count / 2));
  const times = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    if (i < centres) {
      times[i] = Math.floor(draw.uniform() * BLOCK_US);
    } else {
      const u = draw.uniform();
      times[i] = times[Math.floor(draw.uniform() * centres)]! + Math.floor(u * u * 2000);
    }
    if (times[i]! >= BLOCK_US) times[i] = BLOCK_US - 1;
  }
  return times.sort();
}

/** Pareto with exponent 4/3, cut at the top: the mean exists and the variance would not. */
function steps(draw: Random, scale: number): number {
  const u = 1 - draw.uniform();
  return Math.min(MOST_STEPS, 1 + Math.floor(scale * (1 / Math.sqrt(u * Math.sqrt(u)) - 1)));
}
