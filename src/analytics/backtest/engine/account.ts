import { legCosts } from "../costs.ts";
import type { Costs, LegCosts, Market } from "../types.ts";
import type { Book } from "./book.ts";
import { type RoundTripBook, roundTripBook } from "./round-trips.ts";
import type { Standing } from "./view.ts";

export interface Terms {
  readonly startCash: number;
  readonly costs: Costs;
}

/** What a run has at a moment, and the books that tell how it came to that. */
export interface Account {
  readonly market: Market;
  readonly book: Book;
  readonly trips: RoundTripBook;
  readonly standing: Standing;
  /** The last price known of each leg that is held. */
  readonly marks: Float64Array;
  readonly rates: readonly Rates[];
  /** A share of what is borrowed. */
  readonly financingPerUs: number;
}

/** What a leg's fills cost, the fill being `worse` than the open by a share, and its borrowing. */
export interface Rates {
  readonly feeBps: number;
  readonly halfSpreadBps: number;
  readonly slippageBps: number;
  readonly worse: number;
  readonly borrowPerUs: number;
  readonly lotStep: number;
  readonly minOrder: number;
}

export function openAccount(market: Market, { startCash, costs }: Terms, book: Book): Account {
  const legs = market.legs.length;
  return {
    market,
    book,
    trips: roundTripBook(book.roundTrips),
    standing: {
      bar: 0,
      cash: startCash,
      equity: startCash,
      entryBar: -1,
      waiting: undefined,
      tooSmall: 0,
      units: new Float64Array(legs),
    },
    marks: new Float64Array(legs),
    rates: market.legs.map((_, k) => ratesOf(legCosts(costs, k))),
    financingPerUs: costs.financingBpsPerYear / 10_000 / YEAR_US,
  };
}

const YEAR_US = 365 * 86_400e6;

/** A maker's part pays the maker's fee, and no half-spread. */
function ratesOf(costs: LegCosts): Rates {
  const { feeBps, halfSpreadBps, slippageBps, makerFeeBps = 0, makerShare = 0, borrowBpsPerYear = 0 } = costs;
  const { lotStep = 0, minOrder = 0 } = costs;
  const spread = makerShare === 0 ? halfSpreadBps : (1 - makerShare) * halfSpreadBps;
  return {
    feeBps: makerShare === 0 ? feeBps : (1 - makerShare) * feeBps + makerShare * makerFeeBps,
    halfSpreadBps: spread,
    slippageBps,
    worse: (spread + slippageBps) / 10_000,
    borrowPerUs: borrowBpsPerYear / 10_000 / YEAR_US,
    lotStep,
    minOrder,
  };
}
