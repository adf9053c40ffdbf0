import { requireKnown } from "../../../core/arguments.ts";
import { quote, refuse } from "../../../core/errors.ts";
import { requireBetween, requireNumber, requireOneOf, requireWhole, requireWindow } from "../../checks.ts";
import type { ThinRules } from "../../market/liquidity-thin.ts";
import type { PriceScale } from "../../pair/price-scale.ts";
import type { Market } from "../types.ts";
import { requireHedge } from "./hedge.ts";
import type { MeanReversionSettings } from "./reversion-settings.ts";
import { type Neutral, requireSizing } from "./sizing.ts";

const WHERE = "meanReversion";

/** Settings with nothing left open. */
export interface CompleteReversion
  extends Omit<MeanReversionSettings, "prices" | "zScore" | "exit" | "stop" | "maxBars" | "rehedge"> {
  readonly prices: PriceScale;
  readonly zScore: "rolling" | "innovation";
  readonly exit: number;
  /** Infinity: never; as `maxBars` and `rehedge`. */
  readonly stop: number;
  readonly maxBars: number;
  readonly coolDownBars: number;
  readonly side: "both" | "long" | "short";
  readonly neutral: Neutral;
  readonly rehedge: number;
  /** Bars before the first decision. */
  readonly warmUpBars: number;
}

const NAMES: readonly (keyof MeanReversionSettings)[] = [
  "hedge",
  "prices",
  "window",
  "zScore",
  "entry",
  "exit",
  "stop",
  "maxBars",
  "coolDownBars",
  "side",
  "liquidity",
  "size",
  "neutral",
  "rehedge",
];

export function completeReversion(given: MeanReversionSettings): CompleteReversion {
  requireKnown(WHERE, "settings", given, NAMES);
  const {
    hedge,
    prices = "log",
    window,
    zScore = hedge?.method === "kalman" ? "innovation" : "rolling",
    entry,
    exit = 0,
    stop = Number.POSITIVE_INFINITY,
    maxBars = Number.POSITIVE_INFINITY,
    coolDownBars = 0,
    side = "both",
    size,
    neutral = "beta",
    rehedge = Number.POSITIVE_INFINITY,
  } = given;
  requireOneOf(WHERE, "prices", prices, ["log", "raw"]);
  requireOneOf(WHERE, "zScore", zScore, ["rolling", "innovation"]);
  requireOneOf(WHERE, "side", side, ["both", "long", "short"]);
  requireOneOf(WHERE, "neutral", neutral, ["beta", "money", "none"]);
  requireWindow(WHERE, window, 3);
  requireThresholds(entry, exit, stop);
  if (maxBars !== Number.POSITIVE_INFINITY) requireWhole(WHERE, "maxBars", maxBars, 1, " bars");
  requireWhole(WHERE, "coolDownBars", coolDownBars, 0, " bars");
  requireSizing(WHERE, size);
  requireLiquidity(given.liquidity);
  const hedgeBars = hedge === undefined ? 0 : requireHedge(WHERE, hedge);
  requireZScore(zScore, hedge);
  if (zScore === "rolling") requireReach(window, { entry, stop });
  if (rehedge !== Number.POSITIVE_INFINITY) requireRehedge(rehedge, neutral, hedge);
  return {
    ...given,
    prices,
    zScore,
    exit,
    stop,
    maxBars,
    coolDownBars,
    side,
    neutral,
    rehedge,
    warmUpBars: zScore === "innovation" ? hedgeBars + 1 : Math.max(hedgeBars, window),
  };
}

/** A line that walks has its own surprise; its predictions lie on no one line that a trailing window could be of. */
function requireZScore(zScore: "rolling" | "innovation", hedge: MeanReversionSettings["hedge"]): void {
  if ((zScore === "innovation") === (hedge?.method === "kalman")) return;
  const isInnovation = zScore === "innovation";
  refuse({
    code: "bad-setting",
    where: WHERE,
    problem: isInnovation
      ? `zScore "innovation" needs a hedge with method "kalman"; got ${quote(hedge?.method ?? "no hedge")}`
      : 'zScore "rolling" needs a line that stands still while it is traded; got a hedge with method "kalman"',
    hint: isInnovation
      ? 'Leave zScore out, or pass hedge: { method: "kalman", calibrationBars: 1000 }.'
      : "Leave zScore out: of a Kalman filter it is its innovation over the deviation that it predicts.",
  });
}

function requireLiquidity(rules: MeanReversionSettings["liquidity"]): void {
  for (const rule of rules === undefined ? [] : ([rules].flat() as readonly ThinRules[])) {
    requireKnown(WHERE, "liquidity", rule, ["minVolume", "minQuoteVolume", "minTrades", "percentile"]);
    requireKnown(WHERE, "liquidity.percentile", rule.percentile === undefined ? {} : rule.percentile, [
      "of",
      "share",
      "window",
    ]);
  }
}

function requireThresholds(entry: number, exit: number, stop: number): void {
  requireBetween(WHERE, "entry", entry, 0, Number.POSITIVE_INFINITY);
  requireNumber(WHERE, "exit", exit);
  if (exit < entry && entry < stop) return;
  refuse({
    code: "bad-thresholds",
    where: WHERE,
    problem: `needs exit below entry, and entry below stop; got exit ${exit}, entry ${entry}${stop === Number.POSITIVE_INFINITY ? "" : `, stop ${stop}`}`,
    hint: "Pass for example entry: 2, exit: 0.5, stop: 4.",
    facts: { entry, exit, stop },
  });
}

/** A rolling z-score includes its own bar, so there are levels that it can't reach. */
function requireReach(window: number, levels: Readonly<Record<"entry" | "stop", number>>): void {
  const reach = (window - 1) / Math.sqrt(window);
  for (const [name, level] of Object.entries(levels)) {
    if (level < reach || level === Number.POSITIVE_INFINITY) continue;
    refuse({
      code: "bad-thresholds",
      where: WHERE,
      problem: `${name} must be below ${reach.toFixed(2)}, which is as far as a rolling z-score of ${window} bars can go; got ${level}`,
      hint: "Take a longer window, or a lower level.",
      facts: { name, level, window, reach },
    });
  }
}

function requireRehedge(rehedge: number, neutral: Neutral, hedge: MeanReversionSettings["hedge"]): void {
  requireBetween(WHERE, "rehedge", rehedge, 0, Number.POSITIVE_INFINITY);
  if (neutral === "beta" && hedge?.method === "kalman") return;
  refuse({
    code: "bad-setting",
    where: WHERE,
    problem: `rehedge follows a β that moves: it needs neutral "beta" and a hedge with method "kalman" (a rolling one keeps its line until the exit); got ${quote(neutral)} and ${quote(hedge?.method ?? "no hedge")}`,
    hint: "Leave rehedge out.",
  });
}

export function requireLegsFor({ legs }: Market, { hedge, neutral }: CompleteReversion): void {
  if (legs.length === 2 ? hedge !== undefined : hedge === undefined && neutral === "beta") return;
  refuse({
    code: "bad-setting",
    where: WHERE,
    problem:
      legs.length === 2
        ? "needs a hedge for a market of two legs; got none"
        : `has nothing to hedge with in a market of one leg; got hedge ${quote(hedge)} and neutral ${quote(neutral)}`,
    hint:
      legs.length === 2
        ? 'Pass hedge: { method: "fixed", calibrationBars: 1000 }.'
        : "Leave hedge and neutral out, or pass a market of two legs.",
  });
}
