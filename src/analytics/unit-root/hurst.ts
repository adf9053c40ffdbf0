import { requireColumns, requireSettings } from "../../core/arguments.ts";
import { refuse } from "../../core/errors.ts";
import { requireCount, requireFinite, requireWhole } from "../checks.ts";
import { completeRows } from "../regression/complete-rows.ts";
import { leastSquares } from "../regression/least-squares.ts";
import { counted } from "../words.ts";

export interface HurstSettings {
  /** The longest lag that is compared, in bars; 100, or a quarter of the series if that is less, unless given. */
  readonly maxLag?: number;
}

export interface HurstResult {
  readonly hurst: number;
  readonly maxLag: number;
  /** Bars with a value. */
  readonly nobs: number;
  readonly sentence: string;
}

/**
 * The Hurst exponent by the scaling of differences: the slope of ln √mean (s[t+k] − s[t])² on ln k, k = 1 … maxLag.
 *
 * 0.5 for a random walk, below it for a series that returns, towards 0 where all lags lie beyond its half-life; above
 * 0.5 where moves go on. Levels go in (a spread or log prices), not returns; other definitions (rescaled range,
 * aggregated variance of increments) give other figures. Differences that meet a NaN are left out.
 */
export function hurst(series: Float64Array, settings: HurstSettings = {}): HurstResult {
  const where = "hurst";
  requireColumns(where, { series });
  requireSettings(where, settings, ["maxLag"]);

  const { maxLag = Math.max(2, Math.min(100, Math.floor(series.length / 4))) } = settings;
  requireWhole(where, "maxLag", maxLag, 2, " bars");
  requireFinite(where, "series", series);
  requireCount(where, series.length, Math.max(8, 2 * maxLag), `for lags up to ${maxLag}`);
  const logs = Float64Array.from({ length: maxLag }, (_, k) => Math.log(k + 1));
  const sizes = Float64Array.from({ length: maxLag }, (_, k) => Math.log(moveOver(series, k + 1)));
  const still = sizes.findIndex((size) => !Number.isFinite(size));
  if (still >= 0) {
    refuse({
      code: "no-variation",
      where,
      problem: `needs a series that moves over every lag up to ${maxLag} bars; got no move over ${counted(still + 1, "bar")}`,
      hint: "Check that the feed is alive, or take a longer window.",
      facts: { maxLag, lag: still + 1 },
    });
  }
  const exponent = leastSquares(where, sizes, [logs], true, ["ln k"]).beta[0]!;
  const nature =
    exponent < 0.45
      ? "moves tend to be undone"
      : exponent > 0.55
        ? "moves tend to go on"
        : "close to a random walk";
  return {
    hurst: exponent,
    maxLag,
    nobs: completeRows([series]).indices.length,
    sentence: `The Hurst exponent over lags of 1 to ${maxLag} bars is ${exponent.toFixed(2)}: ${nature}.`,
  };
}

/** √mean (s[t+k] − s[t])². */
function moveOver(series: Float64Array, lag: number): number {
  let sum = 0;
  let count = 0;
  for (let t = lag; t < series.length; t++) {
    const move = series[t]! - series[t - lag]!;
    if (Number.isNaN(move)) continue;
    sum += move * move;
    count += 1;
  }
  return Math.sqrt(sum / count);
}
