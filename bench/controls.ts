import { findChromium, launchChromium } from "../tests/support/chromium.ts";
import { startJupyterLab } from "../tests/support/jupyter.ts";
import { type LabPage, openNotebook } from "../tests/support/lab-page.ts";
import { notebookFolder, writeNotebook } from "../tests/support/notebooks.ts";

/**
 * A slider moved in JupyterLab (headless Chromium, kernel and browser on this machine) until the frame that shows what
 * follows from it, and a drag over it in sixty moves:
 *   node bench/controls.ts
 */
const CELLS = [
  `import { backtestPair, controls, reacting, slider } from "tickbook";
const run = backtestPair({
  source: "sim:7", y: "ETHUSDT", x: "BTCUSDT", interval: "5s", bars: 10_000,
  hedge: { method: "fixed", calibrationBars: 500 }, window: 120, entry: 2, exit: 0.5,
  size: { by: "equity", share: 1 }, costs: { feeBps: 1, halfSpreadBps: 0.5, slippageBps: 0.5, financingBpsPerYear: 0 },
});
const entry = slider("entry", { min: 1, max: 4, step: 0.02, value: 2, unit: "σ" });
run.result.equity.length;`,
  `controls(entry);
const drawMs: number[] = [];
reacting(() => {
  const from = performance.now();
  const view = run.with({ entry: entry.value }).charts.equity();
  drawMs.push(performance.now() - from);
  return { ...view, label: entry.value.toFixed(2) };
});`,
  `drawMs.sort((a, b) => a - b);
JSON.stringify([drawMs[Math.floor(drawMs.length / 2)], drawMs[Math.floor(drawMs.length * 0.95)]].map(Math.round));`,
];

const MOVES = 120;

const quantile = (values: readonly number[], share: number): number =>
  Math.round([...values].sort((a, b) => a - b)[Math.floor(share * (values.length - 1))] ?? Number.NaN);

/** As much of the page as is used here. */
interface Page {
  readonly moved: number[];
  readonly seen: { atMs: number; label: string }[];
  /** Calls back when something new is seen. */
  saw?: () => void;
  readonly document: {
    querySelector(selector: string): Node;
    addEventListener(type: string, listener: (event: { timeStamp: number }) => void, capture: boolean): void;
  };
  readonly MutationObserver: new (
    callback: () => void,
  ) => { observe(node: Node, options: { attributeFilter: string[] }): void };
  requestAnimationFrame(callback: () => void): void;
}
interface Node {
  querySelector(selector: string): { getAttribute(name: string): string };
}

/** Notes when a key goes down, and in which frame what the chart shows has changed; both on the page's own clock. */
const watch = (notebook: LabPage): Promise<void> =>
  notebook.page.evaluate(() => {
    const page = globalThis as unknown as Page;
    const node = page.document.querySelector(".tickbook-view");
    Object.assign(page, { moved: [], seen: [] });
    page.document.addEventListener("keydown", ({ timeStamp }) => page.moved.push(timeStamp), true);
    new page.MutationObserver(() => {
      const label = node.querySelector("[aria-label]").getAttribute("aria-label");
      page.requestAnimationFrame(() => {
        page.seen.push({ atMs: performance.now(), label });
        page.saw?.();
      });
    }).observe(node, { attributeFilter: ["data-draws"] });
  });

/** Resolves when the chart has shown a value; nothing is asked meanwhile, so that waiting takes no time of the page. */
const shown = (notebook: LabPage, wanted: string): Promise<void> =>
  notebook.page.evaluate(
    (wanted) =>
      new Promise<void>((resolve) => {
        const page = globalThis as unknown as Page;
        page.saw = () => page.seen.at(-1)?.label === wanted && resolve();
        page.saw();
      }),
    wanted,
  );

const ends: (() => unknown)[] = [];
const folder = notebookFolder({ after: (end) => ends.unshift(end as () => unknown) });
try {
  writeNotebook(folder, "controls.ipynb", CELLS);
  const lab = await startJupyterLab({ rootDir: folder });
  ends.unshift(() => lab.stop());
  const browser = await launchChromium(findChromium()!);
  ends.unshift(() => browser.close());
  const notebook = await openNotebook(browser, lab, "controls.ipynb", { width: 1280, height: 1100 });
  const { page } = notebook;
  for (const n of [0, 1]) if (!(await notebook.runCell(n))) throw new Error(await notebook.text(n));
  await notebook.output(1).locator("canvas").waitFor();
  await watch(notebook);

  const chart = notebook.output(1).locator("[aria-label]").first();
  const thumb = notebook.output(1).locator(".noUi-handle");
  await thumb.focus();
  const asked: string[] = [];
  for (let k = 0; k < MOVES; k++) {
    const forth = Math.floor(k / 40) % 2 === 0;
    await page.keyboard.press(forth ? "ArrowRight" : "ArrowLeft");
    const steps = forth ? (k % 40) + 1 : 39 - (k % 40);
    asked.push((2 + steps * 0.02).toFixed(2));
    await shown(notebook, asked[k]!);
    // the picture has still to be painted: that belongs to this move, not to the next one
    await page.waitForTimeout(100);
  }
  const { moved, seen } = await page.evaluate(() => {
    const { moved, seen } = globalThis as unknown as Page;
    return { moved, seen };
  });
  const waits = moved.map(
    (atMs, k) => seen.find((drawn) => drawn.atMs > atMs && drawn.label === asked[k])!.atMs - atMs,
  );

  const box = (await thumb.boundingBox())!;
  const before = seen.length;
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width / 2, y);
  await page.mouse.down();
  const startedMs = performance.now();
  await page.mouse.move(box.x + 60, y, { steps: 60 });
  await page.mouse.up();
  await shown(notebook, await notebook.output(1).locator(".widget-readout").innerText());
  const dragMs = Math.round(performance.now() - startedMs);
  const drawn = await page.evaluate(() => (globalThis as unknown as Page).seen.length);
  await notebook.runCell(2);
  const [kernelP50Ms, kernelP95Ms] = JSON.parse((await notebook.text(2)).trim()) as number[];
  console.log(
    JSON.stringify({
      bars: Number((await notebook.text(0)).trim()),
      moves: waits.length,
      p50Ms: quantile(waits, 0.5),
      p95Ms: quantile(waits, 0.95),
      worstMs: quantile(waits, 1),
      kernelP50Ms,
      kernelP95Ms,
      drag: {
        moves: 60,
        drawings: drawn - before,
        lastDrawnAfterMs: dragMs,
        shows: await chart.getAttribute("aria-label"),
      },
      embeds: Number(await notebook.output(1).locator(".tickbook-view").getAttribute("data-embeds")),
    }),
  );
} finally {
  for (const end of ends) await end();
}
