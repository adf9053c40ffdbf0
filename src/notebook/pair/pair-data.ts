import { requireSettings } from "../../app/data/data-source.ts";
import { quote, refuse } from "../../core/errors.ts";
import { formatDuration } from "../../core/time.ts";
import { CLOSES_NAMES, type Closes, type ClosesSettings, readCloses } from "../data/closes.ts";

export interface PairClosesSettings extends Omit<ClosesSettings, "symbols"> {
  /** The symbol (or column) that is explained, and the one that explains it. */
  readonly y: string;
  readonly x: string;
  /** Fewer bars than this in which both have a price are refused; 60 unless told. */
  readonly leastBars?: number;
}

/** Closes of a pair on one grid of bars. */
export interface PairCloses extends Omit<Closes, "closes" | "symbols"> {
  readonly names: { readonly y: string; readonly x: string };
  readonly y: Float64Array;
  readonly x: Float64Array;
  /** Begin of the first bar and end of the last: the time axis of a chart. */
  readonly domainUs: readonly [number, number];
  /** Bars in which one of the two has no price. */
  readonly missing: number;
}

/**
 * The closes of two symbols on one grid of bars, from any source: what every statistic on a pair takes. They begin and end
 * where both have a price.
 */
export function pairCloses(settings: PairClosesSettings): PairCloses {
  requireSettings("pairCloses", settings, ["y", "x", "leastBars", ...CLOSES_NAMES]);
  const { y: yName, x: xName, leastBars = 60, ...rest } = settings;
  for (const name of [yName, xName]) {
    if (typeof name === "string" && name !== "") continue;
    refuse({
      code: "bad-pair",
      where: "pairCloses",
      problem: `needs y and x, two symbols; got ${quote(name)}`,
      hint: 'Pass for example { y: "ETHUSDT", x: "BTCUSDT" }.',
    });
  }
  if (yName === xName && !Array.isArray(rest.source)) {
    refuse({
      code: "bad-pair",
      where: "pairCloses",
      problem: `needs two different symbols; got ${quote(yName)} twice`,
      hint: "Change y or x in the parameters cell.",
    });
  }
  const all = readCloses({ ...rest, symbols: [yName, xName] });
  const [y, x] = all.symbols as [string, string];
  const [ys, xs] = [all.closes[y]!, all.closes[x]!];
  const known = [...ys.keys()].filter((t) => ys[t]! > 0 && xs[t]! > 0);
  if (known.length < leastBars) {
    refuse({
      code: "too-few-bars",
      where: "pairCloses",
      problem: `needs at least ${leastBars} bars of ${formatDuration(all.intervalUs)} in which ${y} and ${x} both have a price; got ${known.length}`,
      hint: "Wait for more, or choose a shorter interval in the parameters cell.",
      facts: { got: known.length, leastBars },
    });
  }
  const [from, to] = [known[0]!, known[known.length - 1]! + 1];
  const price = (value: number): number => (value > 0 ? value : Number.NaN);
  const { venue, label, intervalUs, timeUs } = all;
  return {
    venue,
    label,
    intervalUs,
    names: { y, x },
    length: to - from,
    missing: to - from - known.length,
    timeUs: timeUs.subarray(from, to),
    domainUs: [timeUs[from]!, timeUs[to - 1]! + intervalUs],
    y: ys.subarray(from, to).map(price),
    x: xs.subarray(from, to).map(price),
  };
}
