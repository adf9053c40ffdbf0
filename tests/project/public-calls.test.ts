import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import * as alerts from "../../src/alerts.ts";
import * as backtest from "../../src/backtest.ts";
import * as charts from "../../src/charts.ts";
import * as controls from "../../src/controls.ts";
import * as flat from "../../src/index.ts";
import * as stats from "../../src/stats.ts";
import * as store from "../../src/store.ts";
import { walk } from "../analytics/support/laws.ts";
import { walkBars } from "../support/bars.ts";
import { projectRoot } from "../support/project.ts";
import { ticks } from "../support/ticks.ts";

const parts: Readonly<Record<string, object>> = { stats, backtest, charts, alerts, store, controls };
const tickbook = { ...stats, ...backtest, ...charts, ...alerts, ...store, ...controls, ...flat };
const t = tickbook;
const calls = Object.fromEntries(Object.entries(tickbook)) as Record<
  string,
  (...given: unknown[]) => unknown
>;
const x = walk(1, 240, 100, 0.2);
const y = Float64Array.from(walk(2, 240, 3, 0.01), (e, i) => 0.75 * x[i]! + e);
const moves = t.returns(x);
const known = moves.subarray(1);
const bars = walkBars(240);
const other = walkBars(240, { symbol: "ETHUSDT", seed: 2 });
const trades = ticks(300);
const market = t.pairMarket(bars, other);
const strategy = t.movingAverageCross({ fast: 5, slow: 20, size: { by: "notional", notional: 1000 } });
const run = t.runBacktest(market, strategy, { startCash: 100_000, costs: { feeBps: 5 } });
const figures = t.runMetrics(run);
const measured = { result: run, performance: figures, data: { venue: bars.venue } };
const matrix = t.correlationMatrix({ x, y });
const clusters = t.clusterOrder(matrix);
const fit = t.ols(y, x);
const test1 = t.adf(x);
const ratios = t.hedgeRatios(y, x);
const times = bars.endUs;
const of = { venue: bars.venue, symbol: bars.symbol, every: "1m" };
const thin = t.thinBars(bars, { minTrades: 1 });
const apart = t.spread(y, x, { beta: 0.75, prices: "raw" });
const noise = { stateNoise: 1e-4, noise: 1 };

/** Public calls with arguments that they take. */
const CALLS: Readonly<Record<string, readonly unknown[]>> = {
  adf: [x, { lags: 2 }],
  autocorrelation: [x, { lags: 5 }],
  assertCausal: [market, () => strategy, { cuts: 5, startCash: 1000, costs: {} }],
  barRule: ["1m"],
  barsArquero: [bars],
  barsFrame: [bars],
  barsFromFrame: [t.tradesFrame(trades), of],
  barsWithin: [times, { fromUs: times[10], toUs: times[20] }],
  breakEvenCost: [market, strategy, { startCash: 100_000, costs: { feeBps: 5 } }],
  buyAndHold: [{ leg: 0 }],
  calibrate: [y, x, { calibrationBars: 200 }],
  check: [{ "one is one": true }],
  csvText: [bars, { header: true }],
  defaultRules: [{ window: 60 }],
  pairVerdict: [y, x, { prices: "log" }],
  pairVerdictTable: [t.pairVerdict(y, x)],
  tradesArquero: [trades],
  barsFromTrades: [trades, of],
  candleChart: [bars, { volumeHeight: 50 }],
  chiSquaredCdf: [1, 2],
  chiSquaredQuantile: [0.5, 2],
  chiSquaredSurvival: [1, 2],
  clusterOrder: [matrix],
  clustersAbove: [clusters, 0.5],
  compareRatios: [y, x, { confidence: 0.9 }],
  concatBars: [bars, bars],
  correlationChart: [{ timeUs: times, values: y, window: 20 }, { of: "prices" }],
  correlationMatrix: [{ x, y }, { method: "pearson" }],
  coverageChart: [[], { width: 300 }],
  decision: [test1],
  drawdownChart: [figures, { worst: 2 }],
  drawdownsTable: [figures],
  engleGranger: [y, x, { lags: 1 }],
  engleGrangerBothWays: [y, x, { lags: 1 }],
  equityChart: [measured, { hold: true }],
  ewZScore: [x, { halfLifeBars: 10 }],
  ewZScoreOperator: [{ halfLifeBars: 10 }],
  expandingOls: [y, x, { intercept: true }],
  expandingOlsOperator: [{ intercept: true }],
  fCdf: [1, 2, 3],
  fQuantile: [0.5, 2, 3],
  fSurvival: [1, 2, 3],
  fillEmpty: [bars],
  fillsChart: [run, { leg: 0, mostFills: 10 }],
  formatDuration: [60e6],
  formatUtc: [1_723_161_255_342_000],
  halfLife: [t.spread(y, x, { beta: 0.75, prices: "raw" }).values, { confidence: 0.9 }],
  heatmapChart: [matrix, { width: 300 }],
  hedgeRatio: [y, x, { confidence: 0.9 }],
  hedgeRatioTable: [ratios],
  hedgeRatios: [y, x, { confidence: 0.9 }],
  histogramChart: [x, { of: "price", xName: "price", bins: 20 }],
  huber: [y, x, { threshold: 1.5 }],
  hurst: [x, { maxLag: 10 }],
  innovationZScore: [t.kalmanRatio(y, x)],
  intervalsChart: [[{ name: "a", value: 1, low: 0, high: 2 }], { width: 300 }],
  jarqueBera: [x],
  joinBars: [[bars, other], { how: "last", maxAgeUs: 60e6 }],
  kalmanHedgeLine: [y, x, noise],
  kalmanHedgeRatio: [y, x, noise],
  kalmanLine: [y, x, noise],
  kalmanLineBeta: [y, x, noise],
  kalmanLineOperator: [noise],
  kalmanNoise: [y, x, { model: "ratio" }],
  kalmanRatio: [y, x, noise],
  kalmanRatioOperator: [noise],
  linesChart: [times, [{ name: "a", values: x }], { width: 300 }],
  liquidity: [bars, { window: 5 }],
  amihud: [bars, { window: 5 }],
  secondsBetweenTrades: [bars, { window: 5 }],
  takerImbalance: [bars, { window: 5 }],
  ljungBox: [x, { lags: 5 }],
  longestRun: [x],
  meanCrossings: [x],
  memoryChart: [t.autocorrelation(x, { lags: 5 }).values, { width: 300 }],
  metricRows: [figures],
  metricsTable: [figures],
  monthsChart: [figures, { width: 300 }],
  monthsTable: [figures],
  movingAverageCross: [{ fast: 5, slow: 20, size: { by: "notional", notional: 1000 } }],
  movingRatios: [y, x, { window: 60 }],
  normalCdf: [1],
  normalQuantile: [0.5],
  normalSurvival: [1],
  ols: [y, x, { confidence: 0.9 }],
  olsTable: [fit],
  pairMarket: [bars, other],
  pairTable: [bars.startUs, y, x, { window: 20, hedge: ratios[0] }],
  parseDuration: ["5m"],
  percentileRank: [x, { window: 20 }],
  percentileRankOperator: [{ window: 20 }],
  ratiosChart: [t.movingRatios({ y, x, timeUs: times }, { window: 60 }), { width: 300 }],
  realisedVolatility: [known, { intervalUs: 60e6 }],
  returnMetrics: [known, { perYear: 525_600 }],
  returns: [x, { kind: "simple" }],
  returnsChart: [figures, { width: 300 }],
  robustZScore: [x, { window: 20 }],
  robustZScoreOperator: [{ window: 20 }],
  rollSpread: [x, { prices: "raw" }],
  rollingChart: [figures, { width: 300 }],
  rollingCorrelation: [y, x, { window: 20 }],
  rollingCorrelationOperator: [{ window: 20 }],
  rollingEstimates: [240, { window: 20 }, () => 1],
  rollingHedgeRatio: [y, x, { window: 20 }],
  rollingMean: [x, { window: 20 }],
  rollingMeanOperator: [{ window: 20 }],
  rollingOls: [y, x, { window: 20 }],
  rollingOlsOperator: [{ window: 20 }],
  rollingRollSpread: [x, { window: 20 }],
  rollingStd: [x, { window: 20 }],
  rollingStdOperator: [{ window: 20 }],
  rollingZScore: [x, { window: 20 }],
  rollingZScoreOperator: [{ window: 20 }],
  runMetrics: [run, { riskFree: 0.01 }],
  runBacktest: [market, strategy, { startCash: 100_000, costs: { feeBps: 5 } }],
  signalChart: [run, { signal: "trend" }],
  sliceBars: [bars, 0, 10],
  spread: [y, x, { beta: 0.75, prices: "raw" }],
  spreadChart: [{ ...apart, timeUs: times }, { hedgeRatio: "rolling over 240 bars" }],
  studentCdf: [1, 2],
  studentQuantile: [0.5, 2],
  studentSurvival: [1, 2],
  testTable: [test1],
  testsTable: [[test1], "tests"],
  theilSen: [y, x, { confidence: 0.9 }],
  thinBars: [bars, { minTrades: 1 }],
  tiles: [[{ label: "a", value: "1" }], { venue: bars.venue }],
  totalLeastSquares: [y, x, { intercept: true }],
  tradesFrame: [trades],
  withoutThin: [x, thin],
  alertEvaluator: [[], { perHour: 10 }],
  zScore: [apart, { window: 20 }],
  zScoreChart: [{ timeUs: times, values: x }, { threshold: 2 }],
};

/** What reads a database or a file, draws by itself, waits for a page, or takes anything: each is tested by itself. */
const ELSEWHERE = [
  ...[
    "alertHistory",
    "alertText",
    "alertsOf",
    "alignedCloses",
    "closesFrame",
    "closesFromFrame",
    "backtestPair",
    "brush",
    "button",
    "caseTable",
  ],
  ...[
    "checkRules",
    "checkbox",
    "collectedPair",
    "compareThresholds",
    "controls",
    "dataQuality",
    "dateRange",
    "findSeries",
  ],
  ...[
    "derived",
    "exportButtons",
    "exportCsv",
    "exportParquet",
    "live",
    "liveStatus",
    "meanReversion",
    "openStore",
  ],
  ...[
    "openImportedBars",
    "pairAlerts",
    "pairBars",
    "performance",
    "returnHistogram",
    "zscoreChart",
    "pairCase",
    "pairCloses",
    "pairControls",
    "parseRules",
    "progress",
    "reacting",
  ],
  ...[
    "readBars",
    "replayAlerts",
    "runDescribed",
    "saveTable",
    "scoreAlerts",
    "scoreTable",
    "screenPairs",
    "select",
    "show",
  ],
  ...[
    "slider",
    "stopLive",
    "sweep",
    "sweepChart",
    "sweepGrid",
    "text",
    "verdictTable",
    "viewOf",
    "watchPair",
    "watchPairs",
    "whichSeries",
  ],
];

test("every public call is here, or known to be elsewhere", () => {
  const all = Object.entries(tickbook)
    .filter(([name, value]) => typeof value === "function" && name !== "TickbookError")
    .map(([name]) => name);
  assert.deepEqual([...new Set([...Object.keys(CALLS), ...ELSEWHERE])].sort(), all.sort());
});

test("each name is of one part, and the entry of a notebook has those of the parts that a notebook uses", () => {
  const names = Object.entries(parts).flatMap(([part, all]) => Object.keys(all).map((name) => [name, part]));
  const twice = names.filter(
    ([name], k) => name !== "TickbookError" && names.findIndex(([other]) => other === name) !== k,
  );
  assert.deepEqual(twice, []);
  const whole = new Map<string, unknown>(Object.entries(flat));
  for (const [name, part] of names)
    if (whole.has(name!)) assert.equal(whole.get(name!), parts[part!]![name as never], name);
  assert.ok(whole.size < 140, `${whole.size} names in "tickbook"`);
});

test("the manifest names each part, for Node and for TypeScript's older way to look", () => {
  const manifest = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8"));
  const typings = (part: string) => `./dist/src/${part}.d.ts`;
  for (const part of Object.keys(parts)) {
    assert.deepEqual(manifest.exports[`./${part}`], {
      types: typings(part),
      default: `./dist/src/${part}.js`,
    });
    assert.deepEqual(manifest.typesVersions["*"][part], [typings(part)]);
  }
});

test("no public name hides a global one", () => {
  const hidden = Object.keys(tickbook).filter((name) => name in globalThis && name !== "performance");
  assert.deepEqual(hidden, []);
});

/** Objects that are no settings, and numbers with a meaning of their own. */
const NO_SETTINGS = ["barsWithin", "check", "correlationMatrix"];
const MEANT = /^(joinBars: Infinity as maxAgeUs)$/;

/** Arguments that may be left out though the language does not say so. */
const OPTIONAL = ["barsWithin 2", "pairMarket 2"];
const MAP = new Map([["window", 20]]);
const BAD: readonly (readonly [string, unknown])[] = [
  ["a plain array", [1, 2, 3]],
  ["undefined", undefined],
  ["null", null],
  ["a text", "x"],
  ["a Map", MAP],
];

/** Where something bad is something good: a sequence may be a plain array. */
const isFine = (name: string, at: number, valid: unknown, bad: unknown): boolean => {
  if (bad === undefined && OPTIONAL.includes(`${name} ${at + 1}`)) return true;
  const call = calls[name]!;
  if (bad === undefined && at >= call.length) return true;
  if (typeof valid === "string") return typeof bad === "string";
  if (Array.isArray(valid)) return Array.isArray(bad);
  return /(Chart|Within)$/.test(name) && valid instanceof Float64Array && Array.isArray(bad);
};

/** Calls of a notebook refuse a setting that is none before they read or draw anything. */
const WITH_SETTINGS: Readonly<Record<string, readonly unknown[]>> = {
  alertHistory: [{}],
  alignedCloses: [{}],
  backtestPair: [{ y: "BTCUSDT" }],
  checkbox: ["a", {}],
  collectedPair: [{}],
  dateRange: ["a", { minUs: 0, maxUs: 60e6 }],
  live: ["a", () => bars, { refreshMs: 1000 }],
  pairBars: [{}],
  pairControls: [{}],
  progress: [[1], {}],
  select: ["a", ["b"], {}],
  show: [bars, {}],
  slider: ["a", { min: 0, max: 1 }],
  text: ["a", {}],
  viewOf: [bars, {}],
  watchPair: [{}],
  watchPairs: [{}],
};

for (const [name, valid] of Object.entries(WITH_SETTINGS)) {
  test(`${name} refuses a setting that is none, and settings that are no object`, () => {
    const at = valid.length - 1;
    refused(name, valid.with(at, { ...(valid[at] as object), windw: 3 }), "a setting that is none");
    for (const [what, bad] of BAD) if (bad !== undefined) refused(name, valid.with(at, bad), what);
  });
}

function refused(name: string, given: readonly unknown[], what: string): void {
  const call = calls[name]!;
  try {
    call(...given);
  } catch (error) {
    assert.ok(error instanceof tickbook.TickbookError, `${name} with ${what}: ${(error as Error).stack}`);
    assert.ok(!error.message.includes("\n"), `${name} with ${what}: ${error.message}`);
    return;
  }
  assert.fail(`${name} takes ${what}`);
}

for (const [name, valid] of Object.entries(CALLS)) {
  test(`${name} refuses what it can't mean, in one sentence`, () => {
    const call = calls[name]!;
    call(...valid);
    valid.forEach((argument, at) => {
      for (const [what, bad] of BAD) {
        if (isFine(name, at, argument, bad)) continue;
        refused(name, valid.with(at, bad), `${what} as argument ${at + 1}`);
      }
    });
    if (NO_SETTINGS.includes(name)) return;
    const at = valid.findLastIndex(
      (one) => Object.getPrototypeOf(one ?? 0) === Object.prototype && Object.keys(one as object).length < 6,
    );
    if (
      at < 0 ||
      !Object.values(valid[at] as object).every(
        (one) => typeof one !== "object" || Object.getPrototypeOf(one) === Object.prototype,
      )
    )
      return;
    const settings = valid[at] as Record<string, unknown>;
    refused(name, valid.with(at, { ...settings, windw: 3 }), "a setting that is none");
    for (const key of Object.keys(settings)) {
      const { [key]: value, ...rest } = settings;
      refused(name, valid.with(at, { ...rest, [key.slice(0, -1)]: value }), `${key.slice(0, -1)} for ${key}`);
      if (typeof value !== "number") continue;
      for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, "5"])
        if (!MEANT.test(`${name}: ${odd} as ${key}`))
          refused(name, valid.with(at, { ...rest, [key]: odd }), `${odd} as ${key}`);
    }
  });
}
