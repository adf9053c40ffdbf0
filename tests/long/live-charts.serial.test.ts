import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Browser } from "playwright-core";
import { findChromium, launchChromium, screenshot } from "../support/chromium.ts";
import { type JupyterLab, startJupyterLab } from "../support/jupyter.ts";
import { type LabPage, openNotebook } from "../support/lab-page.ts";
import { livePanel } from "../support/live-panel.ts";
import { notebookFolder, writeNotebook } from "../support/notebooks.ts";
import { projectPython } from "../support/project.ts";

const chromium = findChromium();

const imports = `import { live, show, linesChart } from "tickbook";
let n = 0;
const draw = (rows = 300) => linesChart(
  Float64Array.from({ length: rows }, (_, i) => 1.7e15 + (n + i) * 1e6),
  [{ name: "wave", values: Float64Array.from({ length: rows }, (_, i) => Math.sin((n + i) / 7)) }],
  { title: "Wave", note: \`row \${n++}\`, mostRows: rows },
);`;

const cells = [
  imports,
  `live("wave", () => draw(), { refreshMs: 100 });`,
  `const place = (globalThis as any)[Symbol.for("tickbook.places")]();
place.show(draw());`,
  `for (let i = 1; i <= 12_000; i++) place.show({ ...draw(20), label: \`update \${i}\` });`,
  `live("large", () => draw(100_000), { refreshMs: 5_000 });`,
  `const dates = () => ({
  kind: "chart",
  spec: {
    width: 300,
    height: 80,
    data: { values: [{ day: "2026-01-02", y: n }, { day: "2026-01-03", y: n++ }] },
    mark: "line",
    encoding: { x: { field: "day", type: "temporal" }, y: { field: "y", type: "quantitative" } },
  },
});
live("dates", dates, { refreshMs: 100 });`,
];

describe("live charts under strain", { skip: chromium === undefined, timeout: 600_000 }, () => {
  let lab: JupyterLab;
  let browser: Browser;
  let notebook: LabPage;
  let folder: string;
  const ends: (() => unknown)[] = [];

  before(async () => {
    folder = notebookFolder({ after: (end) => ends.push(end as () => unknown) });
    writeNotebook(folder, "live.ipynb", cells);
    const plain = [imports, `live("wave", () => draw(), { refreshMs: 500 });`];
    writeNotebook(folder, "stock.ipynb", plain, "stock-tslab");
    writeNotebook(folder, "plain.ipynb", plain);
    lab = await startJupyterLab({ rootDir: folder });
    ends.unshift(() => lab.stop());
    browser = await launchChromium(chromium!);
    ends.unshift(() => browser.close());
    notebook = await openNotebook(browser, lab, "live.ipynb", { width: 1280, height: 1400 });
  });
  after(async () => {
    for (const end of ends) await end();
  });

  it("the zoom that the mouse set stays while 100 updates come, in one view", async () => {
    for (const n of [0, 1]) assert.equal(await notebook.runCell(n), true);
    const panel = livePanel(notebook.output(1));
    await panel.draws(5);
    await panel.zoomIn();
    const zoomed = await panel.zoom();
    assert.equal(zoomed?.length, 2);
    await panel.draws(100);
    assert.deepEqual(await panel.zoom(), zoomed);
    assert.equal(await panel.embeds(), 1);
    await panel.unzoom();
  });

  it("beyond Jupyter's limit of messages the newest picture is drawn all the same", async () => {
    for (const n of [0, 1, 2]) assert.equal(await notebook.runCell(n), true);
    await notebook.output(2).locator("canvas").waitFor();
    assert.equal(await notebook.runCell(3), true);
    await notebook.output(2).locator('[aria-label="update 12000"]').first().waitFor();
    await livePanel(notebook.output(1)).says(/^live/);
    await screenshot(notebook.page, "live-charts-limit");
  });

  it("a chart of 100,000 points is drawn and the others go on", async () => {
    assert.equal(await notebook.runCell(4), true);
    const large = livePanel(notebook.output(4));
    await large.draws(3);
    assert.equal(await large.embeds(), 1);
    await livePanel(notebook.output(1)).draws(10);
  });

  it("dates in text stay dates in the rows that come later", async () => {
    assert.equal(await notebook.runCell(5), true);
    const panel = livePanel(notebook.output(5));
    await panel.draws(3);
    const days = (await panel.rows("data_0")).map(({ day }) => day);
    assert.deepEqual(days, [Date.parse("2026-01-02T00:00"), Date.parse("2026-01-03T00:00")]);
    assert.equal(await panel.embeds(), 1);
  });

  it("a connection that is lost and comes back leaves it live", async () => {
    const panel = livePanel(notebook.output(1));
    assert.deepEqual(await notebook.cutConnection(), ["connecting", "connected"]);
    await panel.says(/^live/);
    await panel.draws(5);
  });

  it("a kernel that is killed leaves its panels not live, and a rerun makes them live", async () => {
    await notebook.runInKernel('process.kill(process.pid, "SIGKILL");').catch(() => {});
    const panel = livePanel(notebook.output(1));
    await panel.says(/^not live the kernel (is gone|was restarted)/);
    await panel.says(/^not live the kernel was restarted: run the cell again/);
    await notebook.idle();
    for (const n of [0, 1]) assert.equal(await notebook.runCell(n), true);
    await panel.says(/^live/);
    await panel.draws(5);
  });

  it("nbconvert's HTML of a saved notebook shows the last picture", async () => {
    await notebook.save();
    execFileSync(projectPython(), ["-m", "nbconvert", "--to", "html", join(folder, "live.ipynb")], {
      stdio: "ignore",
    });
    const page = await browser.newPage();
    await page.goto(`file://${join(folder, "live.html")}`);
    const images = page.locator(".jp-OutputArea-output img");
    assert.ok((await images.count()) >= 2);
    const width = await images
      .first()
      .evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth);
    assert.ok(width > 600, `${width}`);
    await screenshot(page, "live-charts-nbconvert");
    await page.close();
  });

  it("a stock tslab, and a JupyterLab without the extension, draw the same charts as plain Vega-Lite 5", async () => {
    for (const extension of [true, false]) {
      const plain = await startJupyterLab({ rootDir: folder, extension });
      try {
        for (const name of extension ? ["stock.ipynb"] : ["stock.ipynb", "plain.ipynb"]) {
          const page = await openNotebook(browser, plain, name, { width: 1280, height: 1000 });
          for (const n of [0, 1]) assert.equal(await page.runCell(n), true);
          await page.output(1).locator(".vega-embed canvas, .vega-embed svg").first().waitFor();
          await page.waitForChanges(1, 3, ".vega-embed canvas, .vega-embed svg");
          assert.equal((await page.output(1).locator(".tickbook-view").count()) > 0, extension, name);
          await screenshot(page.page, `live-charts-${name}-${extension ? "with" : "without"}`);
          assert.doesNotMatch(await page.text(1), /comm_open|asking|not live/);
          assert.deepEqual(page.errors(), []);
          await page.page.close();
        }
      } finally {
        await plain.stop();
      }
    }
  });
});
