import { basename, dirname, join, resolve } from "node:path";
import { OWN_RULE } from "../../analytics/backtest/run-backtest.ts";
import { meanReversion } from "../../analytics/backtest/strategies/mean-reversion.ts";
import { STRATEGY_NAMES } from "../../analytics/backtest/strategies/named-strategies.ts";
import type { MeanReversionSettings } from "../../analytics/backtest/strategies/reversion-settings.ts";
import type { Rule, Strategy } from "../../analytics/backtest/strategy.ts";
import type { Backtest, Costs, Market } from "../../analytics/backtest/types.ts";
import type { PairVerdict } from "../../analytics/pair/pair-verdict.ts";
import { drawdownsTable } from "../../analytics/performance/metrics-table.ts";
import type { RunMetrics, RunMetricsSettings } from "../../analytics/performance/run-metrics.ts";
import { systemClock } from "../../app/clock.ts";
import {
  type PairSource,
  refuseRenamed,
  requireSettings,
  SOURCE_NAMES,
  WINDOW_NAMES,
} from "../../app/data/data-source.ts";
import type { FundingWords } from "../../app/data/funding.ts";
import { nearPath } from "../../app/project.ts";
import { type BacktestCharts, backtestCharts } from "../../app/study/charts.ts";
import { type BacktestData, backtestData } from "../../app/study/data.ts";
import { writeBacktestReport } from "../../app/study/report/files.ts";
import { type BacktestRun, type RunDescription, runOn, withFunding } from "../../app/study/run.ts";
import {
  costsTable,
  coverageTable,
  figuresTable,
  fillsTable,
  holesTable,
  parametersTable,
  roundTripsTable,
} from "../../app/study/tables.ts";
import { calibratedReversion, type OpenReversion } from "../../app/study/verdict/calibrated.ts";
import { type Overturn, overturnTable, whatWouldOverturn } from "../../app/study/verdict/overturn.ts";
import { headTiles, pairText, ruleHeading, ruleText } from "../../app/study/verdict/verdict.ts";
import { warmUp } from "../../app/threads/run-shared.ts";

import { requireFields } from "../../core/arguments.ts";

import { quote, refuse } from "../../core/errors.ts";
import { makeFolder } from "../../pipeline/store/file/folder.ts";
import type { TableData } from "../../render/table-data.ts";
import { tiles } from "../../render/tiles.ts";
import { toldView } from "../view/sentence.ts";
import type { Viewable } from "../view/views.ts";
import { type BacktestSweep, type SweepRequest, sweepRun } from "./sweep.ts";

/** Which bars, what trading costs, and with how much. */
export interface BacktestTerms extends PairSource {
  /** 0 for what is not named. */
  readonly costs: Partial<Costs>;
  /** Of perpetuals: `{ every: "8h" }` charges the rates in the file of the bars at 00, 08 and 16 UTC; none unless told. */
  readonly funding?: FundingWords;
  /** Beside the legs held: `"cash"`, `"mix"` (the legs at equal volatility), or a symbol of the source. */
  readonly benchmark?: string;
  readonly startCash?: number;
  readonly performance?: RunMetricsSettings;
  readonly title?: string;
}

/** Mean reversion by its settings, hedge and window from the calibration stretch unless told, or a strategy of one's own. */
export type BacktestPairSettings = BacktestTerms & (OpenReversion | { readonly strategy: Strategy | Rule });

/** A backtest that shows itself: its figures at a glance, with more to ask for. */
export interface PairBacktest extends Viewable {
  readonly data: BacktestData;
  readonly strategy: Strategy;
  readonly result: Backtest;
  readonly performance: RunMetrics;
  /** What the calibration stretch says of the pair: yes, no, or too short to say; undefined of one leg, or of too few bars. */
  readonly verdict: PairVerdict | undefined;
  readonly charts: BacktestCharts;
  /** All that the run followed from; nothing in it is left to be chosen. */
  readonly description: RunDescription;
  /** Every figure with its definition. */
  readonly figures: TableData;
  /** A row a round trip. */
  readonly trades: TableData;
  /** A row a fill of one leg. */
  readonly fills: TableData;
  /** By kind and leg. */
  readonly costs: TableData;
  readonly drawdowns: TableData;
  readonly parameters: TableData;
  readonly coverage: TableData;
  readonly holes: TableData;
  /** The same bars with some settings another way; nothing is read again. */
  with(changes: Partial<Omit<BacktestTerms, keyof PairSource> & MeanReversionSettings>): PairBacktest;
  /** Each combination of two parameters, in threads. */
  sweep(request: SweepRequest): Promise<BacktestSweep>;
  /** What would turn its gain into a loss, or its loss into a gain. */
  whatWouldOverturn(): Overturn & Viewable;
  /** One HTML file that opens offline and can be made again, with CSV files beside it; into `exports/` unless a path is given. */
  report(path?: string): Promise<Viewable & { readonly path: string }>;
}

/** Runs a rule on the bars of a pair, or of one symbol, from a database, a file or the seeded market. */
export function backtestPair(settings: BacktestPairSettings): PairBacktest {
  requireFields("backtestPair", "settings", settings, []);
  requireTerms(settings);
  const named = ["y", "x", ...SOURCE_NAMES, ...WINDOW_NAMES] as const;
  const given = named.filter((name) => settings[name] !== undefined).map((name) => [name, settings[name]]);
  const data = backtestData(Object.fromEntries(given) as PairSource);
  const study = ranOn(withFunding(data, settings.funding, process.cwd()), settings);
  // a sweep of it finds its threads there
  warmUp();
  return study;
}

function ranOn(data: BacktestData, settings: BacktestPairSettings): PairBacktest {
  const { costs, funding, benchmark, startCash, performance, title } = settings;
  const strategy = strategyOf(settings, data.market);
  const description = {
    costs,
    ...(funding !== undefined && { funding }),
    ...(benchmark !== undefined && { benchmark }),
    ...(startCash !== undefined && { startCash }),
    ...(performance !== undefined && { performance }),
    ...(title !== undefined && { title }),
  };
  const run = runOn(data, strategy, description, STRATEGY_NAMES.includes(strategy.name));
  return {
    data,
    strategy,
    result: run.result,
    performance: run.performance,
    verdict: run.pair?.verdict,
    charts: backtestCharts(run),
    description: run.description,
    get figures() {
      return figuresTable(run);
    },
    get trades() {
      return roundTripsTable(run);
    },
    get fills() {
      return fillsTable(run);
    },
    get costs() {
      return costsTable(run);
    },
    get drawdowns() {
      return drawdownsTable(run.performance);
    },
    parameters: parametersTable(run),
    coverage: coverageTable(data),
    holes: holesTable(data),
    with: (changes) => ranOn(data, { ...settings, ...changes } as BacktestPairSettings),
    sweep: (request) => sweepRun(run, request),
    whatWouldOverturn: () => {
      const overturn = whatWouldOverturn(run);
      return { ...overturn, toView: () => toldView(overturn.sentence, overturnTable(overturn)) };
    },
    report: (path) => writeReport(run, path),
    toView: () => {
      const { html, text } = tiles(headTiles(run), { venue: data.venue });
      const told = [
        ...(run.pair === undefined ? [] : [`A pair? ${pairText(run)}`]),
        `${ruleHeading(run)}: ${ruleText(run)}`,
      ].map((sentence) => toldView(sentence));
      return {
        kind: "html",
        html: `${told.map((view) => view.html).join("")}${html}`,
        text: [...told.map((view) => view.text), text].join("\n"),
      };
    },
  };
}

const TERMS = [
  "y",
  "x",
  ...SOURCE_NAMES,
  ...WINDOW_NAMES,
  "costs",
  "funding",
  "benchmark",
  "startCash",
  "performance",
  "title",
];

/** What is no term is a setting of mean reversion, which knows its own; beside a strategy of one's own there is none. */
function requireTerms(settings: BacktestPairSettings): void {
  refuseRenamed("backtestPair", settings);
  if (!("strategy" in settings)) return;
  ownStrategy(settings.strategy);
  requireSettings("backtestPair", settings, [...TERMS, "strategy"]);
}

function strategyOf(settings: BacktestPairSettings, market: Market): Strategy {
  if ("strategy" in settings) return ownStrategy(settings.strategy);
  const own = Object.entries(settings).filter(
    ([name, value]) => !TERMS.includes(name) && value !== undefined,
  );
  return meanReversion(calibratedReversion(market, Object.fromEntries(own) as unknown as OpenReversion));
}

function ownStrategy(strategy: Strategy | Rule): Strategy {
  if (typeof strategy !== "function") return requireStrategy(strategy);
  return { ...OWN_RULE, begin: () => ({ decide: strategy }) };
}

function requireStrategy(given: Strategy): Strategy {
  if (typeof given?.begin === "function" && typeof given.name === "string") return given;
  return refuse({
    code: "bad-strategy",
    where: "backtestPair",
    problem: `needs a strategy with a name and a function begin, or a rule, which is a function; got ${quote(given, 60)}`,
    hint: "Leave strategy out for mean reversion by its settings.",
  });
}

async function writeReport(
  run: BacktestRun,
  path: string | undefined,
): Promise<Viewable & { readonly path: string }> {
  const { y, x, from } = run.data.request;
  const name = [y, x, from.replace(/[-:]/g, "")].map((part) => part?.replace(/[^\w.]/g, "_"));
  const file = resolve(path ?? join("exports", `backtest-${name.filter(Boolean).join("-")}.html`));
  makeFolder(dirname(file));
  const written = await writeBacktestReport(run, file, systemClock.nowUs());
  const table = {
    length: written.length,
    columns: [
      { name: "file", values: written.map((one) => basename(one.path)) },
      { name: "size", values: written.map(({ bytes }) => bytes / 1e6), digits: 2, unit: "MB" },
      { name: "rows", values: written.map(({ rows }) => rows), kind: "integer" as const },
    ],
  };
  const near = nearPath(file);
  const check = run.isRepeatable ? ` To make it again and compare: npm run report -- --verify ${near}` : "";
  return {
    path: file,
    toView: () => toldView(`Written into ${nearPath(dirname(file))}.${check}`, table),
  };
}
