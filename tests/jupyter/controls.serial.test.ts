import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Locator } from "playwright-core";
import { findChromium, screenshot } from "../support/chromium.ts";
import { type LabFolder, labFolder } from "../support/lab.ts";
import type { LabPage } from "../support/lab-page.ts";
import { writeNotebook } from "../support/notebooks.ts";

const chromium = findChromium();

const cells = [
  `import { button, checkbox, controls, dateRange, reacting, select, slider, text } from "tickbook";
const entry = slider("entry", { min: 1, max: 4, step: 0.1, value: 2, unit: "σ" });
const hedge = select("hedge ratio", { "least squares": "ols", "total least squares": "tls" });
const logScale = checkbox("log scale");
const hour = 3_600_000_000;
const span = dateRange("window", { value: { fromUs: 472_000 * hour, toUs: 472_024 * hour } });
const pair = text("pair", { value: "BTCUSDT" });
const refit = button("refit", () => console.log("refit with", hedge.value));`,
  `controls([entry, hedge, logScale], [span], [pair, refit]);`,
  `let draws = 0;
reacting(() => {
  draws++;
  return { kind: "html", text: "", html: \`<b class="drawn">\${entry.value} \${hedge.value} \${logScale.value} \${pair.value} \${refit.value} \${(span.value.toUs - span.value.fromUs) / hour}</b>\` };
});`,
  `let slow = 0;
reacting(async () => {
  const asked = entry.value;
  slow++;
  await new Promise((r) => setTimeout(r, 300));
  return { kind: "html", text: "", html: \`<i class="slow">\${asked}</i> <i class="count">\${slow}</i>\` };
});`,
  `if (logScale.value) await new Promise((done) => entry.onChange((value) => value > 3.3 && setTimeout(done, 500)));
console.log("waited");`,
  `entry.onChange((value) => { if (value > 3.9) throw new RangeError("entry above the band <b>"); });
undefined`,
  `import { brush, linesChart } from "tickbook";
const startUs = 1723118400e6;
const times = Array.from({ length: 601 }, (_, i) => startUs + i * 1e6);
const marked = brush("marked");
reacting(() => marked.on(linesChart(times, [{ name: "price", values: times.map((_, i) => Math.sin(i / 40)) }])));
reacting(() => {
  const { fromUs, toUs } = marked.value ?? { fromUs: startUs, toUs: startUs };
  const seconds = [fromUs, toUs].map((us) => Math.round((us - startUs) / 1e6));
  return { kind: "html", text: "", html: \`<b class="marked">\${seconds.join(" to ")}</b>\` };
});
controls(marked);`,
];

describe("controls in JupyterLab", { skip: chromium === undefined, timeout: 180_000 }, () => {
  let lab: LabFolder;
  let notebook: LabPage;
  const ends: (() => unknown)[] = [];

  const thumb = (page: LabPage): Locator => page.output(1).locator(".noUi-handle");
  const drawn = (page: LabPage, text: RegExp): Promise<void> =>
    page.output(2).locator(".drawn").getByText(text).waitFor();
  const press = async (page: LabPage, key: string, times = 1): Promise<void> => {
    await thumb(page).focus();
    for (let i = 0; i < times; i++) await page.page.keyboard.press(key);
  };

  before(async () => {
    lab = await labFolder({ after: (end) => ends.unshift(end as () => unknown) });
    writeNotebook(lab.folder, "controls.ipynb", cells);
    notebook = await lab.open("controls.ipynb", { width: 1280, height: 1100 });
    notebook.page.setDefaultTimeout(10_000);
  });
  after(async () => {
    for (const end of ends) await end();
  });

  it("show their labels, units and first values", async () => {
    for (const n of [0, 1, 2, 3]) assert.equal(await notebook.runCell(n), true);
    await thumb(notebook).waitFor();
    await drawn(notebook, /^2 ols false BTCUSDT 0 24$/);
    const text = await notebook.text(1);
    for (const label of ["entry (σ)", "2.0", "hedge ratio", "log scale", "window (UTC)", "pair", "refit"])
      assert.ok(text.includes(label), `${label} is not in ${text}`);
    await screenshot(notebook.page, "controls-light");
  });

  it("a slider moved by keys changes the output", async () => {
    await press(notebook, "ArrowRight", 3);
    await drawn(notebook, /^2\.3 ols/);
  });

  it("every kind of control changes the output", async () => {
    const at = (selector: string): Locator => notebook.output(1).locator(selector);
    await at("select").selectOption({ label: "total least squares" });
    await drawn(notebook, /^2\.3 tls false/);
    await at("input[type=checkbox]").check();
    await drawn(notebook, /^2\.3 tls true/);
    await at("input[type=text]").fill("ETHUSDT");
    await notebook.page.keyboard.press("Enter");
    await drawn(notebook, /ETHUSDT 0/);
    await at("button").click();
    await drawn(notebook, /ETHUSDT 1/);
    await notebook.output(0).getByText("refit with tls").waitFor();
    await at("input[type=datetime-local]").nth(1).fill("2023-11-07T16:00");
    await notebook.page.keyboard.press("Enter");
    await drawn(notebook, / 1 48$/);
  });

  it("a window that ends before it begins is refused beside the control, and the last one kept", async () => {
    const end = notebook.output(1).locator("input[type=datetime-local]").nth(1);
    await end.fill("2023-11-01T00:00");
    const alert = notebook.output(1).getByRole("alert");
    await alert
      .getByText(/^window: the window must begin before it ends; got 2023-11-05T16.* to 2023-11-01T/)
      .waitFor();
    await drawn(notebook, / 1 48$/);
    await screenshot(notebook.page, "controls-refused");
    await end.fill("2023-11-07T16:00");
    await alert.waitFor({ state: "detached" });
  });

  it("moves while another cell awaits", async () => {
    await notebook.startCell(4);
    await press(notebook, "ArrowRight");
    await drawn(notebook, /^2\.4 tls/);
    assert.doesNotMatch(await notebook.text(4), /waited/);
  });

  it("a slow drawing is not queued up: the latest value wins", async () => {
    const count = async (): Promise<number> =>
      Number(await notebook.output(3).locator(".count").textContent());
    await notebook.output(3).locator(".slow").getByText("2.4").waitFor();
    const before = await count();
    await press(notebook, "ArrowRight", 10);
    await notebook.output(3).locator(".slow").getByText("3.4").waitFor();
    assert.ok((await count()) - before <= 8, `${(await count()) - before} drawings for 10 moves`);
    await notebook.output(4).getByText("waited").waitFor();
  });

  it("what a callback throws is shown at the control, as text, until it goes well again", async () => {
    assert.equal(await notebook.runCell(5), true);
    await press(notebook, "End");
    const alert = notebook.output(1).getByRole("alert");
    await alert.getByText("entry: entry above the band <b>").waitFor();
    await press(notebook, "ArrowLeft", 2);
    await alert.waitFor({ state: "detached" });
    await drawn(notebook, /^3\.8 /);
  });

  it("the cell run again closes its controls and shows new ones", async () => {
    assert.equal(await notebook.runCell(1), true);
    await thumb(notebook).waitFor();
    assert.equal(await thumb(notebook).count(), 1);
    await press(notebook, "ArrowLeft");
    await drawn(notebook, /^3\.7 /);
  });

  it("a page loaded again shows the value and goes on; two pages follow each other", async () => {
    await notebook.save();
    const second = await lab.open("controls.ipynb", { width: 700, height: 1400 });
    const readout = (page: LabPage): Locator => page.output(1).locator(".widget-readout").first();
    await readout(second).getByText("3.7").waitFor();
    await press(second, "ArrowLeft");
    await readout(notebook).getByText("3.6").waitFor();
    await drawn(notebook, /^3\.6 /);
    await press(notebook, "ArrowLeft");
    await readout(second).getByText("3.5").waitFor();
    await screenshot(second.page, "controls-narrow");
    await second.close();
  });

  it("a window marked in a chart with the mouse is a control", async () => {
    assert.equal(await notebook.runCell(6), true);
    const canvas = notebook.output(6).locator("canvas").first();
    await canvas.scrollIntoViewIfNeeded();
    const box = (await canvas.boundingBox())!;
    const y = box.y + box.height / 2;
    const { mouse } = notebook.page;
    await mouse.move(box.x + box.width * 0.4, y);
    await mouse.down();
    await mouse.move(box.x + box.width * 0.6, y, { steps: 10 });
    await mouse.up();
    const text = notebook.output(6).locator(".marked");
    // the mouse passes over other windows on its way
    await text.getByText(/^(?:1[89]|2[0-5])\d to (?:3[2-9]|4[01])\d$/).waitFor();
    assert.match(await notebook.text(6), /2024-08-08T12:0\d:\d\d.*Z to 2024-08-08T12:0\d/);
    await notebook.idle();
    await screenshot(notebook.page, "controls-brush");
    await mouse.move(box.x + box.width * 0.8, y);
    await mouse.click(box.x + box.width * 0.8, y);
    await text.getByText("0 to 0").waitFor();
  });

  it("after a restart their last values stand there grey, with one sentence and a button that brings them back", async () => {
    await notebook.setTheme("JupyterLab Dark");
    await screenshot(notebook.page, "controls-dark");
    await notebook.restartKernel();
    const saved = notebook.output(1).locator("[data-saved]");
    await saved.first().waitFor();
    assert.match(await saved.first().innerText(), /run the cells to move them/);
    assert.equal(await notebook.page.getByText("model not found").count(), 0);
    const bar = notebook.page.locator(".tickbook-saved");
    await bar.getByText("These pictures were saved by a kernel that is gone; nothing runs.").waitFor();
    await screenshot(notebook.page, "controls-saved");
    await bar.getByRole("button", { name: "Run" }).click();
    await thumb(notebook).waitFor();
    await bar.waitFor({ state: "hidden" });
    await notebook.idle();
    assert.deepEqual(notebook.errors(), []);
  });
});
