import { normalCdf } from "../distributions/normal.ts";
import {
  CRITICAL_SURFACES,
  P_VALUE_RANGES,
  P_VALUES_LEFT,
  P_VALUES_RIGHT,
  type Trend,
} from "./mackinnon-tables.ts";
import type { CriticalValues } from "./test-result.ts";

/** MacKinnon's (1994) approximate asymptotic p-value of a Dickey-Fuller τ, for `series` integrated series. */
export function mackinnonP(statistic: number, trend: Trend, series: number): number {
  const n = series - 1;
  const { least, split, most } = P_VALUE_RANGES[trend];
  if (statistic > most[n]!) return 1;
  if (statistic < least[n]!) return 0;
  const surface = statistic <= split[n]! ? P_VALUES_LEFT : P_VALUES_RIGHT;
  return normalCdf(polynomial(surface[trend][n]!, statistic));
}

/** MacKinnon's (2010) critical values at a sample of `nobs`. */
export function mackinnonCritical(trend: Trend, series: number, nobs: number): CriticalValues {
  const rows = CRITICAL_SURFACES[trend][series - 1]!;
  const at = (row: number): number => polynomial(rows[row]!, 1 / nobs);
  return { "1%": at(0), "5%": at(1), "10%": at(2) };
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);
}
