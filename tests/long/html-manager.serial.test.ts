import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { after, before, describe, it, type TestContext } from "node:test";
import type { Browser, Page } from "playwright-core";
import { findChromium, launchChromium, screenshot } from "../support/chromium.ts";
import { front } from "../support/html-manager.ts";
import { type JupyterLab, startJupyterLab } from "../support/jupyter.ts";
import { notebookFolder } from "../support/notebooks.ts";
import { projectRoot } from "../support/project.ts";
import { tempFolder } from "../support/temp.ts";

const chromium = findChromium();
const packages = ["@jupyter-widgets/html-manager@1.0.15", "requirejs@2.3.7"];

/** The packages' files; undefined where no registry can be reached. */
function unpacked(folder: string): readonly string[] | undefined {
  // an npm that an older Node runs leaves out what asks for a newer one
  const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` };
  const run = (program: string, ...args: string[]): string =>
    execFileSync(program, args, { cwd: folder, encoding: "utf8", env, shell: process.platform === "win32" });
  try {
    run("npm", "ping");
  } catch {
    return undefined;
  }
  return packages.map((name) => {
    const tarball = run("npm", "pack", "--silent", name).trim();
    const to = tarball.replace(/\.tgz$/, "");
    execFileSync(process.execPath, ["-e", "require('fs').mkdirSync(process.argv[1])", to], { cwd: folder });
    run("tar", "-xzf", tarball, "-C", to);
    return join(folder, to, "package");
  });
}

/**
 * What VS Code and other front ends offer: Jupyter's protocol, ipywidgets' own manager, Vega-Lite by its MIME type, and
 * nothing of this project in the page.
 */
describe("a page with ipywidgets' html-manager and Vega alone", {
  skip: chromium === undefined,
  timeout: 180_000,
}, () => {
  let lab: JupyterLab;
  let browser: Browser;
  let page: Page;
  let missing = false;
  const ends: (() => unknown)[] = [];
  const later = { after: (end: () => unknown) => ends.push(end) } as unknown as TestContext;

  before(async () => {
    const found = unpacked(tempFolder(later));
    missing = found === undefined;
    if (found === undefined) return;
    const inProject = (...path: string[]): string =>
      readFileSync(join(projectRoot, "node_modules", ...path), "utf8");
    const scripts = [
      inProject("vega", "build", "vega.min.js"),
      inProject("vega-lite", "build", "vega-lite.min.js"),
      inProject("vega-embed", "build", "vega-embed.min.js"),
      readFileSync(join(found[1]!, "require.js"), "utf8"),
      readFileSync(join(found[0]!, "dist", "libembed-amd.js"), "utf8"),
    ];
    lab = await startJupyterLab({ rootDir: notebookFolder(later), extension: false });
    ends.unshift(() => lab.stop());
    browser = await launchChromium(chromium!);
    ends.unshift(() => browser.close());
    page = await browser.newPage({ viewport: { width: 900, height: 1000 } });
    page.setDefaultTimeout(20_000);
    // a page of the server's own address, emptied
    await page.goto(`${lab.url}/login`);
    await page.setContent("<!doctype html><meta charset=utf-8><body></body>");
    for (const content of scripts) await page.addScriptTag({ content });
    await page.evaluate(front, { token: lab.token });
  });
  after(async () => {
    for (const end of ends) await end();
  });

  const test = (name: string, work: () => Promise<void>): unknown =>
    it(name, async (t) => (missing ? t.skip("SKIPPED: no npm registry can be reached") : work()));
  const run = (code: string): Promise<string> =>
    page.evaluate(
      (code) => (globalThis as unknown as { runCell(code: string): Promise<string> }).runCell(code),
      code,
    );
  const cell = (n: number) => page.locator(".cell").nth(n);

  test("a slider moves a chart beside it, by keys, and the kernel's own moves show", async () => {
    const imports = 'import { controls, linesChart, reacting, select, slider } from "tickbook";';
    assert.equal(
      await run(`${imports}
const waves = slider("waves", { min: 1, max: 9, value: 2 });
const kind = select("kind", { sine: "sin", cosine: "cos" });
controls([waves, kind]);`),
      "ok",
    );
    assert.equal(
      await run(`const times = Array.from({ length: 200 }, (_, i) => 1723118400e6 + i * 1e6);
reacting(() => linesChart(times, [{ name: "wave", values: times.map((_, i) => Math[kind.value](i * waves.value / 60)) }], { title: \`\${kind.value} \${waves.value}\` }));`),
      "ok",
    );
    const title = (text: string): Promise<void> => cell(1).getByText(text, { exact: true }).waitFor();
    await title("sin 2");
    await cell(0).locator(".noUi-handle").focus();
    for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
    await title("sin 5");
    await cell(0).locator("select").selectOption({ label: "cosine" });
    await title("cos 5");
    await screenshot(page, "html-manager");
    assert.equal(await run("waves.value = 8;"), "ok");
    await cell(0).locator(".widget-readout").getByText("8").waitFor();
    await title("cos 8");
  });

  test("a live panel moves, tables and values are there", async () => {
    assert.equal(
      await run(`import { live, show, stopLive } from "tickbook";
let n = 0;
live("ticks", () => ({ kind: "html", text: "", html: \`<b class="tick">\${n++}</b>\` }), { refreshMs: 100 });`),
      "ok",
    );
    const panel = cell(3).locator(".tick");
    await panel.getByText(/^[5-9]$/).waitFor();
    assert.equal(await run("stopLive(); show([{ a: 1, b: 'two' }]); 7 * 6"), "ok");
    await cell(4).locator("td").getByText("two").waitFor();
    await cell(4).getByText("42").waitFor();
  });
});
