import { requireFinite, requireOneOf, requireSameLength } from "../../analytics/checks.ts";
import type { PriceScale } from "../../analytics/pair/price-scale.ts";
import { type PairScreening, pairsOf, screeningOf } from "../../analytics/pair/screening.ts";
import { requireColumns, requireFields, requireSettings } from "../../core/arguments.ts";
import { refuse } from "../../core/errors.ts";
import {
  requireThreads,
  runShared,
  sharedColumn,
  THREAD_OPTIONS,
  type ThreadOptions,
} from "../threads/run-shared.ts";

export interface ScreeningSettings extends ThreadOptions {
  /** `"log"` unless told. */
  readonly prices?: PriceScale;
}

/**
 * Which pairs of many symbols are pairs? `pairVerdict` of each, in threads: what it gives by itself, to the last bit, however
 * many threads there are. Each symbol explains those after it. Closes are of the same bars, in order of time; NaN and unequal
 * lengths are refused. What cannot be examined (a leg that stands still, too few bars) is told in `refused`. Each test is one
 * at 10 %: of 1,225 pairs of walks some twenty say yes, so that whoever picks the best of them tests it again on bars that
 * come later.
 */
export async function screenPairs(
  closes: Readonly<Record<string, Float64Array>>,
  settings: ScreeningSettings = {},
): Promise<PairScreening> {
  const where = "screenPairs";
  requireFields(where, "closes", closes, []);
  requireColumns(where, closes);
  requireSettings(where, settings, ["prices", ...THREAD_OPTIONS]);

  const { prices = "log", ...options } = settings;
  requireOneOf(where, "prices", prices, ["log", "raw"]);
  const threads = requireThreads(where, options.threads);
  const names = Object.keys(closes);
  requireSameLength(where, Object.fromEntries(names.map((name) => [name, closes[name]!.length])));
  for (const name of names) requireFinite(where, name, closes[name]!);
  if (names.length < 2) {
    refuse({
      code: "too-few-symbols",
      where,
      problem: `needs closes of at least 2 symbols; got ${names.length}`,
      hint: "Pass for example the closes of alignedCloses.",
    });
  }
  const found = await runShared(
    {
      work: "screening",
      given: { closes: names.map((name) => sharedColumn(closes[name]!)), prices },
      units: pairsOf(names.length),
      take: 1,
    },
    { of: `${names.length} symbols`, phase: "pairs" },
    { ...options, threads },
  );
  return screeningOf(names, found);
}
