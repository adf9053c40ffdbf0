import type { AlertRule, PairName } from "./rule.ts";

/** What one alert looks at: one symbol, or y and x. */
export type Watched = readonly [symbol: string] | PairName;

/** Everything that a rule watches; `all` stands for `"*"`. */
export function watchedBy(rule: AlertRule, all: readonly string[]): Watched[] {
  if (rule.pair !== undefined) return pairsOf(rule.pair).map(([y, x]) => [y, x] as const);
  const symbols = rule.symbol === "*" ? all : [rule.symbol ?? []].flat();
  return symbols.map((symbol) => [symbol] as const);
}

function pairsOf(pair: PairName | readonly PairName[]): readonly PairName[] {
  return typeof pair[0] === "string" ? [pair as PairName] : (pair as readonly PairName[]);
}

/** The labels of an alert: with equal ones it is the same alert, whatever its thresholds are. */
export function alertLabels(
  rule: AlertRule,
  watched: Watched,
  venue: string,
): Readonly<Record<string, string>> {
  const [first, second] = watched;
  const subject: Record<string, string> = second === undefined ? { symbol: first } : { y: first, x: second };
  return { rule: rule.name, venue, ...subject, interval: rule.interval, ...rule.labels };
}

/** Labels as one text, the same whatever their order. */
export function labelsKey(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
