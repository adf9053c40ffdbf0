import assert from "node:assert/strict";
import { test } from "node:test";
import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { linesChart } from "../../../src/render/chart/lines.ts";
import { candleChart } from "../../../src/render/chart/pair/candles.ts";
import type { View as Shown } from "../../../src/render/view.ts";
import { walkBars } from "../../support/bars.ts";
import { draw, specOf } from "../../support/vega.ts";

const bars = walkBars(100, { startUs: Date.UTC(2024, 7, 8, 12) * 1000 });
/** A line that rises by 1 a bar. */
const rising = linesChart(bars.startUs, [{ name: "rising", values: bars.close.map((_, i) => i) }]);
const ms = (bar: number): number => bars.startUs[bar]! / 1000;

/** The ends of the y axis, and the texts, of a chart whose reader looks at a stretch. */
async function lookedAt(
  shown: Shown,
  firstMs: number,
  lastMs: number,
): Promise<{ y: number[]; texts: string[] }> {
  const view = new View(parse(compile(specOf(shown) as unknown as TopLevelSpec).spec), { renderer: "none" });
  await view.signal("firstMs", firstMs).signal("lastMs", lastMs).runAsync();
  const svg = await view.toSVG();
  const name = "concat_0_y" in (view.getState().signals ?? {}) ? "concat_0_y" : "y";
  const scale = view.scale(name) as unknown as { domain(): number[] };
  const texts = [...svg.matchAll(/<text[^>]*>([^<]+)</g)].map(([, text]) => text!);
  view.finalize();
  return { y: scale.domain(), texts };
}

test("a line's y axis fits what is in view, and the newest value is said while that is", async () => {
  const all = await lookedAt(rising, ms(0), ms(99));
  assert.ok(all.y[0]! <= 0 && all.y[1]! >= 99, String(all.y));
  assert.ok(all.texts.includes("99"));
  const part = await lookedAt(rising, ms(40), ms(60));
  assert.ok(part.y[0]! > 35 && part.y[0]! <= 40 && part.y[1]! >= 60 && part.y[1]! < 65, String(part.y));
  assert.ok(!part.texts.includes("99"));
});

test("a candle chart's y axis fits the bars in view, and its last price is said while that bar is", async () => {
  const chart = candleChart(bars, { volumeHeight: 0 });
  const last = bars.close[99]!.toLocaleString("en-US");
  assert.ok((await lookedAt(chart, ms(0), ms(99) + 10_000)).texts.includes(last));
  const { y, texts } = await lookedAt(chart, ms(20), ms(40));
  const inside = [...bars.high.slice(19, 42), ...bars.low.slice(19, 42)];
  const reach = Math.max(...inside) - Math.min(...inside);
  assert.ok(y[1]! - y[0]! < 1.2 * reach, `${y} for ${reach}`);
  assert.ok(!texts.includes(last));
});

test("where there is little room a chart spends it on its plot: 250 pixels of it fit into 290", async () => {
  for (const made of [
    candleChart(bars, { width: 250 }),
    linesChart(bars.startUs, [{ name: "a", values: bars.close }], { width: 250 }),
  ]) {
    const spec = specOf(made);
    const params = (spec.params as readonly { name: string }[]).map((one) =>
      one.name === "isNarrow" ? { ...one, value: true } : one,
    );
    const { svg, texts } = await draw({ ...made, spec: { ...spec, params } } as Shown);
    const [, width] = /<svg[^>]* width="(\d+)"/.exec(svg)!;
    assert.ok(Number(width) <= 290, width);
    assert.ok(
      texts.includes("60,000") || texts.some((text) => /^59,9\d\d$/.test(text)),
      "numbers of the axis stay",
    );
  }
});
