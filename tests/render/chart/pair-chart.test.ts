import assert from "node:assert/strict";
import { test } from "node:test";
import { splitSpec } from "../../../labextension/src/chart/split-spec.ts";
import { sliceBars } from "../../../src/core/bars.ts";
import { type PairChartOptions, pairChart } from "../../../src/render/chart/pair/pair-chart.ts";
import type { View } from "../../../src/render/view.ts";
import { walkBars } from "../../support/bars.ts";
import { draw, specOf } from "../../support/vega.ts";

// far from UTC on purpose: a chart that draws local time shows other labels
process.env.TZ = "America/New_York";

const OPTIONS = { y: "BTCUSDT", x: "ETHUSDT", threshold: 2, decimals: 2, heights: [250, 110, 110] } as const;

function chart(length: number, options: Partial<PairChartOptions> = {}): View {
  const all = walkBars(length + 1);
  const closed = sliceBars(all, 0, length);
  const zScore = closed.close.map((_, i) => (i < 20 ? Number.NaN : 3 * Math.sin(i / 7)));
  return pairChart(
    {
      venue: all.venue,
      closed,
      forming: sliceBars(all, length),
      timeUs: closed.startUs,
      spread: closed.close.map((_, i) => 2e-4 * Math.sin(i / 9)),
      zScore,
    },
    { ...OPTIONS, ...options },
  );
}

/** An empty selection has no extent: Vega says so of the crosshair while the mouse is away. */
const silent = (warnings: readonly string[]): string[] =>
  warnings.filter((text) => !/^Infinite extent for field "(middle|c|s|z|drawn|[sz](Low|High))"/.test(text));

test("pairChart draws candles, spread and z-score, says the market, the last values and UTC, and Vega complains of nothing", async () => {
  const { warnings, texts, marks } = await draw(chart(120));
  assert.deepEqual(silent(warnings), []);
  const said = texts.join("\n");
  assert.match(said, /BTCUSDT, 10s bars, USDT {3}SIMULATED · seed 7/);
  assert.match(said, /O [\d,.]+ {3}H [\d,.]+ {3}L [\d,.]+ {3}C [\d,.]+/);
  assert.match(said, /Spread {3}BTCUSDT against ETHUSDT/);
  assert.match(said, /time \(UTC\), 2024-08-08 to 2024-08-09/);
  assert.ok(!texts.some((text) => /^-/.test(text)), "one minus sign");
  assert.ok(marks.rect! >= 121);
});

test("pairChart says how far it has measured where spread and z-score are not defined yet", async () => {
  const { texts } = await draw(chart(30, { waits: "measuring: 30 of 500 bars" }));
  assert.ok(texts.includes("measuring: 30 of 500 bars"));
});

test("pairChart is the same chart with other bars, longer bars, another last value, and of the past", () => {
  const skeletons = [chart(50), chart(300, { decimals: 2, isPast: true, intervalUs: 1e6 }), chart(80)].map(
    (view) => splitSpec(specOf(view) as never).skeleton,
  );
  assert.equal(new Set(skeletons).size, 1);
});

test("pairChart of no bar waits for one", () => {
  const none = walkBars(0);
  const view = pairChart(
    {
      venue: none.venue,
      closed: none,
      forming: none,
      timeUs: none.startUs,
      spread: none.close,
      zScore: none.close,
    },
    OPTIONS,
  );
  assert.equal(view.kind, "html");
  assert.match(String((view as { text: string }).text), /waits for 1 more bar/);
});
