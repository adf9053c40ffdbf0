import { TickbookError } from "../../core/errors.ts";
import type { ResultTable } from "../unit-root/test-result.ts";
import { type PairVerdict, pairVerdict } from "./pair-verdict.ts";
import type { PriceScale } from "./price-scale.ts";

/** All pairs of some symbols, each explaining those after it. */
export interface ScreeningGiven {
  readonly closes: readonly Float64Array[];
  readonly prices: PriceScale;
}

/** A pair by the places of its symbols, and what its closes say; or why they say nothing. */
export interface Screened {
  readonly y: number;
  readonly x: number;
  readonly said: PairFigures | { readonly reason: string };
}

/** What is kept of a verdict among many. */
export interface PairFigures {
  readonly verdict: PairVerdict["verdict"];
  readonly sentence: string;
  readonly nobs: number;
  readonly beta: number;
  readonly pValue: number;
  readonly halfLifeBars: number;
  readonly halfLives: number;
}

export interface ScreenedPair extends PairFigures {
  readonly y: string;
  readonly x: string;
}

/** Pairs, what may be one first, as a table; those about which nothing can be said beside it. */
export interface PairScreening extends ResultTable {
  readonly pairs: readonly ScreenedPair[];
  readonly refused: readonly { readonly y: string; readonly x: string; readonly reason: string }[];
}

export const pairsOf = (symbols: number): number => (symbols * (symbols - 1)) / 2;

/** Examines pairs by their number: 0 is the second symbol on the first, 1 the third on the first, and so on. */
export function screenedPair({ closes, prices }: ScreeningGiven): (pair: number) => Screened {
  const places = closes.flatMap((_, x) =>
    Array.from({ length: closes.length - 1 - x }, (_, k) => ({ y: x + 1 + k, x })),
  );
  return (pair) => {
    const { y, x } = places[pair]!;
    try {
      return { y, x, said: figuresOf(pairVerdict(closes[y]!, closes[x]!, { prices })) };
    } catch (error) {
      if (!(error instanceof TickbookError)) throw error;
      return { y, x, said: { reason: error.message } };
    }
  };
}

function figuresOf({
  verdict,
  sentence,
  nobs,
  cointegration,
  halfLife,
  halfLives,
}: PairVerdict): PairFigures {
  const { beta, pValue } = cointegration;
  const halfLifeBars = halfLife.correctedHalfLifeBars;
  return { verdict, sentence, nobs, beta: beta[0]!, pValue, halfLifeBars, halfLives };
}

const RANKS: readonly PairVerdict["verdict"][] = ["yes", "too short to say", "no"];

/** Brings what was found, in any order, into one: what may be a pair first, then by p-value. */
export function screeningOf(names: readonly string[], found: readonly Screened[]): PairScreening {
  const inOrder = found
    .toSorted((a, b) => a.x - b.x || a.y - b.y)
    .map(({ y, x, said }) => ({ y: names[y]!, x: names[x]!, ...said }));
  const pairs = inOrder
    .filter((one) => "verdict" in one)
    .sort((a, b) => RANKS.indexOf(a.verdict) - RANKS.indexOf(b.verdict) || a.pValue - b.pValue);
  const refused = inOrder.filter((one) => "reason" in one);
  const number = (name: string, of: (pair: ScreenedPair) => number) => ({
    name,
    values: Float64Array.from(pairs, of),
  });
  return {
    pairs,
    refused,
    length: pairs.length,
    caption: screeningCaption(pairs.length),
    columns: [
      { name: "y / x", values: pairs.map(({ y, x }) => `${y} / ${x}`) },
      { name: "a pair?", values: pairs.map(({ verdict }) => verdict) },
      number("p-value", ({ pValue }) => pValue),
      number("β", ({ beta }) => beta),
      number("half-life, bars", ({ halfLifeBars }) => halfLifeBars),
      number("half-lives held", ({ halfLives }) => halfLives),
    ],
  };
}

/** Each verdict rests on a test at 10 %, by itself: of many, some say yes by chance. */
export function screeningCaption(pairs: number): string {
  if (pairs < 10) return "Pairs";
  return `Pairs: ${pairs.toLocaleString("en")} tests at 10 %, each by itself; where none is a pair, up to ${Math.round(pairs / 10)} say yes by chance`;
}
