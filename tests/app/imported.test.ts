import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import Database from "better-sqlite3";
import { pairMonitor } from "../../src/app/pair/pair-monitor.ts";
import { readMarket } from "../../src/app/study/read-market.ts";
import { type BarColumnName, type Bars, barOriginText } from "../../src/core/bars.ts";
import { readBars } from "../../src/pipeline/bars/read-bars.ts";
import { openStoredTape } from "../../src/pipeline/exchange/tape/stored-tape.ts";
import { openReader } from "../../src/pipeline/store/read/reader.ts";
import { candleChart } from "../../src/render/chart/pair/candles.ts";
import { runScript } from "../support/command.ts";
import { importing, put, rows } from "../support/import.ts";
import { tempFolder } from "../support/temp.ts";

const T = Date.UTC(2024, 0, 1) * 1000;

/** Where a test has its files and its database. */
function place(t: TestContext): { folder: string; db: string } {
  const folder = tempFolder(t);
  return { folder, db: join(folder, "x.db") };
}

/** Runs a script; all that it printed. */
function run(script: string, ...args: string[]): { code: number | null; text: string } {
  const { code, out, error } = runScript(script, args);
  return { code, text: out + error };
}

const exporting = (db: string, out: string, what: string, ...more: string[]): ReturnType<typeof run> =>
  run("export", "--source", db, "--symbol", "AAAUSDT", "--what", what, ...more, "--out", out);

/** Lines of one of Binance's files of bars: so many minutes. */
const klines = (base: number, count: number): string =>
  Array.from({ length: count }, (_, i) => {
    const ms = T / 1000 + i * 60_000;
    const p = base + (i % 7);
    return `${ms},${p},${p + 2},${p - 1},${p + 1},1.5,${ms + 59_999},150,3,0.5,50,0`;
  }).join("\n");

test("a database that holds only bars counts: for export, readBars, reports' markets and the doctor", async (t) => {
  const { folder, db } = place(t);
  for (const [symbol, base] of [
    ["AAAUSDT", 100],
    ["BBBUSDT", 50],
  ] as const)
    await importing(put(folder, `${symbol}-1m-2024-01-01.csv`, klines(base, 30)), db);
  const out = join(folder, "bars.csv");
  const exported = exporting(db, out, "bars", "--interval", "1m");
  assert.equal(exported.code, 0, exported.text);
  assert.equal(readFileSync(out, "utf8").trim().split("\r\n").length, 31);
  const other = exporting(db, out, "bars", "--interval", "90s");
  assert.equal(other.code, 2);
  assert.match(other.text, /needs an interval that came as bars; .*There are: 1m/);
  const trades = exporting(db, out, "trades");
  assert.match(
    trades.text,
    /needs trades; it holds bars only, which came as bars\. Export those: --what bars --interval 1m/,
  );
  const reader = openReader(db);
  t.after(() => reader.close());
  const [[bars]] = readBars(reader, [reader.series()[0]!], { every: ["1m"] }) as [[Bars]];
  assert.deepEqual([bars.length, bars.close[0], bars.tradeCount[0]], [30, 101, 3]);
  const read = readMarket({ source: db, symbols: ["AAAUSDT", "BBBUSDT"] });
  assert.deepEqual(
    [read.market.length, read.market.intervalUs, read.market.legs[1]!.close[0]],
    [30, 60e6, 51],
  );
  assert.match(read.notes.join(" "), /came as bars: no trades stand behind them/);
  const doctor = run("doctor", "--source", db);
  assert.match(
    doctor.text,
    /AAAUSDT.*has no single trades; imported: 30 bars of 1m from 2024-01-01T00:00:00Z to 2024-01-01T00:29:00Z/,
  );
});

test("a database that holds only merged trades makes bars", async (t) => {
  const { folder, db } = place(t);
  const agg = Array.from({ length: 20 }, (_, i) => {
    const first = 100 + 3 * i;
    return `${i + 1},${60_000 + i},0.5,${first},${first + 2},${T / 1000 + i * 15_000},True,True`;
  });
  await importing(put(folder, "AAAUSDT-aggTrades-2024-01-01.csv", agg.join("\n")), db);
  const out = join(folder, "bars.csv");
  const exported = exporting(db, out, "bars", "--interval", "1m");
  assert.equal(exported.code, 0, exported.text);
  const lines = readFileSync(out, "utf8").trim().split("\r\n");
  assert.equal(lines.length, 5, exported.text);
  const read = readMarket({ source: db, symbols: ["AAAUSDT"], interval: "1m" });
  assert.equal(read.market.legs[0]!.close[0], 60_003);
  assert.match(run("doctor", "--source", db).text, /20 merged trades|merged/);
});

test("what came from a file is a venue of the kind file, under the name that its user gives; Binance's markets never mix", async (t) => {
  const { folder, db } = place(t);
  const csv = put(
    folder,
    "mine.csv",
    "time,open,high,low,close\n2024-01-01,1,3,1,2\n2024-01-02,1,3,1,2\n2024-01-03,1,3,1,2\n",
  );
  const named = run("import", "--db", db, "--symbol", "AAPL", "--venue-name", "my-broker", csv);
  assert.equal(named.code, 0, named.text);
  await importing(put(folder, "other.csv", "time,close\n2024-01-01,5\n2024-01-02,6\n"), db, {
    symbol: "MSFT",
  });
  const futures = "id,price,qty,quote_qty,time,is_buyer_maker\n1,5,1,5,1704067200000,true\n";
  await importing(put(folder, "BTCUSDT-trades-2024-01-01.csv", futures), db);
  const spot = "1,7,1,7,1704067200000,True,True\n";
  await importing(put(folder, "BTCUSDT-trades-2024-01.csv", spot), db);
  const coin = futures.replace("quote_qty", "base_qty");
  await importing(put(folder, "BTCUSD_PERP-trades-2024-01-01.csv", coin), db);
  const reader = openReader(db);
  t.after(() => reader.close());
  assert.deepEqual(
    reader.series().map(({ venue, symbol }) => [venue.name, venue.kind, symbol]),
    [
      ["my-broker", "file", "AAPL"],
      ["file", "file", "MSFT"],
      ["binance-usdm", "real", "BTCUSDT"],
      ["binance", "real", "BTCUSDT"],
      ["binance-coinm", "real", "BTCUSD_PERP"],
    ],
  );
  await assert.rejects(
    importing(put(folder, "BTCUSDT-trades-2024-01-01.csv", `${futures}2,5,1,5,1704067200000,true\n`), db, {
      venue: "binance",
    }),
    {
      code: "another-market",
    },
  );
  assert.deepEqual(rows(db, "SELECT count(*) FROM imported_bars WHERE volume IS NULL"), [[5]]);
});

test("one's own file joins an exchange's series by --venue only, never by a name that is given to it", async (t) => {
  const { folder, db } = place(t);
  const csv = put(
    folder,
    "mine.csv",
    "id,price,qty,time,side\n1,5,1,2024-01-01T00:00:00Z,buy\n2,5,1,2024-01-01T00:00:01Z,sell\n",
  );
  const with_ = (...flags: string[]): { code: number | null; text: string } =>
    run("import", "--db", db, "--symbol", "BTCUSDT", ...flags, csv);
  for (const name of ["binance", "binance-usdm"]) {
    const { code, text } = with_("--venue-name", name);
    assert.equal(code, 2);
    assert.match(
      text,
      new RegExp(`needs a name of its own.*${name}.* exchange's own series.*--venue-name my-${name}`),
    );
  }
  assert.equal(with_("--venue-name", "my-binance").code, 0);
  const joined = with_("--venue", "binance");
  assert.equal(joined.code, 0, joined.text);
  assert.match(joined.text, /join the series of binance \(real\), as you said by --venue/);
});

test("an interval that is shorter than a file's rows is refused where it is typed, and told in a notebook", (t) => {
  const path = put(
    tempFolder(t),
    "x.csv",
    `time,A,B\n${Array.from({ length: 30 }, (_, i) => `2024-01-01 00:${String(i).padStart(2, "0")},${1 + (i % 3)},${2 + (i % 5)}\n`).join("")}`,
  );
  const request = { source: path, symbols: ["A", "B"], interval: "1s" };
  assert.throws(() => readMarket(request, undefined, "flags"), {
    code: "bad-interval",
    message: /which are 1m long; got "1s"\. No shorter bars can be made of them: leave it out/,
  });
  const { market, notes } = readMarket(request);
  assert.equal(market.intervalUs, 60e6);
  assert.match(notes.join(" "), /rows are 1m long, and stay so: no bars of 1s/);
});

test("another program's database is read as rows, and its tables are named where there are several", (t) => {
  const path = join(tempFolder(t), "theirs.db");
  const db = new Database(path);
  db.exec("CREATE TABLE ticks (time TEXT, A REAL, B REAL); CREATE TABLE notes (x TEXT)");
  const insert = db.prepare("INSERT INTO ticks VALUES (?, ?, ?)");
  for (let i = 0; i < 20; i++) insert.run(`2024-01-01 00:${String(i).padStart(2, "0")}`, 1 + i, 2 + i);
  db.close();
  const request = { source: path, symbols: ["A", "B"] };
  assert.throws(
    () => readMarket(request, undefined, "flags"),
    /Pass --table notes; there are "notes", "ticks"/,
  );
  assert.equal(readMarket({ ...request, table: "ticks" }).market.length, 20);
});

test("trades without ids that count come in as bars of a length that is told, and say so", async (t) => {
  const { folder, db } = place(t);
  const text =
    "timestamp,symbol,price,qty\n2024-01-01T00:00:01Z,X,10,1\n2024-01-01T00:00:30Z,X,12,2\n2024-01-01T00:01:10Z,X,11,1\n";
  const path = put(folder, "ticks.csv", text);
  await assert.rejects(importing(path, db), /needs numbers that count as ids.*--interval 1m/);
  const result = await importing(path, db, { interval: "1m" });
  assert.deepEqual([result.kind, result.stored, result.intervalUs], ["bars", 2, 60e6]);
  assert.match(result.told.join(" "), /have no ids that count: they are kept as bars/);
  assert.deepEqual(rows(db, "SELECT open, high, low, close, volume, taker_buy_volume FROM imported_bars"), [
    [10, 12, 10, 12, 3, null],
    [11, 11, 11, 11, 1, null],
  ]);
});

/** A database of two symbols with bars of a minute alone: three hours, a minute of AAA missing. */
async function barsAlone(t: TestContext): Promise<string> {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  for (const [symbol, base] of [
    ["AAAUSDT", 100],
    ["BBBUSDT", 50],
  ] as const) {
    const all = klines(base, 180).split("\n");
    if (symbol === "AAAUSDT") all.splice(7, 1);
    await importing(put(folder, `${symbol}-1m-2024-01-01.csv`, all.join("\n")), db, { venueName: "files" });
  }
  return db;
}

test("bars that came as bars are shown at any multiple of their length, and say what they were made from", async (t) => {
  const db = await barsAlone(t);
  const reader = openReader(db);
  t.after(() => reader.close());
  const [series] = reader.series();
  const [[own, fives, odd]] = readBars(reader, [series!], { every: ["1m", "5m", "45m"] }) as [
    [Bars, Bars, Bars],
  ];
  assert.deepEqual([own.length, fives.length, odd.length], [179, 36, 4]);
  assert.deepEqual([own, fives].map(barOriginText), ["came as bars", "made from bars of 1m"]);
  const first = (name: BarColumnName): number[] => [...own[name].subarray(0, 5)];
  assert.deepEqual(
    [fives.open[0], fives.high[0], fives.low[0], fives.close[0], fives.volume[0], fives.tradeCount[0]],
    [first("open")[0], Math.max(...first("high")), Math.min(...first("low")), first("close")[4], 7.5, 15],
  );
  assert.deepEqual([...fives.complete.subarray(0, 3)], [1, 0, 1], "one minute is missing in the second");
  const range = { fromUs: T + 601e6, toUs: T + 1200e6 };
  const [[part]] = readBars(reader, [series!], { every: ["5m"], ...range }) as [[Bars]];
  assert.deepEqual([...part.startUs], [T + 900e6], "whole bars that begin in the range");
  assert.throws(() => readBars(reader, [series!], { every: ["90s"] }), /needs an interval that came as bars/);
  const { spec } = candleChart(fives) as unknown as { spec: { title: { subtitle: string[] } } };
  assert.match(spec.title.subtitle.join(" "), /FILE.* made from bars of 1m/);
});

test("reports and exports of bars that came as bars take a longer interval; a replay and a live pair say why not", async (t) => {
  const db = await barsAlone(t);
  const read = readMarket({ source: db, symbols: ["AAAUSDT", "BBBUSDT"], interval: "5m" });
  assert.deepEqual([read.market.length, read.market.intervalUs], [36, 300e6]);
  assert.match(read.notes.join(" "), /made from bars of 1m that came as bars/);
  assert.throws(
    () => readMarket({ source: db, symbols: ["AAAUSDT", "BBBUSDT"], interval: "30s" }),
    /needs a length that came as bars or a multiple of one/,
  );
  const out = join(tempFolder(t), "y.csv");
  const flags = ["--source", db, "--symbol", "AAAUSDT", "--what", "bars", "--interval", "15m", "--out", out];
  assert.equal(run("export", ...flags).code, 0);
  assert.equal(readFileSync(out, "utf8").trim().split("\r\n").length, 13);
  assert.throws(
    () => openStoredTape(db, {}),
    /needs single trades, .*; AAAUSDT has bars of 1m alone, BBBUSDT has bars of 1m alone/,
  );
  const reader = openReader(db);
  t.after(() => reader.close());
  assert.throws(
    () => pairMonitor(reader, { y: "AAAUSDT", x: "BBBUSDT", interval: "1m", window: 20 }),
    /needs a market with trades; AAAUSDT came as bars of 1m from a file/,
  );
});

test("merged trades make charts, and say that they are no tape", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  const agg = Array.from(
    { length: 200 },
    (_, i) => `${i + 1},${100 + (i % 9)},0.5,${3 * i},${3 * i + 2},${T / 1000 + i * 15_000},True,True`,
  );
  await importing(put(folder, "AAAUSDT-aggTrades-2024-01-01.csv", agg.join("\n")), db);
  const reader = openReader(db);
  t.after(() => reader.close());
  const [[bars]] = readBars(reader, reader.series(), { every: ["5m"] }) as [[Bars]];
  assert.deepEqual([bars.length, bars.tradeCount[0], bars.complete[0]], [10, 60, 1]);
  assert.equal(candleChart(bars).kind, "chart");
  assert.throws(() => openStoredTape(db, {}), /AAAUSDT has merged trades alone/);
});

test("longer bars of rows that begin at half past keep that phase, and close no later than they end", (t) => {
  const hours = Array.from(
    { length: 12 },
    (_, i) => `${new Date(T / 1000 + 1_800_000 + i * 3_600_000).toISOString()},${1 + i},${2 + i}\n`,
  );
  const path = put(tempFolder(t), "x.csv", `time,A,B\n${hours.join("")}`);
  const { market } = readMarket({ source: path, symbols: ["A", "B"], interval: "4h" });
  assert.deepEqual(
    [[...market.startUs].map((us) => (us - T) / 1_800e6), [...market.legs[0]!.close]],
    [
      [1, 9, 17],
      [4, 8, 12],
    ],
  );
});
