import assert from "node:assert/strict";
import { test } from "node:test";
import { meanReversion } from "../../../src/analytics/backtest/strategies/mean-reversion.ts";
import { type SweepResult, sweepGrid } from "../../../src/analytics/backtest/sweep/sweep-grid.ts";
import { sweepChart } from "../../../src/render/chart/backtest/sweep.ts";
import { seededMarket } from "../../analytics/backtest/support/markets.ts";
import { simulated } from "../../support/bars.ts";
import { draw, specOf } from "../../support/vega.ts";

const market = seededMarket({ length: 800, seed: 3 });

function sweepOf(entries: readonly number[], windows: readonly number[]): SweepResult {
  const make = (entry: number, window: number) =>
    meanReversion({
      hedge: { method: "fixed", beta: 1 },
      window,
      entry,
      size: { by: "equity", share: 1 },
    });
  return sweepGrid(market, make, {
    rows: { name: "entry", values: entries },
    columns: { name: "window", values: windows },
    returns: "bar",
    costs: { feeBps: 1 },
  });
}

test("a sweep is a map with a cell a combination, its number inside, the run's own framed, a refused one without", async () => {
  const sweep = sweepOf([1, 1.5, 3], [5, 40, 80, 120]);
  assert.equal(sweep.refused.length, 1);
  const view = sweepChart(sweep, { venue: simulated, at: { row: 1.5, column: 40 } });
  const { warnings, texts } = await draw(view);
  assert.deepEqual(warnings, []);
  assert.match(view.kind === "chart" ? view.label! : "", /^return, % by entry and window · SIMULATED/);
  const { values } = (specOf(view) as { data: { values: readonly Record<string, unknown>[] } }).data;
  assert.equal(values.length, 12);
  const own = values.filter((cell) => cell.own === 1);
  assert.deepEqual(
    own.map(({ row, column }) => [row, column]),
    [["1.5", "40"]],
  );
  const share = sweep.figures.totalReturn[1]![1]!;
  assert.equal(own[0]!.text, (100 * share).toFixed(2).replace("-", "−"));
  assert.ok(texts.includes(String(own[0]!.text)));
  const refused = values.filter(({ why }) => why !== "");
  assert.equal(refused.length, 1);
  assert.deepEqual([refused[0]!.row, refused[0]!.column, refused[0]!.text], ["3", "5", "–"]);
  assert.match(String(refused[0]!.why), /entry must be below/);
  assert.ok(texts.some((text) => /\d+ of 12 combinations above 0 · 1 can't be run/.test(text)));
});

test("a large sweep has colours alone, and axis labels without the noise of binary fractions", async () => {
  const entries = Array.from({ length: 15 }, (_, k) => 0.5 + k * 0.1);
  const windows = Array.from({ length: 30 }, (_, k) => 20 + k * 5);
  const { warnings, texts, marks } = await draw(sweepChart(sweepOf(entries, windows)));
  assert.deepEqual(warnings, []);
  assert.equal(marks.rect, 450);
  assert.equal(marks.text ?? 0, 0);
  assert.ok(texts.includes("0.8") && !texts.some((text) => text.length > 60));
  assert.ok(!texts.some((text) => /\d\.\d{7}/.test(text)));
});

test("other figures of the same sweep are drawn with their units", async () => {
  const sweep = sweepOf([1, 2], [20, 40]);
  for (const [figure, title] of [
    ["sharpe", "Sharpe ratio by entry and window"],
    ["roundTrips", "round trips by entry and window"],
    ["maxDrawdown", "max drawdown, % by entry and window"],
    ["winRate", "round trips won, % by entry and window"],
  ] as const) {
    const { warnings, texts } = await draw(sweepChart(sweep, { figure }));
    assert.deepEqual(warnings, []);
    assert.ok(texts.includes(title), title);
  }
});
