import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Browser } from "playwright-core";
import { findChromium, launchChromium } from "../support/chromium.ts";
import { type JupyterLab, startJupyterLab } from "../support/jupyter.ts";
import { type LabPage, openNotebook } from "../support/lab-page.ts";
import { storeMarket } from "../support/market-store.ts";
import { copyNotebook, notebookFolder } from "../support/notebooks.ts";
import { artifacts, projectRoot } from "../support/project.ts";
import { sharedData } from "../support/shared-data.ts";

const chromium = findChromium();
const NAMES = ["pair-research.ipynb", "correlation.ipynb"] as const;
const hourly = sharedData("btc-eth-hourly/btc_eth_1h.parquet");

describe("pair-research and correlation in JupyterLab", { skip: !chromium, timeout: 300_000 }, () => {
  let folder: string;
  const ends: (() => unknown)[] = [];
  const context = { after: (end: unknown) => ends.unshift(end as () => unknown) };

  before(() => {
    folder = notebookFolder(context as never);
    storeMarket(join(folder, "market.db"), { seconds: 1800 });
  });
  after(async () => {
    for (const end of ends) await end();
  });

  let lab: JupyterLab;
  let browser: Browser;

  before(async () => {
    lab = await startJupyterLab({ rootDir: folder, env: { TICKBOOK_DB: join(folder, "market.db") } });
    ends.unshift(() => lab.stop());
    browser = await launchChromium(chromium!);
    ends.unshift(() => browser.close());
  });

  it("pair-research draws five years of hourly bars", { skip: !hourly }, async () => {
    const name = "hourly.ipynb";
    copyNotebook(folder, NAMES[0], hourly!, name);
    const notebook = await openNotebook(browser, lab, name, { width: 1240, height: 7600 });
    assert.equal(await notebook.runAll(), true);
    const charts = cellsWith(NAMES[0], /show\(\w+Chart\(/);
    for (const n of charts) await notebook.output(n).locator(".vega-embed canvas").first().waitFor();
    await screenshots(notebook, name, charts);
    assert.deepEqual(notebook.errors(), []);
    await notebook.page.close();
  });

  for (const name of NAMES) {
    it(`${name} runs from top to bottom and draws every chart, light and dark`, async () => {
      copyNotebook(folder, name, undefined);
      const notebook = await openNotebook(browser, lab, name, { width: 1240, height: 7600 });
      assert.equal(await notebook.runAll(), true);
      const charts = cellsWith(name, /show\(\w+Chart\(/);
      for (const theme of ["Light", "Dark"] as const) {
        await notebook.setTheme(`JupyterLab ${theme}`);
        for (const n of charts) {
          const drawn = notebook.output(n).locator(".vega-embed canvas, .vega-embed svg");
          await drawn.first().waitFor();
        }
        const path = join(artifacts, `${name.replace(".ipynb", "")}-${theme.toLowerCase()}.png`);
        await notebook.page.screenshot({ path });
      }
      await screenshots(notebook, name, [...charts, ...cellsWith(name, /pairCase\(|check\(\{/)]);
      assert.deepEqual(notebook.errors(), []);
      await notebook.page.close();
    });
  }
});

/** Code cells which hold something. */
function cellsWith(name: string, what: RegExp): number[] {
  const { cells } = JSON.parse(readFileSync(join(projectRoot, "notebooks", name), "utf8")) as {
    cells: { cell_type: string; source: string[] }[];
  };
  return cells.flatMap(({ cell_type, source }, n) =>
    cell_type === "code" && what.test(source.join("")) ? [n] : [],
  );
}

async function screenshots(notebook: LabPage, name: string, cells: readonly number[]): Promise<void> {
  for (const n of cells) {
    const path = join(artifacts, `${name.replace(".ipynb", "")}-${String(n).padStart(2, "0")}.png`);
    await notebook.output(n).screenshot({ path });
  }
}
