import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import pl from "nodejs-polars";
import { alignedCloses } from "../../../src/notebook/data/closes.ts";
import { pairCloses } from "../../../src/notebook/pair/pair-data.ts";
import { simulatedMarket } from "../../../src/pipeline/exchange/market/market.ts";
import { storeMarket } from "../../support/market-store.ts";
import { sharedData } from "../../support/shared-data.ts";
import { stored } from "../../support/stored.ts";
import { tempFolder } from "../../support/temp.ts";
import { trade } from "../../support/trades.ts";

const FROM_US = Date.UTC(2025, 0, 9, 9) * 1000;
const MINUTE_US = 60e6;

function csv(t: TestContext, text: string, name = "x.csv"): string {
  const path = join(tempFolder(t), name);
  writeFileSync(path, text);
  return path;
}

const rows = (n: number, row: (i: number) => string, head: string): string =>
  [head, ...Array.from({ length: n }, (_, i) => row(i))].join("\n");

describe("pairCloses of a database", () => {
  it("has the last price of each closed bar on one grid, and names the market", (t) => {
    const db = join(tempFolder(t), "m.db");
    storeMarket(db, { seconds: 300, fromUs: FROM_US });
    const pair = pairCloses({ y: "ETHUSDT", x: "BTCUSDT", interval: "1s", source: db });
    assert.equal(pair.venue.kind, "simulated");
    assert.ok(pair.length >= 297 && pair.length <= 299, String(pair.length));
    assert.equal(pair.missing, 0);
    assert.ok(pair.timeUs.every((us, i) => us === FROM_US + i * 1e6));
    assert.deepEqual(pair.domainUs, [FROM_US, FROM_US + pair.length * 1e6]);
    const market = simulatedMarket(7);
    const eth = market.symbols.findIndex(({ symbol }) => symbol === "ETHUSDT");
    const before = market
      .between(FROM_US, FROM_US + 200e6)
      .filter((one) => one.symbol === eth && one.tradeTimeUs < FROM_US + 101e6);
    assert.equal(pair.y[100], Number(before.at(-1)!.price));
  });

  it("has the newest bars that it is asked for, and no other when more are stored", (t) => {
    const db = join(tempFolder(t), "m.db");
    storeMarket(db, { seconds: 240, fromUs: FROM_US });
    const settings = { y: "ETHUSDT", x: "BTCUSDT", interval: "1s", source: db };
    const all = pairCloses(settings);
    const last = pairCloses({ ...settings, bars: 100 });
    assert.equal(last.length, 100);
    assert.deepEqual([...last.y], [...all.y.subarray(-100)]);
  });

  it("has NaN where trades are missing, and the close before where there were none", (t) => {
    const quiet = [0, 1, 2, 5, 6, 7, 8].map((s, i) =>
      ["BTCUSDT", "ETHUSDT"].map((symbol) =>
        trade(i + 1 + (s > 6 ? 10 : 0), {
          symbol,
          tradeTimeUs: FROM_US + s * 1e6,
          eventTimeUs: FROM_US + s * 1e6,
          price: `${100 + i}.00000000`,
        }),
      ),
    );
    const db = stored(t, quiet.flat());
    const { y } = pairCloses({
      y: "ETHUSDT",
      x: "BTCUSDT",
      interval: "1s",
      source: db,
      leastBars: 1,
      graceMs: 0,
    });
    assert.deepEqual([...y], [100, 101, 102, 102, 102, 103, 104, 105]);
    const holed = stored(
      t,
      quiet.flat().filter(({ id }) => id !== 4),
    );
    const pair = pairCloses({
      y: "ETHUSDT",
      x: "BTCUSDT",
      interval: "1s",
      source: holed,
      leastBars: 1,
      graceMs: 0,
    });
    assert.deepEqual([...pair.y], [100, 101, 102, NaN, NaN, NaN, 104, 105]);
    assert.equal(pair.missing, 3);
  });

  it("says in a sentence which symbols there are, that bars are too few, and that two of one are no pair", (t) => {
    const db = stored(t, [trade(1), trade(2, { symbol: "ETHUSDT" })]);
    const at = (given: object) => () =>
      pairCloses({ y: "ETHUSDT", x: "BTCUSDT", interval: "1s", source: db, ...given });
    assert.throws(at({ y: "DOGEUSDT" }), /needs "DOGEUSDT".* holds BTCUSDT \(binance\), ETHUSDT \(binance\)/);
    assert.throws(
      at({}),
      /x\.db: needs a closed bar of 1s; none is closed yet in the data, which begin at 2024-/,
    );
    const few = join(tempFolder(t), "few.db");
    storeMarket(few, { seconds: 30, fromUs: FROM_US });
    assert.throws(
      at({ source: few }),
      /needs at least 60 bars of 1s in which ETHUSDT and BTCUSDT both have a price; got 2\d\. Wait/,
    );
    assert.throws(at({ y: "BTCUSDT" }), { code: "bad-pair" });
    assert.throws(at({ interval: "1x" }), { code: "bad-duration" });
    assert.throws(at({ bars: 1.5 }), { code: "bad-setting" });
    assert.throws(at({ source: "nowhere.db" }), /nowhere\.db/);
    assert.throws(at({ source: "x.xlsx" }), { code: "bad-source" });
  });
});

describe("pairCloses of a file", () => {
  const pair = (source: string, given: object = {}) =>
    pairCloses({ y: "ETHUSDT", x: "BTCUSDT", source, leastBars: 2, ...given });

  it("finds a symbol by its name, its close, or its base asset's close, and the time in any usual form", (t) => {
    for (const [head, time] of [
      ["time,ETHUSDT,BTCUSDT", (i: number) => new Date(FROM_US / 1000 + i * 60_000).toISOString()],
      [
        "date,ethusdt_close,btcusdt_close",
        (i: number) => new Date(FROM_US / 1000 + i * 60_000).toISOString().slice(0, 19).replace("T", " "),
      ],
      ["timestamp,eth_close,btc_close", (i: number) => FROM_US / 1e6 + i * 60],
      ["open_time,ETH,BTC", (i: number) => FROM_US / 1e3 + i * 60_000],
      ["start_us,eth,btc", (i: number) => FROM_US + i * MINUTE_US],
    ] as const) {
      const found = pair(
        csv(
          t,
          rows(5, (i) => `${time(i)},${10 + i},${20 + i}`, head),
        ),
      );
      assert.deepEqual([...found.y], [10, 11, 12, 13, 14], head);
      assert.deepEqual(
        [...found.timeUs],
        [0, 1, 2, 3, 4].map((i) => FROM_US + i * MINUTE_US),
        head,
      );
      assert.equal(found.intervalUs, MINUTE_US);
      assert.match(found.label, /^5 bars of 1m$/);
    }
  });

  it("keeps a missing row and an empty cell as missing bars, and trims what one of the two has not", (t) => {
    const text = [
      "time,ETHUSDT,BTCUSDT",
      "2025-01-09T09:00:00Z,,20",
      "2025-01-09T09:01:00Z,11,21",
      "2025-01-09T09:02:00Z,12,22",
      "2025-01-09T09:04:00Z,,24",
      "2025-01-09T09:05:00Z,15,25",
    ];
    const found = pair(csv(t, text.join("\n")));
    assert.deepEqual([...found.y], [11, 12, NaN, NaN, 15]);
    assert.equal(found.missing, 2);
  });

  it("takes longer bars by their last close, aligned to 1970, whole ones only, and its own where shorter ones are asked for", (t) => {
    const path = csv(
      t,
      rows(
        12,
        (i) => `${FROM_US / 1e6 + 120 + i * 60},${i},${i}`.replace(",0,0", ",0.5,0.5"),
        "time,ETHUSDT,BTCUSDT",
      ),
    );
    assert.deepEqual([...pair(path, { interval: "5m" }).y], [2, 7]);
    assert.equal(pair(path, { interval: "1s" }).intervalUs, MINUTE_US);
    assert.throws(() => pair(path, { interval: "90s" }), {
      code: "bad-interval",
      message: /whole rows, which are 1m apart/,
    });
    const twos = csv(
      t,
      rows(12, (i) => `${FROM_US / 1e6 + i * 120},${i + 1},1`, "time,ETHUSDT,BTCUSDT"),
      "twos.csv",
    );
    assert.throws(
      () => pair(twos, { interval: "5m" }),
      { code: "bad-interval" },
      "a close of after the bar's end",
    );
    assert.deepEqual([...pair(path, { bars: 3 }).y], [9, 10, 11]);
  });

  it("reads Parquet with dates, and knows the venue that an export of ours names", (t) => {
    const path = join(tempFolder(t), "x.parquet");
    const time = [0, 1, 2].map((i) => new Date(FROM_US / 1000 + i * 60_000));
    pl.DataFrame({
      time,
      eth_close: [1, 2, 3],
      btc_close: [4, 5, 6],
      venue: Array(3).fill("sim-seed7"),
      venue_kind: Array(3).fill("simulated"),
    }).writeParquet(path);
    const found = pair(path);
    assert.deepEqual([...found.x], [4, 5, 6]);
    assert.equal(found.venue.kind, "simulated");
    assert.match(found.venue.detail, /sim-seed7, from x\.parquet/);
  });

  it("puts rows in any order in the order of their times", (t) => {
    const lines = rows(3, (i) => `${FROM_US / 1e6 + i * 60},${i + 1},2`, "time,ETHUSDT,BTCUSDT").split("\n");
    [lines[1], lines[3]] = [lines[3]!, lines[1]!];
    assert.deepEqual([...pair(csv(t, lines.join("\n"))).y], [1, 2, 3]);
  });

  it("says in a sentence which columns there are, and what is no file of bars, in the words of a cell", (t) => {
    const good = rows(3, (i) => `${FROM_US / 1e6 + i * 60},1,2`, "time,ETHUSDT,BTCUSDT");
    assert.throws(
      () => pair(csv(t, good), { y: "SOLUSDT" }),
      /needs closes of "SOLUSDT"; the file has ETHUSDT, BTCUSDT\. Name its columns as y and x/,
    );
    assert.throws(
      () => pair(csv(t, good.replace("time", "when"))),
      /needs a column of times .* the file has "when, ETHUSDT, BTCUSDT"\. Name it: columns: \{ time: "when" \}/,
    );
    assert.throws(() => pair(csv(t, "time,ETHUSDT,BTCUSDT\n1736413200,1,2")), { code: "open-interval" });
    assert.throws(() => pair(csv(t, "not parquet", "x.parquet")), { code: "unknown-file" });
    assert.throws(
      () => pair("nowhere.csv"),
      /nowhere\.csv: needs a file that can be read; .*: there is none/,
    );
  });

  it("reads five years of hourly closes by the symbols' names", {
    skip: !sharedData("btc-eth-hourly/btc_eth_1h.parquet"),
  }, () => {
    const found = pair(sharedData("btc-eth-hourly/btc_eth_1h.parquet")!);
    assert.equal(found.length, 43_824);
    assert.equal(found.missing, 0);
    assert.deepEqual([found.y[0], found.x[0], found.timeUs[0]], [734.6, 29_015, Date.UTC(2021, 0, 1) * 1000]);
  });
});

describe("alignedCloses", () => {
  it("has every symbol of the venue that traded last, and the price columns of a file", (t) => {
    const db = join(tempFolder(t), "m.db");
    storeMarket(db, { seconds: 120, fromUs: FROM_US });
    const { symbols, closes, length } = alignedCloses({ source: db, interval: "1s" });
    assert.deepEqual(
      [...symbols].sort(),
      simulatedMarket(7)
        .symbols.map(({ symbol }) => symbol)
        .sort(),
    );
    for (const symbol of symbols) assert.equal(closes[symbol]!.length, length);
    const path = csv(
      t,
      rows(3, (i) => `${FROM_US / 1e6 + i * 60},1,2,3`, "time,btc_close,btc_volume,eth_close"),
    );
    assert.deepEqual(alignedCloses({ source: path }).symbols, ["btc_close", "eth_close"]);
  });

  it("says that an empty database holds no trades", (t) => {
    assert.throws(
      () => alignedCloses({ source: stored(t, []) }),
      /needs trades of BTCUSDT and ETHUSDT; it holds none/,
    );
  });
});
