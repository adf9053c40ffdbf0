import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { test } from "node:test";
import { movingAverageCross } from "../../../src/analytics/backtest/strategies/moving-average-cross.ts";
import { namedStrategy } from "../../../src/analytics/backtest/strategies/named-strategies.ts";
import type { Strategy } from "../../../src/analytics/backtest/strategy.ts";
import { backtestData } from "../../../src/app/study/data.ts";
import { runOn } from "../../../src/app/study/run.ts";
import { ruleText } from "../../../src/app/study/verdict/verdict.ts";
import { put } from "../../support/import.ts";
import { tempFolder } from "../../support/temp.ts";

const SETTINGS = { window: 20, entry: 2, size: { by: "notional", notional: 1000 } };
const reversion = (settings: object = {}): Strategy =>
  namedStrategy({
    name: "mean reversion",
    settings: { ...SETTINGS, hedge: { method: "fixed", calibrationBars: 30 }, ...settings },
  });

/** What a report says of a rule on these closes, a minute each; null: none. */
function said(
  t: TestContext,
  strategy: Strategy,
  y: (i: number) => number | null,
  x: (i: number) => number | null,
  { rows = 200, feeBps = 1 }: { readonly rows?: number; readonly feeBps?: number } = {},
): string {
  const lines = Array.from({ length: rows }, (_, i) => {
    const time = new Date(Date.UTC(2024, 0, 1) + i * 60_000).toISOString();
    return `${time},${y(i) ?? ""},${x(i) ?? ""}\n`;
  });
  const source = put(tempFolder(t), "x.csv", `time,AAA,BBB\n${lines.join("")}`);
  const data = backtestData({ source, y: "AAA", x: "BBB" });
  return ruleText(runOn(data, strategy, { costs: { feeBps, halfSpreadBps: 1, slippageBps: 0 } }, true));
}

const wave = (i: number): number => 100 + 3 * Math.sin(i / 7) + 0.3 * Math.sin(1.7 * i);
const other = (i: number): number => 50 + Math.sin(i / 7) + 0.2 * Math.cos(2.3 * i);

test("a report says how near a rule came that never crossed its entry", (t) => {
  const text = said(t, reversion({ entry: 4 }), wave, other);
  assert.match(
    text,
    /never traded in these 200 bars: there is nothing to judge\. z was defined in \d+ of 200 bars; \|z\| reached \d\.\d+ at most \(2024-01-01 \d\d:\d\d.*\) and never crossed the entry at 4\./,
  );
});

test("a report says that gaps leave no window whole, and how long the longest stretch is", (t) => {
  const text = said(t, reversion(), wave, (i) => (i % 10 === 9 ? null : other(i)));
  assert.match(
    text,
    /signal z was defined nowhere: a window with a bar without a price gives no value\. BBB has none in \d+ bars; at most \d+ bars in a row have all prices\. Its window is 20 bars long\./,
  );
});

test("a report says that a rule had its signal and decided nothing", (t) => {
  assert.match(
    said(t, movingAverageCross({ fast: 2, slow: 5, size: { by: "units", units: 1 } }), () => 100, other),
    /Its signal trend was defined in 196 of 200 bars, and it decided nothing there\./,
  );
});

test("a report counts entries that were refused for β, beyond the stop, or on the other side", (t) => {
  const against = said(t, reversion({ entry: 1.5 }), wave, (i) => 100 - wave(i) / 2);
  assert.match(
    against,
    /beyond the entry at 1\.5 in \d+ bars\. \d+ entr(y was|ies were) refused: β was 0 or less/,
  );
  const stopped = said(t, reversion({ entry: 1.5, stop: 1.5000001 }), wave, other);
  assert.match(stopped, /where it was beyond the entry at 1\.5 it was beyond the stop at 1\.5000001, too\./);
  // it only ever jumps up and comes back slowly
  const jumps = (i: number): number => 100 + 5 * Math.exp(-((i % 60) / 15)) + 0.001 * (i % 7);
  const one = reversion({ entry: 2.5, side: "long" });
  const oneSide = said(t, one, jumps, (i) => 50 + 0.0001 * (i % 5));
  assert.match(oneSide, /crossed the entry at 2\.5 on the other side alone: the rule is long only\./);
});

test("rebates that came to more than all costs are told as such, and no minus stands before costs", (t) => {
  const text = said(t, reversion(), wave, other, { feeBps: -5 });
  assert.match(
    text,
    /Rebates brought more than costs took: \d+\.\d\d, 4\.00 basis points of what changed hands/,
  );
  assert.doesNotMatch(text, /-/);
});
