import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { graveFindings } from "../support/axe.ts";
import { findChromium, screenshot } from "../support/chromium.ts";
import { lookAtPair } from "../support/desk-looks.ts";
import { sharedBrowser } from "../support/lab.ts";
import { projectPython } from "../support/project.ts";
import { descendants, type Started, start } from "../support/started.ts";
import { tempFolder } from "../support/temp.ts";

const chromium = findChromium();
const PANELS = ["alerts", "pair", "pairs", "tiles"];

/** As much of the page as is read here. */
interface DeskNode {
  readonly dataset: { readonly panel: string };
  readonly textContent: string;
  querySelector(selector: string): { toDataURL(): string } | null;
  getBoundingClientRect(): { bottom: number; width: number };
}

describe("the desk of npm start, on the simulated market at 1280 × 800", {
  skip: !chromium,
  timeout: 240_000,
}, () => {
  let started: Started;
  let page: Page;
  let address: string;
  const errors: string[] = [];
  const ends: (() => unknown)[] = [];
  const context = { after: (end: unknown) => ends.unshift(end as () => unknown) };

  /** What each panel shows. */
  const seen = (): Promise<Record<string, string>> =>
    page
      .locator(".tickbook-desk-panel")
      .evaluateAll((nodes) =>
        Object.fromEntries(
          (nodes as unknown as DeskNode[]).map((node) => [
            node.dataset.panel,
            node.querySelector("canvas")?.toDataURL() ?? node.textContent,
          ]),
        ),
      );
  const untilPanels = async (): Promise<void> => {
    await page.waitForFunction(
      (count) =>
        (
          globalThis as unknown as { document: { querySelectorAll(s: string): { length: number } } }
        ).document.querySelectorAll(".tickbook-desk-panel").length >= count,
      PANELS.length,
    );
  };
  const untilChanged = async (panel: string): Promise<void> => {
    const before = (await seen())[panel];
    while ((await seen())[panel] === before) await page.waitForTimeout(100);
  };

  before(async () => {
    projectPython();
    const folder = tempFolder(context as never);
    started = start(context as never, ["--venue", "sim", "--db", join(folder, "sim.db"), "--no-browser"], {
      HOME: folder,
    });
    [, address] = (await started.printed(/JupyterLab: (\S+)/)) as unknown as [string, string];
    page = await (await sharedBrowser()).newPage({
      viewport: { width: 1280, height: 800 },
      permissions: ["clipboard-read", "clipboard-write"],
    });
    ends.unshift(() => page.close());
    page.setDefaultTimeout(60_000);
    page.on("pageerror", (problem) => errors.push(String(problem)));
    await page.goto(address);
  });
  after(async () => {
    started.kill("SIGINT");
    await started.ended;
    for (const end of ends) await end();
  });

  it("runs by itself: tiles, chart and alerts stand there, and change, without a key", async () => {
    await untilPanels();
    assert.deepEqual(Object.keys(await seen()).sort(), PANELS);
    for (const panel of ["tiles", "pair"]) await untilChanged(panel);
    await screenshot(page, "desk");
    const places = await page
      .locator(".tickbook-desk-panel")
      .evaluateAll((nodes) => (nodes as unknown as DeskNode[]).map((node) => node.getBoundingClientRect()));
    for (const [k, { bottom, width }] of places.entries()) {
      // the list of all pairs goes on below
      if (k < places.length - 1) assert.ok(bottom <= 800, "nothing lies below the screen");
      assert.ok(width > 200);
    }
    const cut = await page
      .locator(".tickbook-desk-side .tickbook-table")
      .evaluateAll((nodes) =>
        (nodes as unknown as { scrollWidth: number; clientWidth: number }[]).filter(
          ({ scrollWidth, clientWidth }) => scrollWidth > clientWidth,
        ),
      );
    assert.deepEqual(cut, [], "no table is cut at its right");
  });

  it("has the controls of the notebook: one that moves there moves every panel, and the notebook", async () => {
    const threshold = page.locator(".tickbook-desk-controls").getByText("threshold");
    await threshold.waitFor();
    const before = (await seen()).tiles;
    assert.match(before!, /(within|beyond) ±2/);
    await page.locator(".tickbook-desk-controls .noUi-handle").last().focus();
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(() =>
      /±2\.05/.test(
        (
          globalThis as unknown as { document: { querySelector(s: string): { textContent: string } } }
        ).document.querySelector('[data-panel="tiles"]').textContent,
      ),
    );
  });

  it("is live again after a reload, and the cells have not been run again", async () => {
    const starts = async (): Promise<unknown> =>
      page.evaluate(
        () =>
          (globalThis as unknown as { localStorage: Record<string, string> }).localStorage[
            "tickbook.desk.used"
          ],
      );
    const once = await starts();
    await page.reload();
    await untilPanels();
    await untilChanged("pair");
    assert.equal(await starts(), once);
    assert.deepEqual(errors, []);
  });

  it("says the same in tile, table and chart, however often one looks while they move", async () => {
    const looks = await page.evaluate(lookAtPair, 150);
    assert.deepEqual(
      looks.filter(({ tile, table, chart }) => tile !== chart || table !== chart),
      [],
    );
  });

  it("shows one crosshair through all three charts, with the values at it", async () => {
    const box = (await page.locator('[data-panel="pair"] canvas').boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 4);
    await untilChanged("pair");
    await screenshot(page, "desk-crosshair");
  });

  it("an alert that fires is shown as a notification and heard, and its button goes to its band on the chart", async () => {
    const sounds = (): Promise<number> =>
      page.evaluate(
        () =>
          Number(
            (globalThis as unknown as { document: { body: { dataset: Record<string, string> } } }).document
              .body.dataset.tickbookSounds,
          ) || 0,
      );
    await page.getByLabel("sound").check();
    assert.equal(await sounds(), 1, "switched on, it sounds once");
    await page.evaluate(runOnDesk, `alerts.value.set(${JSON.stringify(RESTLESS)})`);
    const toast = page.locator(".Toastify__toast", { hasText: "info: restless" }).first();
    await toast.waitFor();
    assert.ok((await sounds()) > 1);
    await toast.getByRole("button", { name: "Show on the chart" }).click();
    const look = await (
      await page.waitForFunction(() => {
        const { document } = globalThis as unknown as { document: { querySelector(s: string): Charted } };
        const { view } = document.querySelector('[data-panel="pair"] .tickbook-chart');
        const at = (name: string): number => Number(view.signal(name));
        return at("markedMs") > 0 && [at("firstMs"), at("markedMs"), at("lastMs")];
      })
    ).jsonValue();
    const [first, marked, last] = look as [number, number, number];
    assert.ok(first < marked && marked < last);
    await screenshot(page, "desk-alert");
    await page.getByRole("button", { name: "back to now" }).click();
    await page.reload();
    await untilPanels();
    assert.equal(await page.getByLabel("sound").isChecked(), true, "the switch is remembered");
    await page.getByLabel("sound").uncheck();
  });

  it("a row of the alerts can be snoozed until a time and woken, by the keys alone; the watch holds it back, and says so", async () => {
    await page.evaluate(runOnDesk, 'alerts.value.remove("restless")');
    const row = page.locator('[data-panel="alerts"] tr[data-row]', { hasText: "low correlation" });
    const choose = async (item: string): Promise<void> => {
      await row.focus();
      await page.keyboard.press("Enter");
      await page.getByRole("menuitem", { name: item }).focus();
      await screenshot(page, "desk-menu");
      await page.keyboard.press("Enter");
    };
    await choose("Snooze for 15 min");
    await row.getByText(/^to \d\d:\d\d$/).waitFor();
    await started.printed(/snoozed warning · low correlation · ETHUSDT\/BTCUSDT: snoozed until/);
    await choose("End the snooze");
    await row.getByText(/^to \d\d:\d\d$/).waitFor({ state: "detached" });
    await started.printed(/no longer snoozed warning · low correlation/);
  });

  it("Run All leaves the notebook where its reader was, however outputs above grow", async () => {
    await page.getByRole("tab", { name: "live-monitor.ipynb" }).click();
    const before = await page.evaluate(topOfNotebook, 1500);
    assert.ok(before.scrolled > 500, "the notebook is scrolled down");
    await page.getByRole("menuitem", { name: "Run", exact: true }).click();
    await page.getByText("Run All Cells", { exact: true }).click();
    for (let look = 0; look < 25; look++) {
      const { offset } = await page.evaluate(topOfNotebook, undefined);
      assert.ok(Math.abs(offset - before.offset) <= 30, `${offset} after ${before.offset}`);
    }
    await page.getByRole("tab", { name: "Desk" }).click();
    await untilChanged("pair");
  });

  it("a panel's CSV has each digit of what is on screen, and its picture goes to the clipboard", async () => {
    const tool = async (panel: string, name: string): Promise<void> => {
      await page.locator(`[data-panel="${panel}"]`).hover();
      await page.locator(`[data-panel="${panel}"] .tickbook-tools`).getByRole("button", { name }).click();
    };
    const download = page.waitForEvent("download");
    await tool("pair", "CSV");
    const file = await download;
    assert.equal(file.suggestedFilename(), "pair.csv");
    const [head, ...rows] = readFileSync(await file.path(), "utf8")
      .trim()
      .split("\r\n");
    assert.match(head!, /^start \(UTC\),open \(USDT\),.*,spread \(log price\),z-score$/);
    assert.ok(rows.length >= 300, `${rows.length} rows`);
    assert.ok(
      rows.some((row) => /,-?0\.\d{14,},/.test(row)),
      "all digits of the spread",
    );
    await tool("pair", "copy");
    await page.locator('[data-panel="pair"] .tickbook-tools').getByText("copied as a picture").waitFor();
    await tool("alerts", "table");
    await page.locator('[data-panel="alerts"] .tickbook-data th', { hasText: "state" }).waitFor();
    await tool("alerts", "table");
  });

  it("axe-core finds nothing serious in the desk and in its notebook, light and dark", async () => {
    const places = [".tickbook-desk", ".tickbook-view", ".tickbook-saved"];
    const findings: Record<string, string[]> = {};
    for (const theme of ["Dark", "Light"]) {
      await chooseTheme(page, theme);
      for (const tab of ["live-monitor.ipynb", "Desk"]) {
        await page.getByRole("tab", { name: tab }).click();
        await page.waitForTimeout(500);
        findings[`${tab} ${theme}`] = await graveFindings(
          page,
          places,
          theme === "Dark" ? "all" : "of colours",
        );
        await screenshot(page, `desk-${theme}-${tab}`);
      }
    }
    assert.deepEqual(Object.values(findings).flat(), []);
  });

  it("the arrow keys walk from bar to bar and say each in words; + and − zoom, 0 goes back to now", async () => {
    const canvas = page.locator('[data-panel="pair"] canvas');
    assert.match((await canvas.getAttribute("aria-label")) ?? "", /last price .*z-score .*Arrow keys walk/);
    await canvas.focus();
    const spoken = page.locator('[data-panel="pair"] .tickbook-spoken');
    await page.keyboard.press("ArrowLeft");
    const said = /^\d\d:\d\d:\d\d UTC, open [\d,.]+, high [\d,.]+, low [\d,.]+, close [\d,.]+, spread /;
    assert.match(await spoken.innerText(), said);
    const newest = await spoken.innerText();
    for (let k = 0; k < 3; k++) await page.keyboard.press("ArrowLeft");
    assert.match(await spoken.innerText(), said);
    assert.notEqual(await spoken.innerText(), newest);
    const span = (): Promise<number> =>
      page.locator('[data-panel="pair"] .tickbook-chart').evaluate((node) => {
        const { view } = node as unknown as { view: { signal(name: string): number } };
        return view.signal("lastMs") - view.signal("firstMs");
      });
    const whole = await span();
    await page.keyboard.press("+");
    assert.ok((await span()) < whole);
    await page.getByRole("button", { name: "back to now" }).waitFor();
    await page.keyboard.press("0");
    assert.ok(Math.abs((await span()) - whole) <= 5_000);
  });

  it("a layout is saved by name with its controls, opened again, and outlives a reload", async () => {
    page.once("dialog", (dialog) => void dialog.accept("narrow"));
    const threshold = page.locator(".tickbook-desk-controls .widget-readout");
    const right = async (reads: string): Promise<void> => {
      await page.locator(".tickbook-desk-controls .noUi-handle").last().focus();
      await page.keyboard.press("ArrowRight");
      await threshold.getByText(reads).waitFor();
    };
    // Run All has begun with the notebook's own value again
    await right("2.05");
    await page.getByText("panels", { exact: true }).click();
    await page.getByLabel("pairs", { exact: true }).selectOption("hidden");
    await page.getByText("panels", { exact: true }).click();
    await page.getByRole("button", { name: "save as …" }).click();
    await page.getByText(/^saved in .*desk-layouts\.json$/).waitFor();
    await page.reload();
    await untilPanels();
    await page.locator('[data-panel="pairs"]').waitFor();
    await right("2.10");
    await page.getByLabel("saved layouts").selectOption("narrow");
    await threshold.getByText("2.05").waitFor();
    await page.locator('[data-panel="pairs"]').waitFor({ state: "hidden" });
  });

  it("a kernel that is gone is said, with a button that starts it again: then the desk is live as before", async () => {
    const [kernel] = descendants(started.pid).filter(({ args }) => args.includes("kernel/main.js"));
    process.kill(kernel!.pid, "SIGKILL");
    // JupyterLab says the same in a dialog of its own
    await page.locator(".jp-Dialog").getByRole("button", { name: "Ok" }).click();
    await page.getByRole("button", { name: "start it again" }).click();
    await page.locator(".tickbook-desk-note", { hasText: /^$/ }).waitFor({ state: "attached" });
    for (const panel of ["tiles", "pair"]) await untilChanged(panel);
  });

  it("below the chart one press shows all that is stored in longer bars, and follows; a strip of it moves by mouse and keys", async () => {
    const pair = page.locator('[data-panel="pair"]');
    const signal = (name: string): Promise<number> =>
      pair
        .locator(".tickbook-chart")
        .evaluate((node, name) => Number((node as unknown as Charted).view.signal(name)), name);
    const all = pair.getByRole("button", { name: "all", exact: true });
    await all.click();
    while ((await signal("barMs")) <= 5_000) await page.waitForTimeout(50);
    const [first, last] = [await signal("firstMs"), await signal("lastMs")];
    assert.ok(last - first > 3_600_000, "an hour and more is stored");
    assert.equal(await all.getAttribute("aria-pressed"), "true");
    await pair.locator(".tickbook-status b", { hasText: /^live$/ }).waitFor();
    while ((await signal("lastMs")) === last) await page.waitForTimeout(100);
    assert.equal(await signal("firstMs"), first);
    assert.equal(await pair.getByRole("button", { name: "1 d" }).isDisabled(), true);
    assert.match(
      (await pair.getByRole("button", { name: "1 d" }).getAttribute("title")) ?? "",
      /are stored$/,
    );

    await pair.getByRole("button", { name: "1 h" }).click();
    assert.ok(Math.abs((await signal("lastMs")) - (await signal("firstMs")) - 3_600_000) < 1);
    const box = (await pair.locator(".tickbook-strip-view").boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2 - 60, box.y + box.height / 2, { steps: 3 });
    await page.mouse.up();
    await pair.locator(".tickbook-status b", { hasText: /^as of$/ }).waitFor();
    const before = await signal("lastMs");
    const end = pair.getByRole("slider", { name: "end of the view" });
    assert.match((await end.getAttribute("aria-valuetext")) ?? "", /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/);
    await end.press("ArrowLeft");
    assert.ok((await signal("lastMs")) < before);
    await pair.getByRole("slider", { name: "stretch in view" }).press("End");
    await pair.locator(".tickbook-status b", { hasText: /^live$/ }).waitFor();
    await screenshot(page, "desk-ranges");
    await page.getByRole("button", { name: "back to now" }).click();
  });
});

/** Fires about every 12 s: the half hour in view stays within the hour's limit of all rules. */
const RESTLESS = {
  ...{ name: "restless", pair: ["ETHUSDT", "BTCUSDT"], interval: "1s", measure: "zScore", window: 20 },
  ...{ when: "abs", fire: 0.4, resolve: 0.2, coolDown: "12s", severity: "info", perHour: 1000 },
};

interface Charted {
  readonly view: { signal(name: string): unknown };
}

/** Runs in the page: a line of code in the kernel of the desk's notebook, whose reply it waits for. */
async function runOnDesk(code: string): Promise<void> {
  interface Line {
    onopen: () => void;
    onmessage: (message: { data: unknown }) => void;
    send(text: string): void;
    close(): void;
  }
  const { fetch, location, WebSocket } = globalThis as unknown as {
    fetch(path: string): Promise<{ json(): Promise<{ path: string; kernel: { id: string } }[]> }>;
    location: { host: string };
    WebSocket: new (address: string) => Line;
  };
  const sessions = await (await fetch("/api/sessions")).json();
  const session = sessions.find(({ path }) => path.endsWith("live-monitor.ipynb"));
  const line = new WebSocket(`ws://${location.host}/api/kernels/${session!.kernel.id}/channels`);
  const header = { msg_id: `test-${Date.now()}`, msg_type: "execute_request", session: "test", username: "" };
  const content = { code, silent: false, store_history: false, user_expressions: {}, allow_stdin: false };
  const request = {
    ...{ channel: "shell", content, header: { ...header, version: "5.3", date: new Date().toISOString() } },
    ...{ parent_header: {}, metadata: {}, buffers: [] },
  };
  const reply = await new Promise<{ content: { status: string } }>((resolve) => {
    line.onmessage = ({ data }) => {
      const message = JSON.parse(String(data));
      const isReply = message.header.msg_type === "execute_reply";
      if (isReply && message.parent_header.msg_id === header.msg_id) resolve(message);
    };
    line.onopen = () => line.send(JSON.stringify(request));
  });
  line.close();
  if (reply.content.status !== "ok") throw new Error(JSON.stringify(reply.content));
}

async function chooseTheme(page: Page, theme: string): Promise<void> {
  await page.getByRole("menuitem", { name: "Settings", exact: true }).click();
  await page.getByText("Theme", { exact: true }).hover();
  await page.getByText(`JupyterLab ${theme}`, { exact: true }).click();
  await page.waitForSelector(`body[data-jp-theme-name="JupyterLab ${theme}"]`, { state: "attached" });
}

interface Top {
  readonly scrolled: number;
  /** How far below the top of the page the cell begins that stood there when the page was scrolled. */
  readonly offset: number;
}

/** Runs in the page: where the reader's cell is a moment later; the one at the top once the page is scrolled, if that is told. */
async function topOfNotebook(scrollTo: number | undefined): Promise<Top> {
  interface Node {
    scrollTop: number;
    readonly dataset: Record<string, string>;
    getBoundingClientRect(): { readonly top: number; readonly bottom: number };
    querySelector(selector: string): Node | null;
    querySelectorAll(selector: string): Iterable<Node>;
  }
  const { document, requestAnimationFrame } = globalThis as unknown as {
    document: Node;
    requestAnimationFrame(call: (value: unknown) => void): void;
  };
  const scroller = document.querySelector(".jp-NotebookPanel .jp-WindowedPanel-outer")!;
  if (scrollTo !== undefined) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    scroller.scrollTop = scrollTo;
  }
  await new Promise((resolve) => setTimeout(resolve, scrollTo === undefined ? 150 : 1000));
  // as it is painted next
  await new Promise((resolve) => requestAnimationFrame(resolve));
  const { top } = scroller.getBoundingClientRect();
  if (scrollTo !== undefined) {
    const cells = [...scroller.querySelectorAll(".jp-Cell")];
    cells.find((cell) => cell.getBoundingClientRect().bottom > top)!.dataset.readers = "here";
  }
  const { top: begin } = scroller.querySelector('[data-readers="here"]')!.getBoundingClientRect();
  return { scrolled: scroller.scrollTop, offset: Math.round(begin - top) };
}
