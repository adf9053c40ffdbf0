import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { findChromium, launchChromium } from "../support/chromium.ts";
import { startJupyterLab } from "../support/jupyter.ts";
import { openNotebook } from "../support/lab-page.ts";
import { copyNotebook, notebookFolder } from "../support/notebooks.ts";
import { artifacts } from "../support/project.ts";

const chromium = findChromium();
const NAME = "backtest.ipynb";

test("the notebook backtest runs from top to bottom in JupyterLab and draws every chart, light and dark", {
  skip: !chromium,
  timeout: 300_000,
}, async (t) => {
  const folder = notebookFolder(t);
  copyNotebook(folder, NAME, "sim:7");
  const lab = await startJupyterLab({ rootDir: folder, env: { TICKBOOK_DB: join(folder, "none.db") } });
  t.after(() => lab.stop());
  const browser = await launchChromium(chromium!);
  t.after(() => browser.close());
  const notebook = await openNotebook(browser, lab, NAME, { width: 1240, height: 9000 });
  assert.equal(await notebook.runAll(), true);
  for (const theme of ["Light", "Dark"] as const) {
    await notebook.setTheme(`JupyterLab ${theme}`);
    const charts = notebook.page.locator(".vega-embed canvas, .vega-embed svg");
    await charts.nth(8).waitFor();
    const path = join(artifacts, `backtest-${theme.toLowerCase()}.png`);
    await notebook.page.screenshot({ path });
  }
  assert.deepEqual(notebook.errors(), []);
});
