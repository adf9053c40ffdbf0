import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import pl from "nodejs-polars";
import { BAR_COLUMNS, type Bars, barRuleText } from "../../../src/core/bars.ts";
import { TickbookError } from "../../../src/core/errors.ts";
import { random } from "../../../src/core/random.ts";
import type { TradeColumns } from "../../../src/core/trade-columns.ts";
import { barBuilder } from "../../../src/pipeline/bars/builder.ts";
import { barsFromTrades } from "../../../src/pipeline/bars/from-trades.ts";
import { barsFrame, barsFromFrame, tradesFrame } from "../../../src/pipeline/bars/polars.ts";
import { barRule } from "../../../src/pipeline/bars/rule.ts";
import { quoteVolumeOf } from "../../../src/pipeline/bars/sums.ts";
import { simulated } from "../../support/bars.ts";
import { assertSameBars } from "../../support/same-bars.ts";
import { sharedData } from "../../support/shared-data.ts";
import { cutTicks, type TickOptions, ticks } from "../../support/ticks.ts";

const OF = { venue: simulated, symbol: "BTCUSDT" };
const SECOND = 1_000_000;
/** More of them in the long tests. */
const SEEDS = Number(process.env.TICKBOOK_SEEDS ?? 1);
const MIDNIGHT = Date.UTC(2024, 7, 9) * 1000;

type Row = readonly [id: number, timeUs: number, price: number, qty: number, isBuyerMaker?: 0 | 1];

function columns(rows: readonly Row[], given: Partial<TradeColumns> = {}): TradeColumns {
  const of = (field: number): Float64Array => Float64Array.from(rows, (row) => row[field] ?? 0);
  return {
    length: rows.length,
    id: of(0),
    tradeTimeUs: of(1),
    price: of(2),
    qty: of(3),
    isBuyerMaker: Uint8Array.from(rows, (row) => row[4] ?? 0),
    ...given,
  };
}

function inPieces(trades: TradeColumns, every: string, cuts: readonly number[]): Bars {
  const builder = barBuilder({ ...OF, rule: barRule(every) });
  const ends = [...cuts, trades.length];
  ends.forEach((end, i) => {
    builder.push(cutTicks(trades, i === 0 ? 0 : ends[i - 1]!, end));
    builder.bars();
  });
  return builder.bars();
}

const KINDS: Readonly<Record<string, TickOptions>> = {
  "plain trades across midnight": {},
  "holes and merged trades": { missing: 0.01, merged: 0.2 },
  "times that go back": { backwards: 0.05, missing: 0.005 },
  "large quantities at tiny prices": { price: 0.0021, size: 3e6, decimals: 0 },
  "eight decimals": { size: 1e-6, decimals: 8, price: 97_123 },
  "sums far beyond 2^53": { price: 9_000, size: 4e7, decimals: 2 },
  "prices of a billion": { price: 1.6e9, size: 0.5, decimals: 8 },
};

for (const [name, options] of Object.entries(KINDS)) {
  test(`batch by Polars, in one piece and in any pieces: the same bars to the last bit (${name})`, () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const source = random(seed, 99);
      const trades = ticks(1 + Math.floor(source.uniform() * 2000), { ...options, seed });
      const frame = tradesFrame(trades);
      for (const every of ["100ms", "7s", "1d"]) {
        const whole = barsFromTrades(trades, { ...OF, every });
        const { holes = [] } = trades;
        assertSameBars(barsFromFrame(frame, { ...OF, every, holes }), whole);
        const cuts = Array.from({ length: Math.floor(source.uniform() * 40) }, () =>
          Math.floor(source.uniform() * trades.length),
        ).sort((a, b) => a - b);
        assertSameBars(inPieces(trades, every, cuts), whole);
      }
      for (const every of ["1 trades", "37 trades", "12.5 volume", "250000 quote"]) {
        const cuts = [1, 2, Math.floor(trades.length / 2)].filter((cut) => cut < trades.length);
        assertSameBars(inPieces(trades, every, cuts), barsFromTrades(trades, { ...OF, every }));
      }
    }
  });
}

test("trades one by one give the bars of all at once", () => {
  const trades = ticks(400, { missing: 0.02 });
  const cuts = Array.from({ length: trades.length - 1 }, (_, i) => i + 1);
  for (const every of ["1s", "10 trades"])
    assertSameBars(inPieces(trades, every, cuts), barsFromTrades(trades, { ...OF, every }));
});

/** The decimal that a double is written as, in whole 1e-8. */
function e8(value: number): bigint {
  const [whole, part = ""] = value.toFixed(8).split(".");
  return BigInt(`${whole}${part}`);
}

const SUMS: Readonly<Record<string, TickOptions>> = {
  "eight decimals": { seed: 5, decimals: 8 },
  "large quantities at tiny prices": { seed: 6, price: 0.0021, size: 3e6, decimals: 0 },
  "quantities of billions": { seed: 7, price: 0.0021, size: 4e9, decimals: 0 },
  "sums far beyond 2^53": { seed: 8, price: 9_000, size: 4e5, decimals: 2 },
  "prices of a billion": { seed: 9, price: 1.6e9, size: 0.5, decimals: 8 },
};

for (const [name, options] of Object.entries(SUMS)) {
  test(`volume, quote volume and taker-buy volume are the exact sums of the decimals, rounded once (${name})`, () => {
    const trades = ticks(20_000, options);
    const sums = { volume: 0n, quote: 0n, bought: 0n };
    for (let i = 0; i < trades.length; i++) {
      sums.volume += e8(trades.qty[i]!);
      sums.quote += e8(trades.price[i]!) * e8(trades.qty[i]!);
      if (trades.isBuyerMaker[i] === 0) sums.bought += e8(trades.qty[i]!);
      if (i % 500 !== 499) continue;
      const bars = barsFromTrades(cutTicks(trades, 0, i + 1), { ...OF, every: "100000 trades" });
      assert.equal(bars.length, 1);
      assert.equal(bars.volume[0], Number(`${sums.volume}e-8`));
      assert.equal(bars.takerBuyVolume[0], Number(`${sums.bought}e-8`));
      assert.equal(bars.quoteVolume[0], Number(`${sums.quote}e-16`));
      assert.equal(bars.vwap[0], bars.quoteVolume[0]! / bars.volume[0]!);
    }
  });
}

test("sums are rounded once even where they lie as good as between two doubles", () => {
  // 9007199254740993 · 10^7 is half of a step above 2^53 · 10^7; a trade of 1e-8 at 1e-8 decides
  const tie = 9_007_199_254_740_993n * 10n ** 7n;
  for (const [extra, expected] of [
    [0n, Number(`${tie}e-16`)],
    [1n, Number(`${tie + 1n}e-16`)],
    [-1n, Number(`${tie - 1n}e-16`)],
  ] as const) {
    const whole = tie + extra;
    const low = BigInt.asIntN(26, whole);
    const middle = BigInt.asIntN(52, whole) - low;
    const parts = [whole - middle - low, middle, low].map(Number) as [number, number, number];
    assert.equal(quoteVolumeOf(...parts), expected);
  }
});

test("a bar by volume or quote volume is full with the trade that reaches it exactly", () => {
  // ten tenths are one: no bar is late by a rounding
  const tenths = columns(Array.from({ length: 30 }, (_, i) => [i, SECOND * i, 0.1, 0.1] as Row));
  const byVolume = barsFromTrades(tenths, { ...OF, every: "1 volume" });
  assert.deepEqual([...byVolume.tradeCount], [10, 10, 10]);
  const byQuote = barsFromTrades(tenths, { ...OF, every: "0.1 quote" });
  assert.deepEqual([...byQuote.tradeCount], [10, 10, 10]);
});

test("by hand: ties in a millisecond count by id, a trade at the end belongs to the next bar, empty seconds have none", () => {
  const bars = barsFromTrades(
    columns([
      [7, MIDNIGHT - 1, 10, 1, 1],
      [8, MIDNIGHT, 11, 2, 0],
      [9, MIDNIGHT, 13, 3, 1],
      [10, MIDNIGHT, 12, 4, 0],
      [11, MIDNIGHT + 999_999, 11.5, 1, 1],
      [12, MIDNIGHT + 3 * SECOND, 9, 5, 0],
    ]),
    { ...OF, every: "1s" },
  );
  const row = (i: number): number[] => BAR_COLUMNS.map((name) => bars[name][i]!);
  const start = MIDNIGHT;
  assert.deepEqual(row(0), [start - SECOND, start, 10, 10, 10, 10, 1, 10, 10, 1, 0, 7, 7, 1]);
  const value = 22 + 39 + 48 + 11.5;
  assert.deepEqual(row(1), [start, start + SECOND, 11, 13, 11, 11.5, 10, value, value / 10, 4, 6, 8, 11, 1]);
  assert.deepEqual(row(2), [start + 3 * SECOND, start + 4 * SECOND, 9, 9, 9, 9, 5, 45, 9, 1, 5, 12, 12, 1]);
  assert.equal(bars.length, 3);
});

test("empty intervals are filled flat when asked, complete where no id is missing between the bars around them", () => {
  const trades = columns(
    [
      [1, 0, 10, 1],
      [2, 3 * SECOND, 12, 1],
      [9, 5 * SECOND, 13, 1],
    ],
    { holes: [{ first: 3, last: 8 }] },
  );
  const bars = barsFromTrades(trades, { ...OF, every: "1s", empty: "flat" });
  assert.deepEqual(
    [...bars.startUs],
    [0, 1, 2, 3, 4, 5].map((s) => s * SECOND),
  );
  assert.deepEqual(
    [...bars.endUs],
    [1, 2, 3, 4, 5, 6].map((s) => s * SECOND),
  );
  for (const name of ["open", "high", "low", "close"] as const)
    assert.deepEqual([...bars[name]], [10, 10, 10, 12, 12, 13]);
  for (const name of ["volume", "tradeCount"] as const) assert.deepEqual([...bars[name]], [1, 0, 0, 1, 0, 1]);
  assert.deepEqual([...bars.vwap], [10, Number.NaN, Number.NaN, 12, Number.NaN, 13]);
  assert.deepEqual([...bars.lastId], [1, Number.NaN, Number.NaN, 2, Number.NaN, 9]);
  assert.deepEqual([...bars.complete], [1, 1, 1, 0, 0, 0]);
  const two = columns([
    [1, 0, 1, 1],
    [2, 1e15, 1, 1],
  ]);
  assert.throws(
    () => barsFromTrades(two, { ...OF, every: "100ms", empty: "flat" }),
    refusal("too-many-bars"),
  );
});

test("a bar is incomplete where a hole of the ledger lies inside it or next to its trades, and nowhere else", () => {
  const at = (second: number): number => second * SECOND;
  const rows: Row[] = [
    [10, at(0), 1, 1],
    [11, at(1), 1, 1],
    [15, at(2), 1, 1],
    [17, at(2), 1, 1],
    [18, at(3), 1, 1],
    [19, at(4), 1, 1],
  ];
  const flags = (holes: TradeColumns["holes"]): number[] => [
    ...barsFromTrades(columns(rows, holes === undefined ? {} : { holes }), { ...OF, every: "1s" }).complete,
  ];
  // ids that skip are no holes by themselves: the ledger knows
  assert.deepEqual(flags(undefined), [1, 1, 1, 1, 1]);
  assert.deepEqual(flags([{ first: 12, last: 14 }]), [1, 0, 0, 1, 1]);
  assert.deepEqual(flags([{ first: 16, last: 16 }]), [1, 1, 0, 1, 1]);
  assert.deepEqual(flags([{ first: 0, last: 9 }]), [0, 1, 1, 1, 1]);
  assert.deepEqual(flags([{ first: 20, last: 25 }]), [1, 1, 1, 1, 0]);
  assert.deepEqual(flags([{ first: 0, last: 8 }]), [1, 1, 1, 1, 1]);
});

test("bars among very many holes take no longer than their trades", () => {
  const n = 200_000;
  const rows = Array.from({ length: n }, (_, i): Row => [2 * i, i * 300_000, 1, 1]);
  const holes = rows.map(([id]) => ({ first: id + 1, last: id + 1 }));
  const from = process.cpuUsage().user;
  const bars = barsFromTrades(columns(rows, { holes }), { ...OF, every: "1s" });
  assert.ok(process.cpuUsage().user - from < 1_000_000);
  assert.ok(bars.complete.every((flag) => flag === 0));
});

test("bars by trades, volume and quote volume end with the trade that reaches it, and no trade is split", () => {
  const rows = columns([
    [1, 10, 2, 3],
    [2, 20, 4, 4],
    [3, 20, 5, 1],
    [4, 30, 6, 9],
    [5, 40, 7, 1],
  ]);
  const counts = (every: string): number[] => [...barsFromTrades(rows, { ...OF, every }).tradeCount];
  assert.deepEqual(counts("2 trades"), [2, 2, 1]);
  assert.deepEqual(counts("7 volume"), [2, 2, 1]);
  assert.deepEqual(counts("22 quote"), [2, 2, 1]);
  assert.deepEqual(counts("0.5 volume"), [1, 1, 1, 1, 1]);
  const bars = barsFromTrades(rows, { ...OF, every: "2 trades" });
  assert.deepEqual([...bars.startUs], [10, 20, 40]);
  assert.deepEqual([...bars.endUs], [20, 30, 40]);
  assert.equal(bars.intervalUs, 0);
});

test("a merged row counts as the trades it stands for", () => {
  const rows = columns(
    [
      [1, 0, 2, 3],
      [2, 1, 2, 6],
      [5, 2, 3, 1],
    ],
    { lastId: Float64Array.of(1, 4, 5) },
  );
  const bars = barsFromTrades(rows, { ...OF, every: "1s" });
  assert.deepEqual([bars.tradeCount[0], bars.firstId[0], bars.lastId[0], bars.volume[0]], [5, 1, 5, 10]);
});

test("no trade gives no bar, one trade gives one", () => {
  assert.equal(barsFromTrades(columns([]), { ...OF, every: "1s" }).length, 0);
  assert.equal(barsFromTrades(columns([]), { ...OF, every: "1s", empty: "flat" }).length, 0);
  assert.equal(barsFromFrame(tradesFrame(columns([])), { ...OF, every: "1s" }).length, 0);
  const one = barsFromTrades(columns([[5, MIDNIGHT, 3, 2]]), { ...OF, every: "1d" });
  assert.deepEqual([one.length, one.startUs[0], one.endUs[0]], [1, MIDNIGHT, MIDNIGHT + 86_400 * SECOND]);
});

test("cut and push again, replace and trim leave the bars that one pass gives", () => {
  const trades = ticks(4000, { missing: 0.01 });
  const whole = barsFromTrades(trades, { ...OF, every: "1s" });
  const builder = barBuilder({ ...OF, rule: barRule("1s") });
  builder.push(trades);
  const early = builder.bars();
  for (const at of [whole.length - 1, 17, 0]) {
    builder.cut(at);
    assert.equal(builder.length, at);
    builder.push(cutTicks(trades, trades.id.indexOf(whole.firstId[at]!), trades.length));
    assertSameBars(builder.bars(), whole);
  }
  builder.replace(3, 9, builder.bars(3, 9));
  assertSameBars(builder.bars(), whole);
  assertSameBars(early, whole);
  assert.equal(builder.trim(whole.length - 5), 0);
  assert.equal(builder.trim(5), whole.length - 5);
  assertSameBars(
    builder.bars(),
    barsFromTrades(cutTicks(trades, trades.id.indexOf(whole.firstId[whole.length - 5]!), trades.length), {
      ...OF,
      every: "1s",
    }),
    BAR_COLUMNS.filter((name) => name !== "complete"),
  );
});

test("trades out of order, repeated, without a price or a time, or in mixed units are refused", () => {
  const good: Row = [5, MIDNIGHT, 1, 1];
  const cases: readonly (readonly [Row, string])[] = [
    [[5, MIDNIGHT, 1, 1], "trades-out-of-order"],
    [[4, MIDNIGHT, 1, 1], "trades-out-of-order"],
    [[Number.NaN, MIDNIGHT, 1, 1], "trades-out-of-order"],
    [[6, MIDNIGHT, Number.NaN, 1], "bad-trade"],
    [[6, MIDNIGHT, -1, 1], "bad-trade"],
    [[6, MIDNIGHT, 1, 0], "bad-trade"],
    [[6, MIDNIGHT, Number.POSITIVE_INFINITY, 1], "bad-trade"],
    [[6, Number.NaN, 1, 1], "bad-trade-time"],
    [[6, MIDNIGHT / 1000, 1, 1], "bad-trade-time"],
    [[6, Number.POSITIVE_INFINITY, 1, 1], "bad-trade-time"],
  ];
  for (const [bad, code] of cases) {
    const run = (): unknown => barsFromTrades(columns([good, bad]), { ...OF, every: "1s" });
    assert.throws(run, refusal(code), String(bad));
    const frame = tradesFrame(columns([good, bad]));
    assert.throws(() => barsFromFrame(frame, { ...OF, every: "1s" }), refusal(code), `frame ${bad}`);
  }
  const milliseconds: Row = [4, MIDNIGHT / 1000, 1, 1];
  assert.throws(
    () => barsFromTrades(columns([milliseconds, good]), { ...OF, every: "1s" }),
    refusal("bad-trade-time"),
  );
});

test("a frame that lacks a column, or whose prices are no numbers, is refused in a sentence", () => {
  const frame = tradesFrame(columns([[5, MIDNIGHT, 1, 1]]));
  assert.throws(() => barsFromFrame(frame.drop("qty"), { ...OF, every: "1s" }), {
    message:
      /^barsFromFrame: needs the columns id, tradeTimeUs, price, qty, isBuyerMaker; qty not found in "id, lastId, tradeTimeUs, price, isBuyerMaker"\. /,
  });
  const words = frame.withColumn(pl.lit("dear").alias("price"));
  assert.throws(() => barsFromFrame(words, { ...OF, every: "1s" }), {
    message: /^bars of BTCUSDT: price and quantity must be finite numbers .* row 0 \(trade 5\) has price NaN/,
  });
  const none = frame.withColumn(pl.lit(null).cast(pl.Float64).alias("price"));
  assert.throws(() => barsFromFrame(none.lazy(), { ...OF, every: "1s" }), refusal("bad-trade"));
});

test("an interval of 0, beyond a day, or unknown is refused; a rule's text is read back", () => {
  for (const every of ["0s", "99ms", "2d", "1w", "", "1.5s", "0 trades", "1.5 trades", "0 volume", "x quote"])
    assert.throws(
      () => barsFromTrades(columns([]), { ...OF, every }),
      refusal(/^bad-(interval|duration)$/),
      every,
    );
  assert.throws(() => barRule("50ms"), {
    message:
      'barRule: a bar needs a length from 100 ms to a day; got "50ms". Pass for example "1s", "5m" or "1d".',
  });
  assert.throws(() => barRule({ by: "moon" } as never), refusal("bad-interval"));
  assert.throws(
    () => barsFromFrame(tradesFrame(columns([])), { ...OF, every: "5 trades" }),
    refusal("bad-interval"),
  );
  for (const every of ["100ms", "1s", "5m", "1d", "500 trades", "2.5 volume", "1000000 quote"])
    assert.equal(barRuleText(barRule(every)), every);
});

test("barsFrame has UTC datetimes and the columns of the bars", () => {
  const bars = barsFromTrades(ticks(500), { ...OF, every: "1s" });
  const frame = barsFrame(bars);
  assert.equal(frame.height, bars.length);
  assert.deepEqual(frame.columns.slice(0, 3), ["start", "end", "open"]);
  assert.deepEqual(frame.getColumn("vwap").toTypedArray(), bars.vwap);
  assert.equal((frame.row(0)[0] as Date).getTime() * 1000, bars.startUs[0]);
  assert.equal(frame.row(0).at(-1), true);
});

const recorded = sharedData("xrpeth-aggtrades-20191011");

test("the published minute and five-minute bars of a recorded day come out exactly", {
  skip: !recorded,
}, () => {
  const rows = readFileSync(join(recorded!, "XRPETH-aggTrades-2019-10-11.csv"), "utf8")
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.split(","));
  assert.equal(rows.length, 5929);
  const of = (field: number): Float64Array => Float64Array.from(rows, (row) => Number(row[field]));
  const trades: TradeColumns = {
    length: rows.length,
    id: of(3),
    lastId: of(4),
    tradeTimeUs: of(5).map((ms) => ms * 1000),
    price: of(1),
    qty: of(2),
    isBuyerMaker: Uint8Array.from(rows, (row) => (row[6] === "True" ? 1 : 0)),
  };
  for (const [every, file, count] of [
    ["1m", "XRPETH-1m.csv", 1022],
    ["5m", "XRPETH-5m.csv", 287],
  ] as const) {
    const published = readFileSync(join(recorded!, file), "utf8").trim().split(/\r?\n/).slice(1);
    assert.equal(published.length, count);
    for (const bars of [
      barsFromTrades(trades, { ...OF, every }),
      barsFromFrame(tradesFrame(trades), { ...OF, every }),
    ]) {
      const text = Array.from({ length: bars.length }, (_, i) => {
        const prices = [bars.open, bars.high, bars.low, bars.close].map((column) => column[i]);
        return [Date.parse(new Date(bars.startUs[i]! / 1000).toISOString()), ...prices, bars.volume[i]];
      });
      assert.deepEqual(
        text,
        published.map((line) => {
          const [date, ...numbers] = line.split(",");
          return [Date.parse(date!.replace(" ", "T")), ...numbers.map(Number)];
        }),
      );
      const total = bars.tradeCount.reduce((sum, trades) => sum + trades, 0);
      assert.equal(total, trades.lastId!.at(-1)! - trades.id[0]! + 1);
    }
  }
});

function refusal(code: string | RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof TickbookError, String(error));
    assert.match(error.code, typeof code === "string" ? new RegExp(`^${code}$`) : code);
    assert.match(error.message, /^[^\n]+: [^\n]+\. [^\n]+\.$/);
    return true;
  };
}
