import { type BarColumnName, type Bars, barColumn, barRuleText, makeBars } from "../../core/bars.ts";
import { quote, refuse } from "../../core/errors.ts";

/**
 * Longer bars made of bars: each holds whole ones, from the phase that they have (hours from half past on stay so). The
 * first open, the last close, the highest and the lowest price that are known; sums, NaN where one of them is not known.
 * `complete`: each bar that it stands for is there, and complete; of bars without those in which nothing was traded
 * (`empty: "skipped"`), each that is there. Refuses a length that is no multiple.
 */
export function resampleBars(
  bars: Bars,
  intervalUs: number,
  { empty = "there" }: { readonly empty?: "there" | "skipped" } = {},
): Bars {
  const { intervalUs: ownUs, startUs, length } = bars;
  if (intervalUs === ownUs) return bars;
  const ratio = intervalUs / ownUs;
  const phaseUs = length === 0 ? 0 : startUs[0]! % ownUs;
  const odd = startUs.findIndex((us) => us % ownUs !== phaseUs);
  if (!Number.isInteger(ratio) || odd >= 0) {
    refuse({
      code: "bad-interval",
      where: `bars of ${bars.symbol}`,
      problem: `needs bars of whole ones of ${barRuleText(bars.rule)}${odd >= 0 ? ", which begin so far apart" : ""}; got ${quote(intervalUs)} µs`,
      hint: `Pass a multiple of ${barRuleText(bars.rule)}, or that itself.`,
      facts: { intervalUs, ownUs },
    });
  }
  const beginOf = (us: number): number => Math.floor((us - phaseUs) / intervalUs) * intervalUs + phaseUs;
  /** First rows of each longer bar, and the end. */
  const from: number[] = [];
  for (let i = 0; i < length; i++)
    if (i === 0 || beginOf(startUs[i]!) !== beginOf(startUs[i - 1]!)) from.push(i);
  const made = from.length;
  const identity = {
    venue: bars.venue,
    symbol: bars.symbol,
    rule: { by: "time", intervalUs } as const,
    ...(bars.importedUs !== undefined && { importedUs: bars.importedUs }),
  };
  const each = (name: BarColumnName, of: (rows: Float64Array | Uint8Array) => number) => {
    const column = barColumn(name, made);
    for (let k = 0; k < made; k++) column[k] = of(bars[name].subarray(from[k]!, from[k + 1] ?? length));
    return column;
  };
  const startsAt = each("startUs", ([us]) => beginOf(us!)) as Float64Array;
  const sums = (["volume", "quoteVolume"] as const).map((name) => each(name, sumOf) as Float64Array);
  return makeBars(identity, made, (name) => {
    if (name === "startUs") return startsAt;
    if (name === "endUs") return startsAt.map((us) => us + intervalUs);
    if (name === "vwap") return sums[1]!.map((value, k) => value / sums[0]![k]!);
    if (name === "volume") return sums[0]!;
    if (name === "quoteVolume") return sums[1]!;
    return each(name, (rows) => AGGREGATES[name](rows, empty === "skipped" ? rows.length : ratio));
  });
}

type Aggregate = (rows: Float64Array | Uint8Array, ratio: number) => number;

const known = (rows: Float64Array | Uint8Array): number[] => Array.from(rows).filter((v) => !Number.isNaN(v));
const first: Aggregate = (rows) => known(rows)[0] ?? Number.NaN;
const last: Aggregate = (rows) => known(rows).at(-1) ?? Number.NaN;

const AGGREGATES: Readonly<
  Record<Exclude<BarColumnName, "startUs" | "endUs" | "vwap" | "volume" | "quoteVolume">, Aggregate>
> = {
  open: first,
  high: (rows) => known(rows).reduce((most, value) => Math.max(most, value), first(rows, 0)),
  low: (rows) => known(rows).reduce((least, value) => Math.min(least, value), first(rows, 0)),
  close: last,
  tradeCount: sumOf,
  takerBuyVolume: sumOf,
  firstId: first,
  lastId: last,
  complete: (rows, ratio) => Number(rows.length === ratio && rows.every((isComplete) => isComplete === 1)),
};

/** By Neumaier's compensated addition: the order of the bars does not tell. */
function sumOf(rows: Float64Array | Uint8Array): number {
  let [sum, rest] = [0, 0];
  for (const value of rows) {
    const next = sum + value;
    rest += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + rest;
}
