import assert from "node:assert/strict";
import { test } from "node:test";
import { type CoverageHole, type CoverageLine, coverageChart } from "../../../src/render/chart/coverage.ts";
import { simulated } from "../../support/bars.ts";
import { draw, specOf } from "../../support/vega.ts";

// far from UTC on purpose: a chart that draws local time shows other labels
process.env.TZ = "America/New_York";

const START_US = Date.UTC(2024, 7, 8, 23, 50) * 1000;
const MINUTE_US = 60e6;
const STATES = ["detected", "partly filled", "aggregated", "filled", "unrecoverable"] as const;

const hole = (minute: number, given: Partial<CoverageHole> = {}): CoverageHole => ({
  first: 100 * minute,
  last: 100 * minute + 99,
  missingIds: 100,
  state: "detected",
  reason: "gap",
  tries: 0,
  note: "",
  foundUs: START_US + (minute + 1) * MINUTE_US,
  fromUs: START_US + minute * MINUTE_US,
  toUs: START_US + (minute + 1) * MINUTE_US,
  ...given,
});
const line = (holes: readonly CoverageHole[], given: Partial<CoverageLine> = {}): CoverageLine => ({
  name: "BTCUSDT",
  fromUs: START_US,
  toUs: START_US + 20 * MINUTE_US,
  holes,
  share: "97.5 %",
  ...given,
});
const everyState = line(
  STATES.map((state, i) => hole(2 + 3 * i, { state, missingIds: state === "filled" ? 0 : 100 })),
);

test("coverageChart draws without a warning, in UTC, and names its simulated venue", async () => {
  const { warnings, texts } = await draw(coverageChart([everyState], { venue: simulated }));
  assert.deepEqual(warnings, []);
  for (const text of [
    "SIMULATED · seed 7",
    "time (UTC), 2024-08-08 to 2024-08-09",
    "09 Aug",
    "BTCUSDT",
    "97.5 %",
  ])
    assert.ok(texts.includes(text), `${text}: ${texts}`);
});

test("a bar for each span between holes that are not filled, a gap for each of these, a sign for every hole", async () => {
  const { marks } = await draw(coverageChart([everyState, line([], { name: "ETHUSDT" })]));
  // BTCUSDT: five bars around four gaps; ETHUSDT: one bar; two end strokes each
  assert.equal(marks.rect, 5 + 4 + 1 + 2 * 2);
  assert.equal(marks.symbol, 5);
});

test("each state has a colour and a shape of its own, and stands in the legend where there is one", async () => {
  const { svg, texts } = await draw(coverageChart([everyState]));
  const signs = [...svg.matchAll(/<g class="mark-symbol role-mark[^>]*>(.*?)<\/g>/gs)].flatMap(([, group]) =>
    [...group!.matchAll(/<path[^>]*\bd="([^"]*)"[^>]*fill="([^"]*)"/g)].map(([, shape, colour]) => [
      shape!,
      colour!,
    ]),
  );
  assert.equal(signs.length, 5);
  assert.equal(new Set(signs.map(([shape]) => shape)).size, 5);
  assert.equal(new Set(signs.map(([, colour]) => colour)).size, 5);
  for (const state of STATES) assert.ok(texts.includes(state), state);
  const one = await draw(coverageChart([line([hole(3)])]));
  assert.deepEqual(
    STATES.filter((state) => one.texts.includes(state)),
    ["detected"],
  );
});

test("a hole of a millisecond in a year keeps its sign", async () => {
  const year = 365 * 24 * 60 * MINUTE_US;
  const short = hole(7, { toUs: START_US + 7 * MINUTE_US + 1000 });
  const { marks, svg } = await draw(coverageChart([line([short], { toUs: START_US + year })]));
  assert.equal(marks.symbol, 1);
  assert.ok(!svg.includes("NaN"));
});

test("the mouse tells ids, what is missing, the time between, the reason and the tries", () => {
  const told = hole(3, { tries: 2, note: "HTTP 429", missingIds: 40, reason: "restart" });
  const rows = specOf(coverageChart([line([told])])).layer as {
    data: { values: Record<string, unknown[]>[] };
  }[];
  const sign = rows.find(({ data }) => "tries" in data.values[0]!)!.data.values[0]!;
  assert.deepEqual(
    ["ids", "missing", "when", "why", "tries"].map((name) => sign[name]![0]),
    [
      "300 to 399 (100)",
      40,
      "2024-08-08 23:53:00 to 23:54:00",
      "restart, found 2024-08-08T23:54:00",
      "2: HTTP 429",
    ],
  );
});

test("a complete symbol has one bar and no legend; one trade alone draws, too", async () => {
  const { marks, texts, warnings } = await draw(coverageChart([line([])]));
  assert.deepEqual([marks.rect, marks.symbol, warnings], [1 + 2, undefined, []]);
  assert.ok(!texts.some((text) => text.includes("holes")));
  const single = await draw(coverageChart([line([], { toUs: START_US })]));
  assert.ok(single.warnings.length === 0 && !single.svg.includes("NaN"));
});

test("holes outside the time asked for are left out", async () => {
  const domainUs = [START_US + 7 * MINUTE_US, START_US + 12 * MINUTE_US] as const;
  const { marks, warnings } = await draw(coverageChart([everyState], { domainUs }));
  assert.equal(marks.symbol, 2);
  assert.deepEqual(warnings, []);
});

test("without a trade there is no empty axis", () => {
  const none = coverageChart([line([], { fromUs: Number.NaN, toUs: Number.NaN })]);
  assert.equal(none.kind === "html" && none.text, "Coverage · waits for 1 more trade (0 of 1 trade so far)");
});

test("hostile names, notes and reasons are drawn as text and change nothing else", async () => {
  const evil = `</script><img src=x onerror=alert(1)>'"\\]}${"\u202e"}`;
  const view = coverageChart([line([hole(3, { reason: evil, note: evil })], { name: evil, share: evil })]);
  const { svg, warnings } = await draw(view);
  assert.deepEqual(warnings, []);
  assert.ok(!svg.includes("<img") && svg.includes("&lt;img"));
  assert.ok(!JSON.stringify(specOf(view)).includes("\u202e"));
});

test("2,000 holes draw", async () => {
  const holes = Array.from({ length: 2000 }, (_, i) => hole(2 * i));
  const view = coverageChart([line(holes, { toUs: START_US + 4001 * MINUTE_US })]);
  const { marks, warnings } = await draw(view);
  assert.equal(marks.symbol, 2000);
  assert.deepEqual(warnings, []);
});
