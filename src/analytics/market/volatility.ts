import { requireColumns, requireSettings } from "../../core/arguments.ts";
import { requireBetween, requireCount, requireFinite } from "../checks.ts";
import { dot } from "../mean.ts";
import { completeRows } from "../regression/complete-rows.ts";

const YEAR_US = 365 * 86_400e6;

export interface VolatilitySettings {
  /** Length of a bar, microseconds. */
  readonly intervalUs: number;
}

export interface VolatilityResult {
  /** √Σ r²: of the whole window. */
  readonly realised: number;
  /** √mean r²: of one bar. */
  readonly perBar: number;
  /** `perBar` · √`barsPerYear`. */
  readonly annualised: number;
  /** 365 days of 24 hours over the length of a bar: markets that never close. */
  readonly barsPerYear: number;
  readonly nobs: number;
  readonly missing: number;
}

/**
 * Realised volatility: squared returns added up, no mean taken off. Missing returns are left out of both the sum and
 * the count; in the prices of trades it holds the bounce between bid and ask, the more so the shorter the bars.
 */
export function realisedVolatility(returns: Float64Array, settings: VolatilitySettings): VolatilityResult {
  const where = "realisedVolatility";
  requireColumns(where, { returns });
  requireSettings(where, settings, ["intervalUs"]);

  const { intervalUs } = settings;
  requireBetween(where, "intervalUs", intervalUs, 0, Number.POSITIVE_INFINITY);
  requireFinite(where, "returns", returns);
  const known = completeRows([returns]).columns[0]!;
  requireCount(where, known.length, 1, "of returns");
  const realised = Math.sqrt(dot(known, known));
  const perBar = realised / Math.sqrt(known.length);
  const barsPerYear = YEAR_US / intervalUs;
  return {
    realised,
    perBar,
    annualised: perBar * Math.sqrt(barsPerYear),
    barsPerYear,
    nobs: known.length,
    missing: returns.length - known.length,
  };
}
