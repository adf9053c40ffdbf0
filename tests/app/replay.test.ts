import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import Database from "better-sqlite3";
import { pairMonitor } from "../../src/app/pair/pair-monitor.ts";
import { sliceBars } from "../../src/core/bars.ts";
import { random } from "../../src/core/random.ts";
import { venueLabel } from "../../src/core/trade.ts";
import { barsFromTrades } from "../../src/pipeline/bars/from-trades.ts";
import { simulatedMarket } from "../../src/pipeline/exchange/market/market.ts";
import { liveBars } from "../../src/pipeline/live-bars.ts";
import { openReader } from "../../src/pipeline/store/read/reader.ts";
import type { TradeStore } from "../../src/pipeline/store/trade-store.ts";
import { createBatch, pushTrade } from "../../src/pipeline/store/write/batch.ts";
import { openWriter } from "../../src/pipeline/store/write/writer.ts";
import { startCollectorProcess, storedAtLeast } from "../support/collector.ts";
import { assertSameBars } from "../support/same-bars.ts";
import { BINANCE } from "../support/stored.ts";
import { tempFolder } from "../support/temp.ts";

const START = Date.UTC(2025, 0, 9, 9) * 1000;
const SYMBOLS = ["BTCUSDT", "ETHUSDT", "SOLUSDT"];
/** What is played of each minute that is stored, and what a collector missed in it. */
const [FROM, TO] = [START + 20e6, START + 160e6];
const HOLE = [START + 60e6, START + 75e6] as const;

/** Three minutes of a market as a collector would have them: received with delays that differ, and with a hole. */
function record(file: string): void {
  const market = simulatedMarket(7);
  const draw = random(3);
  const writer = openWriter(file, { venue: BINANCE, symbols: SYMBOLS });
  const delayUs = SYMBOLS.map(() => 20_000);
  const batch = createBatch(50_000);
  for (const { symbol, ...trade } of market.between(START, START + 180e6)) {
    const name = market.symbols[symbol]!.symbol;
    const s = SYMBOLS.indexOf(name);
    if (s < 0 || (trade.eventTimeUs >= HOLE[0] && trade.eventTimeUs < HOLE[1])) continue;
    if (draw.uniform() < 0.01) delayUs[s] = 5_000 + Math.floor(draw.uniform() * 400_000);
    const receivedUs = trade.eventTimeUs + delayUs[s]! + Math.floor(draw.uniform() * 1000);
    pushTrade(batch, s, { ...trade, symbol: name, receivedUs, source: "ws" });
  }
  writer.append(batch, START + 180e6);
  writer.close();
}

const folder = mkdtempSync(join(tmpdir(), "tickbook-replay-"));
const tape = join(folder, "kept.db");
before(() => record(tape));
after(() => rmSync(folder, { recursive: true }));

/** Every trade of the window by symbol and id, without receipt; and the receipts. */
function rows(file: string): { trades: unknown[]; receivedUs: Map<string, number> } {
  const db = new Database(file, { readonly: true });
  try {
    const found = db
      .prepare(
        `SELECT received_us, symbol, trade_id, price, qty, trade_time_us, event_time_us, is_buyer_maker, source
         FROM v_trades WHERE trade_time_us >= ? AND trade_time_us < ? ORDER BY symbol, trade_id`,
      )
      .raw()
      .all(FROM, TO) as [number, string, number, ...unknown[]][];
    return {
      trades: found.map(([, ...rest]) => rest),
      receivedUs: new Map(found.map(([us, symbol, id]) => [`${symbol} ${id}`, us])),
    };
  } finally {
    db.close();
  }
}

function holes(file: string): unknown[] {
  const db = new Database(file, { readonly: true });
  try {
    return db
      .prepare("SELECT symbol, first_id, last_id, state <> 'filled' FROM v_holes ORDER BY symbol")
      .raw()
      .all();
  } finally {
    db.close();
  }
}

function opened(t: TestContext, file: string): TradeStore {
  const reader = openReader(file);
  t.after(() => reader.close());
  return reader;
}

test("a stored window that is played again is what was stored: trades, order of receipt, holes, bars, pair", async (t) => {
  const again = join(tempFolder(t), "again.db");
  const original = rows(tape);
  const count = (symbol: string): number =>
    [...original.receivedUs.keys()].filter((key) => key.startsWith(symbol)).length;
  const window = ["--from", "2025-01-09T09:00:20", "--to", "2025-01-09T09:02:40"];
  const collector = startCollectorProcess(t, ["--tape", tape, ...window, "--speed", "60", "--db", again]);
  for (const symbol of SYMBOLS) await collector.until(storedAtLeast(symbol, count(symbol)));
  await collector.until(({ event }) => event === "tape-ended");
  collector.child.kill("SIGTERM");
  assert.equal(await collector.ended, 0, collector.stderr());

  const replay = rows(again);
  assert.deepEqual(replay.trades, original.trades);
  const byReceipt = [...original.receivedUs].sort(([, a], [, b]) => a - b);
  for (const [i, [key, us]] of byReceipt.entries()) {
    const [before, beforeUs] = byReceipt[i - 1] ?? [key, us];
    if (beforeUs === us) continue;
    assert.ok(replay.receivedUs.get(before)! <= replay.receivedUs.get(key)!, `${before} came after ${key}`);
  }
  const missing = holes(tape);
  assert.equal(missing.length, SYMBOLS.length);
  assert.deepEqual(holes(again), missing);

  const [kept, replayed] = [opened(t, tape), opened(t, again)];
  const [series] = replayed.series();
  assert.match(series!.venue.name, /^replay-kept-\d+$/);
  assert.equal(
    venueLabel(series!.venue),
    "REPLAYED · kept.db: binance, 2025-01-09T09:00:20Z to 2025-01-09T09:02:40Z at x60",
  );
  const batches = replayed.series().map((one, i) => {
    const was = kept.series()[i]!;
    assert.equal(one.symbol, was.symbol);
    const trades = kept.trades(was, { fromUs: FROM, toUs: TO });
    const batch = barsFromTrades(trades, { venue: one.venue, symbol: one.symbol, every: "1s" });
    // the first bar of a store has no trades before it by which it could be known to be whole
    batch.complete[0] = 0;
    const live = liveBars(replayed, one, { rule: batch.rule, keep: 1000, graceUs: 0 });
    live.advance(TO + 1e6);
    assertSameBars(live.closed(), batch);
    return batch;
  });
  const settings = { y: "ETHUSDT", x: "BTCUSDT", interval: "1s", window: 20, bars: 300, graceMs: 0 };
  const frame = pairMonitor(replayed, settings).frame();
  assert.ok(frame.timeUs.length > 100);
  for (const [side, batch] of [
    [frame.closed.y, batches[1]!],
    [frame.closed.x, batches[0]!],
  ] as const) {
    assertSameBars(side, sliceBars(batch, 0, side.length));
  }
});

for (const [says, flags] of [
  [/^--db: needs another database than the tape; both are ".*kept\.db"\. Pass/, ["--db", "TAPE"]],
  [
    /kept\.db: needs "BTCUSDT" and "NOPE" at one venue; it holds BTCUSDT \(binance\), /,
    ["--symbols", "BTCUSDT,NOPE"],
  ],
  [/kept\.db: needs a venue that it holds; got "kraken", and it holds /, ["--tape-venue", "kraken"]],
  [
    /--to: needs a time after --from; got 2025-01-10T00:00:00Z and 2025-01-09T00:00:00Z\. Swap them/,
    ["--from", "2025-01-10", "--to", "2025-01-09"],
  ],
  [/--from: needs a UTC time; got "yesterday"\. /, ["--from", "yesterday"]],
  [/kept\.db: needs trades from 2030-01-01T00:00:00Z; it holds BTCUSDT 2025-/, ["--from", "2030-01-01"]],
  [/^--venue: replay needs a --tape to play; got none\. /, ["--venue", "replay", "--tape", "NONE"]],
  [/^--tape: needs the built-in exchange to replay it; got --venue binance/, ["--venue", "binance"]],
] as const) {
  test(`collect ${flags.join(" ")} on a stored tape is refused in one sentence`, async (t) => {
    const own = tempFolder(t);
    const given = flags.map((flag) => (flag === "TAPE" ? tape : flag));
    const isBare = given.at(-1) === "NONE";
    const collector = startCollectorProcess(t, [
      ...(given.includes("--db") ? [] : ["--db", join(own, "x.db")]),
      ...(isBare ? given.slice(0, 2) : ["--tape", tape, ...given]),
    ]);
    assert.equal(await collector.ended, 2);
    assert.match(collector.stderr(), /^[^\n]+\n$/);
    assert.match(collector.stderr(), says);
  });
}
