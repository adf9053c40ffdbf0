import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Json, splitSpec } from "../../labextension/src/chart/split-spec.ts";
import { histogramChart } from "../../src/render/chart/histogram.ts";
import { linesChart } from "../../src/render/chart/lines.ts";
import { candleChart } from "../../src/render/chart/pair/candles.ts";
import { correlationChart } from "../../src/render/chart/pair/correlation.ts";
import { spreadChart } from "../../src/render/chart/pair/spread.ts";
import { zScoreChart } from "../../src/render/chart/pair/z-score.ts";
import type { View } from "../../src/render/view.ts";
import { walkBars } from "../support/bars.ts";
import { specOf } from "../support/vega.ts";

const START_US = Date.UTC(2024, 7, 8, 23, 59) * 1000;
const skeletonOf = (view: View): string => splitSpec(specOf(view)).skeleton;

/** The live charts as they are after so many bars, each with other values, ends and notes. */
function chartsAfter(bars: number): Record<string, View> {
  const t = Float64Array.from({ length: bars }, (_, i) => START_US + i * 1e6);
  const wave = t.map((_, i) => (i < 5 ? Number.NaN : Math.sin(i / 5) * bars));
  const walked = walkBars(bars, { startUs: START_US });
  if (bars > 50) walked.complete[7] = 0;
  const forming = walkBars(bars % 2, { startUs: START_US + bars * 10_000_000 });
  const note = `${bars} bars`;
  const made = { timeUs: t, values: wave, names: { y: "ETHUSDT", x: "BTCUSDT" } };
  return {
    candles: candleChart(walked, { forming, note }),
    spread: spreadChart({ ...made, alpha: 0, beta: 0.5 + bars, prices: "log" }, { note }),
    "z-score": zScoreChart({ ...made, window: 20 }, { threshold: 1 + bars / 10, exit: bars / 100, note }),
    correlation: correlationChart({ ...made, window: 20 }, { note }),
    histogram: histogramChart(wave, {
      of: "bar",
      xName: "return",
      note,
      marks: [{ value: bars / 100, label: "p90" }],
    }),
    "several lines": linesChart(t, [
      { name: "a", values: wave, band: { low: wave, high: wave } },
      { name: "b", values: wave },
    ]),
  };
}

describe("splitSpec", () => {
  it("a live chart has one skeleton whatever its bars, ends, last value, thresholds and notes", () => {
    const after = chartsAfter(40);
    for (const [name, view] of Object.entries(chartsAfter(81))) {
      assert.equal(skeletonOf(view), skeletonOf(after[name]!), name);
    }
  });

  it("gives rows, values and title apart, and a specification that is complete", () => {
    const given: Json = {
      title: { text: "t", subtitle: ["s"], anchor: "start" },
      description: "d",
      params: [
        { name: "end", value: 3 },
        { name: "zoom", select: "interval", value: 1 },
      ],
      data: { values: [{ x: 1 }] },
      layer: [
        { data: { name: "mine", values: [2] }, mark: "bar" },
        { data: { url: "u" }, mark: "line" },
      ],
    };
    const split = splitSpec(given);
    assert.deepEqual(
      [...split.rows],
      [
        ["rows_0", [{ x: 1 }]],
        ["mine", [2]],
      ],
    );
    assert.deepEqual([...split.values], [["end", 3]]);
    assert.deepEqual(split.title, { text: "t", subtitle: ["s"], subtitleColor: null });
    assert.deepEqual(split.spec, { ...given, data: { name: "rows_0", values: [{ x: 1 }] } });
    assert.equal(split.description, "d");
  });

  it("another mark, another encoding, a title that comes or goes are another skeleton; the order of keys is not", () => {
    const base: Json = { data: { values: [1] }, mark: "bar", title: "t" };
    const { skeleton } = splitSpec(base);
    assert.notEqual(splitSpec({ ...base, mark: "line" }).skeleton, skeleton);
    assert.notEqual(splitSpec({ data: { values: [1] }, mark: "bar" }).skeleton, skeleton);
    assert.notEqual(splitSpec({ ...base, data: { url: "u" } }).skeleton, skeleton);
    assert.equal(splitSpec({ title: "other", mark: "bar", data: { values: [] } }).skeleton, skeleton);
  });
});
