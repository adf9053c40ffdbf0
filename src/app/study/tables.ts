import type { Fill, RoundTrip } from "../../analytics/backtest/types.ts";
import { metricRows, metricsTable } from "../../analytics/performance/metrics-table.ts";
import { assetsOf } from "../../core/assets.ts";
import { formatUtc } from "../../core/time.ts";
import type { TableColumn, TableData } from "../../render/table-data.ts";
import type { BacktestData } from "./data.ts";
import { quoteOf } from "./figure-text.ts";
import type { BacktestRun } from "./run.ts";

/** Every figure with its definition. */
export function figuresTable({ performance, benchmark }: BacktestRun): TableData {
  const legs = [...performance.legs, ...(benchmark === undefined ? [] : [benchmark])];
  const { columns, ...table } = metricsTable({ ...performance, legs });
  const last = columns.length - 1;
  return { ...table, columns: columns.map((one, k) => (k === last ? { ...one, wrap: true } : one)) };
}

/** What a reader compares first; those of a year are left out where the run is too short for them. */
const KEY_FIGURES: readonly (readonly [name: string, isYearly: boolean])[] = [
  ["CAGR", true],
  ["volatility", true],
  ["Sharpe", true],
  ["standard error of Sharpe", true],
  ["Sortino", true],
  ["max drawdown", false],
  ["ulcer index", false],
  ["CVaR", false],
  ["best return", false],
  ["worst return", false],
  ["time in the market", false],
  ["win rate", false],
  ["profit factor", false],
  ["payoff", false],
  ["average duration", false],
];

/** The few figures that stand beside the charts. */
export function keyFiguresTable({ performance, data }: BacktestRun, isYearly: boolean): TableData {
  const rows = metricRows(performance);
  const shown = KEY_FIGURES.filter(([, ofYear]) => isYearly || !ofYear).map(
    ([name]) => rows.find((row) => row.name === name)!,
  );
  return {
    length: shown.length,
    columns: [
      { name: "", values: shown.map(({ name }) => name), kind: "text" },
      { name: "strategy", values: shown.map(({ text }) => text), kind: "text", right: true },
      ...data.market.legs.map(({ symbol }, k) => ({
        name: assetsOf(symbol).base || symbol,
        unit: "held",
        values: shown.map((row) => row.legs[k]?.text ?? ""),
        kind: "text" as const,
        right: true,
      })),
    ],
  };
}

/** A row a round trip, the first first. */
export function roundTripsTable({ result, data }: BacktestRun): TableData {
  const { roundTrips, equity, startCash } = result;
  // money against the equity before the entry, at closes while it was held
  const excursion = (trip: RoundTrip, pick: (...values: number[]) => number): number => {
    const before = equity[trip.entryBar - 1] ?? startCash;
    let far = pick(0, trip.profit);
    for (let t = trip.entryBar; t < trip.exitBar; t++) far = pick(far, equity[t]! - before);
    return far;
  };
  const { legs } = data.market;
  const unit = quoteOf(data);
  return {
    caption: "Round trips",
    length: roundTrips.length,
    columns: [
      column(roundTrips, "side", "text", ({ side }) => (side > 0 ? "long" : "short")),
      column(roundTrips, "entry", "time", ({ entryUs }) => entryUs, "UTC"),
      column(roundTrips, "exit", "time", ({ exitUs }) => exitUs, "UTC"),
      column(roundTrips, "ended by", "text", ({ exitReason }) => exitReason),
      column(roundTrips, "bars", "integer", ({ entryBar, exitBar }) => exitBar - entryBar, "held"),
      column(roundTrips, "profit", "number", ({ profit }) => profit, unit, 2),
      column(roundTrips, "worst", "number", (trip) => excursion(trip, Math.min), unit, 2),
      column(roundTrips, "best", "number", (trip) => excursion(trip, Math.max), unit, 2),
      column(roundTrips, "costs", "number", ({ costs }) => costs, unit, 2),
      column(roundTrips, "notional", "number", ({ notional }) => notional, unit, 2),
      column(roundTrips, "signal", "number", ({ entrySignal }) => entrySignal, "at entry", 2),
      column(roundTrips, "signal", "number", ({ exitSignal }) => exitSignal, "at exit", 2),
      ...legs.map(({ symbol }, k) =>
        column(roundTrips, "units", "number", ({ units }) => units[k], assetsOf(symbol).base || symbol),
      ),
    ],
  };
}

/** The five round trips that moved the account most. */
export function decisiveTable(run: BacktestRun): TableData {
  const { roundTrips } = run.result;
  const most = roundTrips.toSorted((a, b) => Math.abs(b.profit) - Math.abs(a.profit)).slice(0, 5);
  const table = roundTripsTable({ ...run, result: { ...run.result, roundTrips: most } });
  const columns = table.columns.filter(({ name, unit }) => name !== "units" && unit !== "at exit");
  return { ...table, columns, caption: "The five round trips that moved the account most" };
}

/** A row a fill of one leg. */
export function fillsTable({ result, data }: BacktestRun): TableData {
  const { fills, orders } = result;
  const { legs } = data.market;
  const unit = quoteOf(data);
  const symbolOf = ({ leg }: Fill): string => legs[leg]!.symbol;
  return {
    caption: "Fills",
    length: fills.length,
    columns: [
      column(fills, "decided", "time", ({ order }) => orders[order]!.timeUs, "UTC"),
      column(fills, "filled", "time", ({ timeUs }) => timeUs, "UTC"),
      column(fills, "symbol", "text", symbolOf),
      column(fills, "because", "text", ({ order }) => orders[order]!.reason),
      column(fills, "units", "number", ({ quantity }) => quantity),
      column(fills, "open", "number", ({ open }) => open, unit),
      column(fills, "price", "number", ({ price }) => price, unit),
      column(fills, "fee", "number", ({ fee }) => fee, unit, 4),
      column(fills, "half-spread", "number", ({ spreadCost }) => spreadCost, unit, 4),
      column(fills, "slippage", "number", ({ slippageCost }) => slippageCost, unit, 4),
    ],
  };
}

/** A row a bar: what the account held and was worth, and what the rule looked at. */
export function equityTable({ result, data, performance }: BacktestRun): TableData {
  const { market } = data;
  const unit = quoteOf(data);
  const { equity, cash, units, exposure, turnover, paid, signals } = result;
  const numbers = (name: string, values: Float64Array, of = unit): TableColumn => ({
    name,
    values,
    kind: "number",
    unit: of,
  });
  return {
    length: market.length,
    columns: [
      { name: "start", values: market.startUs, kind: "time", unit: "UTC" },
      numbers("equity", equity),
      numbers("drawdown", performance.drawdown, "share"),
      numbers("cash", cash),
      ...units.map((held, k) => numbers(`units of ${market.legs[k]!.symbol}`, held, "")),
      numbers("exposure", exposure),
      numbers("turnover", turnover),
      numbers("costs", paid),
      ...market.legs.flatMap(({ symbol, open, close }) => [
        numbers(`open of ${symbol}`, open, ""),
        numbers(`close of ${symbol}`, close, ""),
      ]),
      ...Object.entries(signals).map(([name, values]) => numbers(name, values, "")),
    ],
  };
}

/** What was paid, by kind and leg. */
export function costsTable({ result, data }: BacktestRun): TableData {
  const { fills, paid, funding, borrowed } = result;
  const { legs } = data.market;
  const sum = (of: (fill: Fill) => number, leg?: number): number =>
    fills.reduce((total, fill) => total + (leg === undefined || fill.leg === leg ? of(fill) : 0), 0);
  const charged = (columns: readonly Float64Array[], leg?: number): number =>
    columns.reduce((total, column, k) => total + (leg === undefined || k === leg ? sumOf(column) : 0), 0);
  const ofFill = ({ fee, spreadCost, slippageCost }: Fill): number => fee + spreadCost + slippageCost;
  const total = sumOf(paid);
  const rest = total - sum(ofFill) - charged(borrowed);
  const financing = Math.abs(rest) < 1e-9 * Math.abs(total) ? 0 : rest;
  const turnover = (fill: Fill): number => Math.abs(fill.quantity) * fill.price;
  const kinds: readonly (readonly [string, (leg?: number) => number])[] = [
    ["fees", (leg) => sum(({ fee }) => fee, leg)],
    ["half-spread", (leg) => sum(({ spreadCost }) => spreadCost, leg)],
    ["slippage", (leg) => sum(({ slippageCost }) => slippageCost, leg)],
    ["borrowing", (leg) => charged(borrowed, leg)],
    ["financing", (leg) => (leg === undefined ? financing : Number.NaN)],
    ["all costs", (leg) => (leg === undefined ? total : sum(ofFill, leg) + charged(borrowed, leg))],
    ...(charged(funding) === 0 && funding.every((column) => column.every((money) => money === 0))
      ? []
      : [["funding beside them (below 0: received)", (leg?: number) => charged(funding, leg)] as const]),
    ["turnover", (leg) => sum(turnover, leg)],
    [
      "profit after all of it",
      (leg) =>
        leg === undefined ? legs.reduce((all, _, k) => all + profitOf(k), 0) - financing : profitOf(leg),
    ],
  ];
  const unit = quoteOf(data);
  const profitOf = (leg: number): number => {
    const { close } = legs[leg]!;
    const last = close.findLast((price) => !Number.isNaN(price)) ?? 0;
    const traded = sum(({ quantity, price, fee }) => -quantity * price - fee, leg);
    const held = result.units[leg]![close.length - 1]!;
    return traded + (held === 0 ? 0 : held * last) - charged(borrowed, leg) - charged(funding, leg);
  };
  const amounts = (name: string, leg?: number): TableColumn => ({
    name,
    values: kinds.map(([, of]) => of(leg)),
    kind: "number",
    digits: 2,
    unit,
  });
  return {
    caption: "Costs by kind and leg",
    length: kinds.length,
    columns: [
      { name: "what", values: kinds.map(([name]) => name), kind: "text" },
      ...legs.map(({ symbol }, leg) => amounts(symbol, leg)),
      amounts("together"),
    ],
  };
}

function sumOf(column: Float64Array): number {
  return column.reduce((all, money) => all + money, 0);
}

/** Everything that the run followed from. */
export function parametersTable({ description }: BacktestRun): TableData {
  const rows: [string, string, string][] = [];
  const add = (of: string, value: unknown, name = ""): void => {
    if (value === undefined) return;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      for (const [key, one] of Object.entries(value)) add(of, one, name === "" ? key : `${name}.${key}`);
    } else rows.push([of, name, typeof value === "string" ? value : JSON.stringify(value)]);
  };
  add("data", description.data);
  add("strategy", description.strategy.name, "name");
  add("strategy", description.strategy.settings);
  add("costs", description.costs);
  add("funding", description.funding);
  add("benchmark", description.benchmark);
  add("account", description.startCash, "startCash");
  add("figures", description.performance);
  return {
    caption: "Everything that this run follows from",
    length: rows.length,
    columns: ["of", "parameter", "value"].map((name, k) => ({
      name,
      values: rows.map((row) => row[k]!),
      kind: "text" as const,
      wrap: name === "value",
    })),
  };
}

export function coverageTable({ coverage, market }: BacktestData): TableData {
  const numbers = (name: string, of: (leg: BacktestData["coverage"][number]) => number): TableColumn => ({
    name,
    values: coverage.map(of),
    kind: "number",
    digits: 0,
  });
  return {
    caption: `Bars from ${formatUtc(market.startUs[0]!)} on, both legs on one grid`,
    length: coverage.length,
    columns: [
      { name: "symbol", values: coverage.map(({ symbol }) => symbol), kind: "text" },
      numbers("bars", ({ bars }) => bars),
      numbers("bars that can fill", ({ tradedBars }) => tradedBars),
      numbers("bars without a known price", ({ unknownBars }) => unknownBars),
      numbers("ids stored", ({ heldIds }) => heldIds),
      numbers("ids missing", ({ missingIds }) => missingIds),
    ],
  };
}

export function holesTable({ holes }: BacktestData): TableData {
  return {
    caption: "Holes in the data",
    length: holes.length,
    columns: [
      column(holes, "symbol", "text", ({ symbol }) => symbol),
      column(holes, "from", "time", ({ fromUs }) => fromUs, "UTC"),
      column(holes, "to", "time", ({ toUs }) => toUs, "UTC"),
      column(holes, "what", "text", ({ what }) => what),
      column(holes, "missing", "integer", ({ missing }) => missing),
    ],
  };
}

function column<Row>(
  rows: readonly Row[],
  name: string,
  kind: NonNullable<TableColumn["kind"]>,
  of: (row: Row) => unknown,
  unit = "",
  digits?: number,
): TableColumn {
  return {
    name,
    values: rows.map(of),
    kind,
    ...(unit !== "" && { unit }),
    ...(digits !== undefined && { digits, isMoney: true }),
  };
}
