import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, it, type TestContext } from "node:test";
import type { PairSource } from "../../../src/app/data/data-source.ts";
import { projectRoot } from "../../../src/app/project.ts";
import { backtestData } from "../../../src/app/study/data.ts";
import { storeMarket } from "../../support/market-store.ts";
import { sharedData } from "../../support/shared-data.ts";
import { tempFolder } from "../../support/temp.ts";

const FROM_US = Date.UTC(2025, 0, 9, 9) * 1000;
const PAIR = { y: "ETHUSDT", x: "BTCUSDT" };

function csv(t: TestContext, lines: readonly string[]): string {
  const path = join(tempFolder(t), "bars.csv");
  writeFileSync(path, lines.join("\n"));
  return path;
}

const minute = (i: number): string => new Date(FROM_US / 1000 + i * 60_000).toISOString();

describe("backtestData of a database", () => {
  it("has closed bars of both legs, all ids accounted for, and a request that gives the same bars again", (t) => {
    const db = join(tempFolder(t), "m.db");
    storeMarket(db, { seconds: 120, fromUs: FROM_US });
    const data = backtestData({ source: db, ...PAIR, interval: "1s" });
    const { market, coverage, request, venue } = data;
    assert.equal(venue.kind, "simulated");
    assert.ok(market.length >= 117 && market.length <= 119, String(market.length));
    assert.deepEqual(
      market.legs.map(({ symbol }) => symbol),
      ["ETHUSDT", "BTCUSDT"],
    );
    for (const { missingIds, heldIds, bars, unknownBars } of coverage) {
      assert.equal(missingIds, 0);
      assert.ok(heldIds > 1000);
      assert.deepEqual([bars, unknownBars], [market.length, 0]);
    }
    assert.deepEqual(data.holes, []);
    assert.equal(request.source, relative(projectRoot, db));
    assert.equal(request.venue, "sim-seed7");
    assert.equal(backtestData(request, projectRoot).fingerprint, data.fingerprint);
    storeMarket(db, { seconds: 60, fromUs: FROM_US + 120e6 });
    assert.equal(backtestData(request, projectRoot).fingerprint, data.fingerprint, "with later trades");
  });

  it("tells the ids that are missing, where, and which bars they spoil; a filled hole is another fingerprint", (t) => {
    const folder = tempFolder(t);
    const [whole, holed] = [join(folder, "whole.db"), join(folder, "holed.db")];
    storeMarket(whole, { seconds: 160, fromUs: FROM_US });
    storeMarket(holed, { seconds: 160, fromUs: FROM_US, hole: [100, 130] });
    const window = { ...PAIR, interval: "1s", from: "2025-01-09T09:00", to: "2025-01-09T09:02:30" };
    const [a, b] = [whole, holed].map((source) => backtestData({ source, ...window }));
    assert.equal(a!.market.length, 150);
    const [full, cut] = [a!.coverage[0]!, b!.coverage[0]!];
    assert.equal(cut.heldIds + cut.missingIds, full.heldIds);
    assert.ok(cut.missingIds > 0 && cut.unknownBars >= 28, JSON.stringify(cut));
    assert.ok(b!.market.legs[0]!.open.subarray(101, 129).every(Number.isNaN));
    assert.deepEqual(
      b!.holes.map(({ symbol }) => symbol),
      ["ETHUSDT", "BTCUSDT"],
    );
    for (const { fromUs, toUs, missing } of b!.holes) {
      assert.ok(fromUs >= FROM_US + 99e6 && toUs <= FROM_US + 131e6 && missing > 0);
    }
    assert.notEqual(a!.fingerprint, b!.fingerprint);
  });
});

describe("backtestData of a file", () => {
  it("of sessions has the bars of the sessions where that is asked, and says so where it is not", (t) => {
    const hours = Array.from({ length: 10 * 24 }, (_, i) => i).filter((i) => i % 24 >= 9 && i % 24 < 16);
    const path = csv(t, [
      "time,eth_close,btc_close,eth_volume",
      ...hours.map(
        (i) =>
          `${new Date(Date.UTC(2025, 0, 6) + i * 3_600_000).toISOString()},${10 + (i % 5)},${100 + (i % 3)},0`,
      ),
    ]);
    const whole = backtestData({ source: path, ...PAIR });
    assert.equal(whole.market.length, 9 * 24 + 7);
    assert.match(
      whole.notes.join(" "),
      /ETHUSDT|eth_close has no price in 153 of 223 bars, and a window with such a bar gives no value\. If it trades in sessions, leave those bars out: sessions: true\./,
    );
    const sessions = backtestData({ source: path, ...PAIR, sessions: true });
    assert.equal(sessions.market.length, 70);
    assert.equal(sessions.request.sessions, true);
    assert.ok(!/has no price/.test(sessions.notes.join(" ")));
    // a volume that is 0 everywhere is no volume: trades happen
    assert.deepEqual([sessions.market.legs[0]!.volume, sessions.coverage[0]!.tradedBars], [undefined, 70]);
  });

  it("fills at the file's opens, and never in a bar without volume or without a row", (t) => {
    const path = csv(t, [
      "time,eth_open,eth_close,eth_volume,btc_open,btc_close",
      ...[0, 1, 2, 4].map(
        (i) => `${minute(i)},${10 + i},${10.5 + i},${i === 2 ? 0 : 3},${100 + i},${100.5 + i}`,
      ),
    ]);
    const { market, coverage, holes, notes, request } = backtestData({ source: path, ...PAIR });
    const [y, x] = market.legs;
    assert.deepEqual([...y!.open], [10, 11, NaN, NaN, 14]);
    assert.deepEqual([...y!.close], [10.5, 11.5, 12.5, NaN, 14.5]);
    assert.deepEqual([...x!.open], [100, 101, 102, NaN, 104]);
    assert.deepEqual([...y!.volume!], [3, 3, 0, 0, 3]);
    assert.equal(x!.volume, undefined);
    assert.deepEqual(notes, []);
    assert.deepEqual([coverage[0]!.tradedBars, coverage[1]!.tradedBars], [3, 4]);
    assert.deepEqual(
      holes.map(({ symbol, fromUs, missing }) => [symbol, (fromUs - FROM_US) / 60e6, missing]),
      [
        ["ETHUSDT", 3, 1],
        ["BTCUSDT", 3, 1],
      ],
    );
    assert.deepEqual(
      [request.interval, request.from, request.to],
      ["1m", "2025-01-09T09:00:00Z", "2025-01-09T09:05:00Z"],
    );
  });

  it("without opens fills at the first close after the decision, and says so", (t) => {
    const path = csv(t, [
      "time,ETHUSDT,BTCUSDT",
      ...Array.from({ length: 10 }, (_, i) => `${minute(i)},${10 + i},${100 + i}`),
    ]);
    const own = backtestData({ source: path, ...PAIR });
    assert.deepEqual([...own.market.legs[0]!.open], [...own.market.legs[0]!.close]);
    assert.match(own.notes.join(" "), /The file has no opens\./);
    assert.equal(backtestData({ source: path, ...PAIR, interval: "5s" }).request.interval, "1m");
    const fives = backtestData({ source: path, ...PAIR, interval: "5m" });
    assert.deepEqual([...fives.market.legs[0]!.open], [10, 15]);
    assert.deepEqual([...fives.market.legs[0]!.close], [14, 19]);
    assert.equal(
      backtestData({ source: path, ...PAIR, interval: "4m" }).market.length,
      2,
      "a bar that is whole",
    );
  });

  it("takes the window, the newest bars, or one leg", (t) => {
    const path = csv(t, [
      "time,ETHUSDT,BTCUSDT",
      ...Array.from({ length: 10 }, (_, i) => `${minute(i)},${10 + i},${100 + i}`),
    ]);
    const closes = (given: Partial<PairSource>): number[] => [
      ...backtestData({ source: path, ...PAIR, ...given }).market.legs[0]!.close,
    ];
    assert.deepEqual(closes({ from: "2025-01-09T09:07" }), [17, 18, 19]);
    assert.deepEqual(closes({ from: "2025-01-09T09:06:30" }), [17, 18, 19]);
    assert.deepEqual(closes({ to: "2025-01-09T09:02" }), [10, 11]);
    assert.deepEqual(closes({ bars: 2 }), [18, 19]);
    assert.deepEqual(closes({ bars: 2, to: "2025-01-09T09:05" }), [13, 14]);
    assert.equal(backtestData({ source: path, y: "ETHUSDT" }).market.legs.length, 1);
  });

  it("of five years of hours is there whole", {
    skip: !sharedData("btc-eth-hourly/btc_eth_1h.parquet"),
  }, () => {
    const source = sharedData("btc-eth-hourly/btc_eth_1h.parquet")!;
    const { market, coverage, request } = backtestData({ source, ...PAIR });
    assert.equal(market.length, 43_824);
    assert.deepEqual(coverage[0]!.unknownBars, 0);
    assert.equal(request.to, "2026-01-01T00:00:00Z");
    assert.equal(market.legs[0]!.close[0], 734.6);
  });
});

describe("backtestData of the seeded market", () => {
  it("has bars of a stored market's own trades, without a store", (t) => {
    const db = join(tempFolder(t), "m.db");
    storeMarket(db, { seconds: 120, fromUs: FROM_US });
    const window = { ...PAIR, interval: "1s", from: "2025-01-09T09:00:10", to: "2025-01-09T09:01:30" };
    const [stored, seeded] = [db, "sim:7"].map((source) => backtestData({ source, ...window }));
    assert.equal(seeded!.fingerprint, stored!.fingerprint);
    assert.equal(seeded!.venue.kind, "simulated");
    assert.notEqual(backtestData({ source: "sim:8", ...window }).fingerprint, seeded!.fingerprint);
  });

  it("has as many bars as are asked for, from or up to a time", () => {
    const { request } = backtestData({ source: "sim:7", ...PAIR, bars: 20, from: "2026-01-05" });
    assert.deepEqual([request.from, request.to], ["2026-01-05T00:00:00Z", "2026-01-05T00:01:40Z"]);
    const before = backtestData({ source: "sim:7", ...PAIR, bars: 20, to: "2026-01-05" });
    assert.equal(before.request.from, "2026-01-04T23:58:20Z");
  });
});

describe("backtestData refuses", () => {
  const asking = (given: Partial<PairSource>) => () =>
    backtestData({ source: "sim:7", ...PAIR, bars: 10, ...given });

  it("what is no source, no time, no pair, or no window, in a sentence", (t) => {
    assert.throws(asking({ source: "x.xlsx" }), { code: "bad-source" });
    assert.throws(asking({ source: 7 as never }), /needs a database .*got 7/);
    assert.throws(asking({ source: "https://example.org/x.csv" }), { code: "bad-source" });
    assert.throws(asking({ source: "\\\\host\\share\\x.csv" }), { code: "bad-source" });
    assert.throws(asking({ source: "//host/share/x.csv" }), { code: "bad-source" });
    assert.throws(asking({ source: "a\u001b[2Jb.csv" }), /needs a database .*got "a\\u001b\[2Jb\.csv"/);
    assert.throws(asking({ source: "nowhere.db" }), { code: "no-database" });
    assert.throws(asking({ source: "nowhere.csv" }), { code: "no-file" });
    assert.throws(asking({ from: "yesterday" }), /^TickbookError: from: needs a UTC time; got "yesterday"/);
    assert.throws(asking({ from: "2026-01-02", to: "2026-01-01" }), { code: "bad-setting" });
    assert.throws(asking({ x: "ETHUSDT" }), { code: "bad-pair" });
    assert.throws(asking({ y: "NONEUSDT" }), /There are: BTCUSDT, ETHUSDT/);
    assert.throws(asking({ bars: 0.5 }), { code: "bad-setting" });
    assert.throws(asking({ interval: "1x" }), { code: "bad-duration" });
    assert.throws(asking({ from: "2026-01-01", to: "2026-03-01" }), { code: "too-long" });
    const path = csv(t, ["time,ETHUSDT,BTCUSDT", `${minute(0)},1,2`, `${minute(1)},1,2`]);
    assert.throws(asking({ source: path, from: "2030-01-01" }), { code: "no-bars" });
    const twice = csv(t, [
      "time,ETHUSDT,BTCUSDT",
      `${minute(0)},1,2`,
      `${minute(1)},1,2`,
      `${minute(1)},1,3`,
    ]);
    const later = /line 4: needs one row a bar; line 3 has 2025-01-09T09:01:00Z as well, with other values/;
    assert.throws(asking({ source: twice }), later);
    for (const price of ["0", "-5", "inf"]) {
      const file = csv(t, ["time,ETHUSDT,BTCUSDT", `${minute(0)},1.5,2`, `${minute(1)},${price},2`]);
      const said = /line 3, ETHUSDT: needs a (price above 0|number); got "(0|-5|inf)"/;
      assert.throws(asking({ source: file }), said);
    }
    assert.throws(asking({ source: path, interval: "90s" }), /rows, which are 1m apart; got "90s"/);
    for (const y of [undefined, "", 5] as never[])
      assert.throws(asking({ y }), /^TickbookError: y: needs the symbol that is traded; got/);
  });
});

it("two symbols that mean one column of a file are refused", (t) => {
  const source = csv(t, [
    "time,BTC,ETH",
    `${minute(0)},100,10`,
    `${minute(1)},101,11`,
    `${minute(2)},102,12`,
  ]);
  assert.throws(
    () => backtestData({ source, y: "BTC", x: "BTCUSDT" }),
    /needs a column for each symbol; "BTC" and "BTCUSDT" are both its "BTC"\. Choose among BTC, ETH\./,
  );
  assert.equal(backtestData({ source, y: "ETHUSDT", x: "BTCUSDT" }).market.length, 3);
});
