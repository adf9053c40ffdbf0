import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import type { Browser, Page } from "playwright-core";
import type { View } from "../../src/render/view.ts";
import { root } from "../support/result.ts";

export interface Stretch {
  readonly firstMs: number;
  readonly lastMs: number;
  readonly bars: number;
}

/** Charts as the front end draws them, on a page without JupyterLab, so that no more than their drawing is measured. */
export interface ChartPage {
  readonly page: Page;
  make(name: string): Promise<void>;
  /** Until it is drawn, ms. */
  show(name: string, view: View): Promise<number>;
  /** The same with what has changed since. */
  delta(name: string, delta: unknown): Promise<number>;
  /** The mouse from one place to the next over a chart: until each is drawn, ms. */
  crosshair(name: string, moves: number): Promise<number[]>;
  /** A stretch to the left by the keys, so often: until each is drawn, ms. */
  pan(name: string, times: number): Promise<number[]>;
  /** What is asked of the kernel for another stretch. */
  answer: (stretch: Stretch) => View | undefined;
  close(): Promise<void>;
}

const PAGE = `<!doctype html><link rel="stylesheet" href="/style.css"><body data-jp-theme-light="true" style="width:1100px">
<script type="module">
import { createPanel } from "/labextension/src/panel.js";
import { patched } from "/src/notebook/page/delta.js";
const panels = new Map();
const drawn = (node) => new Promise((resolve) => {
  const seen = new MutationObserver(() => { seen.disconnect(); resolve(); });
  seen.observe(node, { attributeFilter: ["data-draws"] });
});
const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
const put = async (one, view) => {
  one.view = view;
  const done = drawn(one.node);
  const from = performance.now();
  one.panel.show(view);
  await done;
  return performance.now() - from;
};
window.bench = {
  make: (name) => {
    const node = document.createElement("div");
    node.className = "tickbook-view";
    document.body.replaceChildren(node);
    const ask = async (stretch) => { const text = await window.askKernel(stretch); return text ? JSON.parse(text) : undefined; };
    panels.set(name, { node, panel: createPanel(node, { brushed() {}, wheel: true, ask, looksAt() {}, isLive: () => true }) });
  },
  show: (name, view) => put(panels.get(name), view),
  delta: (name, delta) => { const one = panels.get(name); return put(one, patched(one.view, delta)); },
  crosshair: async (name, moves) => {
    const { node } = panels.get(name);
    const { view } = node.querySelector(".tickbook-chart");
    const canvas = node.querySelector("canvas");
    const box = canvas.getBoundingClientRect();
    const waits = [];
    for (let k = 0; k < moves; k++) {
      await frame();
      const from = performance.now();
      const at = { clientX: box.left + 60 + ((k * 37) % 800), clientY: box.top + 120, bubbles: true };
      for (const type of ["pointermove", "mousemove"]) canvas.dispatchEvent(new PointerEvent(type, at));
      await view.runAsync();
      waits.push(performance.now() - from);
    }
    return waits;
  },
  pan: async (name, times) => {
    const { node } = panels.get(name);
    const waits = [];
    for (let k = 0; k < times; k++) {
      const from = performance.now();
      node.querySelector("canvas").dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft", shiftKey: true, bubbles: true }));
      await drawn(node);
      waits.push(performance.now() - from);
    }
    return waits;
  },
};
</script>`;
const TYPES: Readonly<Record<string, string>> = { ".js": "text/javascript", ".css": "text/css" };

/** The built front end, and one page. */
async function serve(): Promise<{ address: string; close(): void }> {
  const built = join(root, ".venv", "share", "jupyter", "labextensions", "tickbook");
  const { jupyterlab } = JSON.parse(readFileSync(join(built, "package.json"), "utf8")) as {
    jupyterlab: { _build: { load: string } };
  };
  const folder = join(built, jupyterlab._build.load, "..");
  const server = createServer(({ url = "/" }, response) => {
    response.setHeader("content-type", TYPES[extname(url)] ?? "text/html");
    if (url === "/favicon.ico") response.writeHead(404).end();
    else response.end(url === "/" ? PAGE : readFileSync(join(folder, url)));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}/`, close: () => server.close() };
}

export async function openCharts(browser: Browser): Promise<ChartPage> {
  const server = await serve();
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const call = <T>(name: string, ...args: readonly unknown[]): Promise<T> =>
    page.evaluate(
      ([name, args]) => {
        const { bench } = globalThis as unknown as { bench: Record<string, (...args: unknown[]) => unknown> };
        return bench[name]!(...args);
      },
      [name, args] as const,
    ) as Promise<T>;
  const charts: ChartPage = {
    page,
    make: (name) => call("make", name),
    show: (name, view) => call("show", name, view),
    delta: (name, delta) => call("delta", name, delta),
    crosshair: (name, moves) => call("crosshair", name, moves),
    pan: (name, times) => call("pan", name, times),
    answer: () => undefined,
    close: async () => {
      await page.close();
      server.close();
    },
  };
  await page.exposeFunction("askKernel", (stretch: Stretch) => {
    const view = charts.answer(stretch);
    return view ? JSON.stringify(view) : "";
  });
  await page.goto(server.address);
  await page.waitForFunction("window.bench");
  return charts;
}
