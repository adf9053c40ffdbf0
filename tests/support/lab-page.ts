import type { Browser, Locator, Page } from "playwright-core";
import type { JupyterLab } from "./jupyter.ts";

/** A notebook open in JupyterLab in a browser. Cells count from 0. */
export interface LabPage {
  readonly page: Page;
  cell(n: number): Locator;
  output(n: number): Locator;
  /** The output as a reader sees it. */
  text(n: number): Promise<string>;
  /** Runs a cell and resolves when it has ended; false when it failed. */
  runCell(n: number): Promise<boolean>;
  /** Runs a cell and does not wait for it. */
  startCell(n: number): Promise<void>;
  /** Runs the notebook from the top; resolves when the last cell has ended, false when one failed. */
  runAll(): Promise<boolean>;
  /** Resolves when the output of a cell, or a part of it, has looked different `count` times. */
  waitForChanges(n: number, count: number, part?: string): Promise<void>;
  /** Runs code that is in no cell. */
  runInKernel(code: string): Promise<void>;
  /** Resolves when the kernel is connected and idle. */
  idle(): Promise<void>;
  restartKernel(): Promise<void>;
  /** Closes the socket to the kernel; resolves when JupyterLab has connected again by itself, with the states it went through. */
  cutConnection(): Promise<readonly string[]>;
  save(): Promise<void>;
  /** Whether there is something to save. */
  isDirty(): Promise<boolean>;
  /** Loads the page again and waits until the kernel is connected. */
  reload(): Promise<void>;
  setTheme(theme: "JupyterLab Light" | "JupyterLab Dark"): Promise<void>;
  /** What the browser's console reported as errors. */
  errors(): readonly string[];
  /** Closes the notebook. */
  close(): Promise<void>;
}

const timeout = 60_000;

/** Opens a notebook in a page of its own and waits until its kernel is idle. */
export async function openNotebook(
  browser: Browser,
  lab: JupyterLab,
  path: string,
  size: { width: number; height: number } = { width: 1280, height: 1400 },
): Promise<LabPage> {
  const page = await browser.newPage({ viewport: size });
  const url = lab.notebookUrl(path);
  return notebookIn(page, url, () => page.goto(url));
}

/** Opens a notebook by `open` in a page, and waits until its kernel is idle; `url` is that of the notebook. */
export async function notebookIn(page: Page, url: string, open: () => Promise<unknown>): Promise<LabPage> {
  const errors: string[] = [];
  page.on("pageerror", (problem) => errors.push(String(problem)));
  page.setDefaultTimeout(timeout);
  const opened = async (): Promise<void> => {
    await page.waitForSelector(".jp-NotebookPanel .jp-Cell");
    await page.waitForFunction(() => {
      const { jupyterapp } = globalThis as unknown as { jupyterapp: LabApp };
      const kernel = jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel;
      return kernel?.connectionStatus === "connected" && kernel.status === "idle";
    });
  };
  await open();
  await opened();

  const command = (name: string, active?: number, wait = true, args = {}): Promise<boolean> =>
    page.evaluate(
      async ([name, active, wait, args]) => {
        const { shell, commands } = (globalThis as unknown as { jupyterapp: LabApp }).jupyterapp;
        const { content } = shell.currentWidget;
        if (active !== undefined) {
          content.deselectAll();
          content.activeCellIndex = active;
        }
        const done = commands.execute(name, args);
        return wait ? (await done) !== false : true;
      },
      [name, active, wait, args] as const,
    );
  /** Which cells hold an error. */
  const failed = (): Promise<number[]> =>
    page.evaluate(() => {
      const { shell } = (globalThis as unknown as { jupyterapp: LabApp }).jupyterapp;
      const cells = shell.currentWidget.content.widgets.map(({ model }) => model.toJSON().outputs ?? []);
      return cells.flatMap((outputs, n) => (outputs.some((o) => o.output_type === "error") ? [n] : []));
    });
  const output = (n: number): Locator =>
    page.locator(".jp-Notebook .jp-Cell").nth(n).locator(".jp-Cell-outputArea");
  return {
    page,
    cell: (n) => page.locator(".jp-Notebook .jp-Cell").nth(n),
    output,
    text: async (n) => (await output(n).locator(".jp-OutputArea-output").allInnerTexts()).join(""),
    runCell: async (n) => {
      await command("notebook:run-cell", n);
      return !(await failed()).includes(n);
    },
    startCell: async (n) => {
      await command("notebook:run-cell", n, false);
    },
    runAll: async () => {
      await command("notebook:run-all-cells");
      return (await failed()).length === 0;
    },
    waitForChanges: async (n, count, part = "") => {
      const seen = await output(n).evaluate(changes, [part, count, timeout] as const);
      if (seen < count) throw new Error(`the output of cell ${n} has looked different ${seen} times`);
    },
    runInKernel: (code) =>
      page.evaluate(async (code) => {
        const { shell } = (globalThis as unknown as { jupyterapp: LabApp }).jupyterapp;
        await shell.currentWidget.sessionContext!.session!.kernel!.requestExecute({ code }).done;
      }, code),
    idle: opened,
    restartKernel: async () => {
      await page.evaluate(async () => {
        const { shell } = (globalThis as unknown as { jupyterapp: LabApp }).jupyterapp;
        await shell.currentWidget.sessionContext!.session!.kernel!.restart();
      });
      await opened();
    },
    cutConnection: () =>
      page.evaluate(async () => {
        const { shell } = (globalThis as unknown as { jupyterapp: LabApp }).jupyterapp;
        const kernel = shell.currentWidget.sessionContext!.session!.kernel!;
        const states: string[] = [];
        const again = new Promise<void>((resolve) => {
          kernel.connectionStatusChanged.connect((_, state) => {
            states.push(state);
            if (state === "connected") resolve();
          });
        });
        const { _ws: socket } = kernel;
        // as the network does it: the close is not clean
        socket.onclose({ wasClean: false, code: 1006 });
        socket.close();
        await again;
        return states;
      }),
    save: async () => {
      await command("docmanager:save");
    },
    isDirty: () =>
      page.evaluate(
        () =>
          (globalThis as unknown as { jupyterapp: LabApp }).jupyterapp.shell.currentWidget.context.model
            .dirty,
      ),
    reload: async () => {
      await page.goto(url);
      await opened();
    },
    setTheme: async (theme) => {
      const body = page.locator(`body[data-jp-theme-name="${theme}"]`);
      if ((await body.count()) > 0) return;
      await command("apputils:change-theme", undefined, true, { theme });
      await page.waitForSelector(`body[data-jp-theme-name="${theme}"]`, { state: "attached" });
      await page.waitForSelector("#jupyterlab-splash", { state: "detached" });
    },
    errors: () => errors,
    close: () => page.close(),
  };
}

interface LabApp {
  shell: {
    currentWidget: {
      content: {
        activeCellIndex: number;
        deselectAll(): void;
        widgets: { model: { toJSON(): { outputs?: { output_type: string }[] } } }[];
      };
      context: { model: { dirty: boolean } };
      /** Of a notebook. */
      sessionContext?: {
        session?: {
          kernel?: {
            status: string;
            connectionStatus: string;
            _ws: { onclose(event: { wasClean: boolean; code: number }): void; close(): void };
            connectionStatusChanged: { connect(slot: (_: unknown, state: string) => void): void };
            restart(): Promise<void>;
            requestExecute(content: { code: string }): { done: Promise<unknown> };
          };
        };
      };
    };
  };
  commands: { execute(name: string, args: object): Promise<unknown> };
}

/** As much of the page's DOM as is used here. */
interface Seen {
  readonly textContent: string;
  querySelectorAll(selector: string): Iterable<Seen>;
  toDataURL?(): string;
}

/** Runs in the page: how often what can be seen of a node has changed, an empty moment between two drawings aside, once it is `count` times or the time is over. */
function changes(node: unknown, [part, count, withinMs]: readonly [string, number, number]): Promise<number> {
  const root = node as Seen;
  const look = (): string => {
    const watched = part ? [...root.querySelectorAll(part)] : [root];
    return watched
      .map((element) => {
        const drawn = [element, ...element.querySelectorAll("canvas")].map((e) => e.toDataURL?.() ?? "");
        return [element.textContent, ...drawn].join("|");
      })
      .join("#");
  };
  const deadline = performance.now() + withinMs;
  let last = look();
  let seen = 0;
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const now = look();
      if (now !== "" && now !== last) {
        last = now;
        seen++;
      }
      if (seen < count && performance.now() < deadline) return;
      clearInterval(timer);
      resolve(seen);
    }, 100);
  });
}
