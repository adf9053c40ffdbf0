import assert from "node:assert/strict";
import { test } from "node:test";
import type { FileOptions } from "../../../src/pipeline/files/asking.ts";
import type { FileData } from "../../../src/pipeline/files/read-file.ts";
import { closesOf, reading, refusal, timesOf } from "../../support/files.ts";

const T = "2024-01-01T00:00:00Z";
const NEXT = "2024-01-01T00:01:00Z";

/** What a file of two bars is read as, whatever wrote it. */
function bars({ series, kind }: FileData): unknown {
  const [one] = series;
  const first = [one!.open, one!.high, one!.low, one!.close, one!.volume].map((column) => column?.[0]);
  return [kind, one!.symbol, one!.spacing.intervalUs / 1e6, ...first];
}

test("bars of each vendor are known by their header, or by their form where they have none", (t) => {
  const known: readonly (readonly [string, string, unknown, FileOptions?, string?])[] = [
    [
      "MetaTrader 5",
      "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\n2024.01.01\t00:00:00\t1.10427\t1.1043\t1.1042\t1.10429\t55\t0\t3\n2024.01.01\t00:01:00\t1.1\t1.1\t1.1\t1.1\t55\t0\t3\n",
      ["bars", "EURUSD", 60, 1.10427, 1.1043, 1.1042, 1.10429, 55],
      {},
      "EURUSD_M1_2024.csv",
    ],
    [
      "MetaTrader 4",
      "2024.01.01,00:00,1.104,1.105,1.103,1.104,55\n2024.01.01,00:01,1.104,1.105,1.103,1.104,55\n",
      ["bars", undefined, 60, 1.104, 1.105, 1.103, 1.104, undefined],
    ],
    [
      "HistData",
      "20231231 190000;1.104;1.105;1.103;1.104;0\n20231231 190100;1.104;1.105;1.103;1.104;0\n",
      ["bars", undefined, 60, 1.104, 1.105, 1.103, 1.104, 0],
    ],
    [
      "Dukascopy",
      "Gmt time,Open,High,Low,Close,Volume\n01.01.2024 00:00:00.000,1.1,1.2,1.0,1.15,7.5\n01.01.2024 00:01:00.000,1.1,1.2,1.0,1.15,7.5\n",
      ["bars", undefined, 60, 1.1, 1.2, 1, 1.15, 7.5],
    ],
    [
      "Stooq",
      "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\nAAPL.US,1,20240101,000000,1,3,0.5,2,10,0\nAAPL.US,1,20240101,000100,1,3,0.5,2,10,0\n",
      ["bars", "AAPL.US", 60, 1, 3, 0.5, 2, 10],
    ],
    [
      "Yahoo",
      "Date,Open,High,Low,Close,Adj Close,Volume\n2024-01-01,1,3,0.5,2,1.9,10\n2024-01-02,1,3,0.5,2,1.9,10\n",
      ["bars", undefined, 86_400, 1, 3, 0.5, 2, 10],
    ],
    [
      "Kraken",
      "1704067200,1,3,0.5,2,10,4\n1704067260,1,3,0.5,2,10,4\n",
      ["bars", "XBTUSD", 60, 1, 3, 0.5, 2, 10],
      {},
      "XBTUSD_1.csv",
    ],
    [
      "Binance, without its name",
      "1704067200000,1,3,0.5,2,10,1704067259999,20,4,5,10,0\n1704067260000,1,3,0.5,2,10,1704067319999,20,4,5,10,0\n",
      ["bars", undefined, 60, 1, 3, 0.5, 2, 10],
    ],
    [
      "CryptoDataDownload",
      "https://www.CryptoDataDownload.com\nunix,date,symbol,open,high,low,close,Volume BTC,Volume USDT,tradecount\n1704067260000,2024-01-01 00:01:00,BTCUSDT,1,3,0.5,2,10,20,4\n1704067200000,2024-01-01 00:00:00,BTCUSDT,1,3,0.5,2,10,20,4\n",
      ["bars", "BTCUSDT", 60, 1, 3, 0.5, 2, 10],
    ],
    [
      "freqtrade",
      "date,open,high,low,close,volume\n2024-01-01 00:00:00+00:00,1,3,0.5,2,10\n2024-01-01 00:01:00+00:00,1,3,0.5,2,10\n",
      ["bars", "BTC_USDT", 60, 1, 3, 0.5, 2, 10],
      {},
      "BTC_USDT-1m.csv",
    ],
    [
      "NASDAQ",
      "Date,Close/Last,Volume,Open,High,Low\n01/31/2024,$2,10,$1,$3,$0.5\n01/30/2024,$2,10,$1,$3,$0.5\n",
      ["bars", undefined, 86_400, 1, 3, 0.5, 2, 10],
    ],
    [
      "Investing",
      'Date,Price,Open,High,Low,Vol.,Change %\n"Jan 02, 2024",2,1,3,0.5,1.5K,0.1%\n"Jan 01, 2024",2,1,3,0.5,1.5K,0.1%\n',
      ["bars", undefined, 86_400, 1, 3, 0.5, 2, 1500],
    ],
    [
      "Bitstamp, Kaggle",
      "Timestamp,Open,High,Low,Close,Volume_(BTC),Volume_(Currency),Weighted_Price\n1704067200,1,3,0.5,2,10,20,2\n1704067260,1,3,0.5,2,10,20,2\n",
      ["bars", undefined, 60, 1, 3, 0.5, 2, 10],
    ],
    [
      "Coinbase",
      "time,low,high,open,close,volume\n1704067200,0.5,3,1,2,10\n1704067260,0.5,3,1,2,10\n",
      ["bars", undefined, 60, 1, 3, 0.5, 2, 10],
    ],
  ];
  for (const [what, text, expected, options, name = "data.csv"] of known)
    assert.deepEqual(bars(reading(t, text, options, { name })), expected, what);
  assert.deepEqual(timesOf(reading(t, known[2]![1])), [T, NEXT], "HistData writes EST");
});

test("trades of each vendor are known by their header; those without a number that counts say so", (t) => {
  const known: readonly (readonly [string, string, readonly unknown[], string?])[] = [
    [
      "Bybit",
      "timestamp,symbol,side,size,price,tickDirection,trdMatchID,grossValue,homeNotional,foreignNotional\n1704067200.025,BTCUSDT,Sell,0.1,42000,PlusTick,26a979be-8f5a-7b51-2595-e5066fd2e4d0,1.1e+09,0.1,4200\n",
      ["BTCUSDT", false, 1, 1704067200025000],
    ],
    [
      "Bybit spot",
      "id,timestamp,price,volume,side,rpi\n1,1704067200025,42000,0.1,sell,0\n",
      ["", false, 1, 1704067200025000],
    ],
    [
      "OKX",
      "instrument_name,trade_id,side,price,size,created_time\nBTC-USDT,100,sell,42000,0.1,1704067200025\n",
      ["BTC-USDT", true, 1, 1704067200025000],
    ],
    ["Kraken", "1704067200,42000,0.1\n", ["XBTUSD", false, 0, 1704067200000000], "XBTUSD.csv"],
    [
      "tardis",
      "exchange,symbol,timestamp,local_timestamp,id,side,price,amount\nbinance,BTCUSDT,1704067200025000,1704067200000900,100,sell,42000,0.1\n",
      ["BTCUSDT", true, 1, 1704067200025000],
    ],
    [
      "cryptofeed",
      "exchange,symbol,side,amount,price,id,timestamp,receipt_timestamp\nCOINBASE,BTC-USD,sell,0.1,42000,100,1704067200.025000,1704067200.223450\n",
      ["BTC-USD", true, 1, 1704067200025000],
    ],
    [
      "ccxt",
      "timestamp,datetime,symbol,id,order,type,takerOrMaker,side,price,amount,cost\n1704067200025,2024-01-01T00:00:00.025Z,BTC/USDT,100,,,,sell,42000,0.1,4200\n",
      ["BTC/USDT", true, 1, 1704067200025000],
    ],
    [
      "freqtrade",
      "timestamp,id,type,side,price,amount,cost\n1704067200025,100,,sell,42000,0.1,4200\n",
      ["", true, 1, 1704067200025000],
    ],
    ["Bitstamp", "date,tid,price,type,amount\n1704067200,100,42000,1,0.1\n", ["", true, 1, 1704067200000000]],
    [
      "Coinbase",
      "trade_id,maker_order_id,taker_order_id,side,size,price,product_id,sequence,time\n100,a,b,buy,0.1,42000,BTC-USD,7,2024-01-01T00:00:00.025Z\n",
      ["BTC-USD", true, 1, 1704067200025000],
    ],
    [
      "ids beyond 2^53",
      "id,price,qty,time,side\n2290000000061666327,42000,0.1,1704067200025,sell\n",
      ["", false, 1, 1704067200025000],
    ],
    [
      "Binance COIN-M",
      "id,price,qty,base_qty,time,is_buyer_maker\n100,42000,1,0.0016,1704067200025,true\n",
      ["", true, 1, 1704067200025000],
    ],
  ];
  for (const [what, text, expected, name = "data.csv"] of known) {
    const [one] = reading(t, text, {}, { name }).trades;
    assert.deepEqual(
      [one!.symbol, one!.isCounted, one!.columns.isBuyerMaker[0], one!.columns.tradeTimeUs[0]],
      expected,
      what,
    );
    assert.equal(one!.columns.price[0], 42000, what);
  }
});

test("a side that may be the maker's or the taker's is asked for", (t) => {
  const text = "product_id,trade_id,price,size,time,side\nBTC-USD,1,42000,0.1,2024-01-01T00:00:00Z,buy\n";
  assert.match(refusal(t, text), /Say which: --columns maker_side=side or --columns taker_side=side\.$/);
  assert.equal(reading(t, text, { columns: { maker_side: "side" } }).trades[0]!.columns.isBuyerMaker[0], 1);
  assert.equal(reading(t, text, { columns: { taker_side: "side" } }).trades[0]!.columns.isBuyerMaker[0], 0);
  for (const side of ["b", "bid", "unknown", ""])
    assert.match(
      refusal(t, text.replace("product_id", "x").replace("buy", side)),
      /line 2, side: needs buy or sell/,
      side,
    );
});

test("a wide file has a series a symbol, however its names are put together, and never a volume as a price", (t) => {
  const wide = (...names: readonly string[]): (string | undefined)[] =>
    reading(
      t,
      `${["time", ...names].map((name) => (name.includes(",") ? `"${name}"` : name)).join(",")}\n2024-01-01${",1".repeat(names.length)}\n2024-01-02${",2".repeat(names.length)}\n`,
    ).series.map(({ symbol }) => symbol);
  assert.deepEqual(wide("btc_close", "btc_volume", "eth_close", "eth_volume"), ["btc", "eth"]);
  assert.deepEqual(wide("Close_BTC", "Volume_BTC", "Close_ETH", "Volume_ETH"), ["BTC", "ETH"]);
  assert.deepEqual(wide("BTC close", "ETH close"), ["BTC", "ETH"]);
  assert.deepEqual(wide("BTC-USD.Close", "ETH-USD.Close"), ["BTC-USD", "ETH-USD"]);
  assert.deepEqual(wide("('Close', 'AAPL')", "('Volume', 'AAPL')", "('Close', 'MSFT')"), ["AAPL", "MSFT"]);
  assert.deepEqual(wide("BTCUSDT", "ETHUSDT"), ["BTCUSDT", "ETHUSDT"]);
  assert.deepEqual(wide("btc_close", "log_btc_close", "btc_return", "funding"), ["btc"]);
  assert.deepEqual(wide("AAPL_Close", "AAPL_Adj Close"), ["AAPL"]);
  assert.match(
    refusal(t, "time,volume,trades\n2024-01-01,1,2\n2024-01-02,1,2\n"),
    /close not found in "time,volume,trades"/,
  );
});

test("frames with two rows of names are read by both", (t) => {
  const rest = "2024-01-02,256.5,1\n2024-01-03,257.5,1\n";
  for (const head of [
    "Price,Close,Volume\nTicker,MSFT,MSFT\nDate,,\n",
    ",Close,Volume\n,MSFT,MSFT\nDate,,\n",
  ]) {
    const data = reading(t, head + rest);
    assert.deepEqual(
      [data.series[0]!.symbol, data.series[0]!.closeName, ...data.series[0]!.close],
      ["MSFT", "MSFT_Close", 256.5, 257.5],
    );
  }
});

test("a tidy file has a series a symbol, whatever the order of its rows", (t) => {
  const data = reading(
    t,
    "time,symbol,close\n2024-01-02,BTC,1\n2024-01-02,ETH,5\n2024-01-03,BTC,2\n2024-01-03,ETH,6\n",
  );
  assert.deepEqual(
    data.series.map(({ symbol, close }) => [symbol, ...close]),
    [
      ["BTC", 1, 2],
      ["ETH", 5, 6],
    ],
  );
  const grouped = reading(
    t,
    "time,symbol,close\n2024-01-02,BTC,1\n2024-01-03,BTC,2\n2024-01-02,ETH,5\n2024-01-03,ETH,6\n",
  );
  assert.deepEqual(
    grouped.series.map(({ symbol, close }) => [symbol, ...close]),
    [
      ["BTC", 1, 2],
      ["ETH", 5, 6],
    ],
  );
});

test("names that are not known are told by the reader's user, in the words of whoever asks", (t) => {
  const text = "wann,kurs\n2024-01-02,1.5\n2024-01-03,2.5\n";
  assert.match(
    refusal(t, text),
    /needs a column of times .*; the file has "wann, kurs"\. Name it: --columns time=wann\.$/,
  );
  assert.match(refusal(t, text, {}, { voice: "settings" }), /Name it: columns: \{ time: "wann" \}\.$/);
  assert.deepEqual(
    closesOf(reading(t, text, { columns: { time: "wann", close: "kurs" } })).map(([, close]) => close),
    [1.5, 2.5],
  );
  assert.match(
    refusal(t, text, { columns: { time: "when" } }),
    /needs a column "when"; the file has "wann, kurs"/,
  );
  assert.match(
    refusal(t, text, { columns: { quand: "wann" } }),
    /needs meanings of columns that there are .*; got "quand"/,
  );
  const two = "date,size,amount,price,id,side\n2024-01-02T00:00:00Z,1,2,3,4,buy\n";
  assert.match(
    refusal(t, two),
    /both "size" and "amount" could be the qty\. Say which: --columns qty=amount/,
  );
  assert.equal(reading(t, two, { columns: { qty: "size" } }).trades[0]!.columns.qty[0], 1);
  const headerless = "1704067200,1,2\n1704067260,3,4\n";
  assert.match(
    refusal(t, headerless),
    /needs a header that names its columns; .* name them in their order: --columns time,price,qty/,
  );
  assert.deepEqual([...reading(t, headerless, { columns: ["time", "close", "-"] }).series[0]!.close], [1, 3]);
  assert.match(
    refusal(t, headerless, { columns: ["time", "close"] }),
    /needs a name for each of its 3 columns; got 2/,
  );
});

test("files of vendors who always write points need no proof of it, whatever their prices", (t) => {
  const yen =
    "20231231 190000;151.234;151.235;151.233;151.234;0\n20231231 190100;151.234;151.235;151.233;151.234;0\n";
  assert.deepEqual(
    closesOf(reading(t, yen)).map(([, close]) => close),
    [151.234, 151.234],
  );
  const meta =
    "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\n2024.01.01\t00:00\t151.234\t151.235\t151.233\t151.234\n2024.01.01\t00:01\t151.234\t151.235\t151.233\t151.234\n";
  assert.deepEqual(
    closesOf(reading(t, meta)).map(([, close]) => close),
    [151.234, 151.234],
  );
});

test("an index, a rate or a premium is no price", (t) => {
  assert.match(
    refusal(t, "time,open,high,low,close\n2024-01-01,-1,1,-2,0.5\n"),
    /line 2, open: needs a price above 0; got "-1"/,
  );
});
