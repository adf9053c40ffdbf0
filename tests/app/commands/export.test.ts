import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import pl from "nodejs-polars";
import { exportCsv } from "../../../src/app/export/export.ts";
import { random } from "../../../src/core/random.ts";
import { formatUtc } from "../../../src/core/time.ts";
import { archive } from "../../../src/pipeline/archive/archive.ts";
import { openHistory } from "../../../src/pipeline/archive/history.ts";
import { barsFromTrades } from "../../../src/pipeline/bars/from-trades.ts";
import { readBars } from "../../../src/pipeline/bars/read-bars.ts";
import { readFile } from "../../../src/pipeline/files/read-file.ts";
import { csvText } from "../../../src/render/csv.ts";
import { DAY_US, FIRST_DAY_US, fewDays, storeTrades } from "../../support/archive.ts";
import { type Ran, runScript } from "../../support/command.ts";
import { importing, NOW_US, rows } from "../../support/import.ts";
import { tempFolder } from "../../support/temp.ts";
import { trade } from "../../support/trades.ts";

const run = (...args: string[]): Ran => runScript("export", args);

test("npm run export writes trades of database and archive; imported again they are the same", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  storeTrades(db, fewDays(600));
  archive({ db, nowUs: 1, keepUs: DAY_US });
  const out = join(folder, "out.csv");
  const { code, out: said, error } = run("--source", db, "--symbol", "BTCUSDT", "--out", out);
  assert.deepEqual([code, error], [0, ""]);
  const own = fewDays(600).filter(({ symbol }) => symbol === "BTCUSDT");
  assert.equal(JSON.parse(said.trim().split("\n").at(-1)!).rows, own.length);
  const lines = readFileSync(out, "utf8").split("\r\n");
  assert.equal(lines[0], "venue,venue_kind,symbol,id,last_id,time (UTC),price (USDT),qty (BTC),side");
  assert.equal(lines.length, own.length + 2);
  const { id, price, qty, tradeTimeUs, isBuyerMaker } = own[0]!;
  assert.equal(
    lines[1],
    `binance,real,BTCUSDT,${id},${id},${formatUtc(tradeTimeUs)},${Number(price)},${Number(qty)},${isBuyerMaker ? "sell" : "buy"}`,
  );
  const again = join(folder, "again.db");
  assert.equal((await importing(out, again, { symbol: "BTCUSDT" })).stored, own.length);
  const whole = join(folder, "whole.db");
  storeTrades(whole, own);
  const columns =
    "SELECT trade_id, price_e8, qty_e8, trade_time_us, is_buyer_maker FROM trades WHERE symbol_id = 1";
  assert.deepEqual(rows(again, columns), rows(whole, columns));
});

test("exported bars are the bars of the same trades, whole ones only, day by day as in one go", (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  storeTrades(db, fewDays(3000));
  archive({ db, nowUs: 1, keepUs: DAY_US });
  const store = openHistory(db);
  t.after(() => store.close());
  const [series] = store.series();
  const { venue, symbol } = series!;
  const trades = store.trades(series!);
  const out = join(folder, "bars.csv");
  for (const interval of ["5m", "7m", "1d", "100 trades"]) {
    const { rows: count } = exportCsv(store, series!, out, { what: "bars", interval });
    const bars = barsFromTrades(trades, { venue, symbol, every: interval });
    const expected = csvText(bars).split("\r\n");
    assert.deepEqual(readFileSync(out, "utf8").split("\r\n"), [...expected.slice(0, -2), ""], interval);
    assert.equal(count, bars.length - 1);
  }
  const from = FIRST_DAY_US + 0.4 * DAY_US + 1;
  exportCsv(store, series!, out, { what: "bars", interval: "1h", fromUs: from, toUs: from + DAY_US });
  const starts = readFileSync(out, "utf8")
    .trim()
    .split("\r\n")
    .slice(1)
    .map((line) => Date.parse(line.split(",")[3]!));
  assert.ok(starts.every((ms) => ms * 1000 >= from && (ms + 3_600_000) * 1000 <= from + DAY_US));
  assert.ok(starts.length >= 22);
});

// row 86
test("a symbol that a spreadsheet would run is made harmless, and stays as it is with --plain", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  const symbol = '=cmd("x"),<b>';
  storeTrades(db, [trade(1, { symbol, price: "2.5", qty: "0.5" })], undefined, [symbol]);
  const out = join(folder, "out.csv");
  assert.equal(run("--source", db, "--symbol", symbol, "--out", out).code, 0);
  assert.match(readFileSync(out, "utf8"), /\r\nbinance,real,"'=cmd\(""x""\),<b>",1,1,/);
  assert.equal(run("--source", db, "--symbol", symbol, "--out", out, "--plain").code, 0);
  assert.match(readFileSync(out, "utf8"), /\r\nbinance,real,"=cmd\(""x""\),<b>",1,1,/);
  assert.equal((await importing(out, join(folder, "y.db"), { symbol })).stored, 1);
});

test("an export that fails leaves what was there, and no draft", (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  storeTrades(db, fewDays(600));
  const store = openHistory(db);
  t.after(() => store.close());
  const [series] = store.series();
  const out = join(folder, "out.csv");
  exportCsv(store, series!, out, { what: "trades" });
  const before = readFileSync(out, "utf8");
  const stop = (): never => {
    throw new Error("stop");
  };
  assert.throws(() => exportCsv(store, series!, out, { what: "trades", onProgress: stop }), /stop/);
  assert.equal(readFileSync(out, "utf8"), before);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes("part")),
    [],
  );
  assert.throws(() => exportCsv(store, series!, join(folder, "no", "out.csv"), { what: "trades" }), {
    code: "cannot-write",
  });
});

test("a range without trades gives a file with its header alone, says where the data are, and ends with 1", (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  storeTrades(db, fewDays(100));
  const out = join(folder, "out.csv");
  for (const what of ["trades", "bars"]) {
    const window = ["--from", "2020-01-01", "--to", "2020-01-02"];
    const { code, out: said } = run(
      "--source",
      db,
      "--symbol",
      "BTCUSDT",
      "--what",
      what,
      ...window,
      "--out",
      out,
    );
    assert.equal(code, 1);
    assert.match(said, /"rows":0,.*"The trades of BTCUSDT reach from 2\d{3}-.* to 2\d{3}-/);
    assert.match(readFileSync(out, "utf8"), /^venue,venue_kind,symbol,[^\r\n]*\r\n$/, what);
  }
  const store = openHistory(db);
  t.after(() => store.close());
  for (const interval of ["1m", "10 trades"]) {
    const later = { what: "bars", interval, fromUs: FIRST_DAY_US + 50 * DAY_US } as const;
    assert.equal(exportCsv(store, store.series()[0]!, out, later).rows, 0);
  }
  for (const what of ["trades", "bars"] as const) {
    const reversed = { what, interval: "1m", fromUs: FIRST_DAY_US + 2, toUs: FIRST_DAY_US + 1 };
    assert.throws(() => exportCsv(store, store.series()[0]!, out, reversed), { code: "bad-range" });
  }
  const none = join(folder, "none.db");
  storeTrades(none, []);
  const empty = openHistory(none);
  t.after(() => empty.close());
  for (const what of ["trades", "bars"] as const) {
    assert.equal(exportCsv(empty, empty.series()[0]!, out, { what, interval: "1m" }).rows, 0);
    assert.match(readFileSync(out, "utf8"), /^venue,venue_kind,symbol,[^\r\n]*\r\n$/, what);
  }
});

test("npm run export says what it needs", (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  storeTrades(db, fewDays(50));
  const out = join(folder, "out.csv");
  const said = (...args: string[]): string => {
    const { code, error } = run("--source", db, "--out", out, ...args);
    assert.equal(code, 2);
    return error;
  };
  assert.match(said(), /^--symbol: needs a symbol; got none\./);
  assert.match(
    said("--symbol", "X"),
    /x\.db: needs "X"; it holds BTCUSDT \(binance\), PEPEUSDT \(binance\)\. Name one of those, .*\n$/,
  );
  assert.match(
    said("--symbol", "BTCUSDT", "--what", "candles"),
    /^--what: needs trades or bars; got "candles"/,
  );
  assert.match(said("--symbol", "BTCUSDT", "--what", "bars", "--interval", "0m"), /^--interval: /);
  assert.match(said("--symbol", "BTCUSDT", "--from", "yesterday"), /^--from: needs a UTC time/);
  assert.match(
    said("--symbol", "BTCUSDT", "--from", "2024-08-09", "--to", "2024-08-08"),
    /^--to: needs a time after --from/,
  );
  assert.equal(existsSync(out), false);
});

test("every way to export imports again, equal to the last digit: plain, for a spreadsheet, packed; trades and bars", async (t) => {
  const folder = tempFolder(t);
  for (let seed = 1; seed <= 6; seed++) {
    const source = random(seed);
    const db = join(folder, `${seed}.db`);
    const step = 10 ** (1 + Math.floor(7 * source.uniform()));
    const trades = Array.from({ length: 400 }, (_, i) => {
      const tradeTimeUs =
        FIRST_DAY_US + i * 1_000_000 + Math.floor(source.uniform() * 1000) * (seed % 2 === 0 ? 1 : 1000);
      return trade(1000 + i, {
        price: ((1 + Math.floor(source.uniform() * 5 * step)) / step).toFixed(8),
        qty: ((1 + Math.floor(source.uniform() * 1e6)) / 1e8).toFixed(8),
        tradeTimeUs,
        eventTimeUs: tradeTimeUs,
        isBuyerMaker: source.uniform() < 0.5,
      });
    });
    storeTrades(db, trades);
    const own = "SELECT trade_id, price_e8, qty_e8, trade_time_us, is_buyer_maker FROM trades";
    const store = openHistory(db);
    const [series] = store.series();
    try {
      for (const [name, excel] of [
        ["a.csv", false],
        ["a.csv.gz", false],
        ["e.csv", true],
        ["e.csv.gz", true],
      ] as const) {
        const out = join(folder, `${seed}-${name}`);
        exportCsv(store, series!, out, { what: "trades", excel });
        const again = join(folder, `${seed}-${name}.db`);
        await importing(out, again);
        assert.deepEqual(rows(again, own), rows(db, own), `${seed} ${name}`);
        const bars = join(folder, `${seed}-bars-${name}`);
        exportCsv(store, series!, bars, { what: "bars", interval: "1m", excel });
        const { series: read } = readFile(bars, { interval: "1m" }, { voice: "flags", nowUs: NOW_US });
        const made = readBars(store, [series!], { every: ["1m"] })[0]![0]!;
        const whole = read[0]!.length;
        assert.ok(whole >= made.length - 1);
        for (const column of [
          "open",
          "high",
          "low",
          "close",
          "volume",
          "quoteVolume",
          "tradeCount",
          "takerBuyVolume",
        ] as const)
          assert.deepEqual(
            [...read[0]![column]!],
            [...made[column].subarray(0, whole)],
            `${seed} ${name} ${column}`,
          );
      }
    } finally {
      store.close();
    }
  }
  assert.match(
    readFileSync(join(folder, "1-e.csv"), "utf8"),
    /^\ufeffvenue;venue_kind;symbol;id;last_id;time \(UTC\);.*\r\nbinance;real;BTCUSDT;1000;1000;\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[^;]*;\d+(,\d+)?;/,
  );
});

test("Parquet is written where the name or --parquet says so, with typed columns, and never for a spreadsheet", (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  storeTrades(db, fewDays(400));
  const write = (out: string, ...flags: string[]): ReturnType<typeof run> =>
    run("--source", db, "--symbol", "BTCUSDT", "--out", join(folder, out), ...flags);
  assert.equal(write("x.parquet").code, 0);
  const frame = pl.readParquet(join(folder, "x.parquet"));
  assert.deepEqual(frame.columns, [
    "venue",
    "venue_kind",
    "symbol",
    "id",
    "last_id",
    "time",
    "price",
    "qty",
    "side",
  ]);
  assert.match(String(frame.getColumn("time").dtype), /Datetime/);
  assert.equal(write("y.dat", "--parquet", "--what", "bars", "--interval", "1h").code, 0);
  assert.ok(pl.readParquet(readFileSync(join(folder, "y.dat"))).columns.includes("interval"));
  assert.match(
    write("x.parquet", "--excel").error + write("x.parquet", "--excel").out,
    /--excel: needs a file of text/,
  );
  assert.match(
    write("x.csv", "--parquet").error + write("x.csv", "--parquet").out,
    /needs a name that ends in \.parquet/,
  );
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes("part") && !name.endsWith(".parquet")),
    [],
  );
});
