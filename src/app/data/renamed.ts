import { refuse } from "../../core/errors.ts";

/** A call of an earlier version, kept to say how it is written now: a cell that still has it is compiled, and told. */
// biome-ignore lint/suspicious/noExplicitAny: what it once gave may be used in any way
export type Renamed = (...given: readonly unknown[]) => any;

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

/** @deprecated `runMetrics(run)` */
export const performance: Renamed = renamed("performance", "runMetrics(run), without the market,");

/** @deprecated `returnsChart(run)` */
export const returnHistogram: Renamed = renamed("returnHistogram", "returnsChart");

/** @deprecated `zScoreChart(zScore(spread, { window }), { threshold })` */
export const zscoreChart: Renamed = renamed(
  "zscoreChart",
  "zScoreChart(zScore(spread, { window }), { threshold }), of columns zScoreChart({ timeUs, values }, { threshold }),",
);

/** @deprecated `openStore(path).importedBars()` */
export const openImportedBars: Renamed = renamed("openImportedBars", "openStore(path).importedBars()");

/** @deprecated `pairCloses`: what holds closes is not called bars. */
export const pairBars: Renamed = renamed("pairBars", "pairCloses, with the same settings,");
