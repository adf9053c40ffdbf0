import type { Backtest } from "../../../analytics/backtest/types.ts";
import { decimals, timeText } from "../figure-text.ts";

/** Why a rule gave no order, as far as its signals and the prices tell; what it refused itself is counted elsewhere. */
export function idleText(result: Backtest): string {
  const { signals, market } = result;
  const [name] = Object.keys(signals);
  if (name === undefined) return " It shows no signal that could tell why.";
  const signal = signals[name]!;
  const defined = count(signal, (value) => !Number.isNaN(value));
  if (defined === 0) return undefinedText(result, name);
  const share = `${defined.toLocaleString("en")} of ${market.length.toLocaleString("en")} bars`;
  if (name !== "z") return ` Its signal ${name} was defined in ${share}, and it decided nothing there.`;
  return ` z was defined in ${share}${crossingText(result, signal)}`;
}

/** What z came to against entry and stop, of a rule that reverts to a mean. */
function crossingText({ strategy, market, counts }: Backtest, z: Float64Array): string {
  const {
    entry,
    stop = Number.POSITIVE_INFINITY,
    side = "both",
    liquidity,
  } = strategy.settings as unknown as Settings;
  const furthest = z.reduce((best, value, t) => (Math.abs(value) > Math.abs(z[best]!) ? t : best), first(z));
  const reached = `|z| reached ${decimals(Math.abs(z[furthest]!))} at most (${timeText(market.startUs[furthest]!)})`;
  const crossed = count(z, (value) => Math.abs(value) >= entry);
  if (crossed === 0) return `; ${reached} and never crossed the entry at ${entry}.`;
  const inside = count(z, (value) => Math.abs(value) >= entry && Math.abs(value) < stop);
  if (inside === 0)
    return `, and where it was beyond the entry at ${entry} it was beyond the stop at ${stop}, too.`;
  const isWanted = (value: number): boolean => side === "both" || value < 0 === (side === "long");
  const wanted = count(z, (value) => Math.abs(value) >= entry && Math.abs(value) < stop && isWanted(value));
  if (wanted === 0)
    return `, and crossed the entry at ${entry} on the other side alone: the rule is ${side} only.`;
  const times = `, and beyond the entry at ${entry} in ${bars(wanted)}`;
  if ((counts.refusedEntries ?? 0) > 0) return `${times}.`;
  if (liquidity !== undefined) return `${times}, which were thin by its rules of liquidity.`;
  return `${times}, where no size could be determined, or which the data end with.`;
}

interface Settings {
  readonly entry: number;
  readonly stop?: number;
  readonly side?: "both" | "long" | "short";
  readonly liquidity?: object;
  readonly window?: number;
}

/** Why a signal has no value: prices that are missing, or that stand still. */
function undefinedText({ market, strategy, signals }: Backtest, name: string): string {
  const { legs, length } = market;
  const longest = longestRun(length, (t) => legs.every(({ close }) => !Number.isNaN(close[t]!)));
  const gaps = legs
    .map(({ symbol, close }) => ({ symbol, missing: count(close, Number.isNaN) }))
    .filter(({ missing }) => missing > 0)
    .map(({ symbol, missing }) => `${symbol} has none in ${bars(missing)}`);
  const { window } = strategy.settings as unknown as Settings;
  const needs = typeof window === "number" ? ` Its window is ${bars(window)} long.` : "";
  if (gaps.length > 0)
    return ` Its signal ${name} was defined nowhere: a window with a bar without a price gives no value. ${gaps.join(", ")}; at most ${bars(longest)} in a row have all prices.${needs}`;
  const still = legs.find(({ close }) => close.every((price) => price === close[0]));
  if (still !== undefined)
    return ` Its signal ${name} was defined nowhere: the price of ${still.symbol} never moved.`;
  const { beta } = signals;
  if (beta?.every(Number.isNaN))
    return ` Its signal ${name} was defined nowhere: no line of y on x could be fitted in these bars.`;
  return ` Its signal ${name} was defined nowhere: what it looks at did not move within any window.${needs}`;
}

function count(values: Float64Array, is: (value: number) => boolean): number {
  return values.reduce((sum, value) => sum + Number(is(value)), 0);
}

function first(values: Float64Array): number {
  return values.findIndex((value) => !Number.isNaN(value));
}

function longestRun(length: number, is: (t: number) => boolean): number {
  let [longest, run] = [0, 0];
  for (let t = 0; t < length; t++) {
    run = is(t) ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

function bars(count: number): string {
  return `${count.toLocaleString("en")} bar${count === 1 ? "" : "s"}`;
}
