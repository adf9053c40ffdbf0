import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { describedBy, verifyReport } from "../../../src/app/study/report/verify.ts";
import { type BacktestPairSettings, backtestPair } from "../../../src/notebook/backtest/backtest.ts";
import { viewOf } from "../../../src/notebook/view/views.ts";
import { storeMarket } from "../../support/market-store.ts";
import { tempFolder } from "../../support/temp.ts";

const SETTINGS = {
  source: "sim:7",
  y: "ETHUSDT",
  x: "BTCUSDT",
  bars: 900,
  hedge: { method: "fixed", calibrationBars: 200 },
  window: 60,
  entry: 2,
  size: { by: "equity", share: 1 },
  costs: { feeBps: 1 },
} satisfies BacktestPairSettings;

const result = backtestPair(SETTINGS);

test("backtestPair shows itself: a sentence, the venue and the figures at a glance", () => {
  const { text } = result.toView() as { text: string };
  assert.match(text, /^A pair\? (Yes|No|Too short to say): .*Engle-Granger p [<=] /);
  assert.match(
    text,
    /\n(Had you traded it anyway|How the rule did): After costs it (gained|lost) .*round trips?/,
  );
  assert.match(text, /\nSIMULATED · seed 7\n/);
  assert.match(text, /\nbreak-even costs: /);
  for (const table of ["figures", "trades", "fills", "costs", "drawdowns", "parameters", "coverage"] as const)
    assert.ok(result[table].length > 0, table);
  assert.equal(result.trades.length, result.result.roundTrips.length);
  assert.equal(result.charts.fills().length, 2);
  assert.deepEqual(
    result.charts.signals().map((view) => view.kind),
    ["chart", "chart"],
  );
});

test("with keeps the bars and changes what it is told", () => {
  const other = result.with({ entry: 2.5, costs: { feeBps: 3 } });
  assert.equal(other.data, result.data);
  const { settings } = other.description.strategy;
  assert.deepEqual([settings.entry, settings.window, other.description.costs.feeBps], [2.5, 60, 3]);
  assert.deepEqual(other.with({ entry: 2, costs: { feeBps: 1 } }).result.equity, result.result.equity);
  assert.throws(() => result.with({ entry: -1 }), { code: "bad-setting" });
});

test("a sweep has this run at its place, knows its best cell and says how many gain", async () => {
  const sweep = await result.sweep({
    rows: { name: "entry", values: [1.5, 2] },
    columns: { name: "costs.feeBps", values: [0, 1, 50] },
  });
  const { totalReturn } = sweep.result.figures;
  assert.equal(totalReturn[1]![1], result.performance.totalReturn);
  const all = totalReturn.flatMap((line) => [...line]);
  assert.equal(sweep.best.value, Math.max(...all));
  assert.equal(sweep.gaining, all.filter((value) => value > 0).length / 6);
  assert.equal(sweep.toView().kind, "chart");
});

test("a strategy that is none and a figure that there is not are refused in words", async () => {
  const none = { ...SETTINGS, strategy: null as never };
  assert.throws(() => backtestPair(none), /^TickbookError: backtestPair: needs a strategy with a name/);
  const axes = { rows: { name: "entry", values: [1] }, columns: { name: "window", values: [60] } };
  const figure = "sharp" as never;
  await assert.rejects(result.sweep({ ...axes, figure }), /figure must be one of .*got "sharp"/);
});

test("a report is written with its CSV files, says how to check it, and is made again", async (t) => {
  const path = join(tempFolder(t), "deep", "r.html");
  const report = await result.report(path);
  assert.equal(report.path, path);
  assert.match((viewOf(report) as { text: string }).text, /npm run report -- --verify .*r\.html/);
  for (const name of ["trades", "fills", "equity"])
    assert.ok(existsSync(path.replace(".html", `.${name}.csv`)), name);
  assert.equal(verifyReport(path).isIdentical, true);
  assert.deepEqual(describedBy(path).strategy.settings, result.description.strategy.settings);
});

test("a rule of one's own is run as a function of the same view; its report says that no command makes it again", async (t) => {
  const { hedge: _, window: __, entry: ___, size: ____, ...terms } = SETTINGS;
  const own = backtestPair({
    ...terms,
    strategy: (view) => (view.bar === 10 ? { units: [1, -0.05], reason: "entry" } : undefined),
  });
  assert.equal(own.result.fills.length, 2);
  assert.equal(own.result.fills[0]!.bar, 11);
  const path = join(tempFolder(t), "own.html");
  const report = await own.report(path);
  assert.doesNotMatch((viewOf(report) as { text: string }).text, /--verify/);
  assert.match(readFileSync(path, "utf8"), /its rule is code of a notebook/);
  assert.throws(() => verifyReport(path), { code: "own-rule" });
  await assert.rejects(own.sweep({ rows: { name: "a", values: [1] }, columns: { name: "b", values: [1] } }), {
    code: "unknown-strategy",
  });
});

test("without a source it runs on the database that is being filled; what the source was called before is told", (t) => {
  const db = join(tempFolder(t), "m.db");
  storeMarket(db, { seconds: 90 });
  process.env.TICKBOOK_DB = db;
  t.after(() => delete process.env.TICKBOOK_DB);
  const { bars: _, source: __, ...rest } = SETTINGS;
  const settings = { ...rest, interval: "1s", window: 20, hedge: { method: "fixed", beta: 1.2 } } as const;
  const stored = backtestPair(settings);
  assert.ok(stored.data.market.length >= 87);
  assert.match(String(stored.data.request.source), /m\.db$/);
  const asking = (more: object) => () => backtestPair({ ...settings, ...more });
  assert.throws(asking({ source: "store" }), {
    code: "renamed",
    message: /got "store", .* Leave source out\.$/,
  });
  assert.throws(asking({ db }), { code: "renamed", message: /Write source: ".*m\.db"\.$/ });
  assert.throws(asking({ windw: 3 }), { code: "unknown-setting" });
  assert.throws(asking({ strategy: () => undefined }), {
    code: "unknown-setting",
    message: /got "(hedge|window)"/,
  });
});
