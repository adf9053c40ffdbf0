import assert from "node:assert/strict";
import { copyFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { findChromium, launchChromium, screenshot } from "../support/chromium.ts";
import type { Output } from "../support/notebooks.ts";
import { projectPython, projectRoot } from "../support/project.ts";
import { type Started, start } from "../support/started.ts";
import { tempFolder } from "../support/temp.ts";

const chromium = findChromium();

interface Saved {
  readonly cells: readonly {
    readonly cell_type: string;
    readonly execution_count?: number | null;
    readonly outputs?: readonly Output[];
  }[];
}

describe("npm start -- --notebooks DIR, in a folder outside of the project", {
  skip: !chromium,
  timeout: 240_000,
}, () => {
  let started: Started;
  let browser: Browser;
  let url: string;
  let token: string;
  let folder: string;
  const ends: (() => unknown)[] = [];
  const context = { after: (end: unknown) => ends.unshift(end as () => unknown) };

  before(async () => {
    projectPython();
    folder = tempFolder(context as never);
    const home = tempFolder(context as never);
    for (const name of ["first-steps.ipynb", "a copy of it.ipynb"])
      copyFileSync(join(projectRoot, "notebooks", "first-steps.ipynb"), join(folder, name));
    const db = join(home, "sim.db");
    started = start(context as never, ["--venue", "sim", "--db", db, "--notebooks", folder, "--no-browser"], {
      HOME: home,
    });
    const printed = await started.printed(/JupyterLab: (http:\/\/127\.0\.0\.1:\d+)\/lab\S*\?token=(\w+)/);
    [, url, token] = printed as unknown as [string, string, string];
    browser = await launchChromium(chromium!);
    ends.unshift(() => browser.close());
  });
  after(async () => {
    started.kill("SIGINT");
    await started.ended;
    for (const end of ends) await end();
  });

  const saved = (name: string): Saved => JSON.parse(readFileSync(join(folder, name), "utf8")) as Saved;
  const open = async (name: string): Promise<Page> => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.setDefaultTimeout(60_000);
    await page.goto(
      `${url}/lab/workspaces/auto-${name.length}/tree/${encodeURIComponent(name)}?token=${token}`,
    );
    await page.locator(".jp-NotebookPanel .jp-Cell").first().waitFor();
    await page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').waitFor();
    return page;
  };
  const runAll = async (page: Page): Promise<void> => {
    await page.locator(".lm-MenuBar-item").getByText("Run", { exact: true }).click();
    await page.locator(".lm-Menu-item").getByText("Run All Cells", { exact: true }).click();
  };
  /** Saves until every cell of the file has run. */
  const ran = async (page: Page, name: string): Promise<Saved> => {
    const isOver = (): boolean =>
      saved(name).cells.every(
        ({ cell_type, execution_count }) => cell_type !== "code" || typeof execution_count === "number",
      );
    for (let n = 0; n < 120 && !isOver(); n++) {
      await page.keyboard.press("Control+s");
      await page.waitForTimeout(500);
    }
    assert.ok(isOver(), `${name} has not run to its end`);
    return saved(name);
  };

  it("a copied notebook and its copy run beside each other, each in a kernel of its own, to their ends", async () => {
    const names = ["first-steps.ipynb", "a copy of it.ipynb"];
    const pages = await Promise.all(names.map(open));
    await Promise.all(pages.map(runAll));
    for (const [n, name] of names.entries()) {
      const { cells } = await ran(pages[n]!, name);
      const wrong = cells.flatMap(({ outputs = [] }) => outputs.filter((one) => one.output_type === "error"));
      assert.deepEqual(
        wrong.map(({ evalue }) => evalue),
        [],
        name,
      );
      await screenshot(pages[n]!, `notebooks-elsewhere-${n + 1}`);
    }
    const answer = await fetch(`${url}/api/kernels?token=${token}`);
    assert.equal(((await answer.json()) as unknown[]).length, 2);
    assert.deepEqual(
      readdirSync(folder)
        .filter((name) => name.endsWith(".ipynb"))
        .sort(),
      [...names].sort(),
    );
    assert.equal(existsSync(join(folder, "node_modules")), false, "nothing is put into a reader's folder");
  });
});
