import { execFile } from "node:child_process";
import { type AddressInfo, connect, createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Browser, Page } from "playwright-core";
import { startCollectorProcess, storedAtLeast } from "../../tests/support/collector.ts";
import { lookAtPair } from "../../tests/support/desk-looks.ts";
import { startJupyterLab } from "../../tests/support/jupyter.ts";
import { openNotebook } from "../../tests/support/lab-page.ts";
import { notebookFolder, writeNotebook } from "../../tests/support/notebooks.ts";
import { start } from "../../tests/support/started.ts";
import { root } from "../support/result.ts";
import { type ChartRow, rowOf } from "./result.ts";

const SIZE = { width: 1280, height: 800 };
const TIMEOUT_MS = 60_000;

type Context = Parameters<typeof start>[0];

async function ending<T>(work: (context: Context) => Promise<T>): Promise<T> {
  const ends: (() => unknown)[] = [];
  try {
    return await work({ after: (end: unknown) => ends.unshift(end as () => unknown) } as Context);
  } finally {
    for (const end of ends) await end();
  }
}

/** A bench that is a program of its own, and prints a line of JSON. */
async function program<T>(...args: readonly string[]): Promise<T> {
  const { stdout } = await promisify(execFile)(process.execPath, [...args], { cwd: root });
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as T;
}

/** As another bench tells it, which prints its percentiles only. */
interface Told {
  readonly p50Ms: number;
  readonly p95Ms: number;
}

export async function latency(): Promise<ChartRow[]> {
  const told = await program<Told & { trades: number }>(
    join("bench", "live.ts"),
    "latency",
    "--seconds",
    "20",
  );
  const what = "a trade at the exchange to the changed pixel, 1,000 trades a second, 10 Hz";
  return [{ what, unit: "ms", n: told.trades, p50: told.p50Ms, p95: told.p95Ms, most: 200 }];
}

export async function slider(): Promise<ChartRow[]> {
  const told = await program<Told & { moves: number }>(join("bench", "controls.ts"));
  const what = "a slider to the redrawn equity of 10,000 bars";
  return [{ what, unit: "ms", n: told.moves, p50: told.p50Ms, p95: told.p95Ms, most: 80 }];
}

/** A desk that has been set up: from the command, and from the address, until all charts of it have moved; then the same desk from afar. */
export const desk = (browser: Browser, folder: string): Promise<ChartRow[]> =>
  ending(async (context) => {
    const from = performance.now();
    const flags = ["--venue", "sim", "--db", join(folder, "desk.db"), "--no-browser"];
    const started = start(context, flags, { HOME: folder });
    context.after(async () => {
      started.kill("SIGINT");
      await started.ended;
    });
    const address = (await started.printed(/JupyterLab: (\S+)/))[1]!;
    const page = await openDesk(browser, address);
    const opened = performance.now();
    await page.goto(address);
    await moved(page);
    const now = performance.now();
    const rows = [
      rowOf("`npm start`, set up, to moving charts", "s", 12, [(now - from) / 1000]),
      rowOf("of which since the address was opened", "s", 12, [(now - opened) / 1000]),
    ];
    await page.close();
    return [...rows, ...(await fromAfar(browser, address, context))];
  });

const AFAR_MS = 200;

/** The desk by a line on which each way takes long: it says that it waits, and shows nothing wrong. */
async function fromAfar(browser: Browser, address: string, context: Context): Promise<ChartRow[]> {
  const url = new URL(address);
  url.port = String(await slowLine(Number(url.port), AFAR_MS / 2, context));
  const errors: string[] = [];
  const page = await openDesk(browser, url.href);
  page.on("pageerror", (problem) => errors.push(String(problem)));
  await page.goto(url.href);
  await moved(page);
  await page.locator('[data-panel="pair"] .tickbook-ranges button').first().waitFor();
  const pendings: number[] = [];
  const answers: number[] = [];
  for (const range of ["all", "1 h", "all", "1 h", "all"]) {
    const [pendingMs, answeredMs] = await page.evaluate(pressRange, range);
    if (Number.isFinite(pendingMs)) pendings.push(pendingMs);
    answers.push(answeredMs);
  }
  const looks = await page.evaluate(lookAtPair, 100);
  const wrong = looks.filter(({ tile, table, chart }) => tile !== chart || table !== chart);
  if (wrong.length > 0)
    errors.push(`tile, table and chart differ in ${wrong.length} of ${looks.length} looks`);
  if (errors.length > 0) throw new Error(`the desk with ${AFAR_MS} ms to its server: ${errors.join("; ")}`);
  await page.close();
  return [
    rowOf(
      `${AFAR_MS} ms to the server: another stretch, until it is seen to be waited for`,
      "ms",
      250,
      pendings,
    ),
    rowOf("the same, until it is drawn", "ms", 1000, answers),
  ];
}

async function openDesk(browser: Browser, address: string): Promise<Page> {
  const page = await browser.newPage({ viewport: SIZE });
  page.setDefaultTimeout(TIMEOUT_MS);
  if (!/^https?:/.test(address)) throw new Error(`an address is needed; got ${address}`);
  return page;
}

/** Resolves when each panel with a chart has looked different twice. */
async function moved(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    interface Seen {
      readonly dataset: Record<string, string>;
      querySelector(selector: string): { toDataURL(): string } | null;
    }
    const all = globalThis as unknown as {
      document: { querySelectorAll(selector: string): Iterable<Seen> };
      firstLook?: Map<string, Set<string>>;
    };
    all.firstLook ??= new Map();
    const panels = [...all.document.querySelectorAll(".tickbook-desk-panel")];
    const charts = panels.flatMap((panel) => {
      const canvas = panel.querySelector(".tickbook-chart canvas");
      if (!canvas) return [];
      const looks = all.firstLook!.get(panel.dataset.panel!) ?? new Set();
      all.firstLook!.set(panel.dataset.panel!, looks.add(canvas.toDataURL()));
      return [looks];
    });
    return charts.length > 0 && charts.every((looks) => looks.size > 1);
  });
}

/** Runs in the page: presses a range below the pair's chart; until that is seen to be pending, and until it is drawn. */
function pressRange(name: string): Promise<readonly [number, number]> {
  interface Node {
    readonly textContent: string;
    readonly dataset: Record<string, string>;
    readonly classList: { contains(name: string): boolean };
    querySelector(selector: string): Node;
    querySelectorAll(selector: string): Iterable<Node>;
    click(): void;
  }
  const { document, setInterval, clearInterval } = globalThis as unknown as {
    document: Node;
    setInterval(run: () => void, ms: number): number;
    clearInterval(timer: number): void;
  };
  const panel = document.querySelector('[data-panel="pair"]');
  const button = [...panel.querySelectorAll(".tickbook-ranges button")].find(
    ({ textContent }) => textContent === name,
  )!;
  const isPending = (): boolean => [...panel.querySelectorAll(".tickbook-pending")].length > 0;
  const from = performance.now();
  let pendingMs = Number.NaN;
  let quietMs = 0;
  button.click();
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const passed = performance.now() - from;
      if (isPending()) {
        if (Number.isNaN(pendingMs)) pendingMs = passed;
        quietMs = 0;
      } else quietMs ||= passed;
      // what is never pending was at hand
      const isOver = quietMs > 0 && passed - quietMs > 1000;
      if (!isOver && passed < 10_000) return;
      clearInterval(timer);
      resolve([pendingMs, quietMs || passed]);
    }, 5);
  });
}

/** A port at which another one of this machine is reached, each way so much later. */
function slowLine(port: number, eachWayMs: number, context: Context): Promise<number> {
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on("error", () => to.destroy());
      from.on("data", (data) => setTimeout(() => to.writable && to.write(data), eachWayMs));
      from.on("close", () => setTimeout(() => to.destroy(), eachWayMs));
    }
  });
  context.after(() => server.close());
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

const TWELVE = [
  `import { live, watchPair } from "tickbook";
const pairs = (["1s", "5s"] as const).map((interval) => watchPair({ y: "ETHUSDT", x: "BTCUSDT", interval, bars: 300, window: 60 }));`,
  `for (const [k, pair] of pairs.entries()) {
  live(\`chart \${k}\`, () => pair.chart(), { refreshMs: 1000 });
  live(\`y \${k}\`, () => pair.candles("ETHUSDT"), { refreshMs: 1000 });
  live(\`x \${k}\`, () => pair.candles("BTCUSDT"), { refreshMs: 1000 });
  live(\`spread \${k}\`, () => pair.spread(), { refreshMs: 1000 });
  live(\`z \${k}\`, () => pair.zScore(), { refreshMs: 1000 });
  live(\`correlation \${k}\`, () => pair.correlation(), { refreshMs: 1000 });
}`,
];
const CHARTS = 12;
const SECONDS = 20;

/** Twelve charts of two pairs in a notebook, all of them in sight, drawn once a second. */
export const twelve = (browser: Browser): Promise<ChartRow[]> =>
  ending(async (context) => {
    const folder = notebookFolder(context);
    const db = join(folder, "twelve.db");
    const flags = ["--venue", "sim", "--symbols", "BTCUSDT,ETHUSDT", "--past", "2h", "--db", db];
    await startCollectorProcess(context, flags).until(storedAtLeast("BTCUSDT", 20));
    writeNotebook(folder, "twelve.ipynb", TWELVE);
    const lab = await startJupyterLab({ rootDir: folder, env: { TICKBOOK_DB: db } });
    context.after(() => lab.stop());
    const notebook = await openNotebook(browser, lab, "twelve.ipynb", { width: 1280, height: 6000 });
    const { page } = notebook;
    for (const n of TWELVE.keys()) if (!(await notebook.runCell(n))) throw new Error(await notebook.text(n));
    await page
      .locator(".tickbook-chart canvas")
      .nth(CHARTS - 1)
      .waitFor();
    await page.waitForTimeout(5000);
    const session = await page.context().newCDPSession(page);
    let bytes = 0;
    session.on("Network.webSocketFrameReceived", ({ response }) => {
      bytes += response.opcode === 1 ? response.payloadData.length : (response.payloadData.length * 3) / 4;
    });
    await session.send("Network.enable");
    await session.send("Performance.enable");
    const busySeconds = async (): Promise<number> => {
      const { metrics } = await session.send("Performance.getMetrics");
      return metrics.find(({ name }) => name === "TaskDuration")!.value;
    };
    const draws = (): Promise<number> =>
      page
        .locator(".tickbook-view")
        .evaluateAll((nodes) =>
          (nodes as unknown as { dataset: { draws?: string } }[]).reduce(
            (sum, { dataset }) => sum + Number(dataset.draws ?? 0),
            0,
          ),
        );
    const shares: number[] = [];
    const rates: number[] = [];
    const before = await draws();
    for (let k = 0; k < SECONDS / 4; k++) {
      const [busy, from] = [await busySeconds(), performance.now()];
      bytes = 0;
      await page.waitForTimeout(4000);
      const seconds = (performance.now() - from) / 1000;
      shares.push((100 * ((await busySeconds()) - busy)) / seconds);
      rates.push(bytes / seconds / 1000);
    }
    const rate = ((await draws()) - before) / SECONDS;
    if (rate < CHARTS / 2)
      throw new Error(`twelve charts at 1 Hz are needed; ${rate} drawings a second came`);
    await page.close();
    return [
      rowOf("twelve charts at 1 Hz: the page's main thread", "%", 10, shares),
      rowOf("twelve charts at 1 Hz: sent to the page", "kB/s", 30, rates),
    ];
  });
