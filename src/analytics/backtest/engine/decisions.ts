import { quote, refuse } from "../../../core/errors.ts";
import { formatUtc } from "../../../core/time.ts";
import type { Decision } from "../strategy.ts";
import type { Market } from "../types.ts";

/** The units that a decision asks for: a copy. Weights are turned into units by the equity and the last known closes. */
export function targetOf(decision: Decision, market: Market, bar: number, equity: number): readonly number[] {
  const { units, weights } = Object(decision) as {
    readonly [Name in "units" | "weights"]?: readonly number[];
  };
  const given = units ?? weights;
  if (given?.length !== market.legs.length || !given.every(Number.isFinite)) {
    return refuse({
      code: "bad-decision",
      where: "rule",
      problem: `needs units or weights, a finite number for each of ${market.legs.length} legs; got ${Array.isArray(given) ? given.map((one) => quote(one)).join(", ") : quote(decision)} at bar ${bar}, ${formatUtc(market.startUs[bar]!)}`,
      hint: "Return undefined where the rule has nothing to say, for example while its signal is NaN.",
      facts: { bar, decision },
    });
  }
  if (units !== undefined) return units.slice();
  return given.map((weight, leg) => (weight === 0 ? 0 : (weight * equity) / lastClose(market, leg, bar)));
}

function lastClose(market: Market, leg: number, bar: number): number {
  const { close, symbol } = market.legs[leg]!;
  for (let t = bar; t >= 0; t--) if (!Number.isNaN(close[t]!)) return close[t]!;
  return refuse({
    code: "no-price",
    where: "rule",
    problem: `needs a price to turn a weight into units; ${quote(symbol)} has none up to bar ${bar}, ${formatUtc(market.startUs[bar]!)}`,
    hint: "Return undefined while view.close() is NaN.",
    facts: { bar, symbol },
  });
}
