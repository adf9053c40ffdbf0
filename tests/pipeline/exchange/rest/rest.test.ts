import assert from "node:assert/strict";
import { test } from "node:test";
import { simulatedMarket } from "../../../../src/pipeline/exchange/market/market.ts";
import type { RestReply } from "../../../../src/pipeline/exchange/rest/query.ts";
import { restAnswerer } from "../../../../src/pipeline/exchange/rest/rest.ts";
import { weights } from "../../../../src/pipeline/exchange/rest/weights.ts";
import { BINANCE_SETTINGS, type ExchangeSettings } from "../../../../src/pipeline/exchange/settings.ts";
import { timeline } from "../../../../src/pipeline/exchange/timeline.ts";
import { type VirtualClock, virtualClock } from "../../../support/virtual-clock.ts";

const START = 1_790_000_000_000_000;
const market = simulatedMarket(7);

interface Bench {
  readonly clock: VirtualClock;
  reply(path: string, headers?: Record<string, string>): RestReply;
  // biome-ignore lint/suspicious/noExplicitAny: JSON
  get(path: string, headers?: Record<string, string>): any;
}

function bench(settings: Partial<ExchangeSettings> = {}): Bench {
  const clock = virtualClock(START);
  const all = { ...BINANCE_SETTINGS, restLagMs: 0, ...settings };
  const answer = restAnswerer(market, timeline(market, 1, clock), all, weights(all, clock));
  const reply = (path: string, headers = {}): RestReply =>
    answer({ method: "GET", url: `/api/v3/${path}`, headers, address: "127.0.0.1" });
  return { clock, reply, get: (path, headers) => JSON.parse(reply(path, headers).body) };
}
const { reply, get } = bench();
const newest = market.lastId(0, START, "event");

test("ping, time and exchangeInfo have Binance's shapes", () => {
  assert.deepEqual(get("ping"), {});
  assert.deepEqual(get("time"), { serverTime: START / 1000 });
  const info = get("exchangeInfo?symbol=BTCUSDT");
  assert.deepEqual(Object.keys(info), ["timezone", "serverTime", "rateLimits", "exchangeFilters", "symbols"]);
  assert.deepEqual(info.rateLimits[0], {
    rateLimitType: "REQUEST_WEIGHT",
    interval: "MINUTE",
    intervalNum: 1,
    limit: 6000,
  });
  assert.equal(info.symbols.length, 1);
  const { symbol, status, baseAsset, quoteAsset, filters } = info.symbols[0];
  assert.deepEqual([symbol, status, baseAsset, quoteAsset], ["BTCUSDT", "TRADING", "BTC", "USDT"]);
  assert.deepEqual(filters[0], {
    filterType: "PRICE_FILTER",
    minPrice: "0.01000000",
    maxPrice: "1000000.00000000",
    tickSize: "0.01000000",
  });
});

test("exchangeInfo answers for one symbol, several, or all", () => {
  const names = (path: string): string[] => get(path).symbols.map(({ symbol }: { symbol: string }) => symbol);
  assert.deepEqual(names(`exchangeInfo?symbols=${encodeURIComponent('["SOLUSDT","BTCUSDT"]')}`), [
    "SOLUSDT",
    "BTCUSDT",
  ]);
  assert.deepEqual(
    names("exchangeInfo"),
    market.symbols.map(({ symbol }) => symbol),
  );
  assert.equal(names("exchangeInfo?symbolStatus=BREAK").length, 0);
});

test("historicalTrades gives ids ascending from fromId, as the market has them", () => {
  const from = newest - 2000;
  const page = get(`historicalTrades?symbol=BTCUSDT&fromId=${from}&limit=1000`);
  assert.deepEqual(
    page.map(({ id }: { id: number }) => id),
    Array.from({ length: 1000 }, (_, i) => from + i),
  );
  const [trade] = market.trades(0, from, from, 1);
  assert.deepEqual(Object.keys(page[0]), [
    "id",
    "price",
    "qty",
    "quoteQty",
    "time",
    "isBuyerMaker",
    "isBestMatch",
  ]);
  assert.deepEqual(
    [page[0].price, page[0].qty, page[0].time, page[0].isBuyerMaker],
    [trade!.price, trade!.qty, Math.floor(trade!.tradeTimeUs / 1000), trade!.isBuyerMaker],
  );
  const exact = BigInt(trade!.price.replace(".", "")) * BigInt(trade!.qty.replace(".", ""));
  assert.equal(page[0].quoteQty.replace(".", ""), String(exact / 100_000_000n));
});

test("times are in microseconds where the header asks for them", () => {
  const headers = { "x-mbx-time-unit": "MICROSECOND" };
  const [row] = get(`historicalTrades?symbol=BTCUSDT&fromId=${newest}`, headers);
  assert.equal(row.time, market.trades(0, newest, newest, 1)[0]!.tradeTimeUs);
  assert.equal(get("time", headers).serverTime, START);
});

test("without fromId the newest trades come, 500 unless said otherwise", () => {
  for (const path of ["historicalTrades", "trades"]) {
    const page = get(`${path}?symbol=BTCUSDT`);
    assert.deepEqual([page.length, page[0].id, page.at(-1).id], [500, newest - 499, newest]);
    assert.equal(get(`${path}?symbol=BTCUSDT&limit=3`).length, 3);
  }
});

test("an id that does not exist yet gives an empty page", () => {
  assert.deepEqual(get(`historicalTrades?symbol=BTCUSDT&fromId=${newest + 1}`), []);
});

test("the database follows the stream with its lag", () => {
  const lagging = bench({ restLagMs: 10_000 });
  const page = lagging.get("historicalTrades?symbol=BTCUSDT&limit=1");
  assert.equal(page[0].id, market.lastId(0, START - 10_000_000, "event"));
  assert.equal(lagging.get("trades?symbol=BTCUSDT&limit=1")[0].id, newest);
  lagging.clock.advance(10_000);
  assert.equal(lagging.get("historicalTrades?symbol=BTCUSDT&limit=1")[0].id, newest);
});

test("below the floor a page starts at the floor", () => {
  const floor = newest - 100;
  const old = bench({ floorIds: { BTCUSDT: floor } });
  assert.equal(old.get("historicalTrades?symbol=BTCUSDT&fromId=1&limit=2")[0].id, floor);
  assert.equal(old.get("historicalTrades?symbol=BTCUSDT&limit=1000").length, 101);
});

test("aggTrades are contiguous and cover each trade once", () => {
  const [last] = get("aggTrades?symbol=BTCUSDT&limit=1");
  assert.equal(last.l, newest);
  const page = get(`aggTrades?symbol=BTCUSDT&fromId=${last.a - 1500}&limit=1000`);
  assert.equal(page.length, 1000);
  assert.deepEqual(Object.keys(page[0]), ["a", "p", "q", "f", "l", "T", "m", "M"]);
  for (const [i, row] of page.entries()) {
    assert.equal(row.a, last.a - 1500 + i);
    if (i > 0) assert.equal(row.f, page[i - 1].l + 1);
    const fills = market.trades(0, row.f, row.l, 1000);
    const sum = fills.reduce((total, { qty }) => total + BigInt(qty.replace(".", "")), 0n);
    assert.equal(BigInt(row.q.replace(".", "")), sum);
    assert.ok(fills.every(({ price }) => price === row.p));
  }
});

test("aggTrades by time take both ends in", () => {
  const startTime = START / 1000 - 5000;
  const endTime = START / 1000 - 4000;
  const page = get(`aggTrades?symbol=BTCUSDT&startTime=${startTime}&endTime=${endTime}&limit=1000`);
  assert.equal(page[0].f, market.lastId(0, startTime * 1000 - 1, "trade") + 1);
  assert.equal(page.at(-1).l, market.lastId(0, endTime * 1000 + 999, "trade"));
});

test("klines are what their trades make", () => {
  const open = Math.floor(START / 60_000_000) * 60_000 - 60_000;
  const rows = get(`klines?symbol=ETHUSDT&interval=1m&startTime=${open}&limit=2`);
  assert.equal(rows.length, 2);
  const [row] = rows;
  assert.deepEqual([row[0], row[6], row.length], [open, open + 59_999, 12]);
  const first = market.lastId(1, open * 1000 - 1, "trade") + 1;
  const last = market.lastId(1, (open + 60_000) * 1000 - 1, "trade");
  const trades = market.trades(1, first, last, 1e6);
  const prices = trades.map(({ price }) => Number(price));
  assert.deepEqual(row.slice(1, 5).map(Number), [
    prices[0],
    Math.max(...prices),
    Math.min(...prices),
    prices.at(-1),
  ]);
  assert.equal(row[8], trades.length);
  const volume = trades.reduce((sum, { qty }) => sum + BigInt(qty.replace(".", "")), 0n);
  assert.equal(BigInt(row[5].replace(".", "")), volume);
});

test("a kline without a trade stands at the last price, with none in it; before the first trade there is none", () => {
  const open = Math.floor(START / 1e6) * 1000 - 1_000_000;
  const rows = get(`klines?symbol=AVAXUSDT&interval=1s&startTime=${open}&limit=900`);
  assert.deepEqual(
    rows.map(([at]: [number]) => at),
    Array.from({ length: 900 }, (_, i) => open + 1000 * i),
  );
  const silent = rows.flatMap((row: unknown[], i: number) => (row[8] === 0 ? [i] : []));
  assert.ok(silent.length > 5);
  for (const i of silent) {
    const before = market.lastId(6, (open + 1000 * i) * 1000 - 1, "trade");
    const { price } = market.trades(6, before, before, 1)[0]!;
    assert.equal(market.symbols[6]!.symbol, "AVAXUSDT");
    const none = "0.00000000";
    const at = open + 1000 * i;
    assert.deepEqual(rows[i], [at, price, price, price, price, none, at + 999, none, 0, none, none, "0"]);
  }
});

for (const [path, code, says] of [
  ["trades", -1102, /Mandatory parameter 'symbol'/],
  ["trades?symbol=btcusdt", -1100, /Illegal characters found in parameter 'symbol'/],
  ["trades?symbol=NOSUCH", -1121, /Invalid symbol\./],
  ["trades?symbol=", -1105, /Parameter 'symbol' was empty/],
  ["trades?symbol=BTCUSDT&limit=x", -1100, /legal range is '\^\[0-9\]\{1,20\}\$'/],
  ["trades?symbol=BTCUSDT&limit=0", -1130, /'limit' is not valid/],
  ["trades?symbol=BTCUSDT&symbol=ETHUSDT", -1101, /Duplicate/],
  ["trades?symbol=BTCUSDT&a=1", -1104, /read '1' parameter\(s\) but was sent '2'/],
  ["aggTrades?symbol=BTCUSDT&fromId=1&startTime=1", -1128, /Combination/],
  ["klines?symbol=BTCUSDT", -1102, /'interval'/],
  ["klines?symbol=BTCUSDT&interval=7m", -1120, /Invalid interval\./],
  ["klines?symbol=BTCUSDT&interval=1d&limit=1000", -1127, /too big/],
  ["exchangeInfo?symbols=BTCUSDT", -1100, /'symbols'/],
  ["exchangeInfo?symbols=%5B%22NOSUCH%22%5D", -1121, /Invalid symbol/],
] as const) {
  test(`${path} is refused with ${code}`, () => {
    const { status, body } = reply(path);
    assert.equal(status, 400);
    assert.equal(JSON.parse(body).code, code);
    assert.match(JSON.parse(body).msg, says);
  });
}

test("an unknown path is not found, and market-data-only hosts have no historicalTrades", () => {
  assert.equal(reply("depth?symbol=BTCUSDT").status, 404);
  assert.equal(reply("constructor").status, 404);
  const only = bench({ marketDataOnly: true });
  assert.equal(only.reply("historicalTrades?symbol=BTCUSDT").status, 404);
  assert.equal(only.reply("aggTrades?symbol=BTCUSDT").status, 200);
});

test("a limit above 1000 is cut to it, or refused, as set", () => {
  assert.equal(get("trades?symbol=BTCUSDT&limit=5000").length, 1000);
  assert.equal(bench({ limitAbove1000: "refuse" }).get("trades?symbol=BTCUSDT&limit=1001").code, -1130);
});

test("weights add up over the minute, and start again with the next", () => {
  const { clock, reply: ask } = bench();
  const used = (path: string): string | undefined => ask(path).headers["x-mbx-used-weight-1m"];
  assert.equal(used("ping"), "1");
  assert.equal(used("historicalTrades?symbol=BTCUSDT"), "26");
  assert.equal(used("trades?symbol=NOSUCH"), "51");
  assert.equal(used("aggTrades?symbol=BTCUSDT"), "55");
  clock.advance(60_000);
  assert.equal(used("klines?symbol=BTCUSDT&interval=1s"), "2");
});

test("over the limit comes 429 with Retry-After, then a ban that doubles", () => {
  const { clock, reply: ask } = bench({ weightPerMinute: 30, banAfter: 2, banMs: 120_000 });
  const trades = (): RestReply => ask("trades?symbol=BTCUSDT");
  assert.equal(trades().status, 200);
  const refused = trades();
  assert.equal(refused.status, 429);
  const leftS = 60 - ((START / 1_000_000) % 60);
  assert.equal(refused.headers["retry-after"], String(Math.ceil(leftS)));
  assert.match(
    JSON.parse(refused.body).msg,
    /^Too much request weight used; current limit is 30 request weight per 1 MINUTE\./,
  );
  trades();
  const banned = trades();
  assert.equal(banned.status, 418);
  assert.equal(banned.headers["retry-after"], "120");
  assert.equal(
    JSON.parse(banned.body).msg,
    `Way too much request weight used; IP banned until ${START / 1000 + 120_000}. Please use WebSocket Streams for live updates to avoid bans.`,
  );
  clock.advance(119_000);
  assert.equal(trades().status, 418);
  clock.advance(1000);
  assert.equal(trades().status, 200);
  for (let i = 0; i < 2; i++) trades();
  assert.equal(trades().headers["retry-after"], "240");
});
