import { mkdtempSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { after, type TestContext } from "node:test";
import type { Browser, Page } from "playwright-core";
import { findChromium, launchChromium } from "./chromium.ts";
import { type JupyterLab, startJupyterLab } from "./jupyter.ts";
import { type LabPage, notebookIn } from "./lab-page.ts";
import { notebookFolder } from "./notebooks.ts";

/** A place in the JupyterLab and the browser which the test files of a process share. */
export interface LabFolder {
  /** Of this file alone. */
  readonly folder: string;
  /** Which the notebooks read unless they name another; the file fills it. */
  readonly db: string;
  readonly browser: Browser;
  /** Opens a notebook of the folder in a page that no other test uses, and waits until its kernel is idle. */
  open(name: string, size?: { width: number; height: number }): Promise<LabPage>;
}

interface Shared {
  readonly lab: JupyterLab;
  readonly root: string;
  /** Pages in which JupyterLab is loaded, with what ends their present use. */
  readonly pages: Map<Page, (() => Promise<void>) | undefined>;
}

const ends: (() => unknown)[] = [];
after(async () => {
  for (const end of ends) await end();
});

let browser: Promise<Browser> | undefined;
let shared: Promise<Shared> | undefined;

/** One browser for all test files of a process: it starts when the first asks, and ends after the last one. */
export function sharedBrowser(): Promise<Browser> {
  browser ??= (async () => {
    const started = await launchChromium(findChromium()!);
    ends.unshift(() => started.close());
    return started;
  })();
  return browser;
}

/**
 * A folder in a JupyterLab that all test files of a process share, and its loaded pages with it: a kernel is new for each
 * notebook, what is shared takes seconds to start. Before the test file ends, its notebooks are closed and their kernels gone.
 */
export async function labFolder(t: Pick<TestContext, "after">): Promise<LabFolder> {
  shared ??= start();
  const { lab, root, pages } = await shared;
  const browser = await sharedBrowser();
  const db = join(root, "market.db");
  t.after(async () => {
    for (const release of pages.values()) await release?.();
    await lab.endKernels();
    for (const name of [db, `${db}-wal`, `${db}-shm`]) rmSync(name, { force: true });
  });
  // it goes with the root: JupyterLab's list of files shows it
  const folder = mkdtempSync(join(root, "tests-"));
  return {
    folder,
    db,
    browser,
    open: async (name, size = { width: 1280, height: 1400 }) => {
      const path = relative(root, join(folder, name));
      const free = [...pages].find(([, release]) => release === undefined)?.[0];
      const page = free ?? (await browser.newPage());
      await page.setViewportSize(size);
      // a page behind another one does not learn which notebook is its current one
      await page.bringToFront();
      const url = lab.notebookUrl(path);
      const notebook = await notebookIn(page, url, () =>
        free === undefined ? page.goto(url) : page.evaluate(openPath, path),
      );
      const release = async (): Promise<void> => {
        pages.set(page, undefined);
        await notebook.setTheme("JupyterLab Light");
        await page.evaluate(closeNotebooks);
      };
      pages.set(page, release);
      return { ...notebook, close: release };
    },
  };
}

async function start(): Promise<Shared> {
  const root = notebookFolder({ after: (end) => ends.push(end as () => unknown) });
  const lab = await startJupyterLab({ rootDir: root, env: { TICKBOOK_DB: join(root, "market.db") } });
  ends.unshift(() => lab.stop());
  return { lab, root, pages: new Map() };
}

interface LabApp {
  readonly commands: { execute(name: string, args: object): Promise<unknown> };
  readonly shell: { widgets(area: "main"): Iterable<OpenWidget> };
}

interface OpenWidget {
  readonly context?: { model: { dirty: boolean } };
  close(): void;
}

/** Runs in the page. */
async function openPath(path: string): Promise<void> {
  const { jupyterapp } = globalThis as unknown as { jupyterapp: LabApp };
  await jupyterapp.commands.execute("docmanager:open", { path, factory: "Notebook" });
}

/** Runs in the page: whatever is open goes, and nothing is asked; another page may be at the same kernel. */
function closeNotebooks(): void {
  const { jupyterapp } = globalThis as unknown as { jupyterapp: LabApp };
  for (const widget of [...jupyterapp.shell.widgets("main")]) {
    if (widget.context !== undefined) widget.context.model.dirty = false;
    widget.close();
  }
}
