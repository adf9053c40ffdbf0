import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import Database from "better-sqlite3";
import type { Browser } from "playwright-core";
import { findChromium, launchChromium } from "../tests/support/chromium.ts";
import { startCollectorProcess, storedAtLeast } from "../tests/support/collector.ts";
import { startJupyterLab } from "../tests/support/jupyter.ts";
import { type LabPage, openNotebook } from "../tests/support/lab-page.ts";
import { notebookFolder, writeNotebook } from "../tests/support/notebooks.ts";

/**
 * Live charts in JupyterLab and headless Chromium, with the kernel, the collector and the exchange on this machine:
 *   node bench/live.ts                   all four
 *   node bench/live.ts latency           a trade at the exchange → the changed pixel, at 1,000 trades a second
 *   node bench/live.ts memory            10 charts at 5 Hz for ten minutes; --minutes N for another length
 *   node bench/live.ts monitor           the live monitor on a market at 60 times its speed; --minutes N
 *   node bench/live.ts burst             3,000 updates at once
 */
const { positionals, values: flags } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: "string", default: "10" }, seconds: { type: "string", default: "30" } },
});

/** Times faster than real time: of four symbols about 1,000 trades a second. */
const SPEED = 20;
/** A minute is an hour of the market. */
const MONITOR_SPEED = 60;

type Job = (notebook: LabPage, browser: Browser, db: string) => Promise<object>;

const LATENCY = [
  `import { live, watchPair } from "tickbook";
const pair = watchPair({ y: "ETHUSDT", x: "BTCUSDT", interval: "1m", window: 60, bars: 300 });`,
  `live("candles", () => {
  const startedMs = Date.now();
  return { ...pair.candles("BTCUSDT"), label: JSON.stringify([pair.frame().newestUs.x, startedMs, Date.now()]) };
}, { refreshMs: 100 });`,
];

/** Charts of the live monitor's size: 300 bars, new values and ends each time. */
const CHARTS = [
  `import { live, linesChart } from "tickbook";
let n = 0;
const draw = (k: number) => linesChart(
  Float64Array.from({ length: 300 }, (_, i) => 1.7e15 + (n + i) * 1e5),
  [{ name: "wave", values: Float64Array.from({ length: 300 }, (_, i) => Math.sin((n + i) / (7 + k)) * 100) }],
  { title: \`Chart \${k}\`, note: \`row \${n++}\` },
);
process.pid;`,
  `for (let k = 0; k < 10; k++) live(\`chart \${k}\`, () => draw(k), { refreshMs: 200 });`,
];

const MONITOR = [
  ...(
    JSON.parse(readFileSync(new URL("../notebooks/live-monitor.ipynb", import.meta.url), "utf8")) as {
      cells: { cell_type: string; source: string[] }[];
    }
  ).cells
    .filter(({ cell_type }) => cell_type === "code")
    .map(({ source }) => source.join("")),
  "process.pid;",
];

const BURST = [
  CHARTS[0]!,
  `live("first", () => draw(0), { refreshMs: 86_400_000 });`,
  `const place = (globalThis as any)[Symbol.for("tickbook.places")]();
place.show(draw(1));`,
  `for (let i = 1; i <= 3000; i++) place.show({ ...draw(1), label: \`update \${i}\` });`,
];

const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor(share * (values.length - 1))] ?? Number.NaN;

/** As much of the page as is used here. */
interface Page {
  readonly seen: { atMs: number; label: string }[];
  readonly document: { querySelectorAll(selector: string): Iterable<Node> };
  readonly MutationObserver: new (
    callback: () => void,
  ) => { observe(node: Node, options: { attributeFilter: string[] }): void };
  requestAnimationFrame(callback: () => void): void;
}
interface Node {
  readonly dataset: Record<string, string>;
  querySelector(selector: string): { getAttribute(name: string): string } | null;
}

/** Notes what the first chart shows in each frame of the page that changes it. */
const watchChart = (notebook: LabPage): Promise<void> =>
  notebook.page.evaluate(() => {
    const page = globalThis as unknown as Page;
    const [node] = [...page.document.querySelectorAll(".tickbook-view")];
    Object.assign(page, { seen: [] });
    new page.MutationObserver(() => {
      const label = node!.querySelector("[aria-label]")!.getAttribute("aria-label");
      page.requestAnimationFrame(() => page.seen.push({ atMs: Date.now(), label }));
    }).observe(node!, { attributeFilter: ["data-draws"] });
  });
const seenBy = (notebook: LabPage): Promise<Page["seen"]> =>
  notebook.page.evaluate(() => (globalThis as unknown as Page).seen);

/** Each trade counts from the moment it left the exchange to the first frame that shows it or a later one. */
const latency: Job = async (notebook, _, db) => {
  for (const n of LATENCY.keys()) await notebook.runCell(n);
  await notebook.output(1).locator("canvas").waitFor();
  await watchChart(notebook);
  await notebook.page.waitForTimeout(Number(flags.seconds) * 1000);
  const seen = (await seenBy(notebook)).map(({ atMs, label }) => {
    const [newestUs, startedMs, drawnMs] = JSON.parse(label) as [number, number, number];
    return { atMs, marketMs: newestUs / 1000, startedMs, drawnMs };
  });
  const store = new Database(db, { readonly: true });
  const trades = store
    .prepare(
      `SELECT trade_time_us / 1e3 AS marketMs, received_us / 1e3 AS receivedMs FROM trades
       JOIN symbols USING (symbol_id) WHERE symbol = 'BTCUSDT' AND trade_time_us / 1e3 BETWEEN ? AND ? ORDER BY 1`,
    )
    .all(seen[0]!.marketMs, seen.at(-1)!.marketMs) as { marketMs: number; receivedMs: number }[];
  const [{ count }] = store.prepare("SELECT count(*) AS count FROM trades").all() as [{ count: number }];
  const [{ spanMs }] = store
    .prepare("SELECT (max(received_us) - min(received_us)) / 1e3 AS spanMs FROM trades WHERE source = 0")
    .all() as [{ spanMs: number }];
  store.close();
  // the exchange's clock runs SPEED times as fast as ours: the trade that came quickest sets the two side by side
  const aheadMs = Math.min(...trades.map(({ marketMs, receivedMs }) => receivedMs - marketMs / SPEED));
  const waits: number[] = [];
  let frame = 0;
  for (const { marketMs } of trades) {
    while (frame < seen.length && seen[frame]!.marketMs < marketMs) frame++;
    if (frame < seen.length) waits.push(seen[frame]!.atMs - (marketMs / SPEED + aheadMs));
  }
  const p95 = (values: readonly number[]): number => Math.round(quantile(values, 0.95));
  const received = trades.map(({ marketMs, receivedMs }) => receivedMs - marketMs / SPEED - aheadMs);
  return {
    tradesPerSecond: Math.round(count / (spanMs / 1000)),
    frames: seen.length,
    trades: waits.length,
    toReceiptP95Ms: p95(received),
    kernelP95Ms: p95(seen.map(({ startedMs, drawnMs }) => drawnMs - startedMs)),
    kernelToPixelP95Ms: p95(seen.map(({ atMs, drawnMs }) => atMs - drawnMs)),
    newestAtDrawP95Ms: p95(seen.map(({ marketMs, startedMs }) => startedMs - marketMs / SPEED - aheadMs)),
    p50Ms: Math.round(quantile(waits, 0.5)),
    p95Ms: p95(waits),
    worstMs: Math.round(Math.max(...waits)),
  };
};

const memory: Job = async (notebook, browser) => {
  await notebook.runCell(0);
  await notebook.runCell(1);
  await notebook.output(1).locator("canvas").nth(9).waitFor();
  return watchMemory(notebook, browser, Number((await notebook.text(0)).trim()));
};

const monitor: Job = async (notebook, browser) => {
  assert.equal(await notebook.runAll(), true);
  await notebook.page.locator("canvas").nth(4).waitFor();
  return watchMemory(notebook, browser, Number((await notebook.text(MONITOR.length - 1)).trim()));
};

/** Eleven looks at the memory of tab and kernel, evenly spread over the minutes, and how soon the page answers between them. */
async function watchMemory(notebook: LabPage, browser: Browser, kernelPid: number): Promise<object> {
  const session = await browser.contexts()[0]!.newCDPSession(notebook.page);
  await session.send("Performance.enable");
  const tabMb = async (): Promise<number> => {
    await session.send("HeapProfiler.collectGarbage");
    const { metrics } = await session.send("Performance.getMetrics");
    return Math.round(metrics.find(({ name }) => name === "JSHeapUsedSize")!.value / 1e6);
  };
  const kernelMb = (): number =>
    Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${kernelPid}/status`, "utf8"))![1]) / 1024);
  const drawsAndEmbeds = (): Promise<number[][]> =>
    notebook.page.evaluate(() =>
      [...(globalThis as unknown as Page).document.querySelectorAll(".tickbook-view")]
        .filter(({ dataset }) => dataset.draws !== undefined)
        .map(({ dataset }) => [Number(dataset.draws), Number(dataset.embeds)]),
    );
  const minutes = Number(flags.minutes);
  const tab: number[] = [];
  const kernel: number[] = [];
  const delays: number[] = [];
  const before = await drawsAndEmbeds();
  const startedMs = performance.now();
  for (let step = 0; step <= 10; step++) {
    tab.push(await tabMb());
    kernel.push(kernelMb());
    if (step === 10) break;
    // how long the page takes to get to something that a reader asks of it
    delays.push(
      ...(await notebook.page.evaluate(async (ms) => {
        const waits: number[] = [];
        const endMs = performance.now() + ms;
        while (performance.now() < endMs) {
          const from = performance.now();
          await new Promise((resolve) => setTimeout(resolve, 50));
          waits.push(performance.now() - from - 50);
        }
        return waits;
      }, minutes * 6_000)),
    );
  }
  const seconds = (performance.now() - startedMs) / 1000;
  const after = await drawsAndEmbeds();
  return {
    minutes,
    charts: after.length,
    drawsPerSecondAChart: Number(((after[0]![0]! - before[0]![0]!) / seconds).toFixed(2)),
    embedsAChart: Math.max(...after.map(([, embeds]) => embeds!)),
    tabMb: tab,
    kernelMb: kernel,
    pageDelayP50Ms: Math.round(quantile(delays, 0.5)),
    pageDelayP95Ms: Math.round(quantile(delays, 0.95)),
  };
}

const burst: Job = async (notebook) => {
  for (const n of [0, 1, 2]) await notebook.runCell(n);
  const chart = notebook.output(2);
  await chart.locator("canvas").waitFor();
  await notebook.page.waitForTimeout(1_500);
  await notebook.page.evaluate(() => {
    type Message = { header: { msg_type: string }; content: { data?: { panels?: { view?: unknown }[] } } };
    const page = globalThis as unknown as {
      arrived: number;
      jupyterapp: {
        shell: {
          currentWidget: {
            sessionContext: { iopubMessage: { connect(slot: (_: unknown, message: Message) => void): void } };
          };
        };
      };
    };
    page.arrived = 0;
    page.jupyterapp.shell.currentWidget.sessionContext.iopubMessage.connect((_, { header, content }) => {
      if (header.msg_type === "comm_msg")
        page.arrived += content.data?.panels?.filter((p) => p.view).length ?? 0;
    });
  });
  const startedMs = performance.now();
  await notebook.startCell(3);
  await chart.locator('[aria-label="update 3000"]').first().waitFor();
  return {
    updates: 3000,
    arrived: await notebook.page.evaluate(() => (globalThis as unknown as { arrived: number }).arrived),
    lastDrawnAfterMs: Math.round(performance.now() - startedMs),
    draws: Number(await chart.locator(".tickbook-view").getAttribute("data-draws")),
    embeds: Number(await chart.locator(".tickbook-view").getAttribute("data-embeds")),
  };
};

const JOBS: Readonly<Record<string, { cells: readonly string[]; job: Job; speed?: number }>> = {
  latency: { cells: LATENCY, job: latency, speed: SPEED },
  monitor: { cells: MONITOR, job: monitor, speed: MONITOR_SPEED },
  memory: { cells: CHARTS, job: memory },
  burst: { cells: BURST, job: burst },
};

for (const name of positionals.length > 0 ? positionals : Object.keys(JOBS)) {
  const { cells, job, speed } = JOBS[name]!;
  const ends: (() => unknown)[] = [];
  const context = { after: (end: unknown) => ends.unshift(end as () => unknown) } as never;
  try {
    const folder = notebookFolder(context);
    const db = join(folder, "bench.db");
    if (speed !== undefined) {
      const symbols = "BTCUSDT,ETHUSDT,SOLUSDT,BNBUSDT";
      const flags = ["--venue", "sim", "--symbols", symbols, "--speed", String(speed), "--db", db];
      await startCollectorProcess(context, flags).until(storedAtLeast("BTCUSDT", 1_000));
    }
    writeNotebook(folder, `${name}.ipynb`, cells);
    const lab = await startJupyterLab({ rootDir: folder, env: { TICKBOOK_DB: db } });
    ends.unshift(() => lab.stop());
    const browser = await launchChromium(findChromium()!);
    ends.unshift(() => browser.close());
    const notebook = await openNotebook(browser, lab, `${name}.ipynb`, { width: 1280, height: 1400 });
    console.log(JSON.stringify({ job: name, ...(await job(notebook, browser, db)) }));
  } finally {
    for (const end of ends) await end();
  }
}
