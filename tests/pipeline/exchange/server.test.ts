import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, type TestContext, test } from "node:test";
import { simulatedMarket } from "../../../src/pipeline/exchange/market/market.ts";
import {
  type ExchangeOptions,
  type RunningExchange,
  startExchange,
} from "../../../src/pipeline/exchange/server.ts";
import type { MarketSource } from "../../../src/pipeline/exchange/source.ts";
import { readTape } from "../../../src/pipeline/exchange/tape/tape.ts";
import { exchangeClient, settle } from "../../support/exchange-client.ts";
import { type VirtualClock, virtualClock } from "../../support/virtual-clock.ts";

const START = 1_790_000_000_000_000;
const market = simulatedMarket(7);
const root = mkdtempSync(join(tmpdir(), "tickbook-exchange-"));
after(() => rmSync(root, { recursive: true }));

async function exchange(
  t: TestContext,
  options: Partial<ExchangeOptions> = {},
): Promise<RunningExchange & { readonly clock: VirtualClock }> {
  const clock = virtualClock(START);
  const running = await startExchange({ source: market, clock, ...options });
  t.after(() => running.close());
  return { ...running, clock };
}

function tape(trades: number): Promise<MarketSource> {
  const rows = Array.from(
    { length: trades },
    (_, i) => `${100 + i},10.50,${i + 1},${1723161255000 + i},${1723161255001 + i},true`,
  );
  const path = join(root, "spot_BTCUSDT_trades.csv");
  writeFileSync(path, `trade_id,price,qty,trade_time_ms,event_time_ms,is_buyer_maker\n${rows.join("\n")}\n`);
  return readTape([path]);
}

test("a raw stream carries bare events in milliseconds, each trade of the second once and in order", async (t) => {
  const { wsUrl, clock } = await exchange(t);
  const client = await exchangeClient(`${wsUrl}/ws/btcusdt@trade`);
  clock.advance(1000);
  const trades = market.between(START, START + 990_000).filter(({ symbol }) => symbol === 0);
  await client.until(trades.length);
  assert.equal(
    client.texts[0],
    `{"e":"trade","E":${Math.floor(trades[0]!.eventTimeUs / 1000)},"s":"BTCUSDT","t":${trades[0]!.id},"p":"${trades[0]!.price}","q":"${trades[0]!.qty}","T":${Math.floor(trades[0]!.tradeTimeUs / 1000)},"m":${trades[0]!.isBuyerMaker},"M":true}`,
  );
  assert.deepEqual(
    client.texts.map((text) => JSON.parse(text).t),
    trades.map(({ id }) => id),
  );
});

test("a combined stream wraps its events and gives microseconds when asked", async (t) => {
  const { wsUrl, clock } = await exchange(t);
  const client = await exchangeClient(
    `${wsUrl}/stream?streams=btcusdt@trade/ethusdt@trade&timeUnit=MICROSECOND`,
  );
  clock.advance(1000);
  const trades = market.between(START, START + 990_000).filter(({ symbol }) => symbol < 2);
  await client.until(trades.length);
  for (const [i, { symbol, id, tradeTimeUs, eventTimeUs }] of trades.entries()) {
    const { stream, data } = JSON.parse(client.texts[i]!);
    assert.deepEqual(
      [stream, data.t, data.T, data.E],
      [["btcusdt@trade", "ethusdt@trade"][symbol], id, tradeTimeUs, eventTimeUs],
    );
  }
});

test("aggregates follow the last of their trades and say the same as they", async (t) => {
  const { wsUrl, clock } = await exchange(t);
  const client = await exchangeClient(`${wsUrl}/stream?streams=btcusdt@aggTrade/btcusdt@trade`);
  clock.advance(2000);
  await settle();
  const events = client.texts.map((text) => JSON.parse(text).data);
  const aggregates = events.filter(({ e }) => e === "aggTrade");
  assert.ok(aggregates.length > 10);
  assert.deepEqual(Object.keys(aggregates[0]), ["e", "E", "s", "a", "p", "q", "f", "l", "T", "m", "M"]);
  for (const [i, whole] of aggregates.entries()) {
    const at = events.indexOf(whole);
    assert.equal(events[at - 1].t, whole.l);
    if (i > 0) assert.deepEqual([whole.a, whole.f], [aggregates[i - 1].a + 1, aggregates[i - 1].l + 1]);
  }
});

test("control messages are answered bare, also on a combined connection, and change what comes", async (t) => {
  const { wsUrl, clock } = await exchange(t);
  const client = await exchangeClient(`${wsUrl}/stream`);
  client.send({ method: "SUBSCRIBE", params: ["btcusdt@trade"], id: 1 });
  await client.until(1);
  assert.equal(client.texts[0], '{"result":null,"id":1}');
  clock.advance(1000);
  await settle();
  const count = client.texts.length;
  assert.ok(count > 5);
  client.send({ method: "UNSUBSCRIBE", params: ["btcusdt@trade"], id: 2 });
  await client.until(count + 1);
  clock.advance(5000);
  await settle();
  assert.equal(client.texts.length, count + 1);
});

test("streams that do not exist, and upper case ones, stay silent", async (t) => {
  const { wsUrl, clock } = await exchange(t);
  const client = await exchangeClient(`${wsUrl}/ws/BTCUSDT@trade/nosuch@trade/btcusdt@bookTicker`);
  clock.advance(5000);
  await settle();
  assert.equal(client.texts.length, 0);
});

test("a control message above 4096 bytes gets no answer, and binary ones neither", async (t) => {
  const { wsUrl } = await exchange(t);
  const client = await exchangeClient(`${wsUrl}/ws`);
  const params = Array.from({ length: 400 }, (_, i) => `symbol${i}@trade`);
  client.send({ method: "SUBSCRIBE", params, id: 1 });
  client.ws.send(Buffer.from('{"method":"LIST_SUBSCRIPTIONS","id":2}'), { binary: true });
  client.send({ method: "LIST_SUBSCRIPTIONS", id: 3 });
  await client.until(1);
  assert.deepEqual(client.texts, ['{"result":[],"id":3}']);
});

test("pings come every 20 seconds, and who does not answer is cut off after 60", async (t) => {
  const { wsUrl, clock } = await exchange(t);
  const good = await exchangeClient(`${wsUrl}/ws`);
  const mute = await exchangeClient(`${wsUrl}/ws`, { autoPong: false });
  let cut = false;
  void mute.closed.then(() => {
    cut = true;
  });
  for (let i = 0; i < 3; i++) {
    clock.advance(20_000);
    await settle();
  }
  assert.deepEqual(
    good.pings,
    [20, 40, 60].map((s) => String(START / 1000 + s * 1000)),
  );
  assert.equal(cut, false);
  // a pong that nobody asked for keeps nobody alive
  mute.ws.pong("");
  await settle();
  clock.advance(20_000);
  assert.equal((await mute.closed).code, 1006);
  assert.equal(good.ws.readyState, good.ws.OPEN);
});

test("more than five messages in a second end the connection with 1008; pings count", async (t) => {
  const { wsUrl, clock } = await exchange(t);
  const client = await exchangeClient(`${wsUrl}/ws`);
  for (let i = 0; i < 5; i++) client.send({ method: "LIST_SUBSCRIPTIONS", id: i });
  await client.until(5);
  clock.advance(1000);
  for (let i = 0; i < 3; i++) client.send({ method: "LIST_SUBSCRIPTIONS", id: i });
  for (let i = 0; i < 3; i++) client.ws.ping();
  assert.equal((await client.closed).code, 1008);
});

test("a connection ends after its life, and shutdown is announced in the connection's own shape", async (t) => {
  const { wsUrl, clock } = await exchange(t, {
    settings: { connectionLifeMs: 10_000, shutdownNoticeMs: 4000 },
  });
  const raw = await exchangeClient(`${wsUrl}/ws`);
  const combined = await exchangeClient(`${wsUrl}/stream`);
  clock.advance(6000);
  await Promise.all([raw.until(1), combined.until(1)]);
  const event = `{"e":"serverShutdown","E":${START / 1000 + 6000}}`;
  assert.deepEqual(raw.texts, [event]);
  assert.deepEqual(combined.texts, [`{"stream":"!serverShutdown","data":${event}}`]);
  clock.advance(4000);
  assert.equal((await raw.closed).code, 1001);
});

test("a tape waits for its first subscriber, serves nothing by REST before, then plays to the end and stays up", async (t) => {
  const { wsUrl, restUrl, clock, ended, venue } = await exchange(t, {
    source: await tape(20),
    speed: 2,
    settings: { restLagMs: 0 },
  });
  assert.deepEqual(venue, {
    name: "replay-spot-btcusdt-trades-1790000000000",
    kind: "replayed",
    detail: "spot_BTCUSDT_trades at x2",
  });
  const rest = async (): Promise<{ id: number }[]> =>
    (await fetch(`${restUrl}/api/v3/historicalTrades?symbol=BTCUSDT`)).json() as Promise<{ id: number }[]>;
  const client = await exchangeClient(`${wsUrl}/ws`);
  clock.advance(60_000);
  assert.deepEqual(await rest(), []);
  client.send({ method: "SUBSCRIBE", params: ["btcusdt@trade"], id: 1 });
  await client.until(1);
  clock.advance(250);
  clock.advance(1000);
  await ended;
  await client.until(21);
  assert.deepEqual(
    client.texts.slice(1).map((text) => JSON.parse(text).q),
    Array.from({ length: 20 }, (_, i) => `${i + 1}`),
  );
  assert.equal((await rest()).length, 20);
  assert.equal(client.ws.readyState, client.ws.OPEN);
});

test("at full speed a tape waits for a slow client and drops nothing", async (t) => {
  const { wsUrl, clock, ended } = await exchange(t, { source: await tape(50_000), speed: "max" });
  const client = await exchangeClient(`${wsUrl}/stream?streams=btcusdt@trade`);
  client.ws.pause();
  clock.advance(250);
  for (let i = 0; i < 20; i++) {
    clock.advance(100);
    await settle();
  }
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  await settle();
  assert.equal(isOver, false);
  client.ws.resume();
  while (!isOver) {
    clock.advance(100);
    await settle();
  }
  await client.until(50_000);
  assert.deepEqual(
    client.texts.map((text) => JSON.parse(text).data.t),
    Array.from({ length: 50_000 }, (_, i) => 100 + i),
  );
});

test("every HTTP answer and every handshake names the venue", async (t) => {
  const { wsUrl, restUrl } = await exchange(t);
  const venue = { name: "sim-seed7", kind: "simulated", detail: "seed 7" };
  for (const path of ["/api/v3/ping", "/nothing", "/api/v3/trades?symbol=x"]) {
    const { headers } = await fetch(restUrl + path);
    assert.deepEqual(JSON.parse(headers.get("x-tickbook-venue")!), venue);
  }
  const refused = await fetch(`${restUrl.replace("http", "http")}/ws`).then(({ status }) => status);
  assert.equal(refused, 404);
  await assert.rejects(exchangeClient(`${wsUrl}/elsewhere`), /404/);
});

test("a venue's name in any script fits into a header", async (t) => {
  const { restUrl } = await exchange(t, { source: { ...market, kind: "replayed", detail: "Börse 取引" } });
  const { headers } = await fetch(`${restUrl}/api/v3/ping`);
  assert.equal(JSON.parse(headers.get("x-tickbook-venue")!).detail, "Börse 取引 at x1");
});

test("connection attempts beyond the budget are refused with 429", async (t) => {
  const { wsUrl, clock } = await exchange(t, { settings: { connectsPerFiveMinutes: 2 } });
  await exchangeClient(`${wsUrl}/ws`);
  await exchangeClient(`${wsUrl}/ws`);
  await assert.rejects(exchangeClient(`${wsUrl}/ws`), /429/);
  clock.advance(300_000);
  await exchangeClient(`${wsUrl}/ws`);
});

test("a client that does not read is cut off when too much waits for it", async (t) => {
  const { wsUrl, clock } = await exchange(t, { settings: { slowClientBytes: 100_000, paceMs: 60_000 } });
  const client = await exchangeClient(`${wsUrl}/stream?streams=btcusdt@trade`);
  client.ws.pause();
  // the connection's own timers are gone when it has been cut
  while (clock.pendingTimers() > 1) {
    clock.advance(60_000);
    await settle();
  }
  client.ws.resume();
  assert.equal((await client.closed).code, 1006);
});

test("it listens on this machine only, and a busy port is refused in one sentence", async (t) => {
  const busy = createServer().listen(0, "127.0.0.1");
  t.after(() => busy.close());
  await new Promise((resolve) => busy.once("listening", resolve));
  const { port } = busy.address() as AddressInfo;
  await assert.rejects(exchange(t, { port }), {
    code: "port-busy",
    message: `port ${port}: must be free to listen on; got one that another program uses. Stop that program, or pass another port, or 0 for any free one.`,
  });
  const { port: own } = await exchange(t);
  const elsewhere = connect(own, "127.0.0.2");
  await assert.rejects(
    new Promise((resolve, reject) => elsewhere.once("connect", resolve).once("error", reject)),
  );
});

test("close ends connections and frees the port", async (t) => {
  const running = await exchange(t);
  const client = await exchangeClient(`${running.wsUrl}/ws`);
  await running.close();
  await client.closed;
  assert.equal(running.clock.pendingTimers(), 0);
  await exchange(t, { port: running.port });
});
