import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { findChromium, screenshot } from "../support/chromium.ts";
import { type LabFolder, labFolder } from "../support/lab.ts";
import type { LabPage } from "../support/lab-page.ts";
import { type LivePanel, livePanel } from "../support/live-panel.ts";
import { writeNotebook } from "../support/notebooks.ts";

const chromium = findChromium();

const cells = [
  `import { live, liveStatus, show, stopLive, zScoreChart } from "tickbook";
const startUs = 1723118400e6;
const draw = (n: number) => zScoreChart({
  timeUs: Float64Array.from({ length: 60 }, (_, i) => startUs + (n + i) * 1e6),
  values: Float64Array.from({ length: 60 }, (_, i) => 3 * Math.sin((n + i) / 7)),
  window: 20,
}, { threshold: 2, note: \`row \${n}\` });
let n = 0;`,
  `live("z", () => draw(n++), { refreshMs: 100 });`,
  `const counter = globalThis as { ticks?: number };
setInterval(() => { counter.ticks = (counter.ticks ?? 0) + 1; }, 50);
let draws = 0;
live("tile", () => ({ kind: "html", html: \`<b class="tile">\${++draws}</b>\`, text: String(draws) }), { refreshMs: 100 });`,
  `counter.ticks = 0;
await new Promise((resolve) => setTimeout(resolve, 1000));
counter.ticks;`,
  `const rows = [{ x: 1, y: NaN }, { x: 2, y: Infinity }, { x: 3, y: null }, { x: 4, y: 5 }];
const bar = (body: object) => ({ kind: "chart", label: "a chart", spec: { width: 300, height: 80, ...body } });
const encoding = { x: { field: "x", type: "quantitative" }, y: { field: "y", type: "quantitative" } };
show(bar({ data: { values: rows }, mark: "no such mark", encoding }));
show(bar({ data: { values: rows }, mark: "point", encoding, title: "<img src=x onerror=alert(1)>" }));
show({ ...bar({ data: { url: "/api/none.csv" }, mark: "point", encoding }).spec, $schema: "https://vega.github.io/schema/vega-lite/v6.json" });
show(Array.from({ length: 30 }, (_, i) => ({ i, third: i / 3 })));`,
  `stopLive();
show(liveStatus(), { columns: ["name", "state", "drawn", "error"], caption: "Live panels" });`,
  `live("bad", () => {
  throw new Error("no rows yet");
}, { refreshMs: 200 });`,
  `const spreadOf = (bars: { close: number[] } | undefined) => bars.close.at(-1);
spreadOf(undefined);`,
  // waits inside the system until somebody writes into the pipe
  `const { readFileSync } = await import("node:fs");
console.log("into native code");
await new Promise((resolve) => setTimeout(resolve, 300));
readFileSync("pipe").length;`,
];

/** As much of the page as is asked for here. */
interface Styled {
  getComputedStyle(node: unknown): { textAlign: string };
}

describe("live charts in JupyterLab", { skip: chromium === undefined, timeout: 240_000 }, () => {
  let lab: LabFolder;
  let notebook: LabPage;
  let chart: LivePanel;
  const ends: (() => unknown)[] = [];

  before(async () => {
    lab = await labFolder({ after: (end) => ends.unshift(end as () => unknown) });
    writeNotebook(lab.folder, "live.ipynb", cells);
    notebook = await lab.open("live.ipynb", { width: 1100, height: 1000 });
    chart = livePanel(notebook.output(1));
  });
  after(async () => {
    for (const end of ends) await end();
  });

  it("rows come into one view, and the zoom that the mouse set stays while updates come", async () => {
    assert.equal(await notebook.runCell(0), true);
    assert.equal(await notebook.runCell(1), true);
    await chart.draws(5);
    await chart.zoomIn();
    const zoomed = await chart.zoom();
    assert.equal(zoomed?.length, 2);
    await chart.draws(25);
    assert.deepEqual(await chart.zoom(), zoomed);
    assert.equal(await chart.embeds(), 1);
  });

  it("the theme changes its colours and keeps its zoom", async () => {
    const zoomed = await chart.zoom();
    await screenshot(notebook.page, "live-charts-light");
    await notebook.setTheme("JupyterLab Dark");
    await chart.draws(3);
    assert.deepEqual(await chart.zoom(), zoomed);
    assert.equal(await chart.embeds(), 2);
    await screenshot(notebook.page, "live-charts-dark");
    await notebook.setTheme("JupyterLab Light");
    await chart.draws(3);
    await chart.unzoom();
  });

  it("fits its panel, narrow and wide, without another view", async () => {
    const embeds = await chart.embeds();
    for (const width of [760, 1500, 1100]) {
      await notebook.page.setViewportSize({ width, height: 1000 });
      await chart.fits();
      for (let i = 0; i < 4; i++) {
        await chart.draws(1);
        assert.equal(await chart.isCut(), false, "a label is cut");
      }
      await screenshot(notebook.page, `live-charts-${width}`);
    }
    assert.equal(await chart.embeds(), embeds);
  });

  it("pauses in one tab, says as of when its picture is, and goes on with the newest", async () => {
    await chart.press("pause");
    const paused = await chart.label();
    await chart.says(/^paused\s*as of \d\d:\d\d:\d\d UTC/);
    assert.equal(await chart.label(), paused);
    await chart.press("go on");
    await chart.says(/^live/);
    await chart.draws(3);
    assert.notEqual(await chart.label(), paused);
  });

  it("draws nothing while it is hidden, and the newest when it is seen again", async () => {
    await chart.hide(true);
    const hidden = await chart.label();
    await chart.says(/^live/);
    await notebook.runInKernel("await new Promise((resolve) => setTimeout(resolve, 200));");
    assert.equal(await chart.label(), hidden);
    await chart.hide(false);
    await chart.draws(2);
    assert.notEqual(await chart.label(), hidden);
  });

  it("a saved notebook holds the last picture, as Vega-Lite 5 and as an image", async () => {
    const before = rowOf(await chart.label());
    await notebook.save();
    const saved = JSON.parse(readFileSync(join(lab.folder, "live.ipynb"), "utf8")) as {
      cells: { outputs: { data: Record<string, unknown> }[] }[];
    };
    const { data } = saved.cells[1]!.outputs[0]!;
    assert.ok(rowOf(String(data["text/plain"])) >= before);
    assert.match(JSON.stringify(data["application/vnd.vegalite.v5+json"]), /"layer"/);
    const image = Buffer.from([data["image/png"]].flat().join(""), "base64");
    assert.equal(image.subarray(1, 4).toString(), "PNG");
  });

  it("live pictures leave a saved notebook unmodified", async () => {
    await chart.draws(10);
    assert.equal(await notebook.isDirty(), false);
  });

  it("goes on live after the page was loaded again", async () => {
    await notebook.reload();
    await chart.says(/^live/);
    const from = rowOf(await chart.label());
    await chart.draws(5);
    assert.ok(rowOf(await chart.label()) > from);
    assert.equal(await chart.embeds(), 1);
  });

  it("two tabs agree", async () => {
    const other = await lab.open("live.ipynb", { width: 1100, height: 1000 });
    const same = livePanel(other.output(1));
    await same.says(/^live/);
    await same.draws(5);
    await chart.press("pause");
    await same.draws(5);
    await chart.press("go on");
    assert.equal(await notebook.runCell(0), true);
    await chart.draws(3);
    await notebook.runInKernel("stopLive();");
    await chart.says(/^not live stopped/);
    await same.says(/^not live stopped/);
    assert.equal(await same.label(), await chart.label());
    await other.close();
    assert.deepEqual(other.errors(), []);
  });

  it("a tile changes by itself while another cell runs; its cell, run again, leaves no second timer", async () => {
    assert.equal(await notebook.runCell(2), true);
    await notebook.startCell(3);
    await notebook.waitForChanges(2, 3, ".tile");
    assert.equal(await notebook.runCell(2), true);
    assert.equal(await notebook.runCell(3), true);
    const ticks = Number(await notebook.text(3));
    assert.ok(ticks >= 10 && ticks <= 22, `${ticks} ticks in a second, 20 of one timer`);
  });

  it("what cannot be drawn says so in its place, and the others go on", async () => {
    assert.equal(await notebook.runCell(1), true);
    assert.equal(await notebook.runCell(4), true);
    const message = notebook.output(4).getByRole("alert").first();
    await message.waitFor();
    assert.match(
      (await message.textContent()) ?? "",
      /^This chart cannot be drawn; Vega-Lite says of its specification: /,
    );
    await notebook.output(4).locator("canvas").first().waitFor();
    await chart.draws(5);
    assert.deepEqual(notebook.errors(), []);
  });

  it("data by an address that does not answer are named in the chart", async () => {
    const message = notebook.output(4).getByText(/^Its data/);
    await message.waitFor();
    assert.match((await message.textContent()) ?? "", /^Its data \/api\/none\.csv did not come: .*404/);
  });

  it("a table's buttons copy all of its rows, and save them as CSV with every digit", async () => {
    await notebook.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    const bar = notebook.output(4).locator(".tickbook-table-bar");
    await bar.getByRole("button", { name: "copy" }).click();
    await bar.getByText("copied").waitFor();
    const copied = await notebook.page.evaluate(() =>
      (navigator as unknown as { clipboard: { readText(): Promise<string> } }).clipboard.readText(),
    );
    assert.deepEqual(copied.split("\r\n").slice(0, 3), ["i\tthird", "0\t0", "1\t0.3333333333333333"]);
    assert.equal(copied.split("\r\n").length, 32);
    const download = notebook.page.waitForEvent("download");
    await bar.getByRole("button", { name: "CSV" }).click();
    const file = await (await download).path();
    assert.match(readFileSync(file, "utf8"), /^i,third\r\n0,0\r\n1,0\.3333333333333333\r\n/);
  });

  it("stopLive stops the panels, which say since when; a table of them is aligned", async () => {
    assert.equal(await notebook.runCell(5), true);
    await notebook
      .output(2)
      .getByText(/^stopped at \d\d:\d\d:\d\d UTC$/)
      .waitFor();
    const align = (cell: string): Promise<string> =>
      notebook
        .output(5)
        .locator(cell)
        .first()
        .evaluate((node) => (globalThis as unknown as Styled).getComputedStyle(node).textAlign);
    assert.deepEqual([await align("td"), await align("td.n")], ["left", "right"]);
    assert.match(await notebook.text(5), /z\s+stopped[\s\S]*tile\s+stopped/);
    const before = await notebook.text(2);
    assert.equal(await notebook.runCell(3), true);
    assert.equal(await notebook.text(2), before);
  });

  it("a panel that cannot be drawn says why in one line", async () => {
    assert.equal(await notebook.runCell(6), true);
    const alert = notebook.output(6).getByRole("alert");
    await alert.waitFor();
    assert.match((await alert.textContent()) ?? "", /^bad: not drawn since \d\d:\d\d:\d\d UTC: no rows yet$/);
    assert.deepEqual(notebook.errors(), []);
  });

  it("an error in a cell is shown with the cell's line", async () => {
    assert.equal(await notebook.runCell(7), false);
    const text = await notebook.text(7);
    assert.match(text, /^TypeError: Cannot read properties of undefined/);
    assert.match(text, /\nat In \[\d+\], line 1, column \d+\n\s+const spreadOf/);
    assert.match(text, /\ncalled from In \[\d+\], line 2, column 1: spreadOf\(undefined\);/);
  });

  it("a call that the stop button cannot end: the page offers to restart the kernel", async () => {
    const pipe = join(lab.folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    await notebook.startCell(8);
    while (!(await notebook.text(8)).includes("into native code")) await notebook.page.waitForTimeout(50);
    await notebook.page.evaluate(() => {
      const { jupyterapp } = globalThis as unknown as {
        jupyterapp: { commands: { execute(name: string): unknown } };
      };
      setTimeout(() => jupyterapp.commands.execute("notebook:interrupt-kernel"), 800);
    });
    const offer = notebook.page.getByRole("button", { name: "Restart kernel" });
    await offer.waitFor();
    assert.match(await notebook.text(8), /stop: what runs is native code, or was called by it/);
    writeFileSync(pipe, "over");
    await notebook.idle();
  });

  it("a kernel that is started again leaves it not live; the cell, run again, makes it live", async () => {
    await notebook.restartKernel();
    await chart.says(/^not live the kernel was restarted: run the cell again, drawn \d\d:\d\d:\d\d UTC/);
    await screenshot(notebook.page, "live-charts-restarted");
    assert.equal(await notebook.runCell(0), true);
    assert.equal(await notebook.runCell(1), true);
    await chart.says(/^live/);
    await chart.draws(5);
  });
});

function rowOf(label: string): number {
  return Number(/row (\d+)/.exec(label)?.[1]);
}
