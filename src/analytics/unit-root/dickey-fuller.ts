import { refuse } from "../../core/errors.ts";
import { requireCount, requireOneOf, requireWhole } from "../checks.ts";
import { mean } from "../mean.ts";
import { trimMissing } from "../regression/complete-rows.ts";
import { nestedFit, quickNestedFit } from "../regression/nested-fit.ts";
import { dotFrom } from "../regression/qr.ts";
import { counted } from "../words.ts";
import type { Trend } from "./mackinnon-tables.ts";

/** How many lagged differences: a number, or what chooses it. */
export type LagChoice = number | "AIC" | "BIC" | "t-stat";

export interface LagSettings {
  /** `"AIC"` unless given. `"t-stat"` drops the longest lag until it is significant at 10 % (|t| ≥ 1.645). */
  readonly lags?: LagChoice;
  /** The most that a choice may take; ⌈12 (n / 100)^¼⌉ unless given, and never beyond the degrees of freedom, nor where gaps take half of the rows. */
  readonly maxLags?: number;
}

export interface DickeyFuller {
  /** t of the lagged level. */
  readonly statistic: number;
  readonly lags: number;
  readonly nobs: number;
}

/**
 * The regression of Dickey and Fuller: Δs[t] on deterministic terms, s[t−1] and lagged differences.
 *
 * Lags are compared on the sample that the longest of them leaves; the chosen one is fitted again on the longest
 * sample that it allows, always by QR. Rows that meet a NaN are left out.
 */
export function dickeyFuller(
  where: string,
  series: Float64Array,
  trend: Trend,
  settings: LagSettings,
): DickeyFuller {
  const { lags: choice = "AIC", maxLags } = settings;
  if (typeof choice === "number") requireWhole(where, "lags", choice, 0);
  else requireOneOf(where, "lags", choice, ["AIC", "BIC", "t-stat"]);
  if (maxLags !== undefined) requireWhole(where, "maxLags", maxLags, 0);

  const values = trimMissing(series);
  const n = values.length;
  const terms = trend === "n" ? 0 : trend.length;
  const wanted = typeof choice === "number" ? choice : (maxLags ?? 0);
  const least = Math.max(2 * wanted + 3 + terms, 2 * (wanted + terms + 1));
  requireCount(where, n, least, `for ${counted(wanted, "lag")}${terms > 0 ? ` with trend "${trend}"` : ""}`);
  const room = Math.min(Math.floor(n / 2) - terms - 1, Math.floor((n - 3 - terms) / 2));
  const data: Data = { where, values, differences: differencesOf(values), terms };
  if (typeof choice === "number") return levelT(data, choice);
  const longest = maxLags ?? affordable(data, Math.min(Math.ceil(12 * (n / 100) ** 0.25), room));
  return levelT(data, chooseLags(data, longest, choice));
}

interface Data {
  readonly where: string;
  readonly values: Float64Array;
  /** values[t] − values[t − 1]; NaN at 0 and beside a missing value. */
  readonly differences: Float64Array;
  /** Deterministic terms: 0 to 3. */
  readonly terms: number;
}

function differencesOf(values: Float64Array): Float64Array {
  return values.map((value, t) => (t === 0 ? Number.NaN : value - values[t - 1]!));
}

/** The bars at which a difference and `lags` differences before it are all there. */
function completeBars(data: Data, lags: number): Int32Array {
  const bars = unbrokenBars(data, lags);
  const needed = data.terms + lags + 2;
  requireCount(data.where, bars.length, needed, `in rows without a gap, for ${counted(lags, "lag")}`);
  return bars;
}

/** The most lags up to `most` that leave the rows which a series without gaps would: enough freedom, and half of all. */
function affordable(data: Data, most: number): number {
  const half = unbrokenBars(data, 0).length / 2;
  for (let lags = most; lags > 0; lags--) {
    const needed = Math.max(half, lags + data.terms + Math.max(2, data.terms + 1));
    if (unbrokenBars(data, lags).length >= needed) return lags;
  }
  return 0;
}

function unbrokenBars(data: Data, lags: number): Int32Array {
  const bars = new Int32Array(data.values.length);
  let count = 0;
  let unbroken = 0;
  data.differences.forEach((difference, t) => {
    unbroken = Number.isNaN(difference) ? 0 : unbroken + 1;
    if (unbroken > lags) bars[count++] = t;
  });
  return bars.subarray(0, count);
}

/** A series `lag` bars before each of the bars. */
function valuesAt(series: Float64Array, bars: Int32Array, lag: number): Float64Array {
  const out = new Float64Array(bars.length);
  for (let i = 0; i < out.length; i++) out[i] = series[bars[i]! - lag]!;
  return out;
}

/** The deterministic columns: a constant, time and its square, both about the middle of the sample. */
function deterministic(bars: Int32Array, terms: number): Float64Array[] {
  const middle = (bars[0]! + bars[bars.length - 1]!) / 2;
  const half = Math.max(1, (bars[bars.length - 1]! - bars[0]!) / 2);
  return Array.from({ length: terms }, (_, power) =>
    Float64Array.from(bars, (t) => ((t - middle) / half) ** power),
  );
}

/** s[t − 1], about its mean where a constant stands beside it. */
function laggedLevel(data: Data, bars: Int32Array): Float64Array {
  const level = valuesAt(data.values, bars, 1);
  if (data.terms === 0) return level;
  const centre = mean(level);
  return level.map((value) => value - centre);
}

function laggedDifferences(data: Data, bars: Int32Array, lags: number): Float64Array[] {
  return Array.from({ length: lags }, (_, k) => valuesAt(data.differences, bars, k + 1));
}

function chooseLags(data: Data, longest: number, choice: Exclude<LagChoice, number>): number {
  if (longest === 0) return 0;
  const bars = completeBars(data, longest);
  const target = valuesAt(data.differences, bars, 0);
  const columns = [
    ...deterministic(bars, data.terms),
    laggedLevel(data, bars),
    ...laggedDifferences(data, bars, longest),
  ];
  const nobs = bars.length;
  const { along, rest } = quickNestedFit(columns, target) ?? nestedFit(columns, target);
  // residual sum of squares with each number of lags: what the lags beyond it explain comes back
  const squares = new Float64Array(longest + 1);
  squares[longest] = rest;
  for (let lag = longest; lag > 0; lag--)
    squares[lag - 1] = squares[lag]! + (along[data.terms + lag]! || 0) ** 2;
  const first = data.terms + 1;
  const coefficients = (lag: number): number =>
    along.subarray(0, first + lag).filter((z) => !Number.isNaN(z)).length;
  if (choice === "t-stat") {
    for (let lag = longest; lag > 0; lag--) {
      const t = along[data.terms + lag]! / Math.sqrt(squares[lag]! / (nobs - coefficients(lag)));
      if (Math.abs(t) >= TEN_PERCENT_T) return lag;
    }
    return 0;
  }
  const price = choice === "AIC" ? 2 : Math.log(nobs);
  const criterion = (lag: number): number =>
    nobs * Math.log(squares[lag]! / nobs) + price * coefficients(lag);
  let best = 0;
  for (let lag = 1; lag <= longest; lag++) if (criterion(lag) < criterion(best)) best = lag;
  return best;
}

/** Φ⁻¹(0.95). */
const TEN_PERCENT_T = 1.6448536269514722;

/** The regression with so many lags on its longest sample; the level comes last, so its t is at hand. */
function levelT(data: Data, lags: number): DickeyFuller {
  const bars = completeBars(data, lags);
  const target = valuesAt(data.differences, bars, 0);
  const columns = [
    ...deterministic(bars, data.terms),
    ...laggedDifferences(data, bars, lags),
    laggedLevel(data, bars),
  ];
  const nobs = bars.length;
  const { along, diagonal, rest } = nestedFit(columns, target);
  const coefficients = along.filter((z) => !Number.isNaN(z)).length;
  const last = columns.length - 1;
  const total = dotFrom(target, target, 0);
  if (Number.isNaN(along[last]!) || !(rest > 1e-28 * total)) {
    refuse({
      code: "no-variation",
      where: data.where,
      problem: `needs a series with something unexplained in it; got ${nobs} rows that ${total === 0 ? "never move" : "its trend and its own past explain in full"}`,
      hint: "Check that the feed is alive, or take a longer window.",
      facts: { nobs, lags },
    });
  }
  const deviation = Math.sqrt(rest / (nobs - coefficients));
  return { statistic: (along[last]! * Math.sign(diagonal[last]!)) / deviation, lags, nobs };
}
