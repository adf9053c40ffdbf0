import assert from "node:assert/strict";
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { type TestContext, test } from "node:test";
import { WebSocket } from "ws";
import { readPlan } from "../../../../src/pipeline/exchange/faults/plan.ts";
import { simulatedMarket } from "../../../../src/pipeline/exchange/market/market.ts";
import { type RunningExchange, startExchange } from "../../../../src/pipeline/exchange/server.ts";
import { type ExchangeClient, exchangeClient, settle } from "../../../support/exchange-client.ts";
import { type VirtualClock, virtualClock } from "../../../support/virtual-clock.ts";

const START = 1_790_000_000_000_000;
const market = simulatedMarket(7);
const trades = market.between(START, START + 990_000).filter(({ symbol }) => symbol === 0);
const ids = trades.map(({ id }) => id);

type World = RunningExchange & { readonly clock: VirtualClock };

async function exchange(t: TestContext, faults: readonly object[], settings: object = {}): Promise<World> {
  const clock = virtualClock(START);
  const plan = readPlan(JSON.stringify({ seed: 1, settings: { restLagMs: 0, ...settings }, faults }), "plan");
  const running = await startExchange({ source: market, clock, plan });
  t.after(() => running.close());
  return { ...running, clock };
}

/** What a client of the bitcoin stream gets in the first second. */
async function firstSecond(t: TestContext, fault: object, settings = {}): Promise<ExchangeClient & World> {
  const world = await exchange(t, [{ at: "message", ...fault }], settings);
  const client = await exchangeClient(`${world.wsUrl}/stream?streams=btcusdt@trade`);
  world.clock.advance(1000);
  await settle();
  return { ...client, ...world, closed: client.closed };
}
const idsOf = (texts: readonly string[]): number[] => texts.map((text) => JSON.parse(text).data.t);

test("drop loses one message", async (t) => {
  const { texts } = await firstSecond(t, { fault: "drop", after: 2 });
  assert.deepEqual(idsOf(texts), ids.toSpliced(2, 1));
});

test("drop by chance loses about as many as asked, and the same ones each time", async (t) => {
  const lost = async (): Promise<number[]> => {
    const { texts } = await firstSecond(t, { fault: "drop", probability: 0.5 });
    const kept = new Set(idsOf(texts));
    return ids.filter((id) => !kept.has(id));
  };
  const first = await lost();
  assert.ok(first.length > 0 && first.length < ids.length);
  assert.deepEqual(await lost(), first);
});

test("a fault for one stream leaves the others alone", async (t) => {
  const { texts } = await firstSecond(t, { fault: "drop", every: 1, stream: "ethusdt@trade" });
  assert.deepEqual(idsOf(texts), ids);
});

test("duplicate, conflict and swap do what they are called", async (t) => {
  const twice = await firstSecond(t, { fault: "duplicate", after: 1 });
  assert.deepEqual(idsOf(twice.texts), ids.toSpliced(1, 0, ids[1]!));
  assert.equal(twice.texts[1], twice.texts[2]);
  const conflict = await firstSecond(t, { fault: "conflict", after: 1 });
  assert.deepEqual(idsOf(conflict.texts), ids.toSpliced(1, 0, ids[1]!));
  assert.notEqual(JSON.parse(conflict.texts[2]!).data.p, trades[1]!.price);
  const swapped = await firstSecond(t, { fault: "swap", after: 1 });
  assert.deepEqual(idsOf(swapped.texts), [ids[0], ids[2], ids[1], ...ids.slice(3)]);
});

test("delay brings one message later than the others", async (t) => {
  const { texts, clock } = await firstSecond(t, { fault: "delay", ms: 5000 });
  assert.deepEqual(idsOf(texts), ids.slice(1));
  clock.advance(5000);
  await settle();
  assert.ok(idsOf(texts).includes(ids[0]!));
});

test("set, remove, shift-id and other-symbol change one field and nothing else", async (t) => {
  const first = async (fault: object): Promise<string> => (await firstSecond(t, fault)).texts[0]!;
  const plain = await first({ fault: "drop", after: 1e6 });
  assert.equal(
    (await first({ fault: "set", field: "t", json: "9007199254740993" })).replace(/,"t":\d+/, ""),
    plain.replace(/,"t":\d+/, ""),
  );
  assert.match(await first({ fault: "set", field: "p", json: '"1e-8"' }), /"p":"1e-8"/);
  assert.match(await first({ fault: "set", field: "p", json: "64000.5" }), /"p":64000\.5/);
  assert.match(await first({ fault: "set", field: "p", json: "null" }), /"p":null/);
  assert.match(await first({ fault: "set", field: "new", json: "[]" }), /"new":\[\]/);
  assert.equal(JSON.parse(await first({ fault: "remove", field: "q" })).data.q, undefined);
  assert.equal(JSON.parse(await first({ fault: "shift-id", by: -1000 })).data.t, ids[0]! - 1000);
  const other = JSON.parse(await first({ fault: "other-symbol", symbol: "SOLUSDT" }));
  assert.deepEqual([other.stream, other.data.s], ["btcusdt@trade", "SOLUSDT"]);
  const poisoned = await first({ fault: "proto" });
  assert.match(poisoned, /"__proto__":\{"polluted":true\}/);
  assert.equal(JSON.parse(poisoned).data.t, ids[0]);
});

test("other-unit and unwrap send a message in another shape", async (t) => {
  const unit = await firstSecond(t, { fault: "other-unit" });
  assert.equal(JSON.parse(unit.texts[0]!).data.T, trades[0]!.tradeTimeUs);
  assert.equal(JSON.parse(unit.texts[1]!).data.T, Math.floor(trades[1]!.tradeTimeUs / 1000));
  const bare = await firstSecond(t, { fault: "unwrap" });
  assert.equal(JSON.parse(bare.texts[0]!).t, ids[0]);
});

test("truncate, text and deep send what is no event", async (t) => {
  const cut = await firstSecond(t, { fault: "truncate" });
  assert.throws(() => JSON.parse(cut.texts[0]!));
  const empty = await firstSecond(t, { fault: "text", text: "" });
  assert.equal(empty.texts[0], "");
  const deep = await firstSecond(t, { fault: "deep", depth: 5 });
  assert.equal(deep.texts[0], "[[[[[]]]]]");
});

test("binary, invalid-utf8, fragments, oversize and deflate-bomb break the frame", async (t) => {
  const binary = await exchange(t, [{ at: "message", fault: "binary" }]);
  const client = await exchangeClient(`${binary.wsUrl}/ws/btcusdt@trade`);
  binary.clock.advance(1000);
  const [, isBinary] = await once(client.ws, "message");
  assert.equal(isBinary, true);

  const utf8 = await firstSecond(t, { fault: "invalid-utf8" });
  assert.equal((await utf8.closed).code, 1006);

  const parts = await firstSecond(t, { fault: "fragments", count: 500 });
  await parts.until(ids.length);
  assert.deepEqual(idsOf(parts.texts), ids);

  const big = await firstSecond(t, { fault: "oversize", bytes: 100_000 });
  assert.ok(big.texts[0]!.length > 100_000);

  const world = await exchange(t, [{ at: "message", fault: "deflate-bomb", bytes: 10_000_000 }]);
  const ws = new WebSocket(`${world.wsUrl}/ws/btcusdt@trade`, {
    perMessageDeflate: true,
    maxPayload: 1_000_000,
  });
  await once(ws, "open");
  world.clock.advance(1000);
  const [error] = await once(ws, "error");
  assert.equal(error.code, "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH");
});

for (const code of [1000, 1001, 1008, 1011, 1012, 1013]) {
  test(`a connection can be closed with ${code}`, async (t) => {
    const { wsUrl, clock } = await exchange(t, [{ at: "connection", fault: "close", code, afterMs: 100 }]);
    const client = await exchangeClient(`${wsUrl}/ws`);
    clock.advance(100);
    assert.equal((await client.closed).code, code);
  });
}

test("reset, fin and close 1006 cut a connection without a closing handshake", async (t) => {
  for (const fault of [{ fault: "reset" }, { fault: "fin" }, { fault: "close" }]) {
    const { wsUrl, clock } = await exchange(t, [{ at: "connection", after: 3, ...fault }]);
    const client = await exchangeClient(`${wsUrl}/stream?streams=btcusdt@trade`);
    clock.advance(1000);
    assert.equal((await client.closed).code, 1006);
    assert.ok(client.texts.length <= 4);
  }
});

test("a half-open connection sends nothing more, answers nothing and never ends by itself", async (t) => {
  const { wsUrl, clock } = await exchange(t, [{ at: "connection", fault: "half-open", afterMs: 100 }]);
  const client = await exchangeClient(`${wsUrl}/ws/btcusdt@trade`);
  clock.advance(100);
  const before = client.texts.length;
  client.ws.ping();
  client.send({ method: "LIST_SUBSCRIPTIONS", id: 1 });
  for (let i = 0; i < 5; i++) {
    clock.advance(30_000);
    await settle();
  }
  await settle();
  assert.equal(client.texts.length <= before + 20, true);
  assert.deepEqual(client.pings, []);
  assert.equal(client.ws.readyState, client.ws.OPEN);
  client.ws.terminate();
});

test("silent loses data and goes on pinging; stall holds data back and loses none", async (t) => {
  const settings = { pingEveryMs: 300 };
  const silent = await exchange(
    t,
    [{ at: "connection", fault: "silent", forMs: 500, afterMs: 200 }],
    settings,
  );
  const quiet = await exchangeClient(`${silent.wsUrl}/stream?streams=btcusdt@trade`);
  silent.clock.advance(1000);
  await settle();
  const inside = (us: number): boolean => us > START + 195_000 && us <= START + 690_000;
  const heard = new Set(idsOf(quiet.texts));
  assert.ok(trades.filter((trade) => inside(trade.eventTimeUs)).every(({ id }) => !heard.has(id)));
  assert.ok(heard.has(ids.at(-1)!));
  assert.equal(quiet.pings.length, 3);

  const stall = await exchange(t, [{ at: "connection", fault: "stall", forMs: 500, afterMs: 200 }]);
  const late = await exchangeClient(`${stall.wsUrl}/stream?streams=btcusdt@trade`);
  stall.clock.advance(690);
  await settle();
  assert.ok(late.texts.length < ids.length);
  stall.clock.advance(310);
  await late.until(ids.length);
  assert.deepEqual(idsOf(late.texts), ids);
});

test("without pings the exchange does not wait for pongs either", async (t) => {
  const { wsUrl, clock } = await exchange(t, [{ at: "connection", fault: "no-pings", afterMs: 0 }]);
  const client = await exchangeClient(`${wsUrl}/ws`, { autoPong: false });
  for (let i = 0; i < 6; i++) {
    clock.advance(20_000);
    await settle();
  }
  assert.deepEqual(client.pings, []);
  assert.equal(client.ws.readyState, client.ws.OPEN);
});

test("an exchange that stops reading answers nothing and still sends", async (t) => {
  const { wsUrl, clock } = await exchange(t, [{ at: "connection", fault: "stop-reading", afterMs: 0 }]);
  const client = await exchangeClient(`${wsUrl}/stream?streams=btcusdt@trade`);
  clock.advance(0);
  client.send({ method: "LIST_SUBSCRIPTIONS", id: 1 });
  await settle();
  clock.advance(1000);
  await settle();
  assert.deepEqual(idsOf(client.texts), ids);
  client.ws.terminate();
});

test("shutdown is announced, then done", async (t) => {
  const { wsUrl, clock } = await exchange(t, [
    { at: "connection", fault: "shutdown", inMs: 5000, afterMs: 100 },
  ]);
  const client = await exchangeClient(`${wsUrl}/stream`);
  clock.advance(100);
  await client.until(1);
  assert.equal(
    client.texts[0],
    `{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":${START / 1000 + 100}}}`,
  );
  clock.advance(5000);
  assert.equal((await client.closed).code, 1001);
});

test("handshakes can be refused, hang, or be answered with any status", async (t) => {
  const refused = await exchange(t, [{ at: "handshake", fault: "refuse" }]);
  await assert.rejects(exchangeClient(`${refused.wsUrl}/ws`), { code: "ECONNRESET" });
  await exchangeClient(`${refused.wsUrl}/ws`);

  const noise = await exchange(t, [{ at: "handshake", fault: "garbage" }]);
  await assert.rejects(exchangeClient(`${noise.wsUrl}/ws`), /Parse Error/);

  for (const status of [403, 418, 429, 451, 500, 502, 503]) {
    const { wsUrl } = await exchange(t, [{ at: "handshake", fault: "status", status, retryAfterS: 7 }]);
    const ws = new WebSocket(`${wsUrl}/ws`);
    const [, response] = (await once(ws, "unexpected-response")) as [unknown, IncomingMessage];
    assert.deepEqual([response.statusCode, response.headers["retry-after"]], [status, "7"]);
    response.resume();
    ws.on("error", () => {}).terminate();
  }

  const hanging = await exchange(t, [{ at: "handshake", fault: "hang" }]);
  const ws = new WebSocket(`${hanging.wsUrl}/ws`, { handshakeTimeout: 50 });
  const [error] = await once(ws, "error");
  assert.match(error.message, /timed out/);
});

test("acks can be lost, late or errors in every shape", async (t) => {
  const faults = [
    { at: "control", fault: "no-ack" },
    { at: "control", fault: "late-ack", ms: 700 },
    { at: "control", fault: "error" },
    { at: "control", fault: "error", shape: "flat" },
    { at: "control", fault: "error", shape: "no-id", thenClose: true },
  ];
  const { wsUrl, clock } = await exchange(t, faults, { messagesPerSecond: 10 });
  const client = await exchangeClient(`${wsUrl}/ws`);
  for (let id = 1; id <= 5; id++) client.send({ method: "LIST_SUBSCRIPTIONS", id });
  assert.equal((await client.closed).code, 1008);
  const error = '{"code":2,"msg":"Invalid request: invalid stream"';
  assert.deepEqual(client.texts, [`{"error":${error}},"id":3}`, `${error},"id":4}`, `{"error":${error}}}`]);
  const other = await exchange(t, [{ at: "control", fault: "late-ack", ms: 700 }]);
  const patient = await exchangeClient(`${other.wsUrl}/ws`);
  patient.send({ method: "LIST_SUBSCRIPTIONS", id: 1 });
  await settle();
  assert.equal(patient.texts.length, 0);
  other.clock.advance(700);
  await patient.until(1);
  assert.ok(clock.pendingTimers() > 0);
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
  readonly isWhole: boolean;
}

async function ask(url: string): Promise<Answer> {
  const [response] = (await once(get(url, { agent: false }), "response")) as [IncomingMessage];
  const parts: Buffer[] = [];
  try {
    for await (const part of response) parts.push(part as Buffer);
  } catch {
    // cut off: what came is the answer
  }
  const { statusCode = 0, headers, complete } = response;
  return { status: statusCode, headers, body: Buffer.concat(parts), isWhole: complete };
}

const FROM = ids[0]! - 500;
const PAGE = `/api/v3/historicalTrades?symbol=BTCUSDT&fromId=${FROM}&limit=10`;

async function askOnce(t: TestContext, fault: object): Promise<{ struck: Answer; plain: Answer }> {
  const { restUrl } = await exchange(t, [{ at: "rest", ...fault }]);
  const struck = await ask(restUrl + PAGE);
  return { struck, plain: await ask(restUrl + PAGE) };
}

test("REST can answer with any status, with and without Retry-After, and with a redirect", async (t) => {
  const busy = (await askOnce(t, { fault: "status", status: 429, retryAfterS: 7 })).struck;
  assert.deepEqual([busy.status, busy.headers["retry-after"]], [429, "7"]);
  const down = (await askOnce(t, { fault: "status", status: 503, body: "{}" })).struck;
  assert.deepEqual([down.status, down.headers["retry-after"], `${down.body}`], [503, undefined, "{}"]);
  const moved = (await askOnce(t, { fault: "status", status: 301 })).struck;
  assert.equal(moved.headers.location, "http://127.0.0.1:9/elsewhere");
});

test("REST bodies can be HTML, anything, cut, too long for their length, or without the weight headers", async (t) => {
  const page = await askOnce(t, { fault: "html" });
  assert.match(`${page.struck.body}`, /^<!DOCTYPE html>/);
  assert.equal(page.struck.status, 200);
  assert.equal(JSON.parse(`${page.plain.body}`).length, 10);
  assert.equal(`${(await askOnce(t, { fault: "body", text: "{}" })).struck.body}`, "{}");
  const cut = await askOnce(t, { fault: "truncate" });
  assert.equal(cut.struck.isWhole, false);
  assert.ok(cut.struck.body.length < cut.plain.body.length);
  const longer = (await askOnce(t, { fault: "wrong-length", by: 50 })).struck;
  assert.equal(longer.isWhole, false);
  const bare = (await askOnce(t, { fault: "no-headers" })).struck;
  assert.equal(bare.headers["x-mbx-used-weight-1m"], undefined);
  const huge = (await askOnce(t, { fault: "huge", bytes: 1_000_000 })).struck;
  assert.equal(huge.body.length, 1_000_002);
  const bomb = (await askOnce(t, { fault: "gzip-bomb", bytes: 1_000_000 })).struck;
  assert.equal(bomb.headers["content-encoding"], "gzip");
  assert.ok(bomb.body.length < 2000);
  assert.equal(`${(await askOnce(t, { fault: "deep", depth: 3 })).struck.body}`, "[[[]]]");
});

test("REST can hang, reset and drip", async (t) => {
  const hanging = await exchange(t, [{ at: "rest", fault: "hang" }]);
  await assert.rejects(fetch(hanging.restUrl + PAGE, { signal: AbortSignal.timeout(50) }), /timeout/);
  const reset = await exchange(t, [{ at: "rest", fault: "reset" }]);
  await assert.rejects(ask(reset.restUrl + PAGE), { code: "ECONNRESET" });
  const slow = await exchange(t, [{ at: "rest", fault: "drip", bytesPerSecond: 1000 }]);
  let isDone = false;
  const answer = ask(slow.restUrl + PAGE).finally(() => {
    isDone = true;
  });
  await settle();
  assert.equal(isDone, false);
  slow.clock.advance(10_000);
  assert.equal(JSON.parse(`${(await answer).body}`).length, 10);
});

test("REST pages can be empty, short, unsorted, repeated, holed, conflicting, in the other unit, of another symbol", async (t) => {
  const rows = async (fault: object): Promise<{ id: number; price: string; time: number }[]> =>
    JSON.parse(`${(await askOnce(t, fault)).struck.body}`);
  const good = Array.from({ length: 10 }, (_, i) => FROM + i);
  const idsIn = async (fault: object): Promise<number[]> => (await rows(fault)).map(({ id }) => id);
  assert.deepEqual(await idsIn({ fault: "empty" }), []);
  assert.deepEqual(await idsIn({ fault: "short" }), good.slice(0, 5));
  assert.deepEqual(await idsIn({ fault: "unsorted" }), good.toReversed());
  assert.deepEqual(await idsIn({ fault: "repeat" }), good.toSpliced(5, 0, good[5]!));
  assert.deepEqual(await idsIn({ fault: "hole" }), good.toSpliced(5, 1));
  const conflict = await rows({ fault: "conflict" });
  const truth = market.trades(0, FROM, FROM + 9, 10);
  assert.deepEqual(
    conflict.map(({ price }, i) => price === truth[i]!.price),
    good.map((_, i) => i !== 5),
  );
  assert.equal(
    (await rows({ fault: "other-unit" }))[0]!.time,
    Math.floor(truth[0]!.tradeTimeUs / 1000) * 1000,
  );
  const world = await exchange(t, [{ at: "rest", fault: "other-symbol", symbol: "ETHUSDT" }]);
  const eth = JSON.parse(`${(await ask(world.restUrl + PAGE)).body}`);
  assert.deepEqual(eth, []);
});

test("a REST fault for one path leaves the others alone", async (t) => {
  const { restUrl } = await exchange(t, [
    { at: "rest", fault: "status", status: 500, path: "/api/v3/historicalTrades" },
  ]);
  assert.equal((await ask(`${restUrl}/api/v3/time`)).status, 200);
  assert.equal((await ask(restUrl + PAGE)).status, 500);
});

test("offline cuts everybody, refuses connections for its time, and is back on the same port", async (t) => {
  const { wsUrl, restUrl, clock } = await exchange(t, [
    { at: "exchange", fault: "offline", fromMs: 1000, forMs: 5000 },
  ]);
  const client = await exchangeClient(`${wsUrl}/ws`);
  clock.advance(1000);
  assert.equal((await client.closed).code, 1006);
  await assert.rejects(exchangeClient(`${wsUrl}/ws`), { code: "ECONNREFUSED" });
  await assert.rejects(ask(restUrl + PAGE), { code: "ECONNREFUSED" });
  clock.advance(5000);
  await settle();
  await exchangeClient(`${wsUrl}/ws`);
});
