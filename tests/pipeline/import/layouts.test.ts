import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import pl from "nodejs-polars";
import { formatUtc } from "../../../src/core/time.ts";
import { binanceName } from "../../../src/pipeline/files/binance-name.ts";
import { fieldsOf } from "../../../src/pipeline/files/text/fields.ts";
import { parseUtcText } from "../../../src/pipeline/import/time-text.ts";
import { openReader } from "../../../src/pipeline/store/read/reader.ts";
import { importing, put, rows } from "../../support/import.ts";
import { sharedData } from "../../support/shared-data.ts";
import { tempFolder } from "../../support/temp.ts";

const TRADES = `SELECT trade_id, price, qty, trade_time_us, event_time_us, is_buyer_maker FROM v_trades ORDER BY trade_id`;
const T = Date.UTC(2024, 7, 8) * 1000;

test("a trade file with named columns in any order, ISO times and the taker's side", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  const text = `Side,note,"Timestamp",Quantity,Price,trade_id\r
buy,"a ""quoted"", note",2024-08-08 00:00:00.000001Z,0.5,60000.10,7\r
SELL,,2024-08-08T02:00:00+02:00,1,60000.1,8\r
`;
  const result = await importing(put(folder, "mine.csv", text), db, { symbol: "BTCUSDT" });
  assert.deepEqual([result.kind, result.stored], ["trades", 2]);
  assert.deepEqual(rows(db, TRADES), [
    [7, "60000.10", "0.5", T + 1, null, 0],
    [8, "60000.1", "1", T, null, 1],
  ]);
});

test("a unit in the name of a time column is taken at its word", async (t) => {
  const folder = tempFolder(t);
  for (const [name, value] of [
    ["time_s", T / 1e6],
    ["trade_time_ms", T / 1e3],
    ["time_us", T],
    ["timestamp_ns", `${T}000`],
    ["transact_time", T / 1e3],
  ] as const) {
    const db = join(folder, `${name}.db`);
    const text = `id,price,qty,${name},is_buyer_maker\n1,2,3,${value},true\n`;
    await importing(put(folder, "x.csv", text), db, { symbol: "X" });
    assert.deepEqual(rows(db, "SELECT trade_time_us FROM trades"), [[T]], name);
  }
});

test("the recorded tape comes in as it is, event times too", async (t) => {
  const tape = sharedData("binance-spot-20240808");
  if (tape === undefined) return t.skip("no shared data");
  const db = join(tempFolder(t), "x.db");
  const result = await importing(join(tape, "spot_ETHUSDT_trades.csv"), db, { symbol: "ETHUSDT" });
  assert.deepEqual([result.stored, result.rows], [14_515, 14_515]);
  assert.deepEqual(rows(db, `${TRADES} LIMIT 1`), [
    [1520538925, "2683.80000000", "0.00200000", 1723161255611000, 1723161255612000, 1],
  ]);
});

test("a whole day of merged trades gives the published bars exactly", async (t) => {
  const data = sharedData("xrpeth-aggtrades-20191011");
  if (data === undefined) return t.skip("no shared data");
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  const agg = await importing(join(data, "XRPETH-aggTrades-2019-10-11.csv"), db);
  assert.deepEqual([agg.kind, agg.stored], ["aggTrades", 5929]);
  const given = await importing(join(data, "XRPETH-1m.csv"), db, {
    symbol: "XRPETH",
    venue: "binance",
  });
  assert.deepEqual([given.kind, given.stored], ["bars", 1022]);
  const reader = openReader(db);
  const bars = reader.importedBars();
  t.after(() => {
    reader.close();
    bars.close();
  });
  const series = reader.series()[0]!;
  assert.deepEqual(
    bars.intervals(series).map(({ intervalUs, bars: count }) => [intervalUs, count]),
    [[60e6, 1022]],
  );
  for (const intervalUs of [0, 61e6, Number.NaN]) {
    assert.throws(() => bars.bars(series, intervalUs), {
      message: /^bars of XRPETH: needs an interval that came as bars; got \w+ µs\. There are: 1m\.$/,
    });
  }
  assert.throws(() => bars.bars(series, 60e6, { fromUs: 2, toUs: 1 }), { code: "bad-range" });
  const trades = reader.trades(series);
  const minutes = new Map<number, { first: number; last: number; volume: number }>();
  for (let i = 0; i < trades.length; i++) {
    const start = Math.floor(trades.tradeTimeUs[i]! / 60e6) * 60e6;
    const bar = minutes.get(start) ?? { first: trades.price[i]!, last: 0, volume: 0 };
    minutes.set(start, { ...bar, last: trades.price[i]!, volume: bar.volume + trades.qty[i]! });
  }
  const { startUs, open, close, volume, vwap, complete } = bars.bars(series, 60e6);
  assert.deepEqual([...startUs], [...minutes.keys()]);
  assert.deepEqual(
    [...open],
    [...minutes.values()].map(({ first }) => first),
  );
  assert.deepEqual(
    [...close],
    [...minutes.values()].map(({ last }) => last),
  );
  assert.deepEqual(
    [...volume],
    [...minutes.values()].map((bar) => bar.volume),
  );
  assert.ok(vwap.every(Number.isNaN) && complete.every((flag) => flag === 1));
  assert.equal(bars.bars(series, 60e6, { fromUs: startUs[10]!, toUs: startUs[20]! }).length, 10);
});

test("klines are kept as bars of their own interval, known again, and contradictions listed", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  const line = (i: number, close = 2.5): string =>
    `${T / 1000 + i * 60_000},2,3,1,${close},10,${T / 1000 + i * 60_000 + 59_999},22.5,7,4,9.5,0`;
  const text = [0, 1, 2, 4].map((i) => line(i)).join("\n");
  const path = put(folder, "BTCUSDT-1m-2024-08-08.csv", text);
  assert.equal((await importing(path, db)).stored, 4);
  const again = await importing(
    put(folder, "BTCUSDT-1m-2024-08-08.csv", [line(0), line(1, 2.75), line(3)].join("\n")),
    db,
  );
  assert.deepEqual([again.stored, again.known, again.conflicts], [1, 1, 1]);
  assert.deepEqual(
    rows(
      db,
      "SELECT interval_us, start_us, open, high, low, close, volume, quote_volume, trade_count, taker_buy_volume FROM imported_bars LIMIT 1",
    ),
    [[60e6, T, 2, 3, 1, 2.5, 10, 22.5, 7, 4]],
  );
  assert.deepEqual(rows(db, "SELECT start_us, close FROM bar_conflicts"), [[T + 60e6, 2.75]]);
  await assert.rejects(importing(put(folder, "BTCUSDT-5m-2024-08-08.csv", `${text}\n`), db), {
    code: "bad-interval",
  });
});

test("Parquet with text, numbers or exact integers gives the same trades as CSV", async (t) => {
  const folder = tempFolder(t);
  const frame = pl.DataFrame({
    trade_id: [1, 2],
    text: ["60000.5", "0.25"],
    number: [60000.5, 0.25],
    e8: new BigInt64Array([6000050000000n, 25000000n]),
    qty: [1e-7, 3],
    time: new BigInt64Array([BigInt(T), BigInt(T + 5)]),
    is_buyer_maker: [true, false],
  });
  const whole = pl.col("trade_id").cast(pl.Int64);
  const qty = pl.col("qty");
  const time = pl.col("time");
  const maker = pl.col("is_buyer_maker");
  const forms = {
    text: frame.select(whole, pl.col("text").alias("price"), qty, time, maker),
    number: frame.select(whole, pl.col("number").alias("price"), qty, time, maker),
    moment: frame.select(
      whole,
      pl.col("text").alias("price"),
      qty,
      time.cast(pl.Datetime("us", "UTC")),
      maker,
    ),
    exact: frame.select(
      whole,
      pl.col("e8").alias("price_e8"),
      qty.mul(1e8).round(0).cast(pl.Int64).alias("qty_e8"),
      time.alias("trade_time_us"),
      maker,
      pl.lit(0).cast(pl.Int8).alias("decimals"),
    ),
  };
  for (const [form, made] of Object.entries(forms)) {
    const db = join(folder, `${form}.db`);
    const path = join(folder, `${form}.parquet`);
    made.writeParquet(path, { compression: "zstd" });
    assert.equal((await importing(path, db, { symbol: "X" })).stored, 2, form);
    assert.deepEqual(
      rows(db, "SELECT trade_id, price_e8, qty_e8, trade_time_us, is_buyer_maker FROM trades"),
      [
        [1, 6000050000000, 10, T, 1],
        [2, 25000000, 300000000, T + 5, 0],
      ],
      form,
    );
  }
  const wrong = forms.exact.withColumn(pl.lit(63).cast(pl.Int8).alias("decimals"));
  wrong.writeParquet(join(folder, "wrong.parquet"));
  await assert.rejects(importing(join(folder, "wrong.parquet"), join(folder, "x.db"), { symbol: "X" }), {
    code: "bad-row",
  });
  const lists = frame.withColumn(pl.Series("price", [[1.5], [2.5]]));
  lists.select(whole, pl.col("price"), qty, time, maker).writeParquet(join(folder, "lists.parquet"));
  await assert.rejects(importing(join(folder, "lists.parquet"), join(folder, "x.db"), { symbol: "X" }), {
    message: /^lists\.parquet, row 1, price: needs a number; got "List"\./,
  });
  const bad = put(folder, "bad.parquet", "PAR1 no PAR1");
  await assert.rejects(importing(bad, join(folder, "x.db"), { symbol: "X" }), { code: "unreadable-parquet" });
  frame.select(whole, pl.lit("-1").alias("price"), qty, time, maker).writeParquet(join(folder, "y.parquet"));
  await assert.rejects(
    importing(join(folder, "y.parquet"), join(folder, "x.db"), { symbol: "X" }),
    /y\.parquet, \w+ 1, price: needs a decimal above 0/,
  );
});

/** What is wrong with the third line of a file with a header, and what is said about it. */
const TRADE = "id,price,qty,time,is_buyer_maker";
const BAR = "time,open,high,low,close,volume";
const REFUSED: readonly (readonly [what: string, head: string, lines: readonly string[], said: RegExp])[] = [
  ["price is text", TRADE, ["1,2,3,T,true", "2,x,3,T,true"], /line 3, price: needs a number; got "x"/],
  ["price is negative", TRADE, ["1,2,3,T,true", "2,-2,3,T,true"], /line 3, price/],
  ["price has more than eight decimals", TRADE, ["1,2,3,T,true", "2,1.000000001,3,T,true"], /line 3, price/],
  ["price is NaN", TRADE, ["1,2,3,T,true", "2,NaN,3,T,true"], /line 3, price/],
  ["price is zero", TRADE, ["1,2,3,T,true", "2,0,3,T,true"], /line 3, price/],
  ["quantity is empty", TRADE, ["1,2,3,T,true", "2,2,,T,true"], /line 3, qty/],
  [
    "id repeats with another price",
    TRADE,
    ["1,2,3,T,true", "1,5,3,T,true"],
    /id: needs one trade an id; 1 and 1 have other contents/,
  ],
  ["id beyond 2^53", TRADE, ["1,2,3,T,true", "9007199254740993,2,3,T,true"], /line 3, id/],
  ["id is a float", TRADE, ["1,2,3,T,true", "2.5,2,3,T,true"], /needs numbers that count as ids/],
  ["time is text", TRADE, ["1,2,3,T,true", "2,2,3,soon,true"], /line 3, time/],
  ["30 February", TRADE, ["1,2,3,T,true", "2,2,3,2024-02-30,true"], /line 3, time/],
  [
    "time goes back an hour",
    TRADE,
    ["1,2,3,T,true", "2,2,3,2024-08-07T23:00:00Z,true"],
    /line 3, time: .* do not go back/,
  ],
  [
    "seconds without a word",
    TRADE,
    ["1,2,3,T,true", "2,2,3,1723161255,true"],
    /line 3, time: needs one kind of time in the whole file/,
  ],
  ["time in the future", TRADE, ["1,2,3,T,true", "2,2,3,2036-01-01,true"], /line 3, time/],
  [
    "side is neither",
    TRADE,
    ["1,2,3,T,true", "2,2,3,T,maybe"],
    /line 3, \w+: needs true or false; got "maybe"/,
  ],
  [
    "a column too few",
    TRADE,
    ["1,2,3,T,true", "2,2,3,T"],
    /line 3: needs 5 cells, as the first row has; got 4/,
  ],
  ["a column too many", TRADE, ["1,2,3,T,true", "2,2,3,T,true,"], /line 3: needs 5 cells/],
  ["quotes that do not close", TRADE, ["1,2,3,T,true", '2,"2,3,T,true'], /line 3: needs quotes that close/],
  ["high below low", BAR, ["T,2,3,1,2,1", "T+,2,1,3,2,1"], /line 3, high: needs a high and a low around/],
  ["volume is negative", BAR, ["T,2,3,1,2,1", "T+,2,3,1,2,-1"], /line 3, volume: needs a number from 0/],
  ["a bar comes twice", BAR, ["T,2,3,1,2,1", "T,2,3,1,2.5,1"], /line 3: needs one row a bar; line 2 has/],
  ["no price column", "id,qty,time,side", ["1,2,T,buy"], /needs the columns id, price, .*; price not found/],
  [
    "neither maker nor side",
    "id,price,qty,time",
    ["1,2,3,T"],
    /needs numbers that count as ids, and who took/,
  ],
  ["two price columns", "id,price,Price,qty,time,side", ["1,2,2,3,T,buy"], /both "price" and "Price"/],
  ["no header", "1,2,3,T,true", ["2,2,3,T,true"], /line 1: needs a header/],
  [
    "another symbol's row",
    `${TRADE},symbol`,
    ["1,2,3,T,true,X", "2,2,3,T,true,Y"],
    /line 3, symbol: needs "X" in every row; got "Y"/,
  ],
];

test("every kind of bad row is refused with its line, and nothing is imported", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  for (const [what, head, lines, said] of REFUSED) {
    const text = [head, ...lines]
      .join("\n")
      .replaceAll("T+", formatUtc(T + 60e6))
      .replace(/\bT\b/g, formatUtc(T));
    const path = put(folder, "x.csv", text);
    await assert.rejects(
      importing(path, db, { symbol: "X" }),
      (error: Error) => {
        assert.match(error.message, said, what);
        return error.name === "TickbookError";
      },
      what,
    );
  }
  assert.equal(existsSync(db), false);
});

test("ids in any order are put in order, and identical rows count once; both are told", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  const row = (id: number): string => `${id},${id},3,${formatUtc(T + id * 1e6)},true`;
  const text = [TRADE, ...[5, 1, 6, 2, 2, 7, 3].map(row)].join("\n");
  const result = await importing(put(folder, "x.csv", text), db, { symbol: "X" });
  assert.deepEqual([result.rows, result.stored], [7, 6]);
  assert.deepEqual(result.told, [
    "Its rows were not in order, and were sorted.",
    "1 row was there twice, and counts once.",
  ]);
  assert.deepEqual(rows(db, "SELECT first_id, last_id FROM ranges"), [
    [1, 3],
    [5, 7],
  ]);
});

test("UTF-16 is text as well; another encoding and binary content are told from it", async (t) => {
  const folder = tempFolder(t);
  const text = `${TRADE}\n1,2,3,${formatUtc(T)},true\n`;
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]);
  const utf16be = Buffer.from(text, "utf16le").swap16();
  for (const [i, bytes] of [utf16, utf16be].entries()) {
    const result = await importing(put(folder, "x.csv", bytes), join(folder, `${i}.db`), { symbol: "X" });
    assert.equal(result.stored, 1);
  }
  const db = join(folder, "x.db");
  const latin = Buffer.from(`${TRADE},Börse\n1,2,3,${formatUtc(T)},true,x\n`, "latin1");
  await assert.rejects(importing(put(folder, "x.csv", latin), db, { symbol: "X" }), { code: "not-text" });
  const line = "x".repeat(300_000);
  await assert.rejects(importing(put(folder, "x.csv", line), db, { symbol: "X" }), { code: "bad-line" });
  assert.equal(existsSync(db), false);
});

test("Binance's columns by number: another count is another kind of file", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  const agg = `1,2,3,10,11,${T},True,True`;
  await assert.rejects(importing(put(folder, "BTCUSDT-trades-2024-08-08.csv", agg), db), {
    message: /line 1: needs the 7 or 6 columns of Binance's trades; it has 8/,
  });
});

test("Binance's names tell symbol, kind, interval and period; others tell nothing", () => {
  const day = binanceName("BTCUSDT-trades-2024-02-29.zip")!;
  assert.deepEqual(
    [day.symbol, day.kind, formatUtc(day.fromUs), formatUtc(day.toUs)],
    ["BTCUSDT", "trades", "2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z"],
  );
  const month = binanceName("1INCHUSDT-aggTrades-2023-12.csv")!;
  assert.deepEqual(
    [month.symbol, month.kind, formatUtc(month.toUs)],
    ["1INCHUSDT", "aggTrades", "2024-01-01T00:00:00Z"],
  );
  assert.deepEqual(binanceName("BTCUSDT-15m-2024-01.zip")!.intervalUs, 900e6);
  for (const name of [
    "BTCUSDT-trades-2023-02-29.zip",
    "BTCUSDT-trades-2023-13.zip",
    "btc-trades-2023-01.zip",
    "BTCUSDT-trades-2024-08-08 (1).zip",
    "trades.zip",
  ])
    assert.equal(binanceName(name), undefined, name);
});

test("fieldsOf reads quotes as RFC 4180 has them", () => {
  assert.deepEqual(fieldsOf('a,"b,""c""",,"",d', ","), ["a", 'b,"c"', "", "", "d"]);
  assert.deepEqual(fieldsOf('a,"b"', ","), ["a", "b"]);
  assert.deepEqual(fieldsOf('a,"b",', ","), ["a", "b", ""]);
  for (const bad of ['"a', 'a"b,c', '"a"b,c']) assert.equal(fieldsOf(bad, ","), undefined, bad);
});

test("parseUtcText reads dates, times, fractions and offsets, and refuses what does not exist", () => {
  assert.equal(parseUtcText("2024-08-08"), T);
  assert.equal(parseUtcText("2024-08-08 01:00+01:00"), T);
  assert.equal(parseUtcText("2024-08-07T20:00:00.5-0400"), T + 500_000);
  assert.equal(parseUtcText("2024-08-08T00:00:00.000001000Z"), T + 1);
  for (const bad of [
    "2024-8-8",
    "2024-08-08T25:00",
    "2024-08-08T00:00:60",
    "2024-08-08T00:00:00.0000001Z",
    "08/08/2024",
    "",
  ])
    assert.equal(parseUtcText(bad), undefined, bad);
});

test("what came from a file is of the kind file, whatever exchange its user names", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  const text = `id,price,qty,time,side\n1,2,3,${T},buy\n`;
  await importing(put(folder, "mine.csv", text), db, { symbol: "BTCUSD", venue: "kraken" });
  assert.deepEqual(rows(db, "SELECT name, from_file FROM venues"), [["kraken", 1]]);
});
