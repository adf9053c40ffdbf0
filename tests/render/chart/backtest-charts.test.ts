import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { compile, type TopLevelSpec } from "vega-lite";
import type { Backtest, Fill, RoundTrip } from "../../../src/analytics/backtest/types.ts";
import { runMetrics } from "../../../src/analytics/performance/run-metrics.ts";
import { drawdownChart } from "../../../src/render/chart/backtest/drawdown.ts";
import { equityChart } from "../../../src/render/chart/backtest/equity.ts";
import { fillsChart } from "../../../src/render/chart/backtest/fills.ts";
import { monthsChart } from "../../../src/render/chart/backtest/months.ts";
import { returnsChart } from "../../../src/render/chart/backtest/returns.ts";
import { rollingChart } from "../../../src/render/chart/backtest/rolling.ts";
import { signalChart } from "../../../src/render/chart/backtest/signal.ts";
import type { View } from "../../../src/render/view.ts";
import {
  accountOf,
  grown,
  HOUR_US,
  marketOf,
  START_US,
  trip,
} from "../../analytics/performance/support/account.ts";
import { noise } from "../../analytics/support/laws.ts";
import { simulated } from "../../support/bars.ts";
import { draw, specOf } from "../../support/vega.ts";

const n = 24 * 200;
const market = marketOf(n, {
  intervalUs: HOUR_US,
  closes: { BTCUSDT: grown(noise(2, n, 0.004), 40_000), ETHUSDT: grown(noise(3, n, 0.005), 2000) },
});
const z = noise(4, n);
const at = (bar: number): number => START_US + bar * HOUR_US;

const fill = (order: number, bar: number, quantity: number): Fill => ({
  order,
  bar,
  timeUs: at(bar),
  leg: 0,
  quantity,
  open: market.legs[0]!.open[bar]!,
  price: market.legs[0]!.open[bar]!,
  fee: 1,
  spreadCost: 0,
  slippageCost: 0,
});
const between = (entryBar: number, exitBar: number, parts: Partial<RoundTrip> = {}): RoundTrip =>
  trip(5, { entryBar, exitBar, entryUs: at(entryBar), exitUs: at(exitBar), ...parts });

const account: Backtest = accountOf(grown(noise(1, n, 0.002)), {
  market,
  orders: [10, 20, 30, 40].map((bar, id) => ({
    id,
    bar: bar - 1,
    timeUs: at(bar),
    leg: 0,
    quantity: id % 2 === 0 ? 1 : -1,
    reason: id === 3 ? "stop" : "entry",
    state: "filled",
  })),
  fills: [fill(0, 10, 1), fill(1, 20, -1), fill(2, 30, 1), fill(3, 40, -1)],
  roundTrips: [
    between(10, 20),
    between(30, 40, { side: -1, exitReason: "stop" }),
    between(50, 60, { closed: false }),
  ],
  signals: { z },
});
const sheet = runMetrics(account);
const run = { result: account, performance: sheet, data: { venue: simulated } };

/** The values of a layer that brings its own rows. */
function layerRows(view: View, has: string): Record<string, unknown[]> {
  const layers = specOf(view).layer as { data?: { values: Record<string, unknown[]>[] } }[];
  const found = layers.find((layer) => layer.data !== undefined && has in layer.data.values[0]!);
  return found!.data!.values[0]!;
}

test("every chart of a backtest is drawn without a warning, in UTC, with units and the venue's name", async () => {
  const told = { venue: simulated };
  const charts: Record<string, [View, RegExp]> = {
    equity: [equityChart(run, { ...told, hold: true }), /equity \(USDT\)/],
    drawdown: [drawdownChart(sheet, told), /drawdown \(%\)/],
    fills: [fillsChart(account, told), /price \(USDT\)/],
    signal: [signalChart(account, { ...told, entry: 2, exit: 0.5, stop: 4 }), /z \(standard dev/],
    rolling: [rollingChart(sheet, told), /Sharpe ratio/],
    months: [monthsChart(sheet, told), /UTC/],
    returns: [returnsChart(sheet, told), /return \(%\)/],
  };
  for (const [name, [view, says]] of Object.entries(charts)) {
    const { texts, warnings } = await draw(view);
    assert.deepEqual(warnings, [], name);
    const all = texts.join("|");
    assert.match(all, says, name);
    assert.match(all, /SIMULATED · seed 7/, name);
    if (name !== "returns") assert.match(all, /UTC/, name);
    assert.doesNotMatch(all, /NaN|undefined|null/, name);
  }
});

test("a run brings its venue and its figures, and charts refuse the market that they once took beside it", async () => {
  for (const view of [
    equityChart(run),
    drawdownChart(run),
    fillsChart(run),
    signalChart(run),
    monthsChart(run),
  ])
    assert.match((await draw(view)).texts.join("|"), /SIMULATED · seed 7/);
  const before = [equityChart, fillsChart, signalChart, drawdownChart, monthsChart] as unknown as ((
    ...given: unknown[]
  ) => View)[];
  for (const chart of before)
    assert.throws(() => chart(account, market, sheet), { code: "renamed" }, chart.name);
});

test("charts of a backtest hold times as milliseconds: no expression has to read a date", () => {
  for (const view of [
    equityChart(account),
    drawdownChart(run),
    fillsChart(account),
    signalChart(account, { entry: 2 }),
    rollingChart(sheet),
  ]) {
    const { spec } = compile(specOf(view) as unknown as TopLevelSpec);
    assert.ok(!JSON.stringify(spec).includes("datetime("));
  }
});

describe("equityChart", () => {
  test("sets the account beside its legs, each from the same cash, or alone", async () => {
    const both = await draw(equityChart(run, { hold: true }));
    for (const name of ["strategy", "hold BTCUSDT", "hold ETHUSDT"]) assert.ok(both.texts.includes(name));
    assert.ok(both.texts.some((text) => text.includes("dashed: 100 USDT at the start")));
    const alone = await draw(equityChart(account));
    assert.ok(!alone.texts.includes("hold BTCUSDT"));
    assert.throws(() => equityChart(account, { hold: true }), { code: "no-metrics" });
  });

  test("stands at the close of each bar, on an axis from the first start to the last close", () => {
    const view = equityChart(account, { mostRows: 1e6 });
    const [columns] = (specOf(view).data as { values: { t: number[]; y0: number[] }[] }).values;
    assert.equal(columns!.t[0], at(1) / 1000);
    assert.equal(columns!.t[n - 1], at(n) / 1000);
    const params = specOf(view).params as { name: string; value: number }[];
    assert.equal(params.find(({ name }) => name === "firstMs")!.value, START_US / 1000);
  });

  test("has 10,000 bars in less than 100 kB and keeps the highest and the lowest", () => {
    const length = 10_000;
    const equity = grown(noise(5, length, 0.001));
    equity[4321] = 5000;
    equity[8765] = 1;
    const long = marketOf(length, { intervalUs: HOUR_US, closes: { A: grown(noise(6, length, 0.001)) } });
    const view = equityChart(accountOf(equity, { market: long }));
    const text = JSON.stringify(specOf(view));
    assert.ok(text.length < 100_000, `${text.length} bytes`);
    const [columns] = (specOf(view).data as { values: { y0: number[] }[] }).values;
    assert.ok(columns!.y0.includes(5000) && columns!.y0.includes(1));
  });
});

describe("drawdownChart", () => {
  test("marks the deepest falls from peak to recovery, and one that is not over to the end", async () => {
    const result = accountOf([110, 99, 120, 60, 90]);
    const view = drawdownChart(runMetrics(result));
    const rows = layerRows(view, "depth");
    const ms = (day: number): number => (START_US + day * 24 * HOUR_US) / 1000;
    assert.deepEqual(rows.from, [ms(3), ms(1)]);
    assert.deepEqual(rows.to, [ms(5), ms(3)]);
    assert.deepEqual(rows.at, [ms(4), ms(2)]);
    assert.deepEqual(rows.label, ["1: −50.00 %, not over", "2: −10.00 %"]);
    const { warnings, texts } = await draw(view);
    assert.deepEqual(warnings, []);
    assert.ok(texts.includes("1: −50.00 %, not over"));
  });

  test("of an account that never fell is a flat line", async () => {
    const result = accountOf([100, 101, 102]);
    const { warnings } = await draw(drawdownChart(runMetrics(result)));
    assert.deepEqual(warnings, []);
  });
});

describe("fillsChart", () => {
  test("has an upward triangle for what was bought and a downward one for what was sold, at the price paid", async () => {
    const view = fillsChart(account);
    const rows = layerRows(view, "why");
    assert.deepEqual(
      rows.at,
      [at(10), at(20), at(30), at(40)].map((us) => us / 1000),
    );
    assert.deepEqual(rows.quantity, [1, -1, 1, -1]);
    assert.deepEqual(rows.why, ["entry", "entry", "entry", "stop"]);
    const { texts, marks } = await draw(view);
    assert.equal(marks.symbol, 4);
    assert.ok(texts.some((text) => text.includes("▲ 2 bought · ▼ 2 sold")));
  });

  test("draws the newest of too many and says so; a leg without fills is a price", async () => {
    const some = await draw(fillsChart(account, { mostFills: 3 }));
    assert.equal(some.marks.symbol, 3);
    assert.ok(some.texts.some((text) => text.includes("the last 3 are drawn")));
    const none = await draw(fillsChart(account, { leg: 1 }));
    assert.equal(none.marks.symbol ?? 0, 0);
    assert.ok(none.texts.some((text) => text.includes("no fill")));
  });

  test("refuses a leg that is not there", () => {
    assert.throws(
      () => fillsChart(account, { leg: 2 }),
      /leg must be one of the market's 2, counted from 0; got 2/,
    );
  });
});

describe("signalChart", () => {
  test("marks each way in and out at the fill, on the last value known before it", () => {
    const rows = layerRows(signalChart(account, { entry: 2 }), "kind");
    assert.deepEqual(rows.kind, [0, 2, 1, 3, 0]);
    assert.deepEqual(
      rows.at,
      [10, 20, 30, 40, 50].map((bar) => at(bar) / 1000),
    );
    assert.deepEqual(
      rows.value,
      [9, 19, 29, 39, 49].map((bar) => Number(z[bar]!.toPrecision(7))),
    );
    assert.deepEqual(rows.profit, [5, 5, 5, 5, 5]);
  });

  test("draws its thresholds, and refuses a signal that the rule has not", async () => {
    const { texts } = await draw(signalChart(account, { entry: 2, exit: -0.5, stop: 4 }));
    for (const label of ["+2", "−2", "+0.5", "−0.5", "+4", "−4"]) assert.ok(texts.includes(label), label);
    assert.throws(() => signalChart(account, { signal: "beta" }), /got "beta". It has z\./);
  });

  test("draws the levels of the rule that ran unless told others", async () => {
    const ruled = {
      ...account,
      strategy: { name: "mean reversion", settings: { entry: 2.5, stop: Infinity } },
    };
    const { texts } = await draw(signalChart(ruled));
    assert.ok(texts.includes("+2.5") && texts.includes("−2.5"));
    const told = await draw(signalChart(ruled, { entry: 1.5 }));
    assert.ok(told.texts.includes("+1.5") && !told.texts.includes("+2.5"));
  });
});

describe("monthsChart", () => {
  test("has a cell with its number a month and a year, a star on one that is not whole, a dash after ruin", async () => {
    const equity = new Float64Array(100).fill(110);
    equity.fill(-5, 50);
    const result = accountOf(equity);
    const { texts, marks, warnings } = await draw(monthsChart(runMetrics(result)));
    assert.deepEqual(warnings, []);
    // what is not defined has no colour
    assert.equal(marks.rect, 4);
    for (const text of ["10.0*", "0.0", "−105", "–*", "−105*"])
      assert.ok(texts.includes(text), texts.join("|"));
    assert.equal(monthsChart(runMetrics(accountOf([]))).kind, "html");
  });
});

describe("rollingChart and returnsChart", () => {
  test("says its window, its factor and the figure of the whole", async () => {
    const { texts } = await draw(rollingChart(sheet, { figure: "volatility" }));
    assert.ok(texts.some((text) => text.includes("of the last 90 days · √365")));
    assert.ok(
      texts.some((text) =>
        text.endsWith(`dashed: ${(100 * sheet.volatility).toFixed(2)} % over the whole window`),
      ),
    );
  });

  test("waits where the window is longer than the data, and where there is nothing", () => {
    assert.equal(rollingChart(runMetrics(accountOf([100, 101]))).kind, "html");
    const empty = runMetrics(accountOf([]));
    assert.equal(rollingChart(empty).kind, "html");
    assert.equal(returnsChart(empty).kind, "html");
    assert.equal(drawdownChart(empty).kind, "html");
    assert.equal(equityChart(accountOf([])).kind, "html");
  });

  test("the histogram holds the returns in per cent, beside VaR and CVaR", async () => {
    const { texts } = await draw(returnsChart(sheet));
    const { valueAtRisk, expectedShortfall } = sheet;
    const three = (value: number): string => String(Number((100 * value).toPrecision(3))).replace("-", "−");
    assert.ok(texts.includes(`VaR 5 %: ${three(valueAtRisk)} %`), texts.join("|"));
    assert.ok(texts.includes(`CVaR 5 %: ${three(expectedShortfall)} %`));
    assert.ok(texts.includes("200 returns"));
  });
});
