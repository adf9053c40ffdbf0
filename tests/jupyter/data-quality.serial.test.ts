import assert from "node:assert/strict";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { random } from "../../src/core/random.ts";
import type { Trade } from "../../src/core/trade.ts";
import { findChromium } from "../support/chromium.ts";
import { type LabFolder, labFolder } from "../support/lab.ts";
import type { LabPage } from "../support/lab-page.ts";
import { notebookFolder, runNotebooks } from "../support/notebooks.ts";
import { openOffline } from "../support/offline-page.ts";
import { artifacts, projectRoot } from "../support/project.ts";
import { REPLAY, SYMBOLS, span, stored, write } from "../support/stored.ts";
import { batchOf, trade } from "../support/trades.ts";

const chromium = findChromium();
const NAME = "data-quality.ipynb";
const NOTEBOOK = join(projectRoot, "notebooks", NAME);
const sources = (JSON.parse(readFileSync(NOTEBOOK, "utf8")) as { cells: { source: string[] }[] }).cells.map(
  ({ source }) => source.join(""),
);
/** The number of the cell which holds a text. */
function cellWith(text: string): number {
  const n = sources.findIndex((source) => source.includes(text));
  assert.notEqual(n, -1, text);
  return n;
}

const CHARTS = ["quality.coverage()", "quality.latency(symbol)", "quality.rates()"];

describe("data-quality", { timeout: 240_000 }, () => {
  const ends: (() => unknown)[] = [];
  const context = { after: (end: unknown) => ends.unshift(end as () => unknown) };
  after(async () => {
    for (const end of ends) await end();
  });

  it("runs by nbclient on databases with holes, of a replay, and empty ones; its claims hold", async () => {
    const folder = notebookFolder(context as never);
    const path = join(folder, NAME);
    copyFileSync(NOTEBOOK, path);
    const holed = join(folder, "holed.db");
    twoHours(holed);
    const replay = stored(
      context as never,
      span(1, 500).map((id) => trade(id)),
      REPLAY,
    );
    const empty = stored(context as never, []);
    const cases = [
      [holed, /NEEDS ATTENTION \(1 finding\)/],
      [replay, /replay-tape-1: its times are those of a replay/],
      [empty, /BTCUSDT at binance: has no trade yet/],
    ] as const;
    const runs = await runNotebooks(cases.map(([db]) => ({ path, db })));
    for (const [k, { error, cells }] of runs.entries()) {
      assert.equal(error, "");
      const texts = cells.flatMap(({ outputs }) => outputs.map(({ data }) => String(data?.["text/plain"])));
      assert.ok(
        texts.some((text) => cases[k]![1].test(text)),
        texts.join("\n"),
      );
      assert.ok(texts.some((text) => /✓ All 5 claims hold\./.test(text)));
    }
  });

  describe("in JupyterLab", { skip: !chromium }, () => {
    let lab: LabFolder;
    let notebook: LabPage;

    before(async () => {
      lab = await labFolder(context as never);
      copyFileSync(NOTEBOOK, join(lab.folder, NAME));
      twoHours(lab.db);
      notebook = await lab.open(NAME, { width: 1240, height: 4600 });
    });

    it("runs from top to bottom and draws each chart, light and dark", async () => {
      assert.equal(await notebook.runAll(), true);
      for (const theme of ["Light", "Dark"] as const) {
        await notebook.setTheme(`JupyterLab ${theme}`);
        // each chart is made again in the inks of the other ground
        await notebook.page.waitForFunction(
          (least) => {
            const { document } = globalThis as unknown as {
              document: { querySelectorAll(s: string): Iterable<{ dataset: { embeds: string } }> };
            };
            const views = [...document.querySelectorAll(".tickbook-view[data-embeds]")];
            return views.length > 3 && views.every(({ dataset }) => Number(dataset.embeds) >= least);
          },
          theme === "Light" ? 1 : 2,
        );
        for (const source of CHARTS) {
          const chart = notebook.output(cellWith(source)).locator(".vega-embed canvas, .vega-embed svg");
          await chart.first().waitFor();
          const name = `data-quality-${CHARTS.indexOf(source)}-${theme.toLowerCase()}.png`;
          await notebook.output(cellWith(source)).screenshot({ path: join(artifacts, name) });
        }
        await notebook.page.screenshot({ path: join(artifacts, `data-quality-${theme.toLowerCase()}.png`) });
      }
      assert.deepEqual(notebook.errors(), []);
    });

    it("its buttons make a CSV with the rows that are shown, and a page with every chart, which open without a network", async () => {
      const output = notebook.output(cellWith("exportButtons("));
      const press = async (name: string): Promise<string> => {
        const [download] = await Promise.all([
          notebook.page.waitForEvent("download"),
          output.getByRole("button", { name, exact: true }).click(),
        ]);
        const path = join(lab.folder, download.suggestedFilename());
        await download.saveAs(path);
        return path;
      };
      const csv = await press("CSV");
      const link = output.getByRole("link", { name: /^data-quality-\d{8}T\d{6}Z\.csv$/ });
      assert.match((await link.getAttribute("href")) ?? "", /^blob:/);
      const [head, ...rows] = readFileSync(csv, "utf8")
        .trimEnd()
        .split("\r\n")
        .map((line) => line.split(","));
      const shown = notebook.output(cellWith('quality.table("coverage"))'));
      assert.deepEqual(head!.slice(0, 3), ["venue", "venue_kind", "symbol"]);
      const cells = await shown.locator("tbody tr td:first-child").allInnerTexts();
      assert.deepEqual(
        rows.map(([, , symbol]) => symbol),
        cells,
      );
      const { charts, text, problems } = await openOffline(lab.browser, await press("HTML"));
      assert.ok(charts >= CHARTS.length);
      assert.match(text, /What is stored/);
      assert.deepEqual(problems, []);
      assert.deepEqual(notebook.errors(), []);
    });

    it("the mouse over a hole's sign tells its ids and its reason", async () => {
      const chart = notebook.output(cellWith("quality.coverage()")).locator(".vega-embed canvas").first();
      const box = (await chart.boundingBox())!;
      const [x, y] = await chart.evaluate(lowestOf, [0, 158, 115] as const);
      await notebook.page.mouse.move(box.x + x * box.width, box.y + y * box.height);
      const tooltip = notebook.page.locator("#vg-tooltip-element");
      await tooltip.getByText("4001 to 4100 (100)").waitFor();
      const told = (await tooltip.allInnerTexts()).join("").replace(/\s+/g, " ");
      assert.match(told, /state:? filled .* missing:? 0 .* reason:? gap, found .* tries:? 1$/);
      const clip = { x: box.x, y: box.y, width: box.width, height: box.height + 160 };
      await notebook.page.screenshot({ path: join(artifacts, "data-quality-tooltip.png"), clip });
    });
  });
});

/** As much of a canvas as is used here. */
interface Canvas {
  readonly width: number;
  readonly height: number;
  getContext(kind: "2d"): {
    getImageData(x: number, y: number, w: number, h: number): { data: Uint8ClampedArray };
  };
}

/** Where in a canvas, as shares of its width and height, the lowest point of a colour is; runs in the page. */
function lowestOf(canvas: unknown, colour: readonly [number, number, number]): [number, number] {
  const { width, height, getContext } = canvas as Canvas;
  const { data } = getContext.call(canvas, "2d").getImageData(0, 0, width, height);
  for (let i = width * height - 1; i >= 0; i--) {
    if (colour.every((part, k) => data[4 * i + k] === part) && data[4 * i + 3] === 255)
      return [((i % width) + 0.5) / width, (Math.floor(i / width) - 1) / height];
  }
  throw new Error("the colour is not in the picture");
}

/** Two hours of two symbols with a hole in each state, ending now. */
function twoHours(file: string): void {
  const nowUs = Date.now() * 1000;
  const { normal, uniform } = random(7);
  const startUs = nowUs - 7200e6;
  let us = startUs;
  const timeOf = span(0, 24_000).map(() => (us += (7200e6 / 24_001) * 2 * uniform()));
  const at = (id: number, symbol: string, given: Partial<Trade> = {}): Trade => {
    const tradeTimeUs = Math.round(Math.min(nowUs, timeOf[id]!) / 1000) * 1000;
    return trade(id, {
      symbol,
      tradeTimeUs,
      eventTimeUs: tradeTimeUs,
      receivedUs: Math.round(tradeTimeUs + 1000 * 35 * Math.exp(0.5 * normal())),
      ...given,
    });
  };
  const put = (symbol: string, first: number, last: number) =>
    batchOf(
      span(first, last).map((id) => at(id, symbol)),
      SYMBOLS,
    );
  const rest = (first: number, last: number) =>
    batchOf(
      span(first, last).map((id) => at(id, "BTCUSDT", { source: "rest", eventTimeUs: null })),
      SYMBOLS,
    );
  write(file, (writer) => {
    for (const [first, last] of [
      [1, 4000],
      [4101, 7000],
      [8001, 12_000],
      [13_001, 16_000],
      [16_011, 20_000],
      [20_501, 24_000],
    ] as const)
      writer.append(put("BTCUSDT", first, last), nowUs);
    writer.append(put("ETHUSDT", 1, 24_000), nowUs);
    const [a, b, c, , e] = writer.openHoles().map(({ holeId }) => holeId);
    writer.fill(0, a!, rest(4001, 4101), nowUs);
    writer.fill(0, b!, rest(7000, 7600), nowUs);
    const merged = span(0, 500).map((i) => ({
      aggId: i,
      first: 12_000 + 2 * i,
      last: 12_001 + 2 * i,
      price: "61837.63000000",
      qty: "0.04000000",
      tradeTimeUs: at(12_000 + 2 * i, "BTCUSDT").tradeTimeUs,
      receivedUs: nowUs,
      isBuyerMaker: true,
    }));
    assert.equal(writer.fill(0, c!, merged, nowUs).kind, "stored");
    writer.noteHole(0, { holeId: e!, state: "unrecoverable", tries: 3, note: "not served any more" }, nowUs);
  });
}
