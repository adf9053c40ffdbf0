import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Trade } from "../../../src/core/trade.ts";
import { dataQuality, type QualitySettings } from "../../../src/notebook/quality/quality.ts";
import { tableText } from "../../../src/render/table.ts";
import type { View } from "../../../src/render/view.ts";
import { BINANCE, REPLAY, reading, SYMBOLS, span, stored, tamper, write } from "../../support/stored.ts";
import { batchOf, T0, trade } from "../../support/trades.ts";
import { draw } from "../../support/vega.ts";

const second = (id: number, given: Partial<Trade> = {}): Trade => {
  const us = T0 + id * 1_000_000;
  return trade(id, { tradeTimeUs: us, eventTimeUs: us, receivedUs: us + 10_000 + (id % 7) * 1000, ...given });
};
const textOf = (view: View): string => (view.kind === "html" ? view.text : (view.label ?? ""));
const quality = (t: TestContext, file: string, settings: QualitySettings = {}) =>
  dataQuality(reading(t, file), settings);

test("dataQuality gives tiles, findings, tables and charts of one moment", async (t) => {
  const file = stored(
    t,
    [...span(1, 300), ...span(361, 600)].map((id) => second(id)),
  );
  const now = quality(t, file, { symbols: ["BTCUSDT"] });
  assert.equal(now.diagnosis.healthy, false);
  assert.deepEqual([now.symbols, now.venue], [["BTCUSDT"], BINANCE]);
  assert.deepEqual(
    now.holes.map(({ symbol, first, last }) => [symbol, first, last]),
    [["BTCUSDT", 301, 360]],
  );
  assert.match(
    textOf(now.tiles()),
    /^verdict: ■ needs attention \(1 to act on\)\nstored, all: 90 % \(60 ids missing\)\nstored, window: 90 % \(last 1h\)/,
  );
  assert.match(
    textOf(now.findings()),
    /^NEEDS ATTENTION .*\n■ BTCUSDT at binance: 1 hole open, 60 ids of 600 missing\./,
  );
  assert.match(tableText(now.table("coverage")), /BTCUSDT +1 +600 +540 +60 +90 +90/);
  assert.match(tableText(now.table("holes")), /BTCUSDT +detected +1 +60/);
  assert.match(
    tableText(now.table("each hole")),
    /BTCUSDT +301 +360 +60 +detected +2024-08-08T23:59:15Z +2024-08-09T00:00:16Z +gap +0/,
  );
  assert.match(tableText(now.table("times")), /BTCUSDT .* 10 +13 +16 +16$/);
  assert.match(tableText(now.table("pace")), /BTCUSDT +1 +1 +1/);
  assert.match(tableText(now.table("disk")), /^Disk\n/);
  const coverage = await draw(now.coverage());
  assert.deepEqual([coverage.marks.symbol, coverage.warnings], [1, []]);
  assert.ok(coverage.texts.includes("90 %"));
  const latency = await draw(now.latency());
  assert.ok(
    ["p50 13 ms", "p90 16 ms", "540 trades · by the stream, among the newest 100,000"].every((text) =>
      latency.texts.includes(text),
    ),
    latency.texts.join("|"),
  );
  assert.deepEqual((await draw(now.rates())).warnings, []);
  const seen = now.toView();
  assert.ok(
    seen.kind === "html" &&
      seen.text.includes("Ids that are stored") &&
      seen.html.includes("NEEDS ATTENTION"),
  );
});

test("the charts show the window alone when asked to, all on the same axis", async (t) => {
  const file = stored(
    t,
    [...span(1, 300), ...span(361, 600)].map((id) => second(id)),
  );
  const axis = async (settings: QualitySettings): Promise<unknown[]> => {
    const now = quality(t, file, { ...settings, symbols: ["BTCUSDT"] });
    const times = async (view: View) => (await draw(view)).texts.filter((text) => /^\d\d:\d\d/.test(text));
    const [a, b] = [await times(now.coverage()), await times(now.rates())];
    assert.deepEqual(a, b);
    const { texts, marks } = await draw(now.coverage());
    return [a[0], marks.symbol, texts.find((text) => text.endsWith(" %"))];
  };
  assert.deepEqual(await axis({}), ["23:55", 1, "90 %"]);
  assert.deepEqual(await axis({ since: "1d", windowOnly: true }), ["23:55", 1, "90 %"]);
  assert.deepEqual(await axis({ since: "2m", windowOnly: true }), ["00:02:30", undefined, "100 %"]);
});

test("latencies below zero are drawn, too: on a linear axis", async (t) => {
  const file = stored(
    t,
    span(1, 50).map((id) => second(id, { receivedUs: T0 + id * 1e6 - 20_000 + id * 1000 })),
  );
  const { texts, warnings } = await draw(quality(t, file).latency("BTCUSDT"));
  assert.deepEqual(warnings, []);
  assert.ok(texts.includes("50 trades · by the stream, among the newest 100,000"), texts.join("|"));
  assert.ok(texts.includes("−10") && texts.includes("0"));
});

test("a replay is labelled on every chart, and no percentiles are drawn of what is no latency", async (t) => {
  const now = quality(
    t,
    stored(
      t,
      span(1, 100).map((id) => second(id)),
      REPLAY,
    ),
  );
  for (const view of [now.coverage(), now.latency(), now.rates()])
    assert.ok((await draw(view)).texts.includes("REPLAYED · tape at x8"));
  const { texts } = await draw(now.latency());
  assert.ok(texts.some((text) => text.endsWith("its times are not this machine's: this is no latency")));
  assert.ok(!texts.some((text) => text.startsWith("p50")));
});

test("of several venues the charts show the one that was written to last, or the one asked for", (t) => {
  const file = stored(
    t,
    span(1, 20).map((id) => second(id)),
    REPLAY,
  );
  write(file, (writer) =>
    writer.append(
      batchOf(
        span(100, 120).map((id) => second(id)),
        SYMBOLS,
      ),
      T0,
    ),
  );
  assert.equal(quality(t, file).venue?.name, "binance");
  assert.equal(quality(t, file).diagnosis.series.length, 4);
  assert.equal(quality(t, file, { venue: REPLAY.name }).venue?.name, REPLAY.name);
});

test("an empty database gives panels that wait, and no error", (t) => {
  const file = stored(t, []);
  tamper(file, "DELETE FROM symbols");
  const now = quality(t, file);
  assert.deepEqual([now.series, now.symbols, now.venue], [[], [], undefined]);
  for (const view of [now.coverage(), now.latency(), now.rates()])
    assert.match(textOf(view), /waits for 1 more trade/);
  assert.match(
    textOf(now.tiles()),
    /^verdict: ▲ empty \(no trade is stored yet\)\nstored, all: – % \(0 ids missing\)/,
  );
  assert.match(tableText(now.table("coverage")), /no rows/);
});

test("one trade alone is drawn, too", async (t) => {
  const now = quality(t, stored(t, [second(1)]));
  for (const view of [now.coverage(), now.latency()]) assert.deepEqual((await draw(view)).warnings, []);
  assert.match(textOf(now.rates()), /waits/);
});

test("refusals: a symbol that the charts do not have, a table that there is not", (t) => {
  const now = quality(t, stored(t, [second(1)]));
  assert.throws(() => now.latency("XRPUSDT"), {
    message: 'latency: needs a symbol of the charts\' venue; got "XRPUSDT". There are: BTCUSDT.',
  });
  assert.throws(() => now.table("toString" as "disk"), { code: "unknown-table" });
});
