import { basename, resolve } from "node:path";
import type { Leg, Market } from "../../analytics/backtest/types.ts";
import { assetsOf } from "../../core/assets.ts";
import { quote, refuse } from "../../core/errors.ts";
import { firstAtLeast } from "../../core/search.ts";
import { formatDuration, parseDuration } from "../../core/time.ts";
import { type RateFile, readRateFile } from "../../pipeline/files/rate-file.ts";
import { systemClock } from "../clock.ts";

/** The funding of perpetuals: what is settled, where it is read, and how. */
export interface FundingWords {
  /** A file of rates, a row a time, a column a symbol (`ETHUSDT`, `eth_funding_rate`); unless told the file of the bars. */
  readonly source?: string;
  /** How far settlements are apart, from 00:00 UTC on: `"8h"` is 00, 08 and 16. Asked for where a column repeats its rate. */
  readonly every?: string;
}

export interface FundedMarket {
  readonly market: Market;
  readonly notes: readonly string[];
}

interface Settlements {
  readonly timeUs: readonly number[];
  readonly rates: readonly number[];
  readonly unknown: number;
}

const DAY_US = 86_400e6;
const USUAL_US = 8 * 3600e6;
/** Exchanges settle some milliseconds late. */
const LATE_US = 60e6;

/** A market with the rates that were settled, each on the bar in which it was. */
export function fundedMarket(
  market: Market,
  words: FundingWords,
  barsSource: unknown,
  folder: string,
): FundedMarket {
  const path = resolve(folder, words.source ?? sourceFile(barsSource));
  const file = readRateFile(path, { voice: "flags", nowUs: systemClock.nowUs() });
  const notes: string[] = [];
  const legs = market.legs.map((leg): Leg => {
    const rates = file.column(columnNames(leg.symbol));
    if (rates === undefined) {
      return refuse({
        code: "no-column",
        where: basename(path),
        problem: `needs a column of funding for ${quote(leg.symbol)}: ${columnNames(leg.symbol).join(", ")}; it has ${file.names.join(", ")}`,
        hint: "Name its column so, or pass --funding FILE.",
      });
    }
    const settled = settlements(basename(path), leg.symbol, file, rates, words.every, market);
    const { timeUs, unknown } = settled;
    const none = unknown === 0 ? "" : `; of ${unknown} no rate is known, and nothing was charged`;
    notes.push(
      `Funding of ${leg.symbol}: ${timeUs.length.toLocaleString("en")} settlements in the window${words.every === undefined ? "" : `, one every ${words.every}, by the rate in the row of its time`}, from ${basename(path)}${none}.`,
    );
    return { ...leg, ...onBars(market, settled) };
  });
  return { market: { ...market, legs }, notes };
}

/** Says that a file of bars has funding which is not charged; empty where it has none. */
export function fundingLeftOut(market: Market, barsSource: unknown, folder: string): string {
  if (typeof barsSource !== "string" || !/\.(parquet|csv)$/i.test(barsSource)) return "";
  try {
    const file = readRateFile(resolve(folder, barsSource), { voice: "flags", nowUs: systemClock.nowUs() });
    const has = market.legs.some(({ symbol }) => file.column(rateNames(symbol)) !== undefined);
    return has
      ? "The file has rates of funding, which were not charged: --funding-every 8h charges each settlement of a perpetual."
      : "";
  } catch {
    // what can't be read as rates has none to tell of
    return "";
  }
}

function sourceFile(source: unknown): string {
  if (typeof source === "string" && /\.(parquet|csv)$/i.test(source)) return source;
  return refuse({
    code: "no-funding",
    where: "funding",
    problem: `needs a file with the rates, for the bars come from none; got ${quote(source, 60)}`,
    hint: "Pass --funding FILE: a column of times, and one a symbol.",
  });
}

function rateNames(symbol: string): string[] {
  const names = [symbol, assetsOf(symbol).base || symbol].map((name) => name.toLowerCase());
  return [...new Set(names)].flatMap((name) => [
    `${name}_funding_rate`,
    `${name}_funding`,
    `${name} funding`,
  ]);
}

/** A file of rates may name its columns by symbol alone; a file of bars has its prices there. */
function columnNames(symbol: string): string[] {
  return [
    ...rateNames(symbol),
    `${symbol.toLowerCase()}_rate`,
    "funding_rate",
    "fundingrate",
    "last_funding_rate",
  ];
}

function settlements(
  where: string,
  symbol: string,
  { timeUs }: RateFile,
  rates: Float64Array,
  every: string | undefined,
  market: Market,
): Settlements {
  const known = [...rates.keys()].filter((i) => !Number.isNaN(rates[i]!));
  if (every !== undefined) return everySettlement(timeUs, rates, parseEvery(every), market);
  const isOffHours = known.some((i) => timeUs[i]! % USUAL_US > LATE_US && rates[i] !== 0);
  const repeated = known.filter(
    (i, k) => k > 0 && rates[i] !== 0 && rates[i] === rates[known[k - 1]!],
  ).length;
  if (isOffHours && repeated > known.length / 4) {
    const step = Math.min(...known.slice(1, 200).map((i, k) => timeUs[i]! - timeUs[known[k]!]!));
    refuse({
      code: "repeated-rate",
      where,
      problem: `needs to know how often funding of ${quote(symbol)} is settled: its column repeats the rate in rows that are ${formatDuration(step)} apart, and a charge a row would be many times too much`,
      hint: "Pass --funding-every 8h for settlements at 00, 08 and 16 UTC.",
      facts: { repeated, rows: known.length },
    });
  }
  const inside = known.filter((i) => rates[i] !== 0 && isIn(market, timeUs[i]!));
  return {
    timeUs: inside.map((i) => timeUs[i]!),
    rates: inside.map((i) => rates[i]!),
    unknown: missingSettlements(
      known.map((i) => timeUs[i]!),
      market,
    ),
  };
}

/** How many settlements have no row, by the usual distance of rows: between them, before the first and after the last. */
function missingSettlements(timesUs: readonly number[], { startUs, length, intervalUs }: Market): number {
  const steps = timesUs.slice(1).map((us, k) => us - timesUs[k]!);
  const usual = steps.toSorted((a, b) => a - b)[(steps.length - 1) >> 1] ?? USUAL_US;
  const [beginUs, endUs] = [startUs[0]!, startUs[length - 1]! + intervalUs];
  const edges = [
    beginUs - usual,
    ...timesUs.filter((us) => us >= beginUs && us < endUs),
    endUs + usual - 2 * LATE_US,
  ];
  return edges
    .slice(1)
    .reduce((sum, us, k) => sum + Math.max(0, Math.floor((us - edges[k]! + LATE_US) / usual) - 1), 0);
}

function parseEvery(every: string): number {
  const us = parseDuration(every, "funding-every");
  if (us > 0 && DAY_US % us === 0) return us;
  return refuse({
    code: "bad-setting",
    where: "funding-every",
    problem: `needs a part of a day; got ${quote(every, 40)}`,
    hint: "Pass 8h, 4h or 1h.",
  });
}

/** The rate in the row of each settlement's time. */
function everySettlement(
  timeUs: Float64Array,
  rates: Float64Array,
  everyUs: number,
  { startUs, length, intervalUs }: Market,
): Settlements {
  const [times, found]: [number[], number[]] = [[], []];
  let unknown = 0;
  const endUs = startUs[length - 1]! + intervalUs;
  for (let us = Math.ceil(startUs[0]! / everyUs) * everyUs; us < endUs; us += everyUs) {
    const row = firstAtLeast(timeUs, us);
    const rate = row < timeUs.length && timeUs[row]! - us <= LATE_US ? rates[row]! : Number.NaN;
    if (Number.isNaN(rate)) unknown++;
    else {
      times.push(us);
      found.push(rate);
    }
  }
  return { timeUs: times, rates: found, unknown };
}

function isIn({ startUs, length, intervalUs }: Market, us: number): boolean {
  return us >= startUs[0]! && us < startUs[length - 1]! + intervalUs;
}

/** What is settled within a minute of a bar's begin is charged on what was held before it. */
function onBars(
  { startUs, length, intervalUs }: Market,
  { timeUs, rates }: Settlements,
): Required<Pick<Leg, "fundingAtStart" | "fundingInside">> {
  const [fundingAtStart, fundingInside] = [new Float64Array(length), new Float64Array(length)];
  timeUs.forEach((us, k) => {
    // the bar that holds it, or the first after a gap
    const next = firstAtLeast(startUs, us + 1) - 1;
    const isInside = next >= 0 && us < startUs[next]! + intervalUs;
    const bar = isInside ? next : next + 1;
    if (bar >= length) return;
    const late = Math.min(LATE_US, intervalUs / 2);
    const at = isInside && us - startUs[bar]! > late ? fundingInside : fundingAtStart;
    at[bar] = at[bar]! + rates[k]!;
  });
  return { fundingAtStart, fundingInside };
}
