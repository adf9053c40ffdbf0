import type { PriceScale } from "../../pair/price-scale.ts";
import type { BarView, Decision, Memo, RunningRule, Strategy } from "../strategy.ts";
import type { Market, Reason } from "../types.ts";
import { type CompleteReversion, completeReversion, requireLegsFor } from "./reversion-checks.ts";
import type { MeanReversionSettings } from "./reversion-settings.ts";
import { keptLine, reversionSignals, spreadDeviation, thinLegs } from "./reversion-signals.ts";
import { hedgeUnits, type SizingAt, unitsOfY } from "./sizing.ts";

/**
 * Mean reversion on the z-score of a spread: against y where z is high, with y where it is low, until it has come back.
 *
 * The z-score includes its own bar, so a rolling |z| never exceeds (w − 1) / √w. After a stop or a time stop nothing is
 * entered before |z| has once been below `entry`; beyond `stop` nothing is entered at all. Where z is NaN the rule waits:
 * only the time stop goes on. Its signals are `z`, `spread` and, of two legs, `beta`.
 *
 * A rolling line is fitted anew at an entry and kept until the exit: while held, all three are of that one line. Where β
 * is 0 or less both legs would be bought at once, so that the entry is refused; where x would be less than 0.3 or more
 * than 3 of the money of y it is taken. `counts` tells how often either was.
 */
export function meanReversion(settings: MeanReversionSettings): Strategy {
  const complete = completeReversion(settings);
  return {
    name: "mean reversion",
    settings: { ...settings },
    begin: (market, memo = (_, make) => make()) => begin(market, complete, memo),
  };
}

function begin(market: Market, settings: CompleteReversion, memo: Memo): RunningRule {
  const { entry, stop, maxBars, coolDownBars, side, neutral, prices, size, rehedge } = settings;
  requireLegsFor(market, settings);
  const { z, spread, beta } = reversionSignals(market, settings, memo);
  const line = keptLine(market, settings, memo);
  const deviation = size.by === "risk" ? spreadDeviation(market, settings, memo) : undefined;
  const thin =
    settings.liquidity &&
    thinLegs(neutral === "none" ? market.legs.slice(0, 1) : market.legs, settings.liquidity, memo);
  const [closeY, closeX = closeY] = market.legs.map(({ close }) => close) as [Float64Array, Float64Array?];
  const hasX = market.legs.length === 2;
  const flat = hasX ? [0, 0] : [0];
  // what it holds, or has ordered
  let aim: 1 | 0 | -1 = 0;
  let heldBeta = Number.NaN;
  let heldAlpha = Number.NaN;
  let coolUntil = -1;
  // after a stop, not again before |z| was below the entry
  let isArmed = true;
  const counts = { refusedEntries: 0, unusualEntries: 0 };
  // one excursion of z is one entry that was refused
  let isRefused = false;

  const at = (bar: number, equity: number): SizingAt => ({
    priceY: closeY[bar]!,
    priceX: closeX[bar]!,
    beta: beta[bar]!,
    deviation: deviation?.[bar] ?? Number.NaN,
    equity,
  });
  const enter = (want: 1 | -1, bar: number, equity: number): Decision | undefined => {
    const known = at(bar, equity);
    if (hasX && known.beta <= 0) {
      if (!isRefused) counts.refusedEntries += 1;
      isRefused = true;
      return undefined;
    }
    const unitsY = want * unitsOfY(size, known, neutral, prices);
    const units = hasX ? [unitsY, hedgeUnits(unitsY, known, neutral, prices)] : [unitsY];
    if (!units.every(Number.isFinite)) return undefined;
    aim = want;
    heldBeta = known.beta;
    heldAlpha = line?.alpha(bar) ?? Number.NaN;
    if (hasX && isUnusual(moneyRatio(known, prices))) counts.unusualEntries += 1;
    return { units, reason: "entry" };
  };
  const hedgeAgain = (view: BarView, bar: number): Decision | undefined => {
    const moved = Math.abs(beta[bar]! - heldBeta);
    if (!(moved > rehedge * Math.abs(heldBeta)) || view.isWaiting) return undefined;
    const unitsY = view.units(0);
    const unitsX = hedgeUnits(unitsY, at(bar, Number.NaN), neutral, prices);
    if (!Number.isFinite(unitsX)) return undefined;
    heldBeta = beta[bar]!;
    return { units: [unitsY, unitsX], reason: "re-hedge" };
  };

  const looksAlways = rehedge < Number.POSITIVE_INFINITY || line !== undefined;

  return {
    signals: hasX ? { z, spread, beta } : { z, spread },
    mainSignal: "z",
    warmUpBars: settings.warmUpBars,
    counts,
    decide(view) {
      const { bar } = view;
      if (aim !== 0 && line !== undefined) {
        const kept = line.at(bar, heldBeta, heldAlpha);
        [z[bar], spread[bar], beta[bar]] = [kept.z, kept.spread, heldBeta];
      }
      const now = z[bar]!;
      if (aim !== 0) {
        // below 0 until z has come back
        const why = whyLeave(aim * now, view.heldBars, settings);
        if (why === undefined) return rehedge < Number.POSITIVE_INFINITY ? hedgeAgain(view, bar) : undefined;
        aim = 0;
        coolUntil = bar + coolDownBars;
        isArmed = why === "exit";
        return { units: flat, reason: why };
      }
      const size = Math.abs(now);
      if (size < entry) [isArmed, isRefused] = [true, false];
      if (!(size >= entry && size < stop) || !isArmed || bar <= coolUntil || view.isWaiting) return undefined;
      const want = now < 0 ? 1 : -1;
      if (side === (want > 0 ? "short" : "long") || thin?.[bar] === 1) return undefined;
      return enter(want, bar, view.equity);
    },
    nextLook: ({ bar, heldBars }) => {
      const from = bar + 1;
      if (aim !== 0)
        return looksAlways
          ? from
          : nextExit(z, from, { ...settings, aim, until: bar + Math.max(1, maxBars - heldBars) });
      if (isRefused) return from;
      return isArmed ? nextEntry(z, Math.max(from, coolUntil + 1), settings) : firstInside(z, from, entry);
    },
  };
}

/** `depth`: z on the side of what is held, below 0 until it has come back. */
function whyLeave(
  depth: number,
  heldBars: number,
  { stop, exit, maxBars }: Pick<CompleteReversion, "stop" | "exit" | "maxBars">,
): Reason | undefined {
  if (depth <= -stop) return "stop";
  if (depth >= -exit) return "exit";
  return heldBars >= maxBars ? "time stop" : undefined;
}

/** The next bar at which what is held may be left. */
function nextExit(
  z: Float64Array,
  from: number,
  {
    aim,
    until,
    stop,
    exit,
  }: Pick<CompleteReversion, "stop" | "exit"> & { readonly aim: number; readonly until: number },
): number {
  const to = Math.min(z.length, until);
  return aim > 0 ? firstOutside(z, from, to, -stop, -exit) : firstOutside(z, from, to, exit, stop);
}

/** The next bar at which z is far enough out, on a side that is traded. */
function nextEntry(
  z: Float64Array,
  from: number,
  { entry, side }: Pick<CompleteReversion, "entry" | "side">,
): number {
  const low = side === "short" ? Number.NEGATIVE_INFINITY : -entry;
  return firstOutside(z, from, z.length, low, side === "long" ? Number.POSITIVE_INFINITY : entry);
}

/** The first bar from a bar on whose value is `low` or less, or `high` or more; `to` where none before it is. */
function firstOutside(values: Float64Array, from: number, to: number, low: number, high: number): number {
  let bar = from;
  while (bar < to && !(values[bar]! <= low || values[bar]! >= high)) bar++;
  return Math.max(from, bar);
}

/** The first bar from a bar on whose value is nearer to 0 than this; the length where none is. */
function firstInside(values: Float64Array, from: number, size: number): number {
  const found = values.subarray(from).findIndex((value) => Math.abs(value) < size);
  return found < 0 ? values.length : from + found;
}

/** Money of x for one of y. */
function moneyRatio({ beta, priceY, priceX }: SizingAt, prices: PriceScale): number {
  return prices === "log" ? beta : (beta * priceX) / priceY;
}

/** Outside 0.3 to 3 a pair is a bet on one of its legs. */
function isUnusual(ratio: number): boolean {
  return ratio < 0.3 || ratio > 3;
}
