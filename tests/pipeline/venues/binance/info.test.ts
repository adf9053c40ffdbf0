import assert from "node:assert/strict";
import { test } from "node:test";
import { TickbookError } from "../../../../src/core/errors.ts";
import type { HttpGet } from "../../../../src/pipeline/net/http.ts";
import { fetchExchangeInfo, isBinance, refuseUnknown } from "../../../../src/pipeline/venues/binance/info.ts";

const reply = (status: number, body: unknown, headers: Record<string, string> = {}) => ({
  status,
  body: JSON.stringify(body),
  header: (name: string) => headers[name],
});
const info = {
  symbols: [
    { symbol: "ETHUSDT", status: "BREAK" },
    { symbol: "BTCUSDT", status: "TRADING" },
  ],
};

test("fetchExchangeInfo gives the symbols in the order asked for, and the venue that the exchange says it is", async () => {
  const get: HttpGet = async (url) => {
    assert.equal(url, "http://h/api/v3/exchangeInfo?symbols=%5B%22BTCUSDT%22%2C%22ETHUSDT%22%5D");
    return reply(200, info, {
      "x-tickbook-venue": '{"name":"sim-seed7","kind":"simulated","detail":"seed 7"}',
    });
  };
  const { venue, symbols } = await fetchExchangeInfo(get, "http://h", ["BTCUSDT", "ETHUSDT"]);
  assert.deepEqual(venue, { name: "sim-seed7", kind: "simulated", detail: "seed 7" });
  assert.deepEqual(symbols, [
    { symbol: "BTCUSDT", status: "TRADING" },
    { symbol: "ETHUSDT", status: "BREAK" },
  ]);
  assert.equal(
    (await fetchExchangeInfo(async () => reply(200, info), "http://h", ["BTCUSDT"])).venue,
    undefined,
  );
});

test("an exchange can't call itself real by the header", async () => {
  const get: HttpGet = async () =>
    reply(200, info, { "x-tickbook-venue": '{"name":"binance","kind":"real","detail":""}' });
  await assert.rejects(fetchExchangeInfo(get, "http://h", ["BTCUSDT"]), TickbookError);
});

test("an unknown symbol is named, wherever it stands among known ones", async () => {
  const get: HttpGet = async (url) =>
    url.includes("NOPE") ? reply(400, { code: -1121, msg: "Invalid symbol." }) : reply(200, info);
  const { unknown, symbols } = await fetchExchangeInfo(get, "http://h", ["BTCUSDT", "NOPE"]);
  assert.deepEqual(unknown, ["NOPE"]);
  assert.equal(symbols[0]!.status, "TRADING");
  assert.throws(
    () => refuseUnknown(unknown),
    (error: TickbookError) =>
      error.code === "unknown-symbol" &&
      error.message.includes('"NOPE"') &&
      !error.message.includes("BTCUSDT"),
  );
});

// row 25
test("fetchExchangeInfo asks for 1,500 symbols in addresses short enough for any server, and finds the unknown in few requests", async () => {
  const symbols = Array.from({ length: 1500 }, (_, i) => `S${i}USDT`);
  let requests = 0;
  const exchange =
    (unknown: readonly string[]): HttpGet =>
    async (url) => {
      requests++;
      assert.ok(url.length < 4000, `${url.length} characters`);
      const asked = JSON.parse(new URL(url).searchParams.get("symbols")!) as string[];
      if (asked.some((symbol) => unknown.includes(symbol)))
        return reply(400, { code: -1121, msg: "Invalid symbol." });
      return reply(200, { symbols: asked.map((symbol) => ({ symbol, status: "TRADING" })) });
    };
  const listed = (await fetchExchangeInfo(exchange([]), "http://h/", symbols)).symbols;
  assert.deepEqual(
    listed.map(({ symbol }) => symbol),
    symbols,
  );
  assert.equal(requests, 15);
  requests = 0;
  assert.deepEqual(
    (await fetchExchangeInfo(exchange(["S7USDT", "S1499USDT"]), "http://h", symbols)).unknown,
    ["S7USDT", "S1499USDT"],
  );
  assert.ok(requests < 50, `${requests} requests`);
  requests = 0;
  assert.ok((await fetchExchangeInfo(exchange(symbols), "http://h", symbols)).unknown.length >= 5);
  assert.ok(requests < 50, `${requests} requests`);
});

for (const symbol of ["btcusdt", "", "BTC USDT", "BTC/USDT", "<script>", "'; DROP", "BTC\u202eUSDT"]) {
  test(`symbol ${JSON.stringify(symbol)} is refused before anything is asked`, async () => {
    const get: HttpGet = async () => assert.fail("asked");
    await assert.rejects(
      fetchExchangeInfo(get, "http://h", [symbol]),
      (error: TickbookError) => error.code === "bad-symbol",
    );
  });
}

test("a lower-case symbol is told its upper case", async () => {
  await assert.rejects(
    fetchExchangeInfo(async () => reply(200, info), "http://h", ["btcusdt"]),
    /Pass BTCUSDT\./,
  );
});

test("HTTP 451, HTML and truncated JSON are problems of the host, not of the user", async () => {
  for (const answer of [
    reply(451, { code: 0, msg: "restricted" }),
    { ...reply(200, {}), body: "<html>" },
    { ...reply(200, {}), body: '{"symbols":[' },
    reply(503, {}),
  ]) {
    await assert.rejects(
      fetchExchangeInfo(async () => answer, "http://h", ["BTCUSDT"]),
      (error: Error) => !(error instanceof TickbookError) && /^HTTP \d+/.test(error.message),
    );
  }
});

for (const [wsUrl, restUrl, isOwn] of [
  ["wss://stream.binance.com:9443", "https://api.binance.com", true],
  ["wss://data-stream.binance.vision", "https://data-api.binance.vision/", true],
  ["wss://stream.binance.com", "https://api3.binance.com", true],
  ["wss://stream.binance.com:9443", "https://api.example.com", false],
  ["wss://stream.testnet.binance.vision", "https://testnet.binance.vision", false],
  ["wss://stream.binance.com.example.com", "https://api.binance.com", false],
  ["wss://stream.binance.us:9443", "https://api.binance.us", false],
  ["ws://127.0.0.1:1", "http://127.0.0.1:1", false],
] as const) {
  test(`${wsUrl} with ${restUrl} is ${isOwn ? "" : "not "}Binance's own address`, () => {
    assert.equal(isBinance({ wsUrl, restUrl }), isOwn);
  });
}
