import { requireFields } from "../../core/arguments.ts";
import { requireBetween } from "../checks.ts";
import { centre, dot } from "../mean.ts";
import type { AdfResult } from "../unit-root/adf.ts";
import type { CrossingsResult } from "../unit-root/crossings.ts";
import type { EngleGrangerBothWays } from "../unit-root/engle-granger.ts";
import type { HalfLifeResult } from "../unit-root/half-life.ts";
import type { HurstResult } from "../unit-root/hurst.ts";
import { decision, type ResultTable } from "../unit-root/test-result.ts";
import { pText } from "../words.ts";
import type { HedgeRatio } from "./hedge-ratio.ts";

/** What the case for a pair rests on; all of one pair and one window, on log prices. */
export interface PairEvidence {
  /** Of each log price by itself. */
  readonly unitRoots: { readonly y: AdfResult; readonly x: AdfResult };
  readonly cointegration: EngleGrangerBothWays;
  /** Of the later bars' spread, with a hedge ratio from the earlier ones. */
  readonly heldOut: AdfResult;
  readonly halfLife: HalfLifeResult;
  readonly hurst: HurstResult;
  readonly crossings: CrossingsResult;
  /** Of the whole window, of its earlier and of its later bars: least squares with its band. */
  readonly ratio: HedgeRatio;
  readonly earlyRatio: HedgeRatio;
  readonly lateRatio: HedgeRatio;
  /** The spread of the whole window, in log price of y. */
  readonly spread: Float64Array;
  /** What one trade of one leg costs, in hundredths of a per cent of its money: fee, and half of the bid-ask spread. */
  readonly costBps: number;
}

export interface CasePoint {
  readonly side: "for" | "against" | "not known";
  readonly point: string;
  readonly evidence: string;
  /** Whether the figure was taken where its parameters were fitted. */
  readonly sample: "in-sample" | "out-of-sample" | "";
}

export interface PairCase {
  readonly verdict: "for" | "against" | "not shown";
  readonly points: readonly CasePoint[];
  /** One sentence that may be quoted. */
  readonly sentence: string;
}

/**
 * What speaks for trading a pair, what against it, and what these figures cannot know.
 *
 * Against, where a necessary condition fails on bars that were enough to see it: no cointegration in either direction, no
 * return on the held-out bars, a ratio that moved, or costs that eat the return of two deviations. For, where all four
 * hold and nothing else speaks against. Not shown otherwise: two walks without a relation end here as well, since no
 * window tells them from a return that is slow. The limits are conventions, and stand in the evidence.
 */
export function pairCase(evidence: PairEvidence): PairCase {
  requireFields("pairCase", "evidence", evidence, ["costBps"]);

  const { costBps } = evidence;
  requireBetween("pairCase", "costBps", costBps, -1e-9, Number.POSITIVE_INFINITY);
  const tests = cointegrationPoint(evidence);
  const held = heldOutPoint(evidence);
  const stable = stabilityPoint(evidence);
  const costs = costPoint(evidence);
  const points = [
    wanderPoint(evidence),
    tests,
    held,
    halfLifePoint(evidence),
    crossingsPoint(evidence),
    hurstPoint(evidence),
    stable,
    costs,
    ...UNKNOWN,
  ];
  const necessary = [tests, held, stable, costs];
  const verdict = necessary.some(({ side }) => side === "against")
    ? "against"
    : necessary.every(({ side }) => side === "for") && points.every(({ side }) => side !== "against")
      ? "for"
      : "not shown";
  const count = (side: CasePoint["side"]): number => points.filter((point) => point.side === side).length;
  const because = necessary.filter(({ side }) => side === "against").map(({ point }) => point.toLowerCase());
  const head = {
    for: "Worth a backtest",
    against: `Not worth trading on this evidence, for want of: ${because.join(", ")}`,
    "not shown": "Not shown on these bars, so no case for trading",
  }[verdict];
  return {
    verdict,
    points,
    sentence: `${head}. For it: ${count("for")}, against: ${count("against")}, not known: ${count("not known")}.`,
  };
}

/** A case as a table: a row a point. */
export function caseTable(pairCase: PairCase): ResultTable {
  requireFields("caseTable", "pairCase", pairCase, ["points"]);
  const { points } = pairCase;

  const sign = { for: "+ for", against: "− against", "not known": "? not known" };
  return {
    columns: [
      { name: "speaks", values: points.map(({ side }) => sign[side]) },
      { name: "point", values: points.map(({ point }) => point) },
      { name: "sample", values: points.map(({ sample }) => sample) },
      { name: "evidence", values: points.map(({ evidence }) => evidence) },
    ],
    length: points.length,
    caption: "Evidence",
  };
}

const UNKNOWN: readonly CasePoint[] = [
  ["Whether it lasts", "a relation of the past may end tomorrow; no test sees that"],
  ["Execution", "whether both legs trade at these closes, and for how much money"],
  ["Selection", "how many pairs were tried before: the best of 20 passes by luck"],
].map(([point, evidence]) => ({ side: "not known", point: point!, evidence: evidence!, sample: "" }));

/** A price that returns by itself is no walk that a spread could tame: the tests of cointegration suppose walks. */
function wanderPoint({ unitRoots: { y, x } }: PairEvidence): CasePoint {
  const rejects = [y, x].some(({ statistic, criticalValues }) => statistic < criticalValues["5%"]);
  return {
    side: rejects ? "not known" : "for",
    point: "Each price wanders",
    evidence: `ADF of log y ${pText(y.pValue)}, of log x ${pText(x.pValue)}${rejects ? "; one returns by itself" : ""}`,
    sample: "in-sample",
  };
}

/**
 * Half-lives in the window from which a test sees what is there, by simulation of β = 1.5 and walks that are twice as
 * rough as the spread (tests/long/pair-case.test.ts): Engle-Granger finds it in 95 of 100 cases, ADF with a given β
 * in 80, and a ratio that stood still is called moved in 6.
 */
const NEEDED = { cointegration: 45, heldOut: 30, stability: 30 };

/** What stands behind a finding that may only be a lack of bars. */
function shortOf(halfLives: number, needed: number): string {
  return halfLives < needed ? `; ${halfLives.toFixed(0)} of ${needed} half-lives` : "";
}

function cointegrationPoint({ cointegration: { yOnX, xOnY }, halfLife }: PairEvidence): CasePoint {
  const count = [yOnX, xOnY].filter(
    ({ statistic, criticalValues }) => statistic < criticalValues["5%"],
  ).length;
  const short = shortOf(halfLife.nobs / halfLife.correctedHalfLifeBars, NEEDED.cointegration);
  return {
    side: count === 2 ? "for" : count === 1 || short ? "not known" : "against",
    point: "Cointegration",
    evidence: `Engle-Granger: ${["neither way", "one way", "both ways"][count]} (${pText(yOnX.pValue)}, ${pText(xOnY.pValue)})${count === 2 ? "" : short}`,
    sample: "in-sample",
  };
}

function heldOutPoint({ heldOut, halfLife }: PairEvidence): CasePoint {
  const returns = heldOut.statistic < heldOut.criticalValues["5%"];
  const short = returns ? "" : shortOf(heldOut.nobs / halfLife.correctedHalfLifeBars, NEEDED.heldOut);
  return {
    side: returns ? "for" : short ? "not known" : "against",
    point: "Return on held-out bars",
    evidence: `ADF, earlier ratio: ${decision(heldOut)} (${pText(heldOut.pValue)})${short}`,
    sample: "out-of-sample",
  };
}

const ENOUGH_HALF_LIVES = 10;

function halfLifePoint({ halfLife }: PairEvidence): CasePoint {
  const { correctedHalfLifeBars: bars, high, nobs } = halfLife;
  const many = nobs / bars;
  const side =
    high === Number.POSITIVE_INFINITY ? "against" : many >= ENOUGH_HALF_LIVES ? "for" : "not known";
  const interval =
    high === Number.POSITIVE_INFINITY ? "its interval has no upper end" : `at most ${high.toFixed(1)}`;
  return {
    side,
    point: "Half-life",
    evidence:
      bars === Number.POSITIVE_INFINITY
        ? "no return to the mean in this window"
        : `${bars.toFixed(1)} bars, ${interval}; the window holds ${many.toFixed(0)} of them`,
    sample: "in-sample",
  };
}

/** ArbitrageLab's habit for a year of days. */
const ENOUGH_CROSSINGS = 12;

function crossingsPoint({ crossings: { crossings, barsBetween } }: PairEvidence): CasePoint {
  const every = crossings === 0 ? "" : `, one in ${barsBetween.toFixed(1)} bars`;
  return {
    side: crossings >= ENOUGH_CROSSINGS ? "for" : "against",
    point: "Crossings of the mean",
    evidence: `${crossings}${every}; ${ENOUGH_CROSSINGS} wanted`,
    sample: "in-sample",
  };
}

function hurstPoint({ hurst: { hurst, maxLag } }: PairEvidence): CasePoint {
  return {
    side: hurst < 0.45 ? "for" : hurst > 0.55 ? "against" : "not known",
    point: "Hurst exponent",
    evidence: `${hurst.toFixed(2)} up to ${maxLag} bars; a random walk has 0.5, a return less`,
    sample: "in-sample",
  };
}

/** Whether the ratios of the two halves are one: apart by less than twice what their 95 % bands allow, which are narrow. */
function stabilityPoint({ earlyRatio, lateRatio, halfLife }: PairEvidence): CasePoint {
  const width = (ratio: HedgeRatio): number => ratio.high - ratio.low;
  const chance = Math.hypot(width(earlyRatio), width(lateRatio));
  const moved = Math.abs(lateRatio.beta - earlyRatio.beta) > chance;
  const short = shortOf(halfLife.nobs / halfLife.correctedHalfLifeBars, NEEDED.stability);
  const known = moved || chance <= Math.abs(earlyRatio.beta);
  return {
    side: short || !known ? "not known" : moved ? "against" : "for",
    point: "Stable ratio",
    evidence: `β ${earlyRatio.beta.toFixed(2)}, then ${lateRatio.beta.toFixed(2)}; apart by chance up to ${chance.toFixed(2)}${short}`,
    sample: "in-sample",
  };
}

/** Both legs, in and out again, of one unit of money in y and |β| in x; earned is the way from two deviations to the mean. */
function costPoint({ ratio, spread, costBps }: PairEvidence): CasePoint {
  const cost = 2 * (1 + Math.abs(ratio.beta)) * costBps;
  const known = spread.filter((value) => !Number.isNaN(value));
  const { values } = centre(known);
  const earned = 2e4 * Math.sqrt(dot(values, values) / known.length);
  return {
    side: earned >= 2 * cost ? "for" : earned < cost ? "against" : "not known",
    point: "Return after costs",
    evidence: `two deviations are ${earned.toFixed(1)} bp; in and out of both legs costs ${cost.toFixed(1)} bp`,
    sample: "in-sample",
  };
}
