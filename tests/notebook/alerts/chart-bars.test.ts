import assert from "node:assert/strict";
import { test } from "node:test";
import { pairMonitor } from "../../../src/app/pair/pair-monitor.ts";
import { sliceBars } from "../../../src/core/bars.ts";
import { random } from "../../../src/core/random.ts";
import { chartBars } from "../../../src/notebook/alerts/chart-bars.ts";
import { liveBars } from "../../../src/pipeline/live-bars.ts";
import { openReader } from "../../../src/pipeline/store/read/reader.ts";
import { REPLAY, SYMBOLS, stored, write } from "../../support/stored.ts";
import { batchOf, T0, trade } from "../../support/trades.ts";

const SECOND = Math.floor(T0 / 1e6) * 1e6;
const KEEP = 40;

test("a chart's bars are those that a feed of its own would make: also when trades come late, and while the venue is silent", (t) => {
  const { uniform } = random(9);
  const one = (id: number, symbol: string) => {
    const us = SECOND + id * 250_000;
    const qty = `${(1 + (id % 7)).toFixed(8)}`;
    const price = `${(60_000 + ((id * 37) % 101)).toFixed(8)}`;
    return trade(id, { symbol, qty, price, tradeTimeUs: us, eventTimeUs: us, receivedUs: us });
  };
  const ids = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
  const db = stored(
    t,
    SYMBOLS.flatMap((symbol) => ids(1, 80).map((id) => one(id, symbol))),
    REPLAY,
  );
  const reader = openReader(db);
  t.after(() => reader.close());
  const monitor = pairMonitor(reader, {
    ...{ y: "ETHUSDT", x: "BTCUSDT", interval: "1s", window: 5, calibrationBars: 5, bars: KEEP, graceMs: 0 },
  });
  const series = reader.series().find(({ symbol }) => symbol === "ETHUSDT")!;
  const own = liveBars(reader, series, { rule: { by: "time", intervalUs: 1e6 }, keep: KEEP, graceUs: 0 });
  const chart = chartBars(monitor.frame, "y", 0);
  let [next, late, revisions] = [80, [] as number[], 0];
  for (let round = 0; round < 150; round++) {
    const upTo = next + Math.floor(9 * uniform());
    const now = ids(next, upTo).filter((id) => {
      const isLate = uniform() < 0.1;
      if (isLate) late.push(id);
      return !isLate;
    });
    next = upTo;
    if (uniform() < 0.3) now.push(...late.splice(0, 2));
    const trades = [
      ...now.map((id) => one(id, "ETHUSDT")),
      ...ids(upTo - 1, upTo).map((id) => one(id, "BTCUSDT")),
    ];
    write(db, (writer) => writer.append(batchOf(trades, SYMBOLS), T0), REPLAY);
    const { newestUs } = monitor.frame();
    const untilUs = Math.max(newestUs.y, newestUs.x) + (uniform() < 0.3 ? 2e6 : 0);
    const [made, expected] = [chart.advance(untilUs), own.advance(untilUs)];
    const rows = Math.min(KEEP, chart.closed().length) - 2;
    const tail = (bars: ReturnType<typeof own.closed>) => {
      const { startUs, tradeCount, volume, lastId, complete } = sliceBars(bars, -rows);
      return [startUs, tradeCount, volume, lastId, complete].map((column) => [...column]);
    };
    assert.deepEqual(tail(chart.closed()), tail(own.closed()), `round ${round}`);
    const firstUs = chart.closed().startUs[0]!;
    if (expected.revisedUs !== undefined && expected.revisedUs > firstUs) {
      revisions++;
      assert.ok(made.revisedUs !== undefined && made.revisedUs <= expected.revisedUs, `round ${round}`);
    }
  }
  assert.ok(revisions > 10, `${revisions}`);
});
