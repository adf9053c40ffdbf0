import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import Database from "better-sqlite3";
import pl from "nodejs-polars";
import { reading, refusal, timesOf } from "../../support/files.ts";
import { tempFolder } from "../../support/temp.ts";

/** A file of closes at these times, under a column of that name. */
const file = (name: string, times: readonly string[]): string =>
  `${name},close\n${times.map((time, i) => `${time},${i + 1}.5\n`).join("")}`;

test("a column called dates or timestamps is a column of times, and no seconds", (t) => {
  assert.deepEqual(timesOf(reading(t, file("dates", ["20240102", "20240103"]))), [
    "2024-01-02T00:00:00Z",
    "2024-01-03T00:00:00Z",
  ]);
  for (const name of ["times", "timestamps", "Datetimes"])
    assert.deepEqual(
      timesOf(reading(t, file(name, ["1704067200000", "1704067260000"]))),
      ["2024-01-01T00:00:00Z", "2024-01-01T00:01:00Z"],
      name,
    );
  assert.match(refusal(t, file("time_s", ["1704067200000", "1704067260000"])), /needs a time in s/);
});

test("times of which some name a zone and others do not are refused until the zone is told", (t) => {
  const mixed = file("time", [
    "2024-03-10 00:00:00-05:00",
    "2024-03-10 01:00:00",
    "2024-03-10 02:00:00-05:00",
  ]);
  assert.match(
    refusal(t, mixed),
    /line 3, time: needs times that name their zone all or none; .* Pass --tz UTC/,
  );
  assert.match(
    refusal(t, file("time", ["2024-03-10T00:00:00", "2024-03-10T01:00:00Z"])),
    /line 3.*names one/,
  );
  assert.deepEqual(timesOf(reading(t, mixed, { tz: "-05:00" })), [
    "2024-03-10T05:00:00Z",
    "2024-03-10T06:00:00Z",
    "2024-03-10T07:00:00Z",
  ]);
});

test("a zone in the name of a column is its times' zone, or asked for where it is no offset", (t) => {
  const times = ["2024-01-02 00:00:00", "2024-01-02 01:00:00"];
  for (const [name, first] of [
    ["Date (UTC+8)", "2024-01-01T16:00:00Z"],
    ["Time (GMT-05:00)", "2024-01-02T05:00:00Z"],
    ["Time (UTC)", "2024-01-02T00:00:00Z"],
  ] as const)
    assert.equal(timesOf(reading(t, file(name, times)))[0], first, name);
  for (const name of ["Time (EST)", "Time (EET)", "Local time", "Date (America/New_York)"]) {
    assert.match(refusal(t, file(name, times)), /line 2.* of a zone that is one thing.* Pass --tz/, name);
    assert.equal(timesOf(reading(t, file(name, times), { tz: "+02:00" }))[0], "2024-01-01T22:00:00Z", name);
  }
});

test("a zone in a column of its own, or in the name of the clock's column, is asked for", (t) => {
  for (const text of [
    "time,timezone,close\n2024-01-01 09:30,America/New_York,1\n2024-01-01 09:31,America/New_York,2\n",
    "date,time,utc_offset,close\n2024-01-01,09:30,-5,1\n2024-01-01,09:31,-5,2\n",
    "Date,Time (EST),close\n2024-01-01,09:30,1\n2024-01-01,09:31,2\n",
  ]) {
    assert.match(refusal(t, text), /line 2, .* of a zone that is one thing.* Pass --tz/, text);
    assert.equal(timesOf(reading(t, text, { tz: "America/New_York" }))[0], "2024-01-01T14:30:00Z", text);
  }
  const zoned = "time,tz,close\n2024-01-01T09:30:00Z,x,1\n2024-01-01T09:31:00Z,x,2\n";
  assert.equal(timesOf(reading(t, zoned))[0], "2024-01-01T09:30:00Z");
});

test("settings of another type are refused in one sentence", (t) => {
  const text = "time,close\n2024-01-01,1\n2024-01-02,2\n";
  const settings = { voice: "settings" } as const;
  for (const columns of [5, null, {}, { time: 1 }, [1]] as unknown as string[])
    assert.match(refusal(t, text, { columns }, settings), /^columns: needs names of columns/);
  assert.match(refusal(t, text, { tz: 5 as unknown as string }, settings), /^tz: needs a text; got 5/);
});

test("what names the end of a bar or a receipt is never its time, typed or not", (t) => {
  for (const name of ["close_time", "receipt_timestamp"]) {
    const frame = pl.DataFrame({
      [name]: [0, 1].map((i) => new Date(Date.UTC(2024, 0, 1, 0, i))),
      close: [1, 2],
    });
    const path = join(tempFolder(t), "x.parquet");
    frame.writeParquet(path);
    assert.match(refusal(t, readFileSync(path), {}, { name: "x.parquet" }), /needs a column of times/, name);
  }
});

test("a price beside a close is refused until one of them is named", (t) => {
  const text = "time,price,last\n2024-01-01,1,2\n2024-01-02,3,4\n";
  assert.match(
    refusal(t, text),
    /both "price" and "last" could be the close. Say which: --columns close=last/,
  );
  const closes = (columns: string): number[] => [...reading(t, text, { columns }).series[0]!.close];
  assert.deepEqual(
    [closes("close=last"), closes("close=price")],
    [
      [2, 4],
      [1, 3],
    ],
  );
  const units = "Time,Close [USD],Volume [BTC]\n2024-01-01,1,5\n2024-01-02,2,6\n";
  assert.deepEqual([...reading(t, units).series[0]!.volume!], [5, 6]);
});

test("an id with a mark for thousands is no id", (t) => {
  const text = "id;price;qty;time;side\n1.000;40015,15;1,5;1704067200000;buy\n";
  assert.equal(reading(t, text).trades[0]!.isCounted, false);
});

test("klines lie in the day or month of their name, and long ones may begin before it", (t) => {
  const klines = (from: string, stepMs: number): string =>
    [0, 1]
      .map((i) => Date.parse(from) + i * stepMs)
      .map((ms) => `${ms},1,2,0.5,1.5,10,${ms + stepMs - 1},15,3,5,7,0\n`)
      .join("");
  const day = { name: "BTCUSDT-1m-2025-01-01.csv" };
  assert.equal(reading(t, klines("2025-01-01", 60e3), {}, day).rows, 2);
  assert.match(refusal(t, klines("2025-01-02", 60e3), {}, day), /line 1, time: needs a time in 2025-01-01/);
  assert.match(refusal(t, klines("2024-12-31T23:59Z", 60e3), {}, day), /line 1, time/);
  assert.match(
    refusal(t, klines("2025-01-01", 60e3), {}, { name: "BTCUSDT-1h-2025-01-01.csv" }),
    /needs bars of 1h; its rows are 1m apart\. Give the file back its own name/,
  );
  const weeks = { name: "BTCUSDT-1w-2025-01.csv" };
  assert.equal(reading(t, klines("2024-12-30", 7 * 86_400e3), {}, weeks).rows, 2);
});

test("hours of a clock of twelve without AM and PM are refused, not sorted", (t) => {
  const hours = ["11:00", "12:00", "01:00", "02:00"].map((hour) => `2024-01-01 ${hour}`);
  assert.match(refusal(t, file("time", hours)), /line 4, time: needs hours from 0 to 23, or AM and PM/);
  const morning = ["01:00", "02:00", "11:00", "12:00"].map((hour) => `2024-01-01 ${hour}`);
  assert.equal(timesOf(reading(t, file("time", morning))).length, 4);
});

test("days of a zone with summer time that are written in UTC are days once the zone is told", (t) => {
  const days = [
    "2024-03-09T05:00:00Z",
    "2024-03-10T05:00:00Z",
    "2024-03-11T04:00:00Z",
    "2024-03-12T04:00:00Z",
  ];
  for (const times of [days, days.map((day) => String(Date.parse(day) / 1000))]) {
    assert.match(refusal(t, file("time", times)), /needs days of a zone that is known; .* Pass --tz/);
    const [series] = reading(t, file("time", times), { tz: "America/New_York" }).series;
    assert.deepEqual(series!.spacing, { intervalUs: 86_400e6, by: "wall" });
  }
});

test("the last business days of months are months", (t) => {
  assert.match(
    refusal(t, file("time", ["2024-01-31", "2024-02-29", "2024-03-28", "2024-04-30"])),
    /these are months/,
  );
});

test("two columns that tell the time have to agree at midnight as well", (t) => {
  const head = "timestamp,datetime,close\n";
  const rows = (clock: string): string =>
    `${head}1704067200000,2024-01-01T${clock}:00.000Z,1\n1704070800000,2024-01-01T01:00:00.000Z,2\n`;
  assert.match(refusal(t, rows("05:00")), /line 2: needs one time a row/);
  assert.equal(timesOf(reading(t, rows("00:00")))[0], "2024-01-01T00:00:00Z");
  const byMinute = `${head}1704067205000,2024-01-01 00:00,1\n1704067265000,2024-01-01 00:01,2\n`;
  assert.equal(timesOf(reading(t, byMinute))[0], "2024-01-01T00:00:05Z");
  const begin = `timeOpen,timestamp,close\n2024-01-01T00:00:00Z,2024-01-01T23:59:59.999Z,1\n2024-01-02T00:00:00Z,2024-01-02T23:59:59.999Z,1\n`;
  assert.equal(timesOf(reading(t, begin))[0], "2024-01-01T00:00:00Z");
});

test("what is no price by any word of its name is never taken for one", (t) => {
  const two = (names: string): string => `time,${names}\n2024-01-01,100,10,5\n2024-01-02,101,11,6\n`;
  for (const other of [
    "BTC Volume USD",
    "btc_volume_24h",
    "vol_btc",
    "turnover_usd",
    "BTC_marketcap",
    "btc_sma20",
    "amountBtc",
    "close_timestamp",
    "log_btc",
    "Unnamed: 0",
    "row",
  ])
    assert.deepEqual(
      reading(t, two(`BTC,ETH,${other}`)).series.map(({ symbol }) => symbol),
      ["BTC", "ETH"],
      other,
    );
  assert.match(
    refusal(t, "time,vol_btc,vol_eth\n2024-01-01,1,2\n2024-01-02,1,2\n"),
    /close not found .* --columns close=NAME/,
  );
  assert.match(refusal(t, two("BTC,BTC,ETH")), /a name for each column; two are called "BTC"/);
});

test("rows that contradict themselves, or leave out whose they are, are refused", (t) => {
  const trade = "id,price,qty,time,is_buyer_maker,side\n";
  const both = `${trade}1,100,1,1704067200000,true,sell\n2,100,1,1704067200001,true,buy\n`;
  assert.match(refusal(t, both), /line 3, side: needs the side of the taker.* --columns maker_side=side/);
  assert.match(
    refusal(t, "time,symbol,close\n2024-01-01,BTC,1\n2024-01-01,,2\n"),
    /line 3, symbol: needs a symbol in every row/,
  );
  assert.match(
    refusal(t, "time,exchange,symbol,close\n2024-01-01,a,BTC,1\n2024-01-02,b,BTC,7\n"),
    /line 3, exchange: needs "a" in every row/,
  );
  const shares =
    "time,symbol,exchange,close\n2024-01-01,AAPL,NASDAQ,1\n2024-01-01,IBM,NYSE,2\n2024-01-02,AAPL,NASDAQ,1\n2024-01-02,IBM,NYSE,2\n";
  assert.equal(reading(t, shares).series.length, 2);
  assert.match(
    refusal(
      t,
      '{"time":1704067200000,"bar":{"close":1}}\n{"time":1704067260000,"bar":{"close":1}}\n',
      {},
      { name: "x.jsonl" },
    ),
    /line 1, bar: needs a number/,
  );
});

test("three columns without a header are Kraken's trades only where the first counts seconds", (t) => {
  const how = { name: "GOOGL.csv" };
  assert.match(refusal(t, "2024-01-02,100,200\n2024-01-03,101,300\n", {}, how), /needs a header/);
  assert.equal(
    reading(t, "1704067200,100.5,0.1\n1704067201.25,100.6,0.2\n", {}, { name: "XBTUSD.csv" }).kind,
    "trades",
  );
});

test("OKX's columns with two names are known by the first", (t) => {
  const text =
    "trade_id/撮合id,side/交易方向,size/数量,price/价格,created_time/成交时间\n1,buy,0.1,100.5,1704067200000\n";
  const [one] = reading(t, text).trades;
  assert.deepEqual([one!.isCounted, one!.columns.price[0]], [true, 100.5]);
});

const minutes = (count: number, row: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => `${row(i)}\n`).join("");

test("rows without a price count for the length of bars, and are no bars", (t) => {
  const at = (i: number): string => `2024-01-01 00:${String(i).padStart(2, "0")}`;
  const one = reading(t, `time,close\n${minutes(10, (i) => `${at(i)},${i % 2 === 0 ? i + 1 : ""}`)}`);
  assert.deepEqual([one.series[0]!.spacing.intervalUs, [...one.series[0]!.close]], [60e6, [1, 3, 5, 7, 9]]);
  const tidy = minutes(
    20,
    (i) => `${at(i >> 1)},${i % 2 === 0 ? "A" : "B"},${(i >> 1) % 2 === 0 ? "5" : "NaN"}`,
  );
  for (const { spacing, length } of reading(t, `time,symbol,close\n${tidy}`).series)
    assert.deepEqual([spacing.intervalUs, length], [60e6, 5]);
  const wide = reading(
    t,
    `time,a_open,a_high,a_low,a_close,b_open,b_high,b_low,b_close\n${minutes(4, (i) => `${at(i)},1,2,1,2,${i === 1 ? ",,," : "1,2,1,2"}`)}`,
  );
  assert.deepEqual([...wide.series[1]!.close], [2, Number.NaN, 2, 2]);
  const doubled = reading(t, `time,close\n${at(0)},1\n${at(1)},\n${at(1)},2\n${at(2)},3\n`);
  assert.deepEqual([...doubled.series[0]!.close], [1, 2, 3]);
  assert.match(
    refusal(t, `time,close\n${minutes(4, (i) => `${at(i)},`)}`),
    /a price in some row; it has none/,
  );
});

test("a unit that its column contradicts is asked for; years of before 2009 stand", (t) => {
  const counts = (name: string, from: number, step: number, rows = 4): string =>
    file(
      name,
      Array.from({ length: rows }, (_, i) => String(from + i * step)),
    );
  for (const [name, from, step] of [
    ["timestamp_ms", 1_704_067_200, 60],
    ["time_us", 1_704_067_200_000, 60_000],
    ["time_ns", 1_704_067_200, 60],
  ] as const) {
    const said = refusal(t, counts(name, from, step));
    assert.match(
      said,
      /needs times in the unit that its name gives; .* in a larger unit 2024-01-01T00:00:00Z/,
      name,
    );
    const larger = from < 1e11 ? "time_s" : "time_ms";
    assert.ok(said.includes(`--columns ${larger}=${name}`), said);
    const read = reading(t, counts(name, from, step), { columns: `${larger}=${name}` });
    assert.equal(timesOf(read)[1], "2024-01-01T00:01:00Z", name);
  }
  const meant = reading(t, counts("timestamp_ms", 1_704_067_200, 60), { columns: "time_ms=timestamp_ms" });
  assert.match(timesOf(meant)[0]!, /^1970-01-20/);
  const smaller = refusal(t, counts("time_ms", 1_704_067_200_000_000, 60_000_000));
  assert.match(smaller, /needs a time in ms; got .* which is one in us\. .*--columns time_us=time_ms/);
  assert.equal(timesOf(reading(t, counts("time_s", 473_385_600, 86_400)))[0], "1985-01-01T00:00:00Z");
  // a file that goes through January 1970 on its way
  const through = reading(t, counts("time_ms", -10 * 86_400_000, 86_400_000, 500));
  assert.equal(timesOf(through)[0], "1969-12-22T00:00:00Z");
  const made = file(
    "time",
    [0, 1, 2].map((i) => `1970-01-01 00:28:24.${String(67_200 + 60 * i).padStart(6, "0")}`),
  );
  assert.match(refusal(t, made), /needs times in the unit that they were made from.* --columns time=time/);
  assert.match(timesOf(reading(t, made, { columns: "time=time" }))[0]!, /^1970-01-01T00:28/);
  assert.match(timesOf(reading(t, file("date", ["1970-01-12", "1970-01-13"])))[0]!, /^1970-01-12/);
});

test("a typed column that was made in too small a unit is refused, and read by the unit that is told", (t) => {
  const frame = pl.DataFrame({
    ts: pl
      .Series(
        "ts",
        [0, 1, 2].map((i) => 1_704_067_200_000 + i * 60_000),
        pl.Int64,
      )
      .cast(pl.Datetime("ns")),
    close: [1, 2, 3],
  });
  const path = join(tempFolder(t), "x.parquet");
  frame.writeParquet(path);
  const bytes = readFileSync(path);
  assert.match(refusal(t, bytes, {}, { name: "x.parquet" }), /--columns time_ms=ts/);
  const read = reading(t, bytes, { columns: "time_ms=ts" }, { name: "x.parquet" });
  assert.equal(timesOf(read)[2], "2024-01-01T00:02:00Z");
});

test("the hours of one symbol are no clock of twelve beside another's", (t) => {
  const hour = (i: number): string => `2024-01-01 ${String(i).padStart(2, "0")}:00`;
  const stacked = ["A", "B"]
    .map((symbol) => minutes(12, (i) => `${hour(i + 1)},${symbol},${i + 1}`))
    .join("");
  assert.deepEqual(
    reading(t, `time,symbol,close\n${stacked}`).series.map(({ length }) => length),
    [12, 12],
  );
  const turned = [11, 12, 1].map((i) => `${hour(i)},A,${i}\n${hour(i)},B,${i}\n`).join("");
  assert.match(
    refusal(t, `time,symbol,close\n${turned}`),
    /line 6, time: needs hours from 0 to 23, or AM and PM/,
  );
});

test("names of markets and shares are symbols, whatever else their letters mean", (t) => {
  const day =
    (cells: string) =>
    (i: number): string =>
      `2024-01-0${i + 1},${cells}`;
  const names = (header: string, cells: string): (string | undefined)[] =>
    reading(t, `${header}\n${minutes(3, day(cells))}`).series.map(({ symbol }) => symbol);
  for (const all of ["BTC_USDT,TIME_USDT,CAP_USDT", "MASK,SUPER,HYPER,GRID,LEND", "AAPL,MSFT,T,V,C"])
    assert.deepEqual(names(`Date,${all}`, all.replaceAll(/[A-Z_]+/g, "5")), all.split(","));
  assert.deepEqual(names("time,BTC_USDT,VOLUME_USDT,CAP_USD", "1,2,3"), ["BTC_USDT"]);
  assert.deepEqual(names("time,btc,btc_bid,btc_ask,best_ask,closetime", "1,2,3,4,5"), ["btc"]);
  assert.match(
    refusal(t, `Date,AAPL,C\n${minutes(3, day("1,2"))}`),
    /both "AAPL" and "C" could be the close/,
  );
  const table = reading(t, `t,o,h,l,c,v\n${minutes(3, day("1,2,1,2,9"))}`).series[0]!;
  assert.deepEqual([table.close[0], table.volume![0]], [2, 9]);
});

test("names of columns in other languages are what they are, and no symbols", (t) => {
  for (const [header, decimal] of [
    ["Datum;Eröffnung;Hoch;Tief;Schluss;Volumen", ","],
    ["Date;Ouverture;Plus haut;Plus bas;Clôture;Volume", ","],
    ["Fecha;Apertura;Máximo;Mínimo;Cierre;Volumen", ","],
    ["Data;Apertura;Massimo;Minimo;Chiusura;Volume", "."],
  ] as const) {
    const row = (i: number): string => `2024-01-0${i + 1};1.5;2.5;1.0;1.7;9.5`.replaceAll(".", decimal);
    const { series } = reading(t, `${header}\n${minutes(4, row)}`);
    assert.equal(series.length, 1, header);
    const { open, high, low, close, volume } = series[0]!;
    assert.deepEqual([open![0], high![0], low![0], close[0], volume![0]], [1.5, 2.5, 1, 1.7, 9.5], header);
  }
});

test("bars of the future, and the length of two rows with a weekend between them, are not taken", (t) => {
  assert.match(
    refusal(t, file("time", ["2031-01-01", "2031-01-02"])),
    /line 3, time: needs a time that has been/,
  );
  const weekend = file("date", ["2020-04-17", "2020-04-20"]);
  assert.match(refusal(t, weekend), /its two, .*, are 3d apart\. Pass --interval 1d/);
  assert.equal(reading(t, weekend, { interval: "1d" }).series[0]!.spacing.intervalUs, 86_400e6);
  const night = file("time", ["2024-01-02 15:30", "2024-01-03 09:30"]);
  assert.match(refusal(t, night), /are 18h apart\. Pass --interval 1h/);
  assert.equal(reading(t, file("time", ["2024-01-02 15:30", "2024-01-02 15:31"])).series[0]!.length, 2);
});

test("times of day as digits belong to their date, with or without the zero in front; years of two digits are asked for", (t) => {
  const text = (dates: readonly string[], clocks: readonly string[]): string =>
    `date,time,close\n${dates.map((date, i) => `${date},${clocks[i]},${i + 1}\n`).join("")}`;
  const clocks = ["930", "931", "932"];
  const day = ["20240102", "20240102", "20240102"];
  assert.equal(timesOf(reading(t, text(day, clocks)))[1], "2024-01-02T09:31:00Z");
  assert.equal(timesOf(reading(t, text(day, ["0", "1", "100"])))[2], "2024-01-02T01:00:00Z");
  const short = text(["240102", "240102", "240102"], clocks);
  assert.match(refusal(t, short), /a year of four digits; .* Pass --dates dmy, mdy or ymd/);
  assert.equal(timesOf(reading(t, short, { dates: "ymd" }))[0], "2024-01-02T09:30:00Z");
  assert.equal(timesOf(reading(t, short, { dates: "dmy" }, {}))[0], "2002-01-24T09:30:00Z");
  const days = file("date", ["240102", "240103", "240104"]);
  assert.match(refusal(t, days), /a year of four digits/);
  assert.equal(timesOf(reading(t, days, { dates: "ymd" }))[2], "2024-01-04T00:00:00Z");
});

test("an amount beside a volume may be money, and quotes that do not close are named with their line", (t) => {
  const trades = "id,time,price,amount,volume,side\n1,2024-01-01T00:10:00Z,10,1,10,buy\n";
  assert.match(refusal(t, trades), /both "amount" and "volume" could be the qty/);
  for (const [column, qty] of [
    ["amount", 1],
    ["volume", 10],
  ] as const)
    assert.equal(reading(t, trades, { columns: `qty=${column}` }).trades[0]!.columns.qty[0], qty);
  const open = 'time,close,note\n2024-01-01,1,"a\nb"\n2024-01-02,2,x\n';
  assert.match(refusal(t, open), /line 2: needs quotes that close in the same line/);
});

test("times at which bars end are not read as their begins, whatever their column is called", (t) => {
  const ends = file("time", [
    "2024-01-01T00:59:59.999Z",
    "2024-01-01T01:59:59.999Z",
    "2024-01-01T02:59:59.999Z",
  ]);
  assert.match(refusal(t, ends), /line 2, time: needs times at which bars begin; .* are the ends of bars/);
  assert.equal(timesOf(reading(t, ends, { columns: "time=time" }))[0], "2024-01-01T00:59:59.999Z");
});

test("a settlement is a close, a direction a side, and a column of each beside its namesake is asked for", (t) => {
  const day =
    (cells: string) =>
    (i: number): string =>
      `2024-01-0${i + 1},${cells}`;
  const one = reading(t, `Date,Open,High,Low,Settle,Volume\n${minutes(3, day("1,2,1,1.5,9"))}`).series[0]!;
  assert.deepEqual([one.open![0], one.close[0], one.volume![0]], [1, 1.5, 9]);
  assert.match(
    refusal(t, `Date,Open,High,Low,Last,Settle\n${minutes(3, day("1,2,1,1.5,1.6"))}`),
    /could be the close/,
  );
  const trades = reading(t, "timestamp,trade_id,price,amount,direction\n1704067200000,7,1,10,sell\n")
    .trades[0]!;
  assert.deepEqual([trades.isCounted, trades.columns.isBuyerMaker[0]], [true, 1]);
});

test("what one row says twice, in two ways, is refused: keys of JSON, columns of days, currencies of one column", (t) => {
  const rows = ['{"time":"2024-01-01","close":1}', '{"time":"2024-01-02","close":2,"close":3}'];
  for (const [name, text] of [
    ["x.jsonl", rows.join("\n")],
    ["x.json", `[${rows.join(",")}]`],
  ] as const)
    assert.match(
      refusal(t, text, {}, { name }),
      /^x.jsonl?, line 2: needs each key once in a row; "close" is there twice/,
    );
  // the same key in another row, in a text, or nested in another one is none
  const once =
    '{"time":"2024-01-01","close":1,"of":{"close":2}}\n{"time":"2024-01-02","close":2,"of":"\\"close\\": 3"}';
  assert.equal(reading(t, once, {}, { name: "x.jsonl" }).rows, 2);

  const days = "date,day,close\n2024-01-01,2024-01-01,1\n2024-01-02,2024-02-02,2\n2024-01-03,2024-01-03,3\n";
  assert.match(
    refusal(t, days),
    /line 3: needs one time a row; "2024-01-02" is .*, and day has "2024-02-02", .*--columns time=day/,
  );
  assert.equal(reading(t, days, { columns: "time=date" }).rows, 3);

  const money = (...cells: readonly string[]): string =>
    `time,close\n${cells.map((cell, i) => `2024-01-0${i + 1},${cell}\n`).join("")}`;
  assert.match(
    refusal(t, money("$1.5", "1.6", "€1.7")),
    /line 4, close: needs one currency in a column; got "€1.7", and "\$1.5" in line 2/,
  );
  assert.equal(reading(t, money("$1.5", "US$1.6", "1.7")).rows, 3);
});

test("bid and ask are no markets whose closes could be taken", (t) => {
  const quotes = "2024-01-01T00:00:00Z,1,2,3,4\n2024-01-01T01:00:00Z,1,2,3,4\n";
  for (const names of ["bid_price,ask_price,bid_size,ask_size", "bid close,ask close,bid size,ask size"])
    assert.match(refusal(t, `time,${names}\n${quotes}`), /needs the columns time, .* close not found in/);
  const told = reading(t, `time,bid_price,ask_price,bid_size,ask_size\n${quotes}`, {
    columns: "close=bid_price",
  });
  assert.deepEqual([...told.series[0]!.close], [1, 1]);
});

test("a table and a query of a database are one too many", (t) => {
  const path = join(tempFolder(t), "x.db");
  const db = new Database(path);
  db.exec("CREATE TABLE a (time, close); INSERT INTO a VALUES (1704067200, 1), (1704070800, 2)");
  db.close();
  const options = { table: "a", query: "SELECT * FROM a" };
  assert.match(
    refusal(t, readFileSync(path), options, { name: "x.db" }),
    /^x.db: needs a table or a query; got both, "a" and "SELECT \* FROM a"\./,
  );
});
