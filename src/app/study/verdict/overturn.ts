import { briefRuns } from "../../../analytics/backtest/run-backtest.ts";
import { sharedSignals } from "../../../analytics/backtest/shared-signals.ts";
import { namedStrategy, STRATEGY_NAMES } from "../../../analytics/backtest/strategies/named-strategies.ts";
import type { Strategy } from "../../../analytics/backtest/strategy.ts";
import { type BreakEvenCost, breakEvenCost } from "../../../analytics/backtest/sweep/break-even-cost.ts";
import type { Backtest, Costs, Market } from "../../../analytics/backtest/types.ts";
import { TickbookError } from "../../../core/errors.ts";
import type { TableData } from "../../../render/table-data.ts";
import type { BacktestRun } from "../run.ts";

/** One thing taken another way, and what the run then comes to. */
export interface Challenge {
  readonly what: string;
  /** End over start − 1; NaN where it could not be run. */
  readonly totalReturn: number;
  readonly roundTrips: number;
  /** The gain is gone, or the loss. */
  readonly overturns: boolean;
}

export interface Overturn {
  readonly sentence: string;
  readonly totalReturn: number;
  readonly roundTrips: number;
  readonly breakEven: BreakEvenCost;
  readonly challenges: readonly Challenge[];
}

/**
 * What would turn a gain into a loss, or a loss into a gain: dearer costs, a fill one bar later, half of the time, the
 * best round trips left out, settings a little different. Each is taken by itself. All of it is in-sample: what survives
 * here is not proven, what does not is refuted.
 */
export function whatWouldOverturn(run: BacktestRun): Overturn {
  const { data, strategy, result, performance } = run;
  const { market } = data;
  const { startCash } = result;
  const base = performance.totalReturn;
  const share = sharedSignals();
  const onMarket = briefRuns(market);
  const terms = { startCash, costs: result.costs };
  const of = (what: string, totalReturn: number, roundTrips: number): Challenge => ({
    what,
    totalReturn,
    roundTrips,
    overturns: base > 0 ? totalReturn <= 0 : totalReturn > 0,
  });
  /** None where it can't be: a window longer than the data, costs beyond all bounds. */
  const again = (
    what: string,
    make: () => { strategy?: Strategy; market?: Market; costs?: Costs },
  ): Challenge[] => {
    try {
      const other = make();
      const rule = other.strategy ?? strategy;
      const settings = { ...terms, ...(other.costs && { costs: other.costs }) };
      const { equity, roundTrips } =
        other.market === undefined
          ? onMarket(share(rule), settings)
          : briefRuns(other.market)(rule, settings);
      return [of(what, equity / startCash - 1, roundTrips)];
    } catch (error) {
      if (error instanceof TickbookError) return [];
      throw error;
    }
  };
  const challenges = [
    ...[1.5, 2, 3].flatMap((times) =>
      again(`costs × ${times}`, () => ({ costs: scaled(result.costs, times) })),
    ),
    ...again("every fill one bar later", () => ({ market: oneBarLater(market) })),
    ...(market.legs.length === 2
      ? again(`${market.legs[1]!.symbol} filled one bar after ${market.legs[0]!.symbol}`, () => ({
          market: oneBarLater(market, 1),
        }))
      : []),
    ...halves(result).map(({ what, totalReturn, roundTrips }) => of(what, totalReturn, roundTrips)),
    ...withoutBest(result, followsEquity(strategy)).map(({ what, totalReturn, roundTrips }) =>
      of(what, totalReturn, roundTrips),
    ),
    ...neighbours(strategy).flatMap(({ what, make }) => again(what, () => ({ strategy: make() }))),
  ];
  const breakEven = breakEvenCost(market, share(strategy), terms);
  return {
    sentence: sentenceOf(base, challenges, breakEven, result),
    totalReturn: base,
    roundTrips: result.roundTrips.length,
    breakEven,
    challenges,
  };
}

/** A row a challenge. */
export function overturnTable({ challenges, totalReturn, roundTrips }: Overturn): TableData {
  return {
    caption: "One thing at a time taken another way",
    length: challenges.length + 1,
    columns: [
      { name: "what", values: ["as it was run", ...challenges.map(({ what }) => what)] },
      {
        name: "return",
        values: [totalReturn, ...challenges.map((one) => one.totalReturn)].map((value) => 100 * value),
        kind: "number",
        digits: 2,
        unit: "%",
      },
      {
        name: "round trips",
        values: [roundTrips, ...challenges.map((one) => one.roundTrips)],
        kind: "number",
        digits: 0,
      },
      {
        name: "overturns",
        values: ["", ...challenges.map(({ overturns }) => (overturns ? "■ yes" : "no"))],
      },
    ],
  };
}

function sentenceOf(
  base: number,
  challenges: readonly Challenge[],
  breakEven: BreakEvenCost,
  { fills, costs }: Backtest,
): string {
  if (fills.length === 0) return "It never traded: there is nothing to overturn.";
  const gained = base > 0;
  const broken = challenges.filter(({ overturns }) => overturns);
  const list = broken.slice(0, 4).map(({ what, totalReturn }) => `${what} (${percent(totalReturn)})`);
  const more = broken.length > 4 ? `, and ${broken.length - 4} more` : "";
  const changes =
    broken.length === 0
      ? `None of ${challenges.length} changes turns that into a ${gained ? "loss" : "gain"}.`
      : `${broken.length} of ${challenges.length} changes turn${broken.length === 1 ? "s" : ""} that into a ${gained ? "loss" : "gain"}: ${list.join(", ")}${more}.`;
  const fee: Record<BreakEvenCost["verdict"], string> = {
    found: `Nothing would be left at a fee of ${breakEven.feeBps.toFixed(2)} basis points; ${costs.feeBps} were paid.`,
    "no edge": "Without any fee it would not have earned anything, either.",
    beyond: "No fee that was tried takes all of it.",
    "no trades": "",
  };
  return `It ${gained ? "gained" : "lost"} ${percent(Math.abs(base))}. ${changes} ${fee[breakEven.verdict]}`.trim();
}

function scaled(costs: Costs, times: number): Costs {
  const dearer = (given: object): object =>
    Object.fromEntries(
      Object.entries(given).map(([name, value]) => [
        name,
        name.includes("Bps") && value > 0 ? value * times : value,
      ]),
    );
  const { legs } = costs;
  return { ...dearer(costs), ...(legs !== undefined && { legs: legs.map(dearer) }) } as unknown as Costs;
}

/** The decisions of the same bars, filled at the open after the one that they would have had: in every leg, or from one on. */
function oneBarLater(market: Market, from = 0): Market {
  const later = (open: Float64Array): Float64Array => open.map((_, t) => open[t + 1] ?? Number.NaN);
  return {
    ...market,
    legs: market.legs.map((leg, k) => (k < from ? leg : { ...leg, open: later(leg.open) })),
  };
}

type Part = Omit<Challenge, "overturns">;

function halves({ equity, startCash, roundTrips }: Backtest): Part[] {
  const half = Math.floor(equity.length / 2);
  const middle = equity[half - 1] ?? startCash;
  const early = roundTrips.filter(({ exitBar }) => exitBar < half).length;
  return [
    { what: "the first half alone", totalReturn: middle / startCash - 1, roundTrips: early },
    {
      what: "the second half alone",
      // what is gone has no second half
      totalReturn: middle > 0 ? (equity[equity.length - 1] ?? startCash) / middle - 1 : Number.NaN,
      roundTrips: roundTrips.length - early,
    },
  ];
}

/** Whether what a round trip earns makes the later ones larger. */
function followsEquity({ settings }: Strategy): boolean {
  const { size } = settings as { size?: { by?: unknown } };
  return size?.by === "equity" || size?.by === "risk";
}

/** The account without some round trips: their growth is divided out where sizes follow the equity, their money taken off where not. */
function withoutBest({ roundTrips, equity, startCash }: Backtest, compounds: boolean): Part[] {
  const end = equity[equity.length - 1] ?? startCash;
  const gains = roundTrips
    .map(({ profit, entryBar }) => (compounds ? 1 + profit / (equity[entryBar - 1] ?? startCash) : profit))
    .sort((a, b) => b - a);
  const without = (best: readonly number[]): number =>
    compounds
      ? best.reduce((left, growth) => left / growth, end)
      : best.reduce((left, profit) => left - profit, end);
  const tenth = Math.max(2, Math.round(roundTrips.length / 10));
  return [1, tenth]
    .filter((count) => count < roundTrips.length)
    .map((count) => ({
      what: count === 1 ? "without the best round trip" : `without the best ${count} round trips`,
      totalReturn: without(gains.slice(0, count)) / startCash - 1,
      roundTrips: roundTrips.length - count,
    }));
}

/** Each number of the settings that chooses trades, a third lower and a half higher; none of a rule of one's own. */
function neighbours({ name, settings }: Strategy): {
  readonly what: string;
  readonly make: () => Strategy;
}[] {
  const found: { what: string; make: () => Strategy }[] = [];
  const vary = (path: readonly string[], value: number): void => {
    for (const factor of [2 / 3, 3 / 2]) {
      const other = Number.isInteger(value) && value >= 10 ? Math.round(value * factor) : value * factor;
      const what = `${path.join(".")} ${Number(other.toPrecision(4))} in place of ${value}`;
      found.push({ what, make: () => namedStrategy({ name, settings: withValue(settings, path, other) }) });
    }
  };
  if (!STRATEGY_NAMES.includes(name)) return found;
  const { hedge } = settings as { hedge?: Readonly<Record<string, unknown>> };
  for (const key of ["window", "entry", "stop", "maxBars", "fast", "slow"]) {
    const value = settings[key];
    if (typeof value === "number" && Number.isFinite(value)) vary([key], value);
  }
  for (const key of ["window", "calibrationBars"]) {
    const value = hedge?.[key];
    if (typeof value === "number") vary(["hedge", key], value);
  }
  return found;
}

function withValue(
  whole: Readonly<Record<string, unknown>>,
  [first, ...more]: readonly string[],
  value: number,
): Record<string, unknown> {
  const inner = whole[first!] as Readonly<Record<string, unknown>>;
  return { ...whole, [first!]: more.length === 0 ? value : withValue(inner, more, value) };
}

function percent(value: number): string {
  return `${(100 * value).toFixed(2).replace("-", "−")} %`;
}
