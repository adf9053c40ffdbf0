import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type PairMonitor, pairMonitor } from "../../src/app/pair-monitor.ts";
import { random } from "../../src/core/random.ts";
import type { Trade } from "../../src/core/trade.ts";
import { openReader } from "../../src/pipeline/store/reader.ts";
import { openWriter } from "../../src/pipeline/store/writer.ts";
import { simulated } from "../support/bars.ts";
import { tempFolder } from "../support/temp.ts";
import { batchOf, trade } from "../support/trades.ts";

const SYMBOLS = ["ETHUSDT", "BTCUSDT"];
const START = Date.UTC(2024, 7, 8, 12) * 1000;

/** Two symbols with a trade each a second; the second's price follows the first's. */
function market(seconds: number): Trade[] {
  const source = random(4);
  let x = 60_000;
  return Array.from({ length: seconds }, (_, i) => {
    x *= 1 + 1e-4 * source.normal();
    const y = 0.05 * x * (1 + 2e-5 * source.normal());
    return [y, x].map((price, k) =>
      trade(i + 1, {
        symbol: SYMBOLS[k]!,
        price: price.toFixed(2),
        tradeTimeUs: START + i * 1_000_000,
        eventTimeUs: START + i * 1_000_000,
      }),
    );
  }).flat();
}

function stage(t: TestContext): { add: (trades: readonly Trade[]) => void; watch: () => PairMonitor } {
  const file = join(tempFolder(t), "x.db");
  const writer = openWriter(file, { venue: simulated, symbols: SYMBOLS });
  const reader = openReader(file);
  t.after(() => {
    reader.close();
    writer.close();
  });
  return {
    add: (trades) => void writer.append(batchOf(trades, SYMBOLS), START),
    watch: () => pairMonitor(reader, { y: "ETHUSDT", x: "BTCUSDT", interval: "1s", window: 20, graceMs: 0 }),
  };
}

test("late trades bring the numbers that they would have brought in time; the hedge ratio stays as it was fitted", (t) => {
  const { add, watch } = stage(t);
  const trades = market(120);
  const isLate = (one: Trade): boolean => one.id >= 60 && one.id < 64 && one.symbol === "ETHUSDT";
  add(trades.slice(0, 100));
  const monitor = watch();
  const { hedge } = monitor.frame();
  assert.ok(hedge !== undefined);
  add(trades.slice(100).filter((one) => !isLate(one)));
  const before = monitor.frame();
  assert.equal(before.timeUs.length, 115);
  add(trades.filter(isLate).map((one): Trade => ({ ...one, source: "rest" })));
  const after = monitor.frame();
  assert.equal(after.timeUs.length, 119);
  assert.ok(after.closed.y.complete.every((flag) => flag === 1));
  assert.equal(after.hedge, hedge);

  const inTime = stage(t);
  inTime.add(trades);
  const all = inTime.watch().frame();
  assert.equal(all.hedge!.beta, hedge.beta);
  for (const name of ["timeUs", "yClose", "xClose", "spread", "zscore", "correlation"] as const)
    assert.deepEqual(after[name], all[name], name);
});

test("nothing is computed again while the store stays as it is", (t) => {
  const { add, watch } = stage(t);
  add(market(50));
  const monitor = watch();
  assert.equal(monitor.frame(), monitor.frame());
});
