import type { Browser } from "playwright-core";
import { type Bars, sliceBars } from "../../src/core/bars.ts";
import { deltaOf } from "../../src/notebook/page/delta.ts";
import { linesChart } from "../../src/render/chart/lines.ts";
import { candleChart } from "../../src/render/chart/pair/candles.ts";
import type { View } from "../../src/render/view.ts";
import { walkBars } from "../../tests/support/bars.ts";
import { END_US, openDay } from "./day.ts";
import { type ChartPage, openCharts } from "./page.ts";
import { type ChartRow, rowOf } from "./result.ts";
import { pairOf, withFivePanes } from "./views.ts";

const BARS = 10_000;
const TICKS = 40;
const SETTLED_MS = 1500;

/** The mouse over five linked plots of 300 bars, from place to place. */
export async function crosshair(browser: Browser): Promise<ChartRow[]> {
  const charts = await openCharts(browser);
  const walk = walkBars(400, { intervalUs: 1_000_000 });
  await charts.make("five");
  await charts.show("five", withFivePanes(pairOf(walk, 0, 300)));
  const waits = await charts.crosshair("five", 300);
  await charts.close();
  return [rowOf("crosshair over five linked charts of 300 bars, drawn", "ms", 32, waits)];
}

/** One bar more at a chart of 10,000: from the message in the page to the redrawn picture. */
export async function append(browser: Browser, folder: string): Promise<ChartRow[]> {
  const begin = END_US - BARS * 1e6;
  const walk = walkBars(BARS + TICKS + 1, { intervalUs: 1_000_000, startUs: begin });
  const lines = (bars: Bars): View => linesChart(bars.startUs, [{ name: "close", values: bars.close }]);
  const kinds: Readonly<Record<string, (k: number) => View>> = {
    "a pair's chart": (k) => pairOf(walk, k, BARS),
    "a line": (k) => lines(sliceBars(walk, k, k + BARS)),
    candles: (k) => candleChart(sliceBars(walk, k, k + BARS)),
  };
  const day = openDay(folder);
  const rows: ChartRow[] = [];
  for (const [name, at] of Object.entries(kinds)) {
    const charts = await openCharts(browser);
    // a pair's kernel gives longer bars where there are too many
    charts.answer = name.startsWith("a pair") ? day.answer : () => undefined;
    rows.push(rowOf(`${name} of 10,000 bars: one more, redrawn`, "ms", 20, await ticks(charts, at)));
    await charts.close();
  }
  day.close();
  return rows;
}

async function ticks(charts: ChartPage, at: (k: number) => View): Promise<number[]> {
  let before = at(0);
  await charts.make("one");
  await charts.show("one", before);
  await charts.page.waitForTimeout(SETTLED_MS);
  const waits: number[] = [];
  for (let k = 1; k <= TICKS; k++) {
    const now = at(k);
    waits.push(await charts.delta("one", deltaOf(before, now)));
    before = now;
  }
  return waits;
}

/** By the keys through a day of 1 s bars, each stretch read from its 1,728,000 trades: from the key to the drawn bars. */
export async function pan(browser: Browser, folder: string): Promise<ChartRow[]> {
  const day = openDay(folder);
  const charts = await openCharts(browser);
  charts.answer = day.answer;
  const walk = walkBars(301, { intervalUs: 1_000_000, startUs: END_US - 301e6 });
  await charts.make("day");
  await charts.show("day", pairOf(walk, 0, 300));
  // the strip below reads all of the day, once
  await charts.page.waitForFunction(
    "document.querySelector('.tickbook-ranges')?.textContent.includes('read …') === false",
  );
  await charts.page.waitForTimeout(SETTLED_MS);
  day.answeredMs.length = 0;
  const waits: number[] = [];
  for (let k = 0; k < TICKS; k++) {
    waits.push(...(await charts.pan("day", 1)));
    // what lies further back comes in a further answer
    await charts.page.waitForTimeout(200);
  }
  await charts.close();
  day.close();
  return [
    rowOf("a pan into a day of 1 s bars, read and drawn", "ms", 150, waits),
    rowOf("of which the kernel's part", "ms", 150, day.answeredMs),
  ];
}
