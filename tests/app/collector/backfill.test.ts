import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { parseE8 } from "../../../src/core/decimal.ts";
import { simulatedMarket } from "../../../src/pipeline/exchange/market/market.ts";
import { type Line, startCollectorProcess, storedAtLeast } from "../../support/collector.ts";
import { tempFolder } from "../../support/temp.ts";

/** A collector of the seeded market, killed, away for two seconds and back again; its database when nothing is missing. */
async function killedAndBack(t: TestContext, settings: object): Promise<Database.Database> {
  const folder = tempFolder(t);
  const plan = join(folder, "plan.json");
  writeFileSync(plan, JSON.stringify({ settings }));
  const db = join(folder, "x.db");
  const flags = ["--venue", "sim", "--seed", "3", "--symbols", "BTCUSDT", "--db", db, "--plan", plan];
  const first = startCollectorProcess(t, flags);
  await first.until(storedAtLeast("BTCUSDT", 10));
  first.child.kill("SIGKILL");
  await first.ended;
  await sleep(2000);
  const second = startCollectorProcess(t, flags);
  const hole = await second.until(({ event }) => event === "hole");
  assert.match(String(hole.message), /^BTCUSDT: \d+ trades \(ids \d+ to \d+\) missing \(restart\)$/);
  await second.until(({ event }) => event === "hole-filled" || event === "hole-aggregated");
  const whole = (line: Line): boolean =>
    line.event === "status" && (line.backfill as { missing: number }).missing === 0;
  const before = second.lines.length;
  await second.until((line) => whole(line) && second.lines.indexOf(line) >= before);
  second.child.kill("SIGTERM");
  assert.equal(await second.ended, 0, second.stderr());
  const file = new Database(db, { readonly: true });
  t.after(() => file.close());
  return file;
}

const market = simulatedMarket(3);

// rows 48, 49, 52, 57
test("the stream goes on through a ban and through bad answers, and what it lost is filled in after them", async (t) => {
  const folder = tempFolder(t);
  const plan = join(folder, "plan.json");
  const path = "/api/v3/historicalTrades";
  const faults = [
    { at: "message", fault: "drop", stream: "btcusdt@trade", after: 10 },
    { at: "rest", fault: "status", status: 418, retryAfterS: 2, path },
    { at: "rest", fault: "status", status: 429, retryAfterS: 1, path },
    { at: "rest", fault: "gzip-bomb", path },
    { at: "rest", fault: "other-symbol", symbol: "SOLUSDT", path },
  ];
  writeFileSync(plan, JSON.stringify({ faults }));
  const db = join(folder, "x.db");
  const collector = startCollectorProcess(t, [
    "--venue",
    "sim",
    "--seed",
    "3",
    "--symbols",
    "BTCUSDT",
    "--db",
    db,
    "--plan",
    plan,
  ]);
  const isBanned = ({ event, backfill }: Line): boolean =>
    event === "status" && /^HTTP 418/.test((backfill as { reason: string }).reason);
  const banned = await collector.until(isBanned);
  const { missing, active } = banned.backfill as { missing: number; active: boolean };
  assert.deepEqual([missing, active], [1, false]);
  const stored = (line: Line): number => (line.symbols as { BTCUSDT: { stored: number } }).BTCUSDT.stored;
  await collector.until((line) => line.event === "status" && stored(line) > stored(banned));
  await collector.until(({ event }) => event === "hole-filled");
  collector.child.kill("SIGTERM");
  assert.equal(await collector.ended, 0, collector.stderr());
  const events = collector.lines.map(({ event }) => event);
  assert.equal(events.filter((event) => event === "rest-paused").length, 2);
  assert.ok(events.includes("rest-failed"));
  const file = new Database(db, { readonly: true });
  t.after(() => file.close());
  const rows = file.prepare("SELECT trade_id AS id, price, qty FROM v_trades ORDER BY trade_id").all() as {
    id: number;
    price: string;
    qty: string;
  }[];
  const trades = market.trades(0, rows[0]!.id, rows.at(-1)!.id, Number.POSITIVE_INFINITY);
  assert.deepEqual(
    rows,
    trades.map(({ id, price, qty }) => ({ id, price, qty })),
  );
  assert.deepEqual(file.prepare("SELECT count(*), max(state) FROM holes").raw().get(), [1, "filled"]);
});

// row 62
test("a collector that was killed fills its downtime by itself: every trade of the market, once, as it was", async (t) => {
  const file = await killedAndBack(t, {});
  const rows = file
    .prepare(
      "SELECT trade_id AS id, price, qty, trade_time_us AS time, is_buyer_maker AS maker FROM v_trades ORDER BY trade_id",
    )
    .all() as { id: number; price: string; qty: string; time: number; maker: number }[];
  const trades = market.trades(0, rows[0]!.id, rows.at(-1)!.id, Number.POSITIVE_INFINITY);
  assert.deepEqual(
    rows,
    trades.map(({ id, price, qty, tradeTimeUs, isBuyerMaker }) => ({
      id,
      price,
      qty,
      time: tradeTimeUs,
      maker: isBuyerMaker ? 1 : 0,
    })),
  );
  const [hole, ...others] = file
    .prepare("SELECT last_id - first_id + 1, reason, state, tries FROM holes")
    .raw()
    .all() as [number, string, string, number][];
  const overRest = file.prepare("SELECT count(*) FROM trades WHERE source = 1").pluck().get();
  assert.deepEqual([hole, others], [[overRest, "restart", "filled", 1], []]);
});

test("where single trades can't be had, the downtime is filled with merged ones that add up to them", async (t) => {
  const file = await killedAndBack(t, { marketDataOnly: true });
  const hole = file.prepare("SELECT first_id AS first, last_id AS last, state FROM holes").get() as {
    first: number;
    last: number;
    state: string;
  };
  assert.equal(hole.state, "aggregated");
  const rows = file
    .prepare(
      "SELECT first_id AS first, last_id AS last, price, qty, is_buyer_maker AS maker FROM v_agg_trades ORDER BY first_id",
    )
    .all() as { first: number; last: number; price: string; qty: string; maker: number }[];
  assert.deepEqual([rows[0]!.first, rows.at(-1)!.last], [hole.first, hole.last]);
  for (const [i, { first, last, price, qty, maker }] of rows.entries()) {
    if (i > 0) assert.equal(first, rows[i - 1]!.last + 1);
    const trades = market.trades(0, first, last, Number.POSITIVE_INFINITY);
    assert.ok(trades.every((one) => one.price === price && one.isBuyerMaker === (maker === 1)));
    assert.equal(
      parseE8(qty),
      trades.reduce((sum, one) => sum + parseE8(one.qty)!, 0n),
    );
  }
  assert.equal(file.prepare("SELECT count(*) FROM trades WHERE source = 1").pluck().get(), 0);
});
