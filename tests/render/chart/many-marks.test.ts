import assert from "node:assert/strict";
import { test } from "node:test";
import { runBacktest } from "../../../src/analytics/backtest/run-backtest.ts";
import { runMetrics } from "../../../src/analytics/performance/run-metrics.ts";
import { fillsChart } from "../../../src/render/chart/backtest/fills.ts";
import { signalChart } from "../../../src/render/chart/backtest/signal.ts";
import { yearsChart } from "../../../src/render/chart/backtest/years.ts";
import { spacedMarks } from "../../../src/render/chart/base/thin.ts";
import { marketOf } from "../../analytics/backtest/support/markets.ts";
import { draw } from "../../support/vega.ts";

test("of hundreds of fills the first of each side in each stretch of time is drawn, and the chart says that it leaves some out", async () => {
  const trips = 300;
  const prices = Array.from({ length: 4 * trips }, (_, t) => 100 + Math.sin(t / 7));
  const market = marketOf([{ symbol: "YUSDT", open: prices, close: prices }]);
  const many = runBacktest(market, ({ bar }) => ({ units: [bar % 4 < 2 ? 1 : 0] }), { costs: {} });
  assert.ok(many.fills.length > 2 * 120);
  const drawn = await draw(fillsChart(many));
  const marks = drawn.texts.find((text) => text.includes("bought"))!;
  assert.match(marks, /▲ \d{3} bought · ▼ \d{3} sold · some of them are drawn/);
  assert.ok(
    !(await draw(fillsChart(many, { mostFills: 1000 }))).texts.some((text) => text.includes("some of them")),
  );
  const strategy = {
    name: "turns",
    settings: {},
    begin: () => ({
      decide: ({ bar }: { readonly bar: number }) => ({ units: [bar % 4 < 2 ? 1 : 0] }),
      signals: { z: Float64Array.from(prices, Math.sin) },
    }),
  };
  const { texts } = await draw(signalChart(runBacktest(market, strategy, { costs: {} })));
  assert.ok(
    texts.some((text) => /\d+ of 300 round trips are marked/.test(text)),
    texts.join(" | "),
  );
});

test("spacedMarks keeps all of few, and of many one of each kind a stretch", () => {
  const marks = Array.from({ length: 100 }, (_, us) => ({ us, kind: us % 2 }));
  const kept = (stretches: number) => spacedMarks(marks, (mark) => mark, [0, 100], stretches);
  assert.equal(kept(50).length, 100);
  assert.deepEqual(
    kept(5).map(({ us }) => us),
    [0, 1, 20, 21, 40, 41, 60, 61, 80, 81],
  );
});

test("the returns of years have their numbers at their bars, with a star where a year is not whole", async () => {
  const hours = 24 * 400;
  const prices = Array.from({ length: hours }, (_, t) => 100 + t / 100);
  const market = marketOf([{ symbol: "YUSDT", open: prices, close: prices }]);
  const run = runMetrics(
    runBacktest(market, ({ bar }) => (bar === 0 ? { units: [500] } : undefined), { costs: {} }),
  );
  const { texts } = await draw(yearsChart(run));
  for (const text of ["2025", "2026*", (100 * run.calendarYears[0]!.return).toFixed(1)])
    assert.ok(texts.includes(text), `${text}: ${texts.join(" | ")}`);
});
