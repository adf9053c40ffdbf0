import { refuse } from "../../core/errors.ts";

/** A call of an earlier version, kept to say how it is written now. */
export type Renamed = (...given: readonly unknown[]) => never;

function renamed(old: string, now: string): Renamed {
  return () =>
    refuse({
      code: "renamed",
      where: old,
      problem: `is written ${now} now`,
      hint: "Write that.",
      facts: { old, now },
    });
}

/** @deprecated `whichSeries(store, { symbols: ["ETHUSDT"] })[0]` */
export const findSeries: Renamed = renamed("findSeries", 'whichSeries(store, { symbols: ["ETHUSDT"] })[0]');

/** @deprecated `caseTable` */
export const verdictTable: Renamed = renamed("verdictTable", "caseTable");
