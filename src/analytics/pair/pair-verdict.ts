import { requireColumns, requireFields, requireSettings } from "../../core/arguments.ts";
import { requireCount, requireSameLength } from "../checks.ts";
import { completeRows } from "../regression/complete-rows.ts";
import { type EngleGrangerResult, engleGranger } from "../unit-root/engle-granger.ts";
import { type HalfLifeResult, halfLife } from "../unit-root/half-life.ts";
import type { ResultTable } from "../unit-root/test-result.ts";
import { pText } from "../words.ts";
import { type LineStability, lineStability } from "./line-stability.ts";
import { requireMoving } from "./moving-prices.ts";
import { onScale, type PriceScale } from "./price-scale.ts";

/** What a stretch of bars says of a pair, before anything was traded on it. */
export interface PairVerdict {
  readonly verdict: "yes" | "no" | "too short to say";
  /** One sentence that may be quoted. */
  readonly sentence: string;
  /** Bars of the stretch in which both prices are known. */
  readonly nobs: number;
  readonly prices: PriceScale;
  /** y on x, lags by BIC. */
  readonly cointegration: EngleGrangerResult;
  /** Of its residuals. The interval is of 95 %. */
  readonly halfLife: HalfLifeResult;
  /** Half-lives that the stretch holds: about, and at most (87.5 %, one-sided). */
  readonly halfLives: number;
  readonly halfLivesAtMost: number;
  readonly stability: LineStability;
}

/** From so many half-lives on Engle-Granger finds four of five true pairs. */
export const ENOUGH_HALF_LIVES = 36;
/** Fewer bars have no halves to compare. */
const LEAST_BARS = 20;
/**
 * A stretch of so many bars is as long as one is taken. A return that it cannot see is slower than 1/36 of it: of no use
 * to whoever decides by these bars, so that what is too short in a shorter stretch is "no" here.
 */
export const MOST_CALIBRATION_BARS = 5000;

/**
 * Is this a pair at all? *yes*, *no* or *too short to say*, from closes of one stretch: as they are, not as logs.
 *
 * *Yes* where four things hold: Engle-Granger rejects at 10 %; β is above 0, so that one leg hedges the other; one line
 * holds for the whole stretch; and the stretch may hold 36 half-lives of the spread (by the upper end of an interval). Of
 * two independent walks that pass the test half have a β below 0. *No* where one of the first three fails though it holds
 * 36 half-lives by the estimate, and in 5,000 bars and more where Engle-Granger does not reject. Else *too short to say*:
 * of true pairs with fewer half-lives Engle-Granger finds fewer than four in five, and two walks look the same. Measured:
 * yes to 1 to 2 of 100 pairs of walks (to 2 to 4 of walks whose steps correlate), and to 85 and more of 100 true pairs
 * from 36 half-lives on; docs/backtest.md has the table. It knows nothing of costs. Refuses a leg that stands still.
 */
export function pairVerdict(
  y: Float64Array,
  x: Float64Array,
  settings: { readonly prices?: PriceScale } = {},
): PairVerdict {
  const where = "pairVerdict";
  requireColumns(where, { y, x });
  requireSettings(where, settings, ["prices"]);

  const { prices = "log" } = settings;
  requireSameLength(where, { y: y.length, x: x.length });
  const { columns } = completeRows([onScale(where, "y", y, prices), onScale(where, "x", x, prices)]);
  const [ys, xs] = columns as [Float64Array, Float64Array];
  requireCount(where, ys.length, LEAST_BARS, "in which both prices are known");
  requireMoving(where, { y: ys, x: xs });
  const cointegration = engleGranger(ys, xs, { lags: "BIC" });
  const life = halfLife(cointegration.residuals);
  const { low } = halfLife(cointegration.residuals, { confidence: 0.75 });
  const stability = lineStability(ys, xs);
  const nobs = ys.length;
  const known = {
    nobs,
    prices,
    cointegration,
    halfLife: life,
    halfLives: nobs / life.correctedHalfLifeBars,
    halfLivesAtMost: nobs / low,
    stability,
  };
  const verdict = judged(known);
  return { verdict, sentence: `${WORDS[verdict]}: ${reasonOf(verdict, known)}.`, ...known };
}

const WORDS = { yes: "Yes", no: "No", "too short to say": "Too short to say" };

type Known = Omit<PairVerdict, "verdict" | "sentence">;

function rejects({ statistic, criticalValues }: EngleGrangerResult): boolean {
  return statistic < criticalValues["10%"];
}

function judged(known: Known): PairVerdict["verdict"] {
  const { nobs, cointegration, halfLives, halfLivesAtMost, stability } = known;
  const isCointegrated = rejects(cointegration);
  const isHedged = cointegration.beta[0]! > 0;
  if (halfLivesAtMost >= ENOUGH_HALF_LIVES && isCointegrated && isHedged && stability.isStable) return "yes";
  const isLong = nobs >= MOST_CALIBRATION_BARS && !isCointegrated;
  return isLong || halfLives >= ENOUGH_HALF_LIVES ? "no" : "too short to say";
}

function reasonOf(verdict: PairVerdict["verdict"], known: Known): string {
  const { nobs, cointegration, halfLives, halfLivesAtMost, stability } = known;
  const bars = `${nobs.toLocaleString("en")} bars`;
  const test = `Engle-Granger ${pText(cointegration.pValue)}`;
  if (verdict === "yes")
    return `in ${bars} the spread returned, on one line throughout (${test}; ${lifeText(known.halfLife)})`;
  if (verdict === "too short to say") {
    const held =
      halfLives === 0
        ? `no return was seen in ${bars}, and they may hold ${halfLivesAtMost.toFixed(0)} half-lives at most`
        : `${bars} hold about ${halfLives.toFixed(0)} half-lives of the spread, ${halfLivesAtMost.toFixed(0)} at most`;
    return `${held}; below ${ENOUGH_HALF_LIVES} Engle-Granger finds fewer than four of five true pairs (${test})`;
  }
  if (!rejects(cointegration))
    return `in ${bars} nothing shows that the spread returns (${test}; ${lifeText(known.halfLife)})`;
  const beta = cointegration.beta[0]!;
  if (!(beta > 0))
    return `β is ${minus(beta.toFixed(2))}, so that one leg does not hedge the other (${test}, in ${bars})`;
  return `the relation did not hold through these ${bars}: ${stability.sentence} (${test})`;
}

/** The half-life with its 95 % interval. */
function lifeText({ correctedHalfLifeBars, low, high }: HalfLifeResult): string {
  const bars = (value: number): string =>
    value.toLocaleString("en", { maximumFractionDigits: value < 100 ? 1 : 0 });
  if (correctedHalfLifeBars === Number.POSITIVE_INFINITY) return "no return seen";
  if (correctedHalfLifeBars === 0) return "half-life below a bar";
  const until = high === Number.POSITIVE_INFINITY ? "to no end" : `to ${bars(high)}`;
  return `half-life ${bars(correctedHalfLifeBars)} bars, ${bars(low)} ${until}`;
}

/** A spread that is back within a bar has no half-lives to count. */
function countText(halfLives: number, nobs: number): string {
  return halfLives > nobs ? `more than ${nobs.toLocaleString("en")}` : halfLives.toFixed(0);
}

function betaText(beta: number): string {
  return Number.isNaN(beta) ? "–" : minus(beta.toFixed(3));
}

function minus(text: string): string {
  return text.replace("-", "−");
}

/** What a verdict rests on, a row a figure. */
export function pairVerdictTable(given: PairVerdict): ResultTable {
  requireFields("pairVerdictTable", "given", given, [
    "cointegration",
    "halfLife",
    "halfLives",
    "halfLivesAtMost",
    "stability",
    "nobs",
    "prices",
  ]);

  const { cointegration, halfLife: life, halfLives, halfLivesAtMost, stability, nobs, prices } = given;
  const figures: readonly (readonly [string, string])[] = [
    ["bars", `${nobs.toLocaleString("en")}, ${prices} prices`],
    ["β, y on x", minus(cointegration.beta[0]!.toFixed(4))],
    ["Engle-Granger", `${minus(cointegration.statistic.toFixed(2))} (${pText(cointegration.pValue)})`],
    ["half-life", lifeText(life)],
    [
      "half-lives held",
      `${countText(halfLives, nobs)}, at most ${countText(halfLivesAtMost, nobs)} (87.5 %)`,
    ],
    ["β of the halves", `${betaText(stability.earlyBeta)}, then ${betaText(stability.lateBeta)}`],
    [
      "a break of the line",
      `Wald ${Number.isFinite(stability.breakWald) ? stability.breakWald.toFixed(1) : "beyond all numbers"} (below 25 in 97 of 100 true pairs)`,
    ],
    ["one line", stability.isStable ? "nothing speaks against it" : stability.sentence],
  ];
  return {
    columns: [
      { name: "what", values: figures.map(([name]) => name) },
      { name: "value", values: figures.map(([, value]) => value) },
    ],
    length: figures.length,
    caption: "What the calibration stretch says of the pair",
  };
}
