import { quote, refuse } from "../../../core/errors.ts";
import type { Strategy } from "../strategy.ts";
import { buyAndHold } from "./buy-and-hold.ts";
import { meanReversion } from "./mean-reversion.ts";
import { movingAverageCross } from "./moving-average-cross.ts";

/** A strategy as plain data: what a file, a report or another thread can hold. */
export type StrategyDescription = Pick<Strategy, "name" | "settings">;

const STRATEGIES: Readonly<Record<string, (settings: never) => Strategy>> = {
  "mean reversion": meanReversion,
  "moving average cross": movingAverageCross,
  "buy and hold": buyAndHold,
};

/** The names of the strategies that ship. */
export const STRATEGY_NAMES: readonly string[] = Object.keys(STRATEGIES);

/** A strategy that ships, made from its name and settings. */
export function namedStrategy({ name, settings }: StrategyDescription): Strategy {
  const make = Object.hasOwn(STRATEGIES, name) ? STRATEGIES[name] : undefined;
  if (make !== undefined) return make(settings as never);
  return refuse({
    code: "unknown-strategy",
    where: "strategy",
    problem: `needs a strategy that ships: ${STRATEGY_NAMES.map((one) => `"${one}"`).join(", ")}; got ${quote(name, 60)}`,
    hint: "A rule of one's own runs where it was written: runBacktest, and sweepGrid for a grid.",
    facts: { name },
  });
}
