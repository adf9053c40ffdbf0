import assert from "node:assert/strict";
import { test } from "node:test";
import { spread } from "../../../src/analytics/pair/spread.ts";
import { zScore } from "../../../src/analytics/pair/z-score.ts";
import type { Bars } from "../../../src/core/bars.ts";
import type { ChartOptions } from "../../../src/render/chart/base/frame.ts";
import { waitingView } from "../../../src/render/chart/base/waiting.ts";
import { linesChart } from "../../../src/render/chart/lines.ts";
import { candleChart } from "../../../src/render/chart/pair/candles.ts";
import { correlationChart } from "../../../src/render/chart/pair/correlation.ts";
import { ratiosChart } from "../../../src/render/chart/pair/ratios.ts";
import { type SpreadOptions, spreadChart } from "../../../src/render/chart/pair/spread.ts";
import { zScoreChart } from "../../../src/render/chart/pair/z-score.ts";
import type { View } from "../../../src/render/view.ts";
import { real, simulated, walkBars } from "../../support/bars.ts";
import { draw, specOf } from "../../support/vega.ts";

// far from UTC on purpose: a chart that draws local time shows other labels
process.env.TZ = "America/New_York";

const START_US = Date.UTC(2024, 7, 8, 23, 50) * 1000;
const times = (n: number, stepUs = 10_000_000): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => START_US + i * stepUs);
const wave = (n: number, size = 1): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => size * Math.sin(i / 5));
const NAMES = { y: "ETHUSDT", x: "BTCUSDT" };
const LINE = { alpha: 0, beta: 0.6, prices: "log", names: NAMES } as const;
/** A result over so many bars of a simulated venue. */
const on = (n: number, values: Float64Array) => ({ timeUs: times(n), values, venue: simulated });

function everyChart(n: number): Record<string, View> {
  const t = times(n);
  return {
    candles: candleChart(walkBars(n)),
    "candles alone": candleChart(walkBars(n), { volumeHeight: 0 }),
    "candles with a forming bar": candleChart(walkBars(n), {
      forming: walkBars(1, { startUs: START_US + n * 10_000_000 }),
    }),
    spread: spreadChart({ ...on(n, wave(n)), ...LINE }),
    "z-score": zScoreChart({ ...on(n, wave(n, 3)), window: 20 }, { threshold: 2, exit: 0.5 }),
    correlation: correlationChart({ ...on(n, wave(n)), window: 20 }),
    lines: linesChart(
      t,
      [
        { name: "a", values: wave(n) },
        { name: "b", values: wave(n, 2) },
      ],
      { venue: simulated },
    ),
  };
}

test("every chart draws without a warning, names its simulated venue, and says UTC with the date", async () => {
  for (const [name, view] of Object.entries(everyChart(90))) {
    const { warnings, texts } = await draw(view);
    assert.deepEqual(warnings, [], name);
    assert.ok(texts.includes("SIMULATED · seed 7"), name);
    assert.ok(texts.includes("time (UTC), 2024-08-08 to 2024-08-09"), `${name}: ${texts}`);
  }
});

test("time labels are UTC whatever the machine's zone is", async () => {
  for (const [name, view] of Object.entries(everyChart(90))) {
    const { texts } = await draw(view);
    for (const label of ["23:52", "23:58", "09 Aug", "00:04"])
      assert.ok(texts.includes(label), `${name} ${label}: ${texts}`);
    assert.ok(!texts.some((text) => /^19:|^20:|PM|AM/.test(text)), name);
  }
});

test("a real venue is not labelled", async () => {
  const { svg } = await draw(candleChart(walkBars(10, { venue: real })));
  assert.ok(!/SIMULATED|REPLAYED/.test(svg));
});

test("every chart draws from one bar", async () => {
  for (const [name, view] of Object.entries(everyChart(1))) {
    const { warnings, svg } = await draw(view);
    assert.deepEqual(warnings, [], name);
    assert.ok(!svg.includes("NaN"), name);
  }
});

test("candleChart draws a body, two wicks, a volume bar and two columns for the mouse a bar", async () => {
  const { marks } = await draw(candleChart(walkBars(30)));
  assert.equal(marks.rect, 30 + 30 + 2 * 30);
  // and the newest price, and the room beside the plot that is kept
  assert.equal(marks.rule, 2 * 30 + 1 + 1);
});

test("the room beside a plot stays when its newest value leaves the view", async () => {
  const bars = walkBars(30);
  const past = { domainUs: [bars.startUs[0]!, bars.startUs[15]!] } as const;
  const widthOf = async (view: View): Promise<number> =>
    Number(/<svg[^>]* width="([\d.]+)"/.exec((await draw(view)).svg)![1]);
  for (const of of [
    (options: ChartOptions) => candleChart(bars, options),
    (options: ChartOptions) => linesChart(bars.startUs, [{ name: "close", values: bars.close }], options),
  ]) {
    // a label that is some letters longer aside: there is slack for that where charts fit their place
    const narrower = (await widthOf(of({}))) - (await widthOf(of(past)));
    assert.ok(Math.abs(narrower) < 20, String(narrower));
  }
});

test("candleChart fills bars that fell and leaves the others hollow", async () => {
  const bars = walkBars(40);
  const fell = bars.close.reduce((n, close, i) => n + (close < bars.open[i]! ? 1 : 0), 0);
  assert.ok(fell > 5 && fell < 35);
  const { svg } = await draw(candleChart(bars, { volumeHeight: 0 }));
  assert.equal([...svg.matchAll(/<path[^>]*fill="#D55E00" fill-opacity="1" stroke="#D55E00"/g)].length, fell);
  assert.equal(
    [...svg.matchAll(/<path aria-hidden="true" d="[^"]*" fill-opacity="1" stroke="#009E73"/g)].length,
    40 - fell,
  );
});

test("candleChart draws the forming bar dashed, and says so", async () => {
  const forming = walkBars(1, { startUs: START_US + 30 * 10_000_000 });
  const { svg, texts } = await draw(candleChart(walkBars(30), { forming }));
  assert.equal([...svg.matchAll(/<path[^>]*stroke-dasharray="2,2"/g)].length, 2);
  assert.ok(texts.includes("dashed: still forming"));
});

test("candleChart crosses bars with missing trades, and counts them", async () => {
  const bars = walkBars(30);
  bars.complete[3] = 0;
  bars.complete[17] = 0;
  const { texts } = await draw(candleChart(bars));
  assert.equal(texts.filter((text) => text === "✕").length, 2);
  assert.ok(texts.includes("✕ 2 bars with missing trades"));
});

test("candleChart leaves out a bar without a price, and axes carry their assets", async () => {
  const bars = walkBars(30);
  bars.close[4] = Number.NaN;
  bars.high[9] = Number.POSITIVE_INFINITY;
  const { marks, texts, warnings } = await draw(candleChart(bars, { volumeHeight: 0 }));
  assert.equal(marks.rect, 28 + 28);
  assert.deepEqual(warnings, []);
  assert.ok(texts.includes("price (USDT)"));
  assert.ok((await draw(candleChart(bars))).texts.includes("volume (BTC)"));
});

test("candleChart shows every digit of the newest price", async () => {
  const bars = walkBars(3);
  bars.open.fill(0.00001234);
  bars.high.fill(0.00001236);
  bars.low.fill(0.00001233);
  bars.close.fill(0.00001235);
  const { texts } = await draw(candleChart(bars));
  assert.ok(texts.includes("0.00001235"), texts.join());
});

test("candleChart draws a market that does not move", async () => {
  const bars = walkBars(5);
  for (const name of ["open", "high", "low", "close"] as const) bars[name].fill(61_837.63);
  const { svg, warnings } = await draw(candleChart(bars));
  assert.deepEqual(warnings, []);
  assert.ok(!svg.includes("NaN"));
  assert.ok(svg.includes("61,837.63"));
});

test("a line breaks where its value is not defined, and a lone value shows as a dot", async () => {
  const values = wave(30);
  values[10] = Number.NaN;
  values[20] = Number.POSITIVE_INFINITY;
  values[22] = Number.NaN;
  const { svg, warnings } = await draw(linesChart(times(30), [{ name: "a", values }]));
  const path = /<g class="mark-line[^>]*><path[^>]*d="([^"]*)"/.exec(svg)![1]!;
  assert.equal(path.match(/M/g)!.length, 4);
  assert.match(path, /M[^MLZ]*Z/);
  assert.deepEqual(warnings, []);
});

test("linesChart gives each line a colour and a dash, and one legend", async () => {
  const lines = ["a", "b", "c", "d"].map((name, k) => ({ name, values: wave(30, k + 1) }));
  const { svg, texts } = await draw(linesChart(times(30), lines));
  const drawn = [...svg.matchAll(/<g class="mark-line role-mark[^>]*>(<path[^>]*>)/g)].map(
    ([, path]) => path!,
  );
  const styles = drawn.map(
    (path) => `${/stroke="([^"]*)"/.exec(path)![1]} ${/dasharray="([^"]*)"/.exec(path)?.[1]}`,
  );
  assert.equal(new Set(styles).size, 4);
  assert.equal(new Set(styles.map((style) => style.split(" ")[1])).size, 4);
  for (const name of ["a", "b", "c", "d"]) assert.equal(texts.filter((text) => text === name).length, 1);
});

test("linesChart shows the newest value only while it is defined", async () => {
  const values = Float64Array.from([1, 2.75, 3.25]);
  assert.ok((await draw(linesChart(times(3), [{ name: "a", values }]))).texts.includes("3.25"));
  values[2] = Number.NaN;
  const { texts } = await draw(linesChart(times(3), [{ name: "a", values }]));
  assert.ok(!texts.includes("2.75") && !texts.includes("3.25"), texts.join());
});

test("zScoreChart marks exactly the values at or beyond the threshold and labels its lines", async () => {
  const z = Float64Array.from([0, 1.99, 2, 2.5, -2, -3, -1.99, Number.NaN, 1]);
  const { marks, texts, svg } = await draw(
    zScoreChart({ timeUs: times(9), values: z }, { threshold: 2, exit: 0.5 }),
  );
  assert.equal(marks.symbol, 4);
  for (const label of ["+2", "−2", "+0.5", "−0.5"]) assert.ok(texts.includes(label), label);
  assert.equal(marks.rect, 2);
  assert.ok(!svg.includes("NaN"));
});

test("zScoreChart says when its window can never reach the threshold", async () => {
  const { texts } = await draw(zScoreChart({ ...on(9, wave(9)), window: 5 }, { threshold: 2 }));
  assert.ok(texts.join().includes("|z| cannot exceed 1.79, so 2 is never reached"));
});

test("correlationChart keeps the whole range from −1 to 1", async () => {
  const { texts } = await draw(correlationChart({ ...on(9, new Float64Array(9).fill(0.7)), window: 5 }));
  assert.ok(texts.includes("−1.0") && texts.includes("1.0"));
});

test("spreadChart writes its formula with signs as they are read", async () => {
  const formula = async (
    beta: number | Float64Array,
    alpha: number,
    prices: "log" | "raw",
    options: SpreadOptions = {},
  ): Promise<string> => {
    const spread = { ...on(9, wave(9)), alpha, beta, prices, names: NAMES };
    const { texts } = await draw(spreadChart(spread, options));
    return `${texts.find((text) => text.includes("×"))} | ${texts.find((text) => text.startsWith("spread"))}`;
  };
  assert.equal(
    await formula(0.63515, 0.88822, "log"),
    "log ETHUSDT − 0.88822 − 0.63515 × log BTCUSDT | spread (log price)",
  );
  assert.equal(await formula(-0.05, -12, "raw"), "ETHUSDT + 12 + 0.05 × BTCUSDT | spread (USDT)");
  assert.equal(
    await formula(wave(9), 0, "log", { hedgeRatio: "rolling over 240 bars" }),
    "log ETHUSDT − α − β × log BTCUSDT, β rolling over 240 bars | spread (log price)",
  );
});

test("without a value there is no empty axis but what the panel waits for", () => {
  const undefinedFor = (n: number) => ({ ...on(n, new Float64Array(n).fill(Number.NaN)), window: 20 });
  const empty = candleChart(walkBars(0), { needs: 3 });
  assert.equal(empty.kind, "html");
  assert.match(
    empty.kind === "html" ? empty.text : "",
    /^BTCUSDT, 10s bars · SIMULATED · seed 7 · waits for 3 more bars/,
  );
  const young = zScoreChart(undefinedFor(12), { threshold: 2 });
  assert.equal(
    young.kind === "html" && young.text,
    "z-score · SIMULATED · seed 7 · waits for 8 more bars (12 of 20 bars so far)",
  );
  const still = zScoreChart(undefinedFor(40), { threshold: 2 });
  assert.match(still.kind === "html" ? still.text : "", /no value is defined in view/);
});

test("waitingView counts in words and escapes its title", () => {
  assert.match(waitingView("a", 5, 4).text, /waits for 1 more bar \(4 of 5 bars so far\)/);
  const { html } = waitingView('<img src=x onerror="alert(1)">', 5, 4, { venue: simulated });
  assert.ok(!html.includes("<img"));
  assert.ok(html.includes("SIMULATED · seed 7"));
});

test("hostile names are drawn as text and change nothing else", async () => {
  const evil = `</script><img src=x onerror=alert(1)>'"\\]}${"\u202e"}`;
  const bars: Bars = { ...walkBars(5), symbol: evil };
  const views = [
    candleChart(bars, { venue: { ...simulated, detail: evil }, note: evil }),
    linesChart(
      times(5),
      [
        { name: evil, values: wave(5) },
        { name: "b", values: wave(5) },
      ],
      { unit: evil, yName: evil },
    ),
    spreadChart({ ...on(5, wave(5)), alpha: 0, beta: 1, prices: "raw", names: { y: evil, x: evil } }),
  ];
  for (const view of views) {
    const { svg, warnings } = await draw(view);
    assert.deepEqual(warnings, []);
    assert.ok(!svg.includes("<img") && svg.includes("&lt;img"));
    assert.ok(!JSON.stringify(specOf(view)).includes("\u202e"));
  }
});

test("no number in a specification is NaN or infinite, and each is short", () => {
  const z = wave(50, 2.5);
  z[0] = Number.NaN;
  z[1] = Number.NEGATIVE_INFINITY;
  const spec = specOf(zScoreChart({ timeUs: times(50), values: z }, { threshold: 2 })) as {
    data: { values: { y0: unknown[] }[] };
  };
  assert.deepEqual(spec.data.values[0]!.y0.slice(0, 2), [null, null]);
  assert.deepEqual(JSON.parse(JSON.stringify(spec)), spec);
  assert.ok(!/\d\.\d{9}/.test(JSON.stringify(spec.data)));
});

test("charts of results take a spread, a z-score and bars as they are, with their venue, label and axis", async () => {
  const n = 60;
  const pair = {
    y: wave(n).map((v) => 2000 + v),
    x: wave(n, 3).map((v) => 60_000 + v),
    timeUs: times(n),
    names: NAMES,
    venue: simulated,
    label: "60 bars of 10s",
    domainUs: [START_US, START_US + n * 10_000_000] as const,
  };
  const apart = spread(pair, { beta: 0.6 });
  const charts = {
    spread: spreadChart(apart),
    "z-score": zScoreChart(zScore(apart, { window: 20 }), { threshold: 2 }),
    lines: linesChart(pair, [{ name: "y", values: pair.y }]),
  };
  for (const [name, view] of Object.entries(charts)) {
    const all = (await draw(view)).texts.join("|");
    for (const text of ["SIMULATED · seed 7", "60 bars of 10s"])
      assert.ok(all.includes(text), `${name}: ${all}`);
  }
  assert.throws(() => spreadChart(spread(pair.y, pair.x, { beta: 0.6 })), { code: "no-times" });
});

test("charts refuse the columns that they took before, with the new spelling", () => {
  const charts = { spreadChart, zScoreChart, correlationChart, ratiosChart };
  const before = charts as unknown as Record<string, (...given: unknown[]) => View>;
  for (const [name, chart] of Object.entries(before))
    assert.throws(
      () => chart(times(9), wave(9), { threshold: 2, window: 5 }),
      { code: "renamed", message: new RegExp(`^${name}: takes a result, .* Write ${name}\\(`) },
      name,
    );
});

test("linesChart refuses a line of another length, zScoreChart a threshold that is none", () => {
  assert.throws(() => linesChart(times(3), [{ name: "a", values: [1] }]), {
    message:
      'linesChart: a line needs one value a time; "a" has 1 values for 3 times. Pass NaN where a value is not defined.',
  });
  for (const threshold of [0, -2, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => zScoreChart(on(3, wave(3)), { threshold }), { code: "bad-threshold" });
  }
});

test("10,000 bars draw, in less than 70 bytes each", async () => {
  const view = candleChart(walkBars(10_000));
  assert.ok(JSON.stringify(specOf(view)).length < 700_000);
  const { marks, warnings } = await draw(view);
  assert.equal(marks.rect, 40_000);
  assert.deepEqual(warnings, []);
});
