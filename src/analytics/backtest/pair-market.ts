import { requireFields } from "../../core/arguments.ts";
import type { Bars } from "../../core/bars.ts";
import { quote, refuse } from "../../core/errors.ts";
import { formatDuration, formatUtc } from "../../core/time.ts";
import type { Leg, Market } from "./types.ts";

/**
 * A market from time bars of one symbol or two, on every interval from where both have begun to where the first of them ends.
 *
 * A bar can fill an order where it has trades and none is missing: only then its first trade is known to be its open. A
 * bar without a trade keeps the close before it. Where trades are missing around an empty bar, its close is NaN.
 */
export function pairMarket(barsY: Bars, barsX?: Bars): Market {
  requireFields("pairMarket", "barsY", barsY, ["startUs", "intervalUs"]);
  if (barsX !== undefined) requireFields("pairMarket", "barsX", barsX, ["startUs", "intervalUs"]);

  return marketOf(barsX === undefined ? [barsY] : [barsY, barsX]);
}

/** The same of any number of symbols. */
export function marketOf(all: readonly Bars[]): Market {
  const intervalUs = commonInterval(all);
  const fromUs = Math.max(...all.map(({ startUs }) => startUs[0]!));
  const toUs = Math.min(...all.map(({ startUs, length }) => startUs[length - 1]!));
  const length = Math.round((toUs - fromUs) / intervalUs) + 1;
  if (length <= 0) {
    refuse({
      code: "bars-do-not-align",
      where: "pairMarket",
      problem: `needs bars of one stretch of time; got ${all.map(spanText).join(", ")}`,
      hint: "Read both symbols over the same range.",
    });
  }
  const startUs = Float64Array.from({ length }, (_, t) => fromUs + t * intervalUs);
  return { length, startUs, intervalUs, legs: all.map((bars) => legOf(bars, startUs)) };
}

function commonInterval(all: readonly Bars[]): number {
  const first = all[0]!.intervalUs;
  for (const { symbol, length, intervalUs, startUs } of all) {
    if (length === 0) {
      refuse({
        code: "too-few-bars",
        where: "pairMarket",
        problem: `needs bars; got none of ${quote(symbol)}`,
        hint: "Widen the range of time, or wait for the first bar to close.",
        facts: { symbol },
      });
    }
    const off = intervalUs > 0 ? Math.abs(startUs[0]! - all[0]!.startUs[0]!) % intervalUs : 0;
    if (intervalUs > 0 && intervalUs === first && off === 0) continue;
    refuse({
      code: "bars-do-not-align",
      where: "pairMarket",
      problem: `needs time bars of one length on one grid; got ${all.map(gridText).join(", ")}`,
      hint: "Make both from trades with the same interval.",
      facts: { intervals: all.map((bars) => bars.intervalUs) },
    });
  }
  return first;
}

function gridText({ symbol, intervalUs, startUs }: Bars): string {
  const from = formatUtc(startUs[0]!);
  return `${quote(symbol)} ${intervalUs > 0 ? `by ${formatDuration(intervalUs)}` : "not by time"} from ${from}`;
}

function spanText({ symbol, startUs, length }: Bars): string {
  return `${quote(symbol)} from ${formatUtc(startUs[0]!)} to ${formatUtc(startUs[length - 1]!)}`;
}

function legOf(bars: Bars, grid: Float64Array): Leg {
  const open = new Float64Array(grid.length).fill(Number.NaN);
  const close = new Float64Array(grid.length);
  const volume = new Float64Array(grid.length);
  const tradeCount = new Float64Array(grid.length);
  let row = 0;
  for (let t = 0; t < grid.length; t++) {
    while (bars.startUs[row]! < grid[t]!) row++;
    if (bars.startUs[row] !== grid[t]) {
      // no bar: nothing was traded, unless trades are missing on one of its sides
      const isKnown = bars.complete[row - 1] === 1 && bars.complete[row] === 1;
      close[t] = isKnown ? bars.close[row - 1]! : Number.NaN;
      continue;
    }
    const isComplete = bars.complete[row] === 1;
    const hasTrades = bars.tradeCount[row]! > 0;
    if (isComplete && hasTrades) open[t] = bars.open[row]!;
    close[t] = hasTrades || isComplete ? bars.close[row]! : Number.NaN;
    volume[t] = bars.volume[row]!;
    tradeCount[t] = bars.tradeCount[row]!;
  }
  return { symbol: bars.symbol, open, close, volume, tradeCount };
}
