import assert from "node:assert/strict";
import { test } from "node:test";
import {
  readFrame,
  streamsInUrl,
  streamUrl,
  subscribeChunks,
  subscribeMessage,
} from "../../../../src/pipeline/venues/binance/stream.ts";

test("readFrame reads the documented trade, bare and wrapped, in milliseconds and microseconds", () => {
  const bare = {
    e: "trade",
    E: 1790000000125,
    s: "BTCUSDT",
    t: 6734512354,
    p: "85245.16000000",
    q: "0.00217000",
    T: 1790000000124,
    m: true,
    M: true,
  };
  const expected = {
    symbol: "BTCUSDT",
    id: 6734512354,
    price: "85245.16000000",
    qty: "0.00217000",
    tradeTimeUs: 1790000000124000,
    eventTimeUs: 1790000000125000,
    receivedUs: 5,
    isBuyerMaker: true,
    source: "ws",
  };
  const micro = { ...bare, E: 1790000000125000, T: 1790000000124000, b: 1, a: 2, extra: {} };
  for (const message of [
    bare,
    micro,
    { stream: "btcusdt@trade", data: bare },
    { data: micro, stream: "btcusdt@trade" },
  ]) {
    const frame = readFrame(JSON.stringify(message), 5);
    assert.ok(frame.kind === "trade");
    assert.deepEqual(frame.trade, expected);
  }
});

test("readFrame knows serverShutdown in both forms, and takes nothing from a prototype", () => {
  assert.equal(readFrame('{"e":"serverShutdown","E":1}', 0).kind, "shutdown");
  assert.equal(
    readFrame('{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1}}', 0).kind,
    "shutdown",
  );
  assert.equal(readFrame('{"__proto__":{"e":"trade"},"constructor":1}', 0).kind, "other");
  assert.equal(({} as { e?: unknown }).e, undefined);
});

test("a bad frame is quoted without control characters and cut", () => {
  const frame = readFrame(`\u001b[2J{${"x".repeat(10_000)}`, 0);
  assert.ok(frame.kind === "bad" && frame.why.length < 120 && !frame.why.includes("\u001b"));
});

// row 38
test("readFrame knows milliseconds from microseconds by their size, and says which came", () => {
  const at = (time: number) =>
    readFrame(
      JSON.stringify({ e: "trade", s: "BTCUSDT", t: 1, p: "1", q: "1", T: time, E: time, m: true }),
      0,
    );
  const ms = at(1790000000124);
  const us = at(1790000000124000);
  assert.ok(ms.kind === "trade" && ms.milliseconds && ms.trade.tradeTimeUs === 1790000000124000);
  assert.ok(us.kind === "trade" && !us.milliseconds && us.trade.tradeTimeUs === 1790000000124000);
});

// row 23
test("readFrame reads error replies flat and nested, with an id and without, and answers with a result", () => {
  const nested = readFrame('{"error":{"code":2,"msg":"Invalid request: invalid stream"},"id":7}', 0);
  assert.deepEqual(nested, { kind: "reply", id: 7, error: '2: "Invalid request: invalid stream"' });
  const flat = readFrame('{"code":3,"msg":"Invalid JSON: \\u001b[2J"}', 0);
  assert.ok(flat.kind === "reply" && flat.id === undefined && !flat.error!.includes("\u001b"));
  assert.deepEqual(readFrame('{"result":["a@trade"],"id":3}', 0), {
    kind: "reply",
    id: 3,
    result: ["a@trade"],
  });
});

// row 45
test("readFrame survives 100,000 levels of nesting and takes the last of two equal keys", () => {
  assert.equal(readFrame("[".repeat(100_000) + "]".repeat(100_000), 0).kind, "other");
  assert.equal(readFrame("[".repeat(100_000), 0).kind, "bad");
  const nested = `{"e":"x","a":${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}}`;
  assert.equal(readFrame(nested, 0).kind, "other");
  assert.equal(readFrame('{"e":"trade","e":"other"}', 0).kind, "other");
});

// row 46
test("readFrame takes a block trade or a book ticker for no trade", () => {
  for (const text of [
    '{"e":"blockTrade","E":1,"s":"BNBBTC","t":582,"p":"0.052","q":"5838","T":1,"m":true}',
    '{"u":400900217,"s":"BNBUSDT","b":"25.35","B":"31.21","a":"25.36","A":"40.66"}',
    '{"stream":"bnbusdt@bookTicker","data":{"u":1,"s":"BNBUSDT","b":"1","B":"1","a":"1","A":"1"}}',
  ])
    assert.equal(readFrame(text, 0).kind, "other", text);
});

test("streamUrl is one combined stream in microseconds, with names or without", () => {
  assert.equal(
    streamUrl("ws://h:1/", ["btcusdt@trade", "币usdt@trade"]),
    "ws://h:1/stream?streams=btcusdt@trade/%E5%B8%81usdt@trade&timeUnit=MICROSECOND",
  );
  assert.equal(streamUrl("ws://h:1/at/?x=1#y", []), "ws://h:1/at/stream?timeUnit=MICROSECOND");
  assert.equal(streamUrl("ws://h:1", []), "ws://h:1/stream?timeUnit=MICROSECOND");
});

const names = (count: number, length: number): string[] =>
  Array.from({ length: count }, (_, i) => `${String(i).padStart(length, "x")}@trade`);

// row 25
test("streamsInUrl keeps an address below 200 names and 4,000 characters", () => {
  assert.equal(streamsInUrl("wss://h", names(1000, 5)), 200);
  const long = names(1000, 50);
  const count = streamsInUrl("wss://h", long);
  assert.ok(count > 50 && streamUrl("wss://h", long.slice(0, count)).length < 4000);
  assert.ok(streamUrl("wss://h", long.slice(0, count + 1)).length >= 3999);
});

// row 25
test("subscribeChunks leaves out no name, and no message has over 100 names or 4,000 bytes", () => {
  for (const all of [names(1500, 7), names(300, 50), names(250, 3).map((name) => `币${name}`), []]) {
    const chunks = subscribeChunks(all);
    assert.deepEqual(chunks.flat(), all);
    for (const chunk of chunks) {
      assert.ok(chunk.length <= 100 && Buffer.byteLength(subscribeMessage(chunk, 999_999)) <= 4000);
    }
  }
});
