import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Browser } from "playwright-core";
import { findChromium, launchChromium } from "../support/chromium.ts";
import { type JupyterLab, startJupyterLab } from "../support/jupyter.ts";
import { type LabPage, openNotebook } from "../support/lab-page.ts";
import { storeMarket } from "../support/market-store.ts";
import { notebookFolder, type RunNotebook, runNotebook } from "../support/notebooks.ts";
import { artifacts, projectRoot } from "../support/project.ts";
import { sharedData } from "../support/shared-data.ts";

const chromium = findChromium();
const NAMES = ["pair-research.ipynb", "correlation.ipynb"] as const;
const hourly = sharedData("btc-eth-hourly/btc_eth_1h.parquet");

/** The notebook as it is kept, with another source. */
function copy(folder: string, name: string, source: string, as = name): string {
  const text = readFileSync(join(projectRoot, "notebooks", name), "utf8");
  const changed = text.replace(
    'source: \\"store\\"',
    `source: ${JSON.stringify(JSON.stringify(source)).slice(1, -1)}`,
  );
  assert.ok(source === "store" || changed !== text, "the notebook has its source in one place");
  const path = join(folder, as);
  writeFileSync(path, changed);
  return path;
}

function textOf({ cells }: RunNotebook): string {
  return cells.flatMap(({ outputs }) => outputs.map(({ data }) => String(data?.["text/plain"]))).join("\n");
}

describe("pair-research and correlation", { timeout: 300_000 }, () => {
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

  it("run by nbclient on the seeded market, whole and with a hole, by the store and by a file's name; their claims hold", async () => {
    storeMarket(join(folder, "holed.db"), { seconds: 1200, hole: [500, 560] });
    const env = { TICKBOOK_DB: join(folder, "market.db") };
    for (const source of ["store", join(folder, "holed.db")]) {
      const [pair, correlation] = await Promise.all(
        NAMES.map((name) => runNotebook(copy(folder, name, source, `of-${source.length}-${name}`), { env })),
      );
      for (const run of [pair!, correlation!]) {
        assert.equal(run.error, "");
        assert.match(textOf(run), /SIMULATED · seed 7/);
      }
      assert.match(
        textOf(pair!),
        /^(Worth a backtest|Not shown|Not worth trading)[^\n]*For it: \d, against: \d/m,
      );
      assert.match(textOf(pair!), /rejected at|not rejected/);
      assert.match(textOf(correlation!), /Correlation, Kendall \(τ-b\)/);
    }
  });

  it("run by nbclient on five years of hourly bars by their file's name alone", {
    skip: !hourly,
  }, async () => {
    for (const name of NAMES) {
      const run = await runNotebook(copy(folder, name, hourly!, `hourly-${name}`), {
        env: { TICKBOOK_DB: join(folder, "none.db") },
      });
      assert.equal(run.error, "");
      assert.match(textOf(run), /btc_eth_1h\.parquet · 43,824 bars of 1h/);
    }
  });

  it("say in one sentence what is missing, and nothing of the code", async () => {
    const run = await runNotebook(copy(folder, NAMES[0], "nowhere.parquet", "nowhere.ipynb"), {
      allowErrors: true,
    });
    const [first] = run.cells.flatMap(({ outputs }) => outputs.filter((o) => o.output_type === "error"));
    assert.match(
      String(first?.evalue),
      /^nowhere\.parquet: needs a file of bars; there is none of this name\. Pass a path/,
    );
  });

  describe("in JupyterLab", { skip: !chromium }, () => {
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
      copy(folder, NAMES[0], hourly!, name);
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
        copy(folder, name, "store");
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
        await screenshots(notebook, name, [...charts, ...cellsWith(name, /pairVerdict\(|check\(\{/)]);
        assert.deepEqual(notebook.errors(), []);
        await notebook.page.close();
      });
    }
  });
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
