import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { linesChart } from "../../src/render/chart/lines.ts";
import { inSampleLayer } from "../../src/render/chart/pair/in-sample.ts";
import { walkBars } from "../support/bars.ts";
import { findChromium, launchChromium } from "../support/chromium.ts";
import { specOf } from "../support/vega.ts";

const chromium = findChromium();

/** As much of the page as is used here. */
interface VegaPage {
  vegaEmbed(node: string, spec: unknown, options: object): Promise<{ view: VegaView }>;
  vegaView: VegaView;
}
interface VegaView {
  data(name: string): readonly { readonly values: readonly number[] }[];
}

test("the mouse anywhere over a line's plot reads the time under it, in grounds and bands, too", {
  skip: !chromium,
}, async (t) => {
  const browser = await launchChromium(chromium!);
  t.after(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 900, height: 400 } });
  await page.setContent("<div id='chart'></div>");
  for (const name of ["vega", "vega-lite", "vega-embed"])
    await page.addScriptTag({
      content: readFileSync(
        join(import.meta.dirname, `../../node_modules/${name}/build/${name}.min.js`),
        "utf8",
      ),
    });
  const bars = walkBars(100);
  const layers = inSampleLayer(bars.startUs[0]!, bars.startUs[99]!);
  const chart = specOf(linesChart(bars.startUs, [{ name: "close", values: bars.close }], { layers }));
  await page.evaluate(async (spec) => {
    const page = globalThis as unknown as VegaPage;
    page.vegaView = (await page.vegaEmbed("#chart", spec, { actions: false, renderer: "canvas" })).view;
  }, chart as never);
  const box = (await page.locator("canvas").boundingBox())!;
  const times = new Set<number>();
  for (const dx of [200, 203, 206, 209, 300, 407]) {
    await page.mouse.move(box.x + dx, box.y + 100);
    const [hovered] = await page.evaluate(() =>
      (globalThis as unknown as VegaPage).vegaView.data("hover_store"),
    );
    assert.ok(hovered, `${dx} pixels from the left`);
    times.add(hovered.values[0]!);
  }
  assert.ok(times.size >= 4, `${times.size} times`);
});
