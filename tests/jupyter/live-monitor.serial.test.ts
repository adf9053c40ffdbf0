import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { findChromium } from "../support/chromium.ts";
import { startCollectorProcess, storedAtLeast } from "../support/collector.ts";
import { type LabFolder, labFolder } from "../support/lab.ts";
import type { LabPage } from "../support/lab-page.ts";
import { openOffline } from "../support/offline-page.ts";
import { artifacts, projectRoot } from "../support/project.ts";
import { sharedData } from "../support/shared-data.ts";

const chromium = findChromium();
const tape = sharedData("binance-spot-20240808");
const NOTEBOOK = join(projectRoot, "notebooks", "live-monitor.ipynb");

const sources = (JSON.parse(readFileSync(NOTEBOOK, "utf8")) as { cells: { source: string[] }[] }).cells.map(
  ({ source }) => source.join(""),
);
/** The number of the cell which holds a text. */
function cellWith(text: string): number {
  const n = sources.findIndex((source) => source.includes(text));
  assert.notEqual(n, -1, text);
  return n;
}

interface Shown {
  content: { widgets: { model: { sharedModel: { setSource(text: string): void } } }[] };
}

const PANELS = { "candles y": 8, "candles x": 8, spread: 2, "z-score": 2, correlation: 2 };

describe("live-monitor on the recorded BTC and ETH tape", {
  skip: !chromium || !tape,
  timeout: 240_000,
}, () => {
  let lab: LabFolder;
  let notebook: LabPage;
  const ends: (() => unknown)[] = [];
  const context = { after: (end: unknown) => ends.unshift(end as () => unknown) };

  before(async () => {
    lab = await labFolder(context as never);
    // a recording of minutes has no 500 seconds to calibrate on
    const text = readFileSync(NOTEBOOK, "utf8")
      .replace("// calibrationBars: 500,", "calibrationBars: 60,")
      .replace('interval: \\"5s\\",', 'interval: \\"1s\\",');
    assert.match(text, /interval: \\"1s\\",/);
    assert.match(text, /" {2}calibrationBars: 60,/);
    writeFileSync(join(lab.folder, "live-monitor.ipynb"), text);
    const collector = startCollectorProcess(context as never, [
      "--venue",
      "sim",
      "--tape",
      tape!,
      "--speed",
      "8",
      "--db",
      lab.db,
    ]);
    await collector.until(storedAtLeast("BTCUSDT", 1));
    notebook = await lab.open("live-monitor.ipynb", { width: 1240, height: 4200 });
  });
  after(async () => {
    for (const end of ends) await end();
  });

  it("runs from top to bottom", async () => {
    assert.equal(await notebook.runAll(), true);
  });

  it("draws each panel, and its marks and numbers change without a cell being run again, while another cell runs", async () => {
    for (const name of Object.keys(PANELS)) {
      await notebook
        .output(cellWith(`live("${name}"`))
        .locator(".vega-embed canvas, .vega-embed svg")
        .first()
        .waitFor();
    }
    await notebook.startCell(cellWith("liveStatus())"));
    await Promise.all([
      notebook.waitForChanges(cellWith('live("tiles"'), 3),
      ...Object.keys(PANELS).map((name) =>
        notebook.waitForChanges(cellWith(`live("${name}"`), 2, ".vega-embed canvas"),
      ),
      notebook.waitForChanges(cellWith('live("latest y"'), 2),
    ]);
    await notebook.page.screenshot({ path: join(artifacts, "live-monitor.png") });
    for (const name of ["tiles", ...Object.keys(PANELS)]) {
      await notebook
        .output(cellWith(`live("${name}"`))
        .screenshot({ path: join(artifacts, `live-monitor-${name.replace(" ", "-")}.png`) });
    }
    assert.deepEqual(notebook.errors(), []);
  });

  it("labels every panel as a replay", async () => {
    assert.match(await notebook.text(cellWith('live("tiles"')), /REPLAYED · binance-spot-20240808 at x8/);
  });

  it("shows alerts beside the charts, and a rule of one's own says at once what it would have done", async () => {
    const alerts = await notebook.text(cellWith('live("alerts"'));
    for (const name of ["z-score out", "low correlation", "feed stale", "hole open", "low volume"])
      assert.ok(alerts.includes(name), name);
    assert.match(
      await notebook.text(cellWith('live("strategy"')),
      /round trips[\s\S]*after costs[\s\S]*costs/,
    );
    assert.match(
      await notebook.text(cellWith("alerts.value.set")),
      /"z far out" is (added|changed)\. On the \d+ bars in view/,
    );
    assert.match(await notebook.text(cellWith("alerts.value.compare")), /fires at[\s\S]*over at/);
  });

  it("exports a CSV and an HTML file which opens without a network, its charts alive", async () => {
    const row = notebook.output(cellWith("exportButtons("));
    for (const name of ["CSV", "HTML"]) {
      const download = notebook.page.waitForEvent("download");
      await row.getByRole("button", { name, exact: true }).click();
      await download;
    }
    const exported = readdirSync(join(lab.folder, "exports"));
    const csv = readFileSync(
      join(lab.folder, "exports", exported.find((name) => name.endsWith(".csv"))!),
      "utf8",
    );
    const [head, first] = csv.split("\r\n") as [string, string];
    assert.match(head, /^venue,venue_kind,start,ETHUSDT open \(USDT\)/);
    assert.match(first, /^replay-binance-spot-20240808-\d+,replayed,2024-08-0[89]T\d\d:\d\d:\d\dZ,\d+\.\d+,/);

    const html = exported.find((name) => name.endsWith(".html"))!;
    const { charts, text, problems } = await openOffline(lab.browser, join(lab.folder, "exports", html));
    assert.equal(charts, Object.keys(PANELS).length);
    assert.match(text, /REPLAYED/);
    assert.deepEqual(problems, []);
  });

  it("its controls move all panels, and the two lists of two symbols exchange them", async () => {
    const output = notebook.output(cellWith("controls("));
    const choose = (label: string, option: string): Promise<unknown> =>
      output.getByLabel(label, { exact: true }).selectOption({ label: option });
    const latest = notebook.output(cellWith('live("latest y"'));
    await choose("interval", "5s");
    const starts = async (): Promise<number[]> =>
      [...(await latest.innerText()).matchAll(/:(\d\d)Z/g)].map(([, second]) => Number(second));
    while (!(await starts()).every((second) => second % 5 === 0)) await notebook.page.waitForTimeout(50);
    const shown = (): Promise<string[]> =>
      Promise.all(
        ["y", "explained by x"].map((label) =>
          output.getByLabel(label, { exact: true }).locator("option:checked").innerText(),
        ),
      );
    assert.deepEqual(await shown(), ["ETHUSDT", "BTCUSDT"]);
    await choose("y", "BTCUSDT");
    while ((await shown()).join() !== "BTCUSDT,ETHUSDT") await notebook.page.waitForTimeout(50);
    while (!/BTCUSDT/.test(await latest.innerText())) await notebook.page.waitForTimeout(50);
    await choose("y", "ETHUSDT");
    while ((await shown()).join() !== "ETHUSDT,BTCUSDT") await notebook.page.waitForTimeout(50);
    await notebook.page.screenshot({ path: join(artifacts, "live-monitor-controls.png") });
  });

  it("stops by one call", async () => {
    await notebook.page.keyboard.press("Escape");
    const cell = cellWith("// stopLive();");
    // Run All leaves the page where it was: this cell, far below, has no editor yet
    await notebook.page.evaluate((n) => {
      const { shell } = (globalThis as unknown as { jupyterapp: { shell: { currentWidget: Shown } } })
        .jupyterapp;
      shell.currentWidget.content.widgets[n]!.model.sharedModel.setSource("stopLive();");
    }, cell);
    assert.equal(await notebook.runCell(cell), true);
    await notebook
      .output(cellWith('live("tiles"'))
      .getByText(/stopped at \d\d:\d\d:\d\d UTC/)
      .waitFor();
  });
});
