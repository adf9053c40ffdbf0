import assert from "node:assert/strict";
import { test } from "node:test";
import { metricText, spanText } from "../../../src/analytics/performance/metric-text.ts";
import {
  drawdownsTable,
  metricRows,
  metricsTable,
  monthsTable,
} from "../../../src/analytics/performance/metrics-table.ts";
import { tableText } from "../../../src/render/table.ts";
import { noise } from "../support/laws.ts";
import { accountOf, grown, HOUR_US, marketOf, metricsOn, trip } from "./support/account.ts";

const n = 24 * 100;
const market = marketOf(n, {
  intervalUs: HOUR_US,
  closes: { BTCUSDT: grown(noise(2, n, 0.004), 40_000), ETHUSDT: grown(noise(3, n, 0.005), 2000) },
});
const account = accountOf(grown(noise(1, n, 0.002)), { roundTrips: [trip(3), trip(-1)] });
const sheet = metricsOn(account, market, { riskFree: 0.04 });

test("every figure of a tear sheet stands beside its definition, and ratios beside their factor", () => {
  const rows = metricRows(sheet);
  for (const { name, text, definition, legs } of rows) {
    assert.ok(definition.length > 5, name);
    assert.ok(text !== "" || legs.some((leg) => leg.text !== ""), name);
    assert.doesNotMatch(`${text}${definition}`, /NaN|undefined|Infinity/, name);
  }
  const of = (name: string) => rows.find((row) => row.name === name)!;
  assert.equal(of("Sharpe").definition, "mean / deviation (n − 1) of daily returns, less 4 % a year · √365");
  assert.equal(of("Sharpe").value, sheet.sharpe);
  assert.equal(of("max drawdown").value, 100 * sheet.maxDrawdown);
  assert.equal(of("average duration").value, 1 / 24);
  assert.equal(of("average duration").text, "1 h");
  assert.equal(of("beta").legs[1]!.value, sheet.legs[1]!.beta);
  assert.match(of("CAGR").definition, /extrapolated from 100 d/);
  assert.match(of("VaR").definition, /5 % quantile of daily returns/);
});

test("bar returns name their interval and their factor", () => {
  const rows = metricRows(metricsOn(account, market, { returns: "bar" }));
  assert.equal(
    rows.find(({ name }) => name === "volatility")!.definition,
    "deviation (n − 1) of 1h returns · √8760",
  );
});

test("what is not defined is a dash, and says why", () => {
  const texts = (p: ReturnType<typeof metricsOn>) =>
    new Map(metricRows(p).map(({ name, text, definition }) => [name, `${text} ${definition}`]));
  const idle = texts(metricsOn(accountOf(new Float64Array(60).fill(100)), marketOf(60)));
  assert.match(idle.get("Sharpe")!, /^– .*\(– the returns do not vary\)$/);
  assert.match(idle.get("Calmar")!, /^– .*\(– no drawdown/);
  assert.match(idle.get("profit factor")!, /^– .*\(– no closed round trip\)$/);
  assert.match(idle.get("break-even costs")!, /^– .*\(– nothing was traded\)$/);
  const lucky = texts(metricsOn(accountOf([100], { roundTrips: [trip(1)] }), marketOf(1)));
  assert.match(lucky.get("profit factor")!, /^– .*\(– no losing round trip\)$/);
  const empty = metricsOn(accountOf([]), marketOf(0));
  assert.match(texts(empty).get("return")!, /^– .*\(– no bars\)$/);
  assert.equal(metricsTable(empty).caption, "Performance: no bars");
  const ruined = metricsOn(accountOf([100, -1, 5]), marketOf(3));
  assert.match(texts(ruined).get("Sharpe")!, /^– .*\(– ruin\)$/);
  assert.match(metricsTable(ruined).caption, /ruin: nothing was left at 2021-02-17T00:00:00Z$/);
  for (const p of [empty, ruined]) assert.doesNotMatch(tableText(metricsTable(p), { maxRows: 99 }), /NaN|∞/);
});

test("the table sets the strategy beside its legs, and takes some groups only", () => {
  const table = metricsTable(sheet);
  assert.deepEqual(
    table.columns.map(({ name }) => name),
    ["metric", "strategy", "hold BTCUSDT", "hold ETHUSDT", "definition"],
  );
  assert.match(
    table.caption,
    /^Performance, 2021-02-15T00:00:00Z to 2021-05-26T00:00:00Z, 2,400 bars of 1h$/,
  );
  const risk = metricsTable(sheet, ["risk"]);
  assert.deepEqual(risk.columns[0]!.values.slice(0, 2), ["volatility", "max drawdown"]);
  assert.ok(risk.length < table.length);
});

test("drawdowns and months as tables: what is not over says so, and a month that is not whole has a star", () => {
  const falls = drawdownsTable(metricsOn(accountOf([110, 99, 120, 60]), marketOf(4)));
  assert.match(tableText(falls), /−50\.00 .* 2021-02-19T00:00:00Z +– +1 d, not over/);
  const months = monthsTable(metricsOn(accountOf(new Float64Array(45).fill(110)), marketOf(45)));
  assert.deepEqual(
    months.columns.map(({ values }) => values[0]),
    ["2021", "", "10.00*", "0.00", "", "", "", "", "", "", "", "", "", "10.00*"],
  );
});

test("spanText rounds to minutes before it counts days: nothing is ever no time", () => {
  assert.deepEqual(
    [1.5e6, 59.9e6, 90e6, 3599.9e6, 86_390e6, 86_400e6, 2 * 86_400e6 - 10e6, 90_000e6].map(spanText),
    ["1.5 s", "59.9 s", "2 min", "1 h", "1 d", "1 d", "2 d", "1 d 1 h"],
  );
});

test("metricText sets thousands apart where there are five figures, and keeps two decimals", () => {
  assert.deepEqual(
    [9999.5, 16639.384, -23107.68, 1234567.891].map((value) => metricText(value, "money")),
    ["9999.50", "16,639.38", "−23,107.68", "1,234,567.89"],
  );
  assert.equal(metricText(43824, "count"), "43,824");
});
