import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { reportRuntime, writeReport } from "../../../../src/app/study/report/page.ts";
import { barsTable } from "../../../../src/render/bars-table.ts";
import { waitingView } from "../../../../src/render/chart/base/waiting.ts";
import { linesChart } from "../../../../src/render/chart/lines.ts";
import { candleChart } from "../../../../src/render/chart/pair/candles.ts";
import { correlationChart } from "../../../../src/render/chart/pair/correlation.ts";
import { spreadChart } from "../../../../src/render/chart/pair/spread.ts";
import { zScoreChart } from "../../../../src/render/chart/pair/z-score.ts";
import type { Report } from "../../../../src/render/report.ts";
import { tiles } from "../../../../src/render/tiles.ts";
import { simulated, walkBars } from "../../../support/bars.ts";
import { findChromium, launchChromium } from "../../../support/chromium.ts";
import { tempFolder } from "../../../support/temp.ts";

const chromium = findChromium();
let browser: Browser | undefined;
after(() => browser?.close());

function report(length: number): Report {
  const bars = walkBars(length);
  const times = bars.startUs;
  const z = bars.close.map((_, i) => (i < 20 ? Number.NaN : 3 * Math.sin(i / 9)));
  const evil = "</script><script>alert(1)</script>";
  return {
    title: "ETHUSDT against BTCUSDT",
    venue: simulated,
    coverage: "All ids are stored.",
    generatedUs: Date.UTC(2026, 10, 22) * 1000,
    provenance: { version: "0.1.0", evil },
    sections: [
      { heading: "Now", views: [tiles([{ label: "z-score", value: 1.5 }], { venue: simulated })] },
      {
        heading: "Charts",
        text: evil,
        views: [
          candleChart(bars, { forming: walkBars(1, { startUs: times[length - 1]! + 10_000_000 }) }),
          spreadChart({
            ...{ timeUs: times, values: z, venue: simulated },
            ...{ alpha: 0, beta: 0.6, prices: "log", names: { y: "ETHUSDT", x: "BTCUSDT" } },
          }),
          zScoreChart({ timeUs: times, values: z, venue: simulated }, { threshold: 2, exit: 0.5 }),
          correlationChart({ timeUs: times, values: z.map((v) => v / 3), window: 20, venue: simulated }),
          linesChart(times, [
            { name: "a", values: z },
            { name: evil, values: bars.volume },
          ]),
          waitingView("Half-life", 100, 30, { venue: simulated }),
        ],
      },
      { heading: "Bars", tables: [barsTable(bars)] },
    ],
  };
}

interface Opened {
  readonly page: Page;
  /** Console lines, uncaught errors, blocked content and requests for anything but the file itself. */
  readonly complaints: readonly string[];
}

/** Opens a file with the network off and waits until each chart is drawn or has failed. */
async function open(path: string, options: BrowserContextOptions = {}): Promise<Opened> {
  browser ??= await launchChromium(chromium!);
  const context = await browser.newContext({ viewport: { width: 1100, height: 900 }, ...options });
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
  await until(page, "!document.querySelector('figure:not([data-state])')");
  return { page, complaints };
}

/** Waits for a condition; Playwright's own waiting needs the `eval` that the page forbids. */
async function until(page: Page, condition: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await page.evaluate(condition))) {
    assert.ok(Date.now() < deadline, `never came true: ${condition}`);
    await page.evaluate("new Promise((done) => setTimeout(done, 20))");
  }
}

const DRAWN = `[...document.querySelectorAll("figure")].map((figure) => figure.dataset.state)`;
/** The share of a chart's points that carry ink. */
const INKED = `[...document.querySelectorAll("figure canvas")].map((canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let inked = 0;
  for (let i = 3; i < data.length; i += 4) inked += data[i] > 0 ? 1 : 0;
  return inked / (canvas.width * canvas.height);
})`;

/** A fingerprint of the price panel and of the volume panel of the first chart. */
const PANELS = `(() => {
  const canvas = document.querySelector("figure canvas");
  const scale = canvas.width / canvas.getBoundingClientRect().width;
  const copy = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height });
  const context = copy.getContext("2d", { willReadFrequently: true });
  context.drawImage(canvas, 0, 0);
  const print = (y, height) => {
    const { data } = context.getImageData(90 * scale, y * scale, 650 * scale, height * scale);
    let hash = 0;
    for (let i = 0; i < data.length; i++) hash = (Math.imul(hash, 31) + data[i]) | 0;
    return String(hash);
  };
  return [print(80, 220), print(345, 50)];
})()`;

test("a report is one file of less than 1.5 MB more than its data, written whole", async (t) => {
  const folder = tempFolder(t);
  const path = join(folder, "report.html");
  const bytes = await writeReport(path, report(50));
  assert.equal(statSync(path).size, bytes);
  assert.ok(bytes < 1_500_000, `${bytes}`);
  assert.deepEqual(readdirSync(folder), ["report.html"]);
  const html = readFileSync(path, "utf8");
  assert.ok(
    !/<link|<script[^>]* src=|@import|sourceMappingURL/.test(html.replace(/<script>.*?<\/script>/gs, "")),
  );
});

test("a report of 10,000 bars with five charts stays under 3 MB", async (t) => {
  const started = process.cpuUsage().user;
  const bytes = await writeReport(join(tempFolder(t), "long.html"), report(10_000));
  assert.ok(bytes < 3_000_000, `${bytes}`);
  assert.ok(process.cpuUsage().user - started < 2_000_000);
});

test("a report that cannot be written says why and leaves nothing", async (t) => {
  const folder = tempFolder(t);
  await assert.rejects(writeReport(join(folder, "absent", "report.html"), report(3)), {
    code: "cannot-write",
    message:
      /^report\.html: needs a folder that exists and can be written to; .*absent.* gave ENOENT\. Make the folder/,
  });
  mkdirSync(join(folder, "taken.html"));
  await assert.rejects(writeReport(join(folder, "taken.html"), report(3)), { code: "cannot-write" });
  assert.deepEqual(readdirSync(folder), ["taken.html"]);
});

test("every library inside a report brings its licence", () => {
  const { licences } = reportRuntime();
  const names = licences.flatMap((licence) => licence.names);
  for (const name of ["vega", "vega-lite", "vega-embed", "vega-interpreter", "d3-scale", "delaunator"]) {
    assert.ok(
      names.some((text) => text.startsWith(`${name} `)),
      name,
    );
  }
  for (const { text } of licences) assert.match(text, /copyright|permission/i);
});

test("a report opens without a network: charts alive, nothing asked for, nothing blocked", {
  skip: !chromium,
}, async (t) => {
  const path = join(tempFolder(t), "report.html");
  await writeReport(path, report(120));
  for (const colorScheme of ["light", "dark"] as const) {
    const { page, complaints } = await open(path, { colorScheme });
    assert.deepEqual(await page.evaluate(DRAWN), Array(5).fill("drawn"));
    const inked = (await page.evaluate(INKED)) as number[];
    assert.equal(inked.length, 5);
    for (const share of inked) assert.ok(share > 0.01, `${share}`);
    assert.deepEqual(complaints, []);
    await page.context().close();
  }
});

test("the mouse reads a bar, Ctrl and wheel zoom both panels, a plain wheel scrolls the page", {
  skip: !chromium,
}, async (t) => {
  const path = join(tempFolder(t), "report.html");
  await writeReport(path, report(120));
  const { page, complaints } = await open(path);
  const chart = page.locator("figure").first();
  await chart.scrollIntoViewIfNeeded();
  const box = (await chart.boundingBox())!;
  const price = { x: box.x + 500, y: box.y + 200 };

  await page.mouse.move(price.x, price.y);
  await page.locator("#vg-tooltip-element.visible").waitFor();
  const tooltip = (await page.locator("#vg-tooltip-element").textContent())!;
  assert.match(tooltip, /start \(UTC\)\s*2024-08-0[89] \d\d:\d\d:\d0/);
  for (const part of ["open (USDT)", "volume (BTC)", "trades", "complete"])
    assert.ok(tooltip.includes(part), tooltip);

  await page.mouse.move(box.x + 5, box.y + 5);
  await until(page, "!document.querySelector('#vg-tooltip-element.visible')");
  const before = (await page.evaluate(PANELS)) as string[];
  await page.mouse.move(price.x, price.y);
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, -400);
  await page.keyboard.up("Control");
  await page.mouse.move(box.x + 5, box.y + 5);
  await until(page, `(${PANELS}).every((panel, i) => panel !== ${JSON.stringify(before)}[i])`);

  const top = await page.evaluate("scrollY");
  const zoomed = await page.evaluate(PANELS);
  await page.mouse.move(price.x, price.y);
  await page.mouse.wheel(0, 300);
  await until(page, `scrollY > ${top}`);
  await page.mouse.move(5, 5);
  await until(page, `String(${PANELS}) === ${JSON.stringify(String(zoomed))}`);
  assert.deepEqual(complaints, []);
  await page.context().close();
});

test("a report fits a phone and is drawn again when the phone is turned", { skip: !chromium }, async (t) => {
  const path = join(tempFolder(t), "report.html");
  await writeReport(path, report(120));
  const { page, complaints } = await open(path, { viewport: { width: 390, height: 800 } });
  const width = async (): Promise<number> =>
    (await page.locator("figure canvas").first().boundingBox())!.width;
  assert.ok((await page.evaluate("document.documentElement.scrollWidth")) === 390);
  assert.ok((await width()) <= 390);
  const plots = (await page.evaluate(
    "[...document.querySelectorAll('figure')].flatMap(({ view }) => ['childWidth', 'width'].map((name) => { try { return view.signal(name) } catch { return 0 } })).filter((one) => one > 0)",
  )) as number[];
  assert.ok(plots.length > 0 && plots.every((one) => one >= 250), `plots of ${plots}`);
  await page.setViewportSize({ width: 844, height: 390 });
  await until(page, "document.querySelector('figure canvas').getBoundingClientRect().width > 600");
  assert.deepEqual(complaints, []);
  await page.context().close();
});

test("a report read in the dark prints dark on white, its charts on their own ground", {
  skip: !chromium,
}, async (t) => {
  const path = join(tempFolder(t), "report.html");
  await writeReport(path, report(30));
  const { page } = await open(path, { colorScheme: "dark" });
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  const style = (selector: string, name: string): Promise<string> =>
    page.evaluate(`getComputedStyle(document.querySelector("${selector}")).${name}`);
  assert.equal(await style("body", "backgroundColor"), "rgb(255, 255, 255)");
  assert.equal(await style("h1", "color"), "rgb(27, 31, 36)");
  assert.equal(await style("figure", "backgroundColor"), "rgb(20, 23, 26)");
  await page.context().close();
});

test("a chart of a report is saved as a picture", { skip: !chromium }, async (t) => {
  const path = join(tempFolder(t), "report.html");
  await writeReport(path, report(30));
  const { page, complaints } = await open(path);
  await page.locator("figure summary").first().click();
  const waiting = page.waitForEvent("download");
  await page.locator("figure .vega-actions a", { hasText: "PNG" }).first().click();
  const picture = readFileSync(await (await waiting).path());
  assert.equal(picture.subarray(1, 4).toString(), "PNG");
  assert.ok(picture.length > 5_000);
  assert.deepEqual(
    complaints.filter((line) => !line.startsWith("request: data:image/png")),
    [],
  );
  await page.context().close();
});

test("a chart that cannot be drawn says so in its place, and the others are drawn", {
  skip: !chromium,
}, async (t) => {
  const path = join(tempFolder(t), "report.html");
  const whole = report(30);
  const broken = { kind: "chart" as const, spec: { mark: "bar", layer: 5 }, label: "broken" };
  await writeReport(path, { ...whole, sections: [{ heading: "x", views: [broken] }, ...whole.sections] });
  const { page } = await open(path);
  assert.deepEqual(await page.evaluate(DRAWN), ["failed", ...Array(5).fill("drawn")]);
  assert.match((await page.locator("figure").first().textContent())!, /^This chart could not be drawn: /);
  await page.context().close();
});
