import type { Memo, Rule, Strategy } from "./strategy.ts";

/** Of so many settings; the oldest make room. */
const MOST_KEPT = 24;

/**
 * For several runs on one market: strategies that make what their settings have in common once. What they decide is the same; a
 * bare rule has nothing to share.
 */
export function sharedSignals(): <S extends Strategy | Rule>(strategy: S) => S {
  const kept = new Map<string, unknown>();
  const memo: Memo = <T>(key: string, make: () => T): T => {
    if (!kept.has(key)) {
      const made = make();
      if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value!);
      kept.set(key, made);
    }
    return kept.get(key) as T;
  };
  return (strategy) => {
    if (typeof strategy === "function" || typeof strategy?.begin !== "function") return strategy;
    const { name, settings } = strategy;
    const shared: Strategy = { name, settings, begin: (market) => strategy.begin(market, memo) };
    return shared as typeof strategy;
  };
}
