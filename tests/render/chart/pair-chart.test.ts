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

test("pairChart shades what was not collected and says so, in the panes of that symbol", async () => {
  const { startUs } = walkBars(120);
  const span = { fromUs: startUs[40]!, toUs: startUs[80]! };
  const [y, x, none] = await Promise.all(
    [[{ symbol: "BTCUSDT", ...span }], [{ symbol: "ETHUSDT", ...span }], []].map((holes) =>
      draw(chart(120, { holes })),
    ),
  );
  assert.deepEqual(silent(y!.warnings), []);
  const said = (texts: readonly string[], symbol: string): number =>
    texts.filter((text) => text === `${symbol} not collected`).length;
  assert.equal(said(y!.texts, "BTCUSDT"), 3);
  assert.equal(said(x!.texts, "ETHUSDT"), 2);
  assert.ok(!none!.texts.some((text) => text.includes("not collected")));
});

test("pairChart calls in-sample what the line was fitted on and what came before, and nothing after", async () => {
  const { startUs } = walkBars(120);
  const at = async (calibratedUs: number): Promise<number> =>
    (await draw(chart(120, { calibratedUs }))).texts.filter((text) => text === "in-sample").length;
  assert.deepEqual([await at(startUs[60]!), await at(startUs[0]! - 1e9), await at(Infinity)], [2, 0, 2]);
});

test("pairChart says beside the last price how long its bar still forms; of the past it says neither", async () => {
  const all = walkBars(121);
  const nowUs = all.startUs[120]! + 3_400_000;
  const { texts } = await draw(chart(120, { nowUs }));
  assert.ok(texts.includes("0:07"), texts.join("|"));
  const ended = await draw(chart(120, { nowUs: nowUs + 60e6 }));
  assert.ok(!ended.texts.some((text) => /^\d:\d\d$/.test(text)));
  const past = await draw(chart(120, { nowUs, isPast: true }));
  assert.ok(!past.texts.some((text) => /^\d:\d\d$/.test(text)));
});

test("a candle that rose is as strong as one that fell where bars are thin, and hollow where they are wide", async () => {
  const fills = async (bars: number): Promise<string[]> => {
    const { svg } = await draw(chart(bars));
    const risen = [...svg.matchAll(/<path[^>]*d="[^"]*[1-9][^"]*"[^>]*fill="#009E73"[^>]*>/g)].map(String);
    return risen.filter((path) => /fill-opacity="0"/.test(path));
  };
  assert.equal((await fills(300)).length, 0);
  assert.ok((await fills(20)).length > 0);
});

test("pairChart is the same chart with other bars, longer bars, another last value, and of the past", () => {
  const skeletons = [
    chart(50),
    chart(300, { decimals: 2, isPast: true, intervalUs: 1e6 }),
    chart(80, { holes: [{ symbol: "BTCUSDT", fromUs: 1, toUs: 2 }] }),
  ].map((view) => splitSpec(specOf(view) as never).skeleton);
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
