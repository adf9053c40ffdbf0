import { runBacktest } from "../../../analytics/backtest/run-backtest.ts";
import type { Strategy } from "../../../analytics/backtest/strategy.ts";
import { spanText } from "../../../analytics/performance/metric-text.ts";
import { DAY_US, YEAR_US } from "../../../analytics/performance/sampling.ts";
import type { Tile } from "../../../render/tiles.ts";
import { decimals, money, moneyOf, percent, quoteOf, timeText } from "../figure-text.ts";
import type { BacktestRun } from "../run.ts";
import { idleText } from "./idle.ts";

/** What the first bars say of the pair, in a sentence that may be quoted; empty for one leg. */
export function pairText({ pair }: BacktestRun): string {
  return pair?.sentence ?? "";
}

/** The stretch that the verdict on the pair rests on, and where the rule's line and window come from. */
export function stretchText({ pair, data, result }: BacktestRun): string {
  if (pair === undefined || pair.calibrationBars === 0) return "";
  const { startUs, intervalUs } = data.market;
  const from = timeText(startUs[0]!);
  const to = timeText(startUs[pair.calibrationBars - 1]! + intervalUs);
  const first = result.fills[0];
  const inside =
    first !== undefined && first.bar < pair.calibrationBars
      ? " The rule traded inside this stretch, too: there the verdict has seen what it judges."
      : "";
  return `Judged on the first ${pair.calibrationBars.toLocaleString("en")} bars, ${from} to ${to}; it knows nothing of the bars after them, nor of costs.${inside}`;
}

/** How the part about the rule is headed: what the pair is comes first. */
export function ruleHeading({ pair }: BacktestRun): string {
  if (pair === undefined || pair.verdict?.verdict === "yes") return "How the rule did";
  return "Had you traded it anyway";
}

/** In words, what the figures say; the data's length and the number of trades with it. */
export function ruleText(run: BacktestRun): string {
  const { performance, result, data } = run;
  const { roundTrips, totalReturn, totalCosts, breakEvenBps, costBps, ruinUs } = performance;
  const span = `${data.market.length.toLocaleString("en")} bars`;
  const counted = countsText(run);
  if (result.orders.length === 0)
    return `The rule never traded in these ${span}: there is nothing to judge.${idleText(result)}${counted} Below are the signal that it looked at and the data; what is not defined without a trade is shown as –.`;
  if (result.fills.length === 0)
    return `The rule gave ${result.orders.length} orders in these ${span}, and none was filled: ${
      result.orders.every(({ bar }) => bar === data.market.length - 1)
        ? "all of them were decided at the last bar"
        : "no later bar had a trade in every leg"
    }.`;
  const trips = `${roundTrips.count} closed round trip${roundTrips.count === 1 ? "" : "s"}${roundTrips.open > 0 ? " and one still open" : ""}`;
  const verb = totalReturn >= 0 ? "gained" : "lost";
  const after = `After costs it ${verb} ${percent(Math.abs(totalReturn))} % of its money in ${trips}. ${totalCosts < 0 ? "Rebates brought more than costs took:" : "Costs took"} ${moneyOf(data, Math.abs(totalCosts))}, ${decimals(Math.abs(costBps))} basis points of what changed hands`;
  const edge = breakEvenBps > 0 ? `; at ${decimals(breakEvenBps)} nothing would have been left.` : ".";
  const ruin = Number.isNaN(ruinUs) ? "" : ` The account was gone at ${timeText(ruinUs)}.`;
  const few =
    roundTrips.count < 30 ? " So few round trips say little about the next ones, whatever their result." : "";
  return `${after}${edge}${fundingText(run)}${insteadText(run)}${ruin}${counted}${few}`;
}

function fundingText({ result, data }: BacktestRun): string {
  const paid = result.funding.reduce((all, column) => all + column.reduce((sum, one) => sum + one, 0), 0);
  if (paid === 0) return "";
  return ` Funding ${paid > 0 ? "took" : "brought"} ${moneyOf(data, Math.abs(paid))} besides.`;
}

/** Where it lost before costs: whether z came back, whether the money did, and what the opposite would have come to. */
function insteadText(run: BacktestRun): string {
  const { performance, result } = run;
  if (performance.breakEvenBps >= 0) return "";
  const back = result.roundTrips.filter(({ closed, exitReason }) => closed && exitReason === "exit");
  const paid = back.filter(({ profit, costs }) => profit + costs > 0).length;
  const z = "z" in result.signals ? "z came back" : "its signal came back";
  const came = back.length > 0 ? ` ${z} ${back.length} times, the money ${paid} times.` : "";
  const opposite = oppositeReturn(run);
  const other =
    opposite === undefined
      ? ""
      : ` The opposite rule would have ${opposite > 0 ? "gained" : "lost"} ${percent(Math.abs(opposite))} % at the same costs.`;
  return ` It lost before costs, too.${came}${other}`;
}

/** What the same rule would have come to with every position the other way round; undefined where that is another rule. */
export function oppositeReturn({ strategy, data, result }: BacktestRun): number | undefined {
  if ("rehedge" in strategy.settings || strategy.name === "buy and hold") return undefined;
  const opposite: Strategy = {
    ...strategy,
    begin: (market, memo) => {
      const rule = strategy.begin(market, memo);
      return {
        ...rule,
        decide: (view) => {
          const decision = rule.decide(view);
          if (decision === undefined) return undefined;
          const turned = (values: readonly number[]): number[] => values.map((value) => -value);
          return "units" in decision
            ? { ...decision, units: turned(decision.units) }
            : { ...decision, weights: turned(decision.weights) };
        },
      };
    },
  };
  const { startCash, costs } = result;
  const { equity } = runBacktest(data.market, opposite, { startCash, costs });
  return (equity[equity.length - 1] ?? startCash) / startCash - 1;
}

function countsText({ result }: BacktestRun): string {
  const { refusedEntries = 0, unusualEntries = 0, tooSmall = 0 } = result.counts;
  const refused =
    refusedEntries > 0
      ? ` ${entries(refusedEntries)} refused: β was 0 or less, and both legs would have been bought at once.`
      : "";
  const unusual =
    unusualEntries > 0
      ? ` ${entries(unusualEntries)} made with less than 0.3 or more than 3 of x for one of y in money: a bet on one leg.`
      : "";
  const small =
    tooSmall > 0
      ? ` ${tooSmall === 1 ? "1 decision" : `${tooSmall.toLocaleString("en")} decisions`} could not be traded: an order below the least, or a leg smaller than one lot.`
      : "";
  return refused + unusual + small;
}

function entries(count: number): string {
  return count === 1 ? "1 entry was" : `${count.toLocaleString("en")} entries were`;
}

/** Below this a figure of a year says nothing. */
const LEAST_YEARLY_US = 30 * DAY_US;

/** Sharpe's ratio a year; NaN where the window is too short to say it. */
export function yearlySharpe({ sharpe, years }: BacktestRun["performance"]): number {
  return years * YEAR_US >= LEAST_YEARLY_US ? sharpe : Number.NaN;
}

/** The run at a glance: the pair first. */
export function headTiles(run: BacktestRun): Tile[] {
  const { performance, data } = run;
  const { totalReturn, sharpeError, maxDrawdown, roundTrips, totalCosts, costBps, breakEvenBps } =
    performance;
  const { timeInMarket, years } = performance;
  const unit = quoteOf(data);
  const sharpe = yearlySharpe(performance);
  const isYearly = Number.isFinite(sharpe);
  return [
    ...pairTiles(run),
    { label: "return, after costs", value: percent(totalReturn), unit: "%" },
    {
      label: "deepest fall",
      value: percent(maxDrawdown),
      unit: "%",
    },
    {
      label: "Sharpe ratio, a year",
      value: isYearly ? decimals(sharpe) : "–",
      note: isYearly
        ? `± ${decimals(sharpeError)} (1 s.e.)`
        : `not from ${spanText(years * YEAR_US)}: 30 days at least`,
    },
    {
      label: "round trips",
      value: String(roundTrips.count),
      ...(roundTrips.count > 0 && { note: `${percent(roundTrips.winRate)} % won` }),
    },
    {
      label: "costs",
      value: money(totalCosts),
      unit,
      ...(Number.isFinite(costBps) && { note: `${decimals(costBps)} bps of turnover` }),
    },
    breakEvenBps >= 0
      ? { label: "break-even costs", value: decimals(breakEvenBps), unit: "bps" }
      : {
          label: "break-even costs",
          value: roundTrips.count + roundTrips.open > 0 ? "none" : "–",
          note: roundTrips.count + roundTrips.open > 0 ? "it lost before costs" : "",
        },
    { label: "time in the market", value: percent(timeInMarket), unit: "%" },
  ];
}

const TONES = { yes: "good", no: "bad", "too short to say": "warn" } as const;

/** How the sentence on the pair is told apart at a glance. */
export function pairTone({ pair }: BacktestRun): (typeof TONES)[keyof typeof TONES] {
  return TONES[pair?.verdict?.verdict ?? "too short to say"];
}

/** The first tile: the verdict with its sample. */
function pairTiles({ pair }: BacktestRun): Tile[] {
  if (pair === undefined) return [];
  const { verdict, calibrationBars } = pair;
  return [
    {
      label: "a pair?",
      value: verdict?.verdict ?? "too short to say",
      tone: TONES[verdict?.verdict ?? "too short to say"],
      note:
        calibrationBars > 0 ? `first ${calibrationBars.toLocaleString("en")} bars` : "its bars can't tell",
    },
  ];
}
