import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser } from "playwright-core";
import { findChromium, launchChromium, screenshot } from "../support/chromium.ts";
import { type JupyterLab, startJupyterLab } from "../support/jupyter.ts";
import { type LabPage, openNotebook } from "../support/lab-page.ts";
import { notebookFolder, writeNotebook } from "../support/notebooks.ts";

const chromium = findChromium();

const imports = `import { live, liveStatus, show, stopLive } from "tickbook";
const chart = (rows: { x: number; y: number }[]) => ({
  kind: "chart",
  label: "A line that grows",
  spec: {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    width: 400,
    height: 120,
    title: "A line that grows",
    data: { values: rows },
    mark: "line",
    encoding: { x: { field: "x", type: "quantitative" }, y: { field: "y", type: "quantitative" } },
  },
});
let draws = 0;
const rows: { x: number; y: number }[] = [];`;

const panels = `live("chart", () => {
  rows.push({ x: rows.length, y: Math.sin(rows.length / 5) });
  return chart(rows);
}, { refreshMs: 250 });
live("tile", () => ({ kind: "html", html: \`<b class="tile">\${++draws}</b>\`, text: String(draws) }), { refreshMs: 200 });`;

const cells = [
  imports,
  panels,
  `await new Promise((resolve) => setTimeout(resolve, 1500));
console.log("the other cell has ended");`,
  `liveStatus().map(({ name, state }) => \`\${name} \${state}\`).join(", ")`,
  `stopLive()`,
  `show(liveStatus(), { columns: ["name", "state", "drawn", "error"], caption: "Live panels" });`,
  `live("bad", () => {
  throw new Error("no rows yet");
}, { refreshMs: 200 });`,
  `const spreadOf = (bars: { close: number[] } | undefined) => bars.close.at(-1);
spreadOf(undefined);`,
];

/** As much of the page as is asked for here. */
interface Styled {
  getComputedStyle(node: unknown): { textAlign: string };
}

describe("live panels in JupyterLab", { skip: chromium === undefined, timeout: 120_000 }, () => {
  let lab: JupyterLab;
  let browser: Browser;
  let notebook: LabPage;
  const ends: (() => unknown)[] = [];

  before(async () => {
    const folder = notebookFolder({ after: (end) => ends.push(end as () => unknown) });
    writeNotebook(folder, "live.ipynb", cells);
    lab = await startJupyterLab({ rootDir: folder });
    ends.unshift(() => lab.stop());
    browser = await launchChromium(chromium!);
    ends.unshift(() => browser.close());
    notebook = await openNotebook(browser, lab, "live.ipynb");
  });
  after(async () => {
    for (const end of ends) await end();
  });

  it("a chart and a tile change by themselves while another cell runs", async () => {
    assert.equal(await notebook.runCell(0), true);
    assert.equal(await notebook.runCell(1), true);
    await notebook.output(1).locator(".vega-embed canvas, .vega-embed svg").first().waitFor();
    await notebook.startCell(2);
    await notebook.waitForChanges(1, 3, ".tile");
    await notebook.waitForChanges(1, 3, ".vega-embed canvas");
    await notebook.output(2).getByText("the other cell has ended").waitFor();
    await screenshot(notebook.page, "live-running");
  });

  it("running the cell again replaces its panels: there is one timer each", async () => {
    assert.equal(await notebook.runCell(1), true);
    await notebook.waitForChanges(1, 2, ".tile");
    const count = () => notebook.output(1).locator(".tile").textContent().then(Number);
    const from = await count();
    const startedMs = performance.now();
    await notebook.waitForChanges(1, 5, ".tile");
    const drawn = (await count()) - from;
    const seconds = (performance.now() - startedMs) / 1000;
    assert.ok(drawn <= seconds * 5 + 2, `${drawn} drawings in ${seconds} s are more than one timer makes`);
    assert.equal(await notebook.runCell(3), true);
    assert.match(await notebook.text(3), /chart (waiting|drawing), tile (waiting|drawing)/);
  });

  it("stopLive stops the panels, which say since when", async () => {
    assert.equal(await notebook.runCell(4), true);
    await notebook
      .output(1)
      .getByText(/^stopped at \d\d:\d\d:\d\d UTC$/)
      .waitFor();
    assert.equal(await notebook.runCell(5), true);
    const align = (cell: string): Promise<string> =>
      notebook
        .output(5)
        .locator(cell)
        .first()
        .evaluate((node) => (globalThis as unknown as Styled).getComputedStyle(node).textAlign);
    assert.deepEqual([await align("td"), await align("td.n")], ["left", "right"]);
    assert.match(await notebook.text(5), /chart\s+stopped[\s\S]*tile\s+stopped/);
    const before = await notebook.text(1);
    assert.equal(await notebook.runCell(2), true);
    assert.equal(await notebook.text(1), before);
  });

  it("a panel that cannot be drawn says why in one line", async () => {
    assert.equal(await notebook.runCell(6), true);
    const alert = notebook.output(6).getByRole("alert");
    await alert.waitFor();
    assert.match((await alert.textContent()) ?? "", /^bad: not drawn since \d\d:\d\d:\d\d UTC: no rows yet$/);
    assert.deepEqual(notebook.errors(), []);
  });

  it("an error in a cell is shown with the cell's line, in the light and in the dark theme", async () => {
    assert.equal(await notebook.runCell(7), false);
    const text = await notebook.text(7);
    assert.match(text, /^TypeError: Cannot read properties of undefined/);
    assert.match(text, /\nat In \[\d+\], line 1: const spreadOf/);
    assert.match(text, /\ncalled from In \[\d+\], line 2: spreadOf\(undefined\);/);
    await screenshot(notebook.page, "live-stopped");
    await notebook.setTheme("JupyterLab Dark");
    await screenshot(notebook.page, "live-stopped-dark");
  });
});
