import { quote, refuse } from "../../../core/errors.ts";
import type { MarketSource, MarketTrade } from "../source.ts";
import { marketActivity, symbolCounts } from "./activity.ts";
import { type Dyadic, ouPath } from "./dyadic.ts";
import { type Fills, fillsPattern } from "./fills.ts";
import { BLOCK_US, CELLS_LOG2, CELLS_PER_S, DEPTH_S, EPOCH_US, HORIZON_US } from "./grid.ts";
import { type BlockMaker, blockMaker } from "./market-block.ts";
import { type FactorModel, type SymbolModel, WORLD, type World } from "./world.ts";

export interface PairTruth {
  readonly y: string;
  readonly x: string;
  /** log y = alpha + beta · log x + spread. */
  readonly alpha: number;
  readonly beta: number;
  readonly halfLifeS: number;
  /** Stationary standard deviation of the spread, in log price. */
  readonly sd: number;
  /** When the relation ends; undefined: never. */
  readonly endsUs: number | undefined;
}

/** Two symbols that move together by what they share, and drift apart by what they do not: not cointegrated. */
export interface LookalikeTruth {
  readonly y: string;
  readonly x: string;
  /** Factors that both load on. */
  readonly shared: readonly string[];
  /** Factors of one of them alone. */
  readonly own: readonly string[];
}

/** What statistics on this market ought to find. */
export interface MarketTruth {
  readonly seed: number;
  /** The cointegrated pairs. */
  readonly pairs: readonly PairTruth[];
  readonly lookalikes: readonly LookalikeTruth[];
  /** All of it: factors and how each symbol loads on them. */
  readonly world: World;
}

export interface SimulatedMarket extends MarketSource {
  truth(): MarketTruth;
  /** The log of the price that trades straddle. */
  logPrice(symbol: number, us: number): number;
}

/**
 * A market that is a pure function of seed, symbol and time: it goes on while nobody looks, and any past range comes
 * back, byte for byte, at the cost of that range alone. Only Math.log, Math.exp, Math.expm1 and Math.sqrt
 * go beyond plain arithmetic, and V8 brings its own on every machine.
 */
export function simulatedMarket(seed: number, world: World = WORLD): SimulatedMarket {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    refuse({
      code: "bad-seed",
      where: "seed",
      problem: `must be a whole number from 0 to ${Number.MAX_SAFE_INTEGER}; got ${quote(seed)}`,
      hint: "Pass for example 7.",
      facts: { seed },
    });
  }
  const logPrice = logPrices(seed, world);
  const books = world.symbols.map((model, symbol) => symbolBook(seed, world, model, symbol, logPrice));
  const idsOf = (symbol: number): SymbolBook => books[symbol]!;

  return {
    name: `sim-seed${seed}`,
    kind: "simulated",
    detail: `seed ${seed}`,
    symbols: world.symbols.map(({ symbol, base, quote, tickSize, stepSize }) => ({
      symbol,
      base,
      quote,
      tickSize,
      stepSize,
    })),
    startUs: EPOCH_US,
    endUs: HORIZON_US,
    between(fromUs, toUs) {
      const out: MarketTrade[] = [];
      const lastBlock = blockOf(toUs);
      for (let block = blockOf(Math.max(fromUs, EPOCH_US)); block <= lastBlock; block++) {
        const from = out.length;
        for (const book of books) {
          for (const trade of book.block(block)) {
            if (trade.eventTimeUs > fromUs && trade.eventTimeUs <= toUs) out.push(trade);
          }
        }
        // stable, so that a symbol's trades stay in the order of their ids
        if (out.length > from) {
          const sorted = out.splice(from).sort((a, b) => a.eventTimeUs - b.eventTimeUs);
          for (const trade of sorted) out.push(trade);
        }
      }
      return out;
    },
    trades(symbol, fromId, toId, most) {
      const book = idsOf(symbol);
      const out: MarketTrade[] = [];
      let next = Math.max(0, fromId);
      while (next <= toId && next < book.total && out.length < most) {
        for (const trade of book.block(book.blockOfId(next))) {
          if (trade.id >= next && trade.id <= toId && out.length < most) out.push(trade);
        }
        next = out.at(-1)!.id + 1;
      }
      return out;
    },
    firstId: () => 0,
    lastId(symbol, us, by) {
      if (us < EPOCH_US) return -1;
      const book = idsOf(symbol);
      const block = blockOf(us);
      let last = book.firstIdOfBlock(block) - 1;
      for (const trade of book.block(block)) {
        if ((by === "event" ? trade.eventTimeUs : trade.tradeTimeUs) <= us) last = trade.id;
      }
      return last;
    },
    firstIdOfAggregate: (symbol, aggregateId) => idsOf(symbol).fills.firstId(Math.max(0, aggregateId)),
    truth: () => ({ seed, pairs: pairs(world), lookalikes: lookalikes(world), world }),
    logPrice: (symbol, us) => logPrice(symbol, ((us - EPOCH_US) / BLOCK_US) * CELLS_PER_S),
  };
}

function blockOf(us: number): number {
  return Math.min(Math.max(Math.floor((us - EPOCH_US) / BLOCK_US), 0), 2 ** DEPTH_S - 1);
}

interface SymbolBook {
  readonly total: number;
  readonly fills: Fills;
  block(block: number): readonly MarketTrade[];
  blockOfId(id: number): number;
  firstIdOfBlock(block: number): number;
}

/** One symbol's trades, a second at a time; the newest few blocks asked for are kept. */
function symbolBook(
  seed: number,
  world: World,
  model: SymbolModel,
  symbol: number,
  logPrice: (symbol: number, cell: number) => number,
): SymbolBook {
  const key = textKey(model.symbol);
  const fills = fillsPattern(seed, key);
  const aggregates = Math.round((model.tradesPerSecond / fills.mean) * 2 ** DEPTH_S);
  const counts = symbolCounts(DEPTH_S, aggregates, world.hours, seed, key);
  const make: BlockMaker = blockMaker(seed, key, model, symbol, fills, (cell) => logPrice(symbol, cell));
  const kept = new Map<number, readonly MarketTrade[]>();
  return {
    total: fills.firstId(aggregates),
    fills,
    block(block) {
      let trades = kept.get(block);
      if (!trades) {
        trades = make(block, counts.at(block), counts.at(block + 1));
        kept.set(block, trades);
        if (kept.size > 256) kept.delete(kept.keys().next().value!);
      }
      return trades;
    },
    blockOfId: (id) => counts.find(fills.aggregateOf(id)),
    firstIdOfBlock: (block) => fills.firstId(counts.at(block)),
  };
}

/** The log price of each symbol at a cell, a sixteenth of a second since the epoch. */
function logPrices(seed: number, world: World): (symbol: number, cell: number) => number {
  const depth = DEPTH_S + CELLS_LOG2;
  const activity = marketActivity(DEPTH_S, CELLS_PER_S, world.hours, seed);
  const factor = new Map<string, (cell: number) => number>();
  for (const [name, model] of Object.entries(world.factors)) {
    factor.set(
      name,
      factorPath(
        model,
        ouPath(depth, model.halfLifeS * CELLS_PER_S, model.sd, [seed, 31, textKey(name)]),
        activity,
      ),
    );
  }
  const place = new Map(world.symbols.map((model, index) => [model.symbol, index]));
  const price: ((cell: number) => number)[] = world.symbols.map(({ price: model }) => {
    if ("on" in model) {
      const spread = factor.get(model.spread)!;
      const x = place.get(model.on)!;
      const rift = model.rift === undefined ? undefined : factor.get(model.rift)!;
      return (cell) => model.alpha + model.beta * price[x]!(cell) + spread(cell) + (rift?.(cell) ?? 0);
    }
    const level = Math.log(model.price);
    const parts = Object.entries(model.loadings).map(([name, loading]) => ({
      loading,
      path: factor.get(name)!,
    }));
    return (cell) => parts.reduce((sum, { loading, path }) => sum + loading * path(cell), level);
  });
  return (symbol, cell) => price[symbol]!(cell);
}

function factorPath(model: FactorModel, path: Dyadic, activity: Dyadic): (cell: number) => number {
  const when =
    model.time === "activity" ? (cell: number) => activity.at(cell / CELLS_PER_S) : (cell: number) => cell;
  if (model.fromUs === undefined) return (cell) => path.at(when(cell));
  const from = ((model.fromUs - EPOCH_US) / BLOCK_US) * CELLS_PER_S;
  const before = path.at(when(from));
  return (cell) => (cell <= from ? 0 : path.at(when(cell)) - before);
}

function pairs(world: World): PairTruth[] {
  return world.symbols.flatMap(({ symbol, price }) => {
    if (!("on" in price)) return [];
    const { halfLifeS, sd } = world.factors[price.spread]!;
    const endsUs = price.rift === undefined ? undefined : world.factors[price.rift]!.fromUs;
    return [{ y: symbol, x: price.on, alpha: price.alpha, beta: price.beta, halfLifeS, sd, endsUs }];
  });
}

function lookalikes(world: World): LookalikeTruth[] {
  const found: LookalikeTruth[] = [];
  world.symbols.forEach(({ symbol: y, price: ofY }, i) => {
    for (const { symbol: x, price: ofX } of world.symbols.slice(0, i)) {
      if ("on" in ofY || "on" in ofX) continue;
      const [inY, inX] = [Object.keys(ofY.loadings), Object.keys(ofX.loadings)];
      const shared = inY.filter((name) => inX.includes(name));
      const own = [...inY, ...inX].filter((name) => !shared.includes(name));
      if (shared.length > 0 && own.length > 0) found.push({ y, x, shared, own });
    }
  });
  return found;
}

/** A name as a number, so that each symbol and factor keeps its own randomness whatever stands beside it. */
function textKey(text: string): number {
  let key = 0;
  for (const character of text) key = (key * 31 + character.codePointAt(0)!) % 4294967291;
  return key;
}
