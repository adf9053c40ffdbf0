import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { namedStrategy } from "../../../../src/analytics/backtest/strategies/named-strategies.ts";
import { type BacktestData, backtestData } from "../../../../src/app/study/data.ts";
import { codeFingerprint } from "../../../../src/app/study/report/code-fingerprint.ts";
import { writeBacktestReport } from "../../../../src/app/study/report/files.ts";
import { DEFAULT_RUN, withFlags } from "../../../../src/app/study/report/flags.ts";
import { backtestReport } from "../../../../src/app/study/report/report.ts";
import { type BacktestRun, runDescribed, runOn } from "../../../../src/app/study/run.ts";
import { findChromium, launchChromium } from "../../../support/chromium.ts";
import { sharedData } from "../../../support/shared-data.ts";
import { tempFolder } from "../../../support/temp.ts";

const chromium = findChromium();
const hourly = sharedData("btc-eth-hourly/btc_eth_1h.parquet");
let browser: Browser | undefined;
after(() => browser?.close());

const MADE_US = Date.UTC(2026, 10, 22) * 1000;
let data: BacktestData | undefined;

function seeded(flags: object = {}): BacktestRun {
  const given = { source: "sim:7", bars: "900", hedge: "ols:200", window: "60", ...flags };
  const { strategy, ...description } = withFlags(DEFAULT_RUN, given);
  data ??= backtestData(description.data);
  return runOn(data, namedStrategy(strategy), description, true);
}

/** Opens a page with the network off and waits for its charts; what it complains about. */
async function open(path: string, width: number): Promise<{ page: Page; complaints: string[] }> {
  browser ??= await launchChromium(chromium!);
  const context = await browser.newContext({ viewport: { width, height: 900 } });
  await context.setOffline(true);
  const page = await context.newPage();
  const url = pathToFileURL(path).href;
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("request", (request) => {
    if (request.url() !== url) complaints.push(`request: ${request.url()}`);
  });
  await page.goto(url);
  const deadline = Date.now() + 20_000;
  while (await page.evaluate("!!document.querySelector('figure:not([data-state])')")) {
    assert.ok(Date.now() < deadline, "all charts are drawn");
    await page.evaluate("new Promise((done) => setTimeout(done, 20))");
  }
  return { page, complaints };
}

const STATES = "[...document.querySelectorAll('figure')].map((figure) => figure.dataset.state)";
/** Elements that stick out of the page to the right, those that scroll by themselves aside. */
const WIDTH = "document.documentElement.scrollWidth";

test("a report of trades, an empty one and a phone: every chart is drawn offline, nothing is blocked, nothing sticks out", {
  skip: !chromium,
}, async (t) => {
  const folder = tempFolder(t);
  const [full, empty] = [join(folder, "full.html"), join(folder, "empty.html")];
  await writeBacktestReport(seeded(), full, MADE_US);
  await writeBacktestReport(seeded({ entry: "7" }), empty, MADE_US);
  for (const [path, width, charts] of [
    [full, 1100, 12],
    [full, 390, 12],
    [empty, 1100, 6],
  ] as const) {
    const { page, complaints } = await open(path, width);
    assert.deepEqual(complaints, []);
    const states = (await page.evaluate(STATES)) as string[];
    assert.deepEqual(states, Array(charts).fill("drawn"), `${path} at ${width}`);
    assert.equal(await page.evaluate(WIDTH), width);
    await page.emulateMedia({ media: "print" });
    await page.setViewportSize({ width: 718, height: 900 });
    assert.equal(await page.evaluate(WIDTH), 718, "on paper");
    assert.equal(
      await page.evaluate(
        "[...document.querySelectorAll('figure, .tickbook-table')].filter((one) => one.scrollWidth > one.clientWidth).length",
      ),
      0,
      "nothing is cut off on paper",
    );
    await page.context().close();
  }
});

test("the report of five years of hourly bars stays below 3 MB", {
  skip: !hourly,
}, async (t) => {
  const run = runDescribed(withFlags(DEFAULT_RUN, { source: hourly! }));
  assert.equal(run.data.market.length, 43_824);
  const path = join(tempFolder(t), "hourly.html");
  await writeBacktestReport(run, path, MADE_US);
  assert.ok(statSync(path).size < 3_000_000, String(statSync(path).size));
});

test("costs by kind and leg add up to what was paid, and financing is the rest", () => {
  const run = seeded({ financing: "5000" });
  const report = backtestReport(run, { madeUs: MADE_US, code: codeFingerprint(), command: "c" });
  const [table] = report.sections.find(({ heading }) => heading === "Costs")!.tables!;
  const column = (name: string): number[] =>
    Array.from(table!.columns.find((one) => one.name === name)!.values as number[]);
  const [y, x, together] = ["ETHUSDT", "BTCUSDT", "together"].map(column);
  const near = (a: number, b: number): void => assert.ok(Math.abs(a - b) < 1e-6 * Math.abs(b), `${a} ${b}`);
  const what = Array.from(table!.columns[0]!.values as string[]);
  const at = (kind: string): number => what.indexOf(kind);
  const [financing, all] = [at("financing"), at("all costs")];
  for (const kind of ["fees", "half-spread", "slippage", "turnover"])
    near(y![at(kind)]! + x![at(kind)]!, together![at(kind)]!);
  near(y![all]! + x![all]!, together![all]! - together![financing]!);
  const kinds = together!.slice(0, all);
  near(
    kinds.reduce((sum, money) => sum + money, 0),
    together![all]!,
  );
  near(together![all]!, run.performance.totalCosts);
  assert.ok(together![financing]! > 0);
  const { endEquity, startEquity } = run.performance;
  near(together![at("profit after all of it")]!, endEquity - startEquity);
});

test("the report says what is not real, how complete the data are, and what the run followed from", () => {
  const run = seeded();
  const report = backtestReport(run, {
    madeUs: MADE_US,
    code: codeFingerprint(),
    command: "npm run report -- x",
  });
  assert.equal(report.venue!.kind, "simulated");
  assert.match(report.coverage!, /^ETHUSDT: all ids are stored, it traded in \d+ of 900 bars\. BTCUSDT: /);
  const tables = report.sections.flatMap(({ tables = [] }) => tables);
  const parameters = tables.find(({ caption }) => caption === "Everything that this run follows from")!;
  const [of, name, value] = parameters.columns.map(({ values }) => Array.from(values as string[]));
  const rows = of!.map((_, k) => `${of![k]} ${name![k]} ${value![k]}`);
  for (const row of [
    "data source sim:7",
    "data interval 5s",
    "strategy name mean reversion",
    "strategy entry 2",
    "strategy hedge.method fixed",
    "costs feeBps 2",
    "account startCash 100000",
    "figures returns bar",
  ])
    assert.ok(rows.includes(row), `${row} in ${rows.join(", ")}`);
  assert.equal(report.provenance.command, "npm run report -- x");
  assert.match(report.provenance["code, SHA-256 of the files that ran"]!, /^[0-9a-f]{64}$/);
});

test("a rule of one's own has a report that says that no command makes it again", () => {
  const run = { ...seeded(), isRepeatable: false };
  const report = backtestReport(run, { madeUs: MADE_US, code: codeFingerprint(), command: "none" });
  assert.equal((report.attachments!.run as { description?: unknown }).description, undefined);
  assert.match(report.provenance["to check it"]!, /no command can make it again/);
});
