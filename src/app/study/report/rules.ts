import type { BacktestRun, RunDescription } from "../run.ts";

/** The edition of the rules that a run follows; a report of 0.1 names none. */
export const RULES = 2;

/** What a report of an older edition would come to otherwise by the rules of today, in words; empty where nothing changed. */
export function changedRules(edition: number, { strategy }: RunDescription, run?: BacktestRun): string[] {
  if (edition >= RULES) return [];
  const { hedge, zScore } = strategy.settings as {
    hedge?: { method?: string; beta?: number };
    zScore?: string;
  };
  const isRefused = (hedge?.beta ?? 1) <= 0 || (run?.result.counts.refusedEntries ?? 0) > 0;
  return [
    ...(hedge?.method === "rolling"
      ? ["a rolling line is refitted at each entry and kept until the exit, with the z of that one line"]
      : []),
    ...(hedge?.method === "kalman" && zScore !== "innovation"
      ? ["a Kalman hedge decides on its own innovations alone"]
      : []),
    ...(isRefused ? ["an entry at a β of 0 or less is refused"] : []),
  ];
}

/** Why a run of 0.1 has other bars than its report, in words. */
export function changedBars(
  edition: number,
  figures: Readonly<Record<string, unknown>>,
  { data }: BacktestRun,
): string[] {
  const [first] = data.coverage;
  const was = figures[`data of ${first?.symbol}: bars`];
  if (edition >= RULES || was === first?.bars) return [];
  return [
    `it has ${first?.bars} bars instead of ${was}, for since 0.2.0 a window ends with the last bar that is closed in both legs, and begins where it is said to, with the price before it where its first bar is empty`,
  ];
}
