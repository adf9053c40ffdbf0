import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { random } from "../../../src/core/random.ts";
import type { Trade } from "../../../src/core/trade.ts";
import { readPlan } from "../../../src/pipeline/exchange/faults/plan.ts";
import { simulatedMarket } from "../../../src/pipeline/exchange/market/market.ts";
import { startExchange } from "../../../src/pipeline/exchange/server.ts";
import { type FeedState, startFeed } from "../../../src/pipeline/feed/feed.ts";
import { httpGet } from "../../../src/pipeline/net/http.ts";
import { openSocket } from "../../../src/pipeline/net/socket.ts";
import { fetchNewestId } from "../../../src/pipeline/venues/binance/newest-id.ts";
import { virtualClock } from "../../support/virtual-clock.ts";

const START = 1_790_000_000_000_000;
const market = simulatedMarket(7);
const SYMBOLS = ["BTCUSDT", "ETHUSDT"];

/** A feed on the built-in exchange over real sockets, both on one virtual clock. */
async function rehearse(t: TestContext, seconds: number, plan: object) {
  const clock = virtualClock(START);
  const exchange = await startExchange({
    source: market,
    clock,
    plan: readPlan(JSON.stringify(plan), "plan"),
  });
  t.after(() => exchange.close());
  const get = httpGet({ deadlineMs: 5000, maxBytes: 1 << 20 });
  const trades: Trade[] = [];
  const states: FeedState[] = [];
  const odd = new Map<string, number>();
  const feed = startFeed({
    clock,
    random: random(1),
    openSocket,
    wsUrls: [exchange.wsUrl],
    symbols: SYMBOLS,
    newestId: (symbol) => fetchNewestId(get, [exchange.restUrl], symbol),
    events: {
      trade: (trade) => trades.push(trade),
      state: (state) => states.push(state),
      odd: (code) => odd.set(code, (odd.get(code) ?? 0) + 1),
      behind: () => {},
    },
  });
  t.after(() => feed.stop());
  for (let quarter = 0; quarter < 4 * seconds; quarter++) {
    clock.advance(250);
    // the other side of the socket, and back
    for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
  const kinds = (kind: FeedState["kind"]): number => states.filter((state) => state.kind === kind).length;
  return { trades, kinds, odd, feed };
}

/** Every trade that came is one of the market's; of the last so many seconds none is missing. */
function assertTrue(trades: readonly Trade[], seconds: number, wholeFromS: number): void {
  const endUs = START + (seconds - 2) * 1_000_000;
  const expected = market.between(START, START + seconds * 1_000_000);
  for (const [s, symbol] of SYMBOLS.entries()) {
    const of = new Map(expected.filter((one) => one.symbol === s).map((one) => [one.id, one]));
    const got = new Set<number>();
    for (const trade of trades) {
      if (trade.symbol !== symbol) continue;
      got.add(trade.id);
      assert.equal(trade.price, of.get(trade.id)?.price);
    }
    const fromUs = START + wholeFromS * 1_000_000;
    for (const { id, tradeTimeUs } of of.values()) {
      if (tradeTimeUs >= fromUs && tradeTimeUs < endUs) assert.ok(got.has(id), `${symbol} ${id} is missing`);
    }
  }
}

// rows 17, 18, 19
test("an exchange that ends every connection after two minutes, and says so, costs not a single trade", async (t) => {
  const { trades, kinds, feed } = await rehearse(t, 400, {
    settings: { connectionLifeMs: 120_000, shutdownNoticeMs: 30_000 },
  });
  assert.equal(feed.status().kind, "live");
  assert.ok(kinds("replaced") >= 3);
  assert.equal(kinds("waiting"), 0);
  assertTrue(trades, 400, 5);
});

// rows 1 to 5, 12, 15, 21, 23, 42, 43, 44
test("an exchange that misbehaves in every way for five minutes: what comes is true, and afterwards nothing is missing", async (t) => {
  const untilMs = 300_000;
  const often = { probability: 0.002, untilMs };
  const { trades, kinds, odd, feed } = await rehearse(t, 420, {
    seed: 11,
    settings: { restLagMs: 0 },
    faults: [
      ...["reset", "fin", "half-open"].map((fault) => ({ at: "connection", fault, ...often })),
      ...[1000, 1001, 1006, 1008, 1011, 1013].map((code) => ({
        at: "connection",
        fault: "close",
        code,
        ...often,
      })),
      ...["truncate", "binary", "invalid-utf8", "oversize", "unwrap", "other-unit", "proto"].map((fault) => ({
        at: "message",
        fault,
        ...often,
      })),
      { at: "message", fault: "fragments", count: 20_000, ...often },
      { at: "message", fault: "deep", depth: 10_000, ...often },
      ...["refuse", "hang", "garbage"].map((fault) => ({
        at: "handshake",
        fault,
        probability: 0.1,
        untilMs,
      })),
      { at: "handshake", fault: "status", status: 429, retryAfterS: 5, probability: 0.1, untilMs },
      { at: "handshake", fault: "status", status: 503, probability: 0.1, untilMs },
      { at: "control", fault: "no-ack", probability: 0.3, untilMs },
      { at: "control", fault: "error", shape: "no-id", probability: 0.3, untilMs },
    ],
  });
  assert.equal(feed.status().kind, "live");
  assert.ok(kinds("waiting") >= 10, `${kinds("waiting")} losses`);
  assert.ok((odd.get("bad-frame") ?? 0) > 0 && (odd.get("binary-frame") ?? 0) > 0);
  assertTrue(trades, 420, 380);
});
