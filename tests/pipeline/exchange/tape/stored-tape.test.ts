import assert from "node:assert/strict";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { random } from "../../../../src/core/random.ts";
import type { Trade, Venue } from "../../../../src/core/trade.ts";
import { archive } from "../../../../src/pipeline/archive/archive.ts";
import type { MarketSource, MarketTrade } from "../../../../src/pipeline/exchange/source.ts";
import { openStoredTape } from "../../../../src/pipeline/exchange/tape/stored-tape.ts";
import { readTape } from "../../../../src/pipeline/exchange/tape/tape.ts";
import { openWriter } from "../../../../src/pipeline/store/write/writer.ts";
import { DAY_US, FIRST_DAY_US, fewDays, storeTrades, SYMBOLS as TWO } from "../../../support/archive.ts";
import { BINANCE, SYMBOLS, span, stored, write } from "../../../support/stored.ts";
import { tempFolder } from "../../../support/temp.ts";
import { batchOf, T0, trade } from "../../../support/trades.ts";

const all = (source: MarketSource): readonly MarketTrade[] =>
  source.between(source.startUs - 1, source.endUs);
const played = (source: MarketSource): string[] =>
  all(source).map(({ symbol, id }) => `${source.symbols[symbol]!.symbol} ${id}`);
const BTC = (id: number, given: Partial<Trade> = {}): Trade => trade(id, given);
const ETH = (id: number, given: Partial<Trade> = {}): Trade => trade(id, { symbol: "ETHUSDT", ...given });

const asText = ({ id, price, qty, tradeTimeUs, eventTimeUs, isBuyerMaker }: MarketTrade | Trade): string =>
  [id, price, qty, tradeTimeUs, eventTimeUs ?? tradeTimeUs, isBuyerMaker].join(" ");

for (const where of ["database", "database and archive"]) {
  test(`a window of the ${where} gives back ids, text, times and sides as they are`, (t) => {
    const db = join(tempFolder(t), "few.db");
    const trades = fewDays(3000);
    storeTrades(db, trades);
    if (where !== "database") archive({ db, partRows: 700, nowUs: 1 });
    const source = openStoredTape(db);
    const found = all(source);
    for (const [index, symbol] of TWO.entries()) {
      const mine = trades.filter((one) => one.symbol === symbol);
      const its = found.filter((one) => one.symbol === index).sort((a, b) => a.id - b.id);
      assert.deepEqual(its.map(asText), mine.map(asText));
      assert.deepEqual(source.trades(index, 0, 1e15, 1e6).map(asText), mine.map(asText));
    }
  });
}

test("trades of all symbols go out in the order in which they were received, late ones late", (t) => {
  const db = stored(t, [
    BTC(1, { receivedUs: T0 + 10 }),
    BTC(2, { receivedUs: T0 + 50 }),
    BTC(3, { receivedUs: T0 + 40 }),
    ETH(7, { receivedUs: T0 + 60 }),
    ETH(8, { receivedUs: T0 + 20 }),
    ETH(9, { receivedUs: T0 + 70 }),
  ]);
  // the first id of a symbol stays the first: what came below it would be another sequence
  assert.deepEqual(played(openStoredTape(db)), [
    "BTCUSDT 1",
    "BTCUSDT 3",
    "BTCUSDT 2",
    "ETHUSDT 7",
    "ETHUSDT 8",
    "ETHUSDT 9",
  ]);
});

test("a clock that was set back while recording loses no trade and keeps the order of ids", (t) => {
  const trades = span(1, 5000).map((id) => BTC(id, { receivedUs: T0 + id * 1000 - (id > 2500 ? 1e9 : 0) }));
  const found = played(openStoredTape(stored(t, trades)));
  assert.equal(new Set(found).size, 5000);
  assert.equal(found[0], "BTCUSDT 1");
});

test("pace is the exchange's: each trade goes out at the newest event time so far", (t) => {
  const db = stored(t, [
    BTC(1, { eventTimeUs: T0 + 500, receivedUs: T0 + 1000 }),
    BTC(2, { eventTimeUs: T0 + 300, receivedUs: T0 + 2000 }),
    ETH(1, { eventTimeUs: T0 + 700, receivedUs: T0 + 1500 }),
  ]);
  const source = openStoredTape(db);
  assert.equal(source.startUs, T0 + 500);
  assert.equal(source.endUs, T0 + 700);
  assert.equal(source.between(T0, T0 + 500).length, 1);
  assert.equal(source.between(T0 + 500, T0 + 699).length, 0);
  assert.equal(source.between(T0 + 699, T0 + 700).length, 2);
});

test("trades without a receipt, from REST or a file, go out at their trade time", (t) => {
  const late = { receivedUs: T0 + 9e9, eventTimeUs: null } as const;
  const db = stored(t, [
    BTC(1, { tradeTimeUs: T0 + 1000, eventTimeUs: T0 + 1100, receivedUs: T0 + 2000 }),
    BTC(2, { tradeTimeUs: T0 + 3000, source: "rest", ...late }),
    BTC(3, { tradeTimeUs: T0 + 5000, source: "import", ...late }),
    ETH(1, { tradeTimeUs: T0 + 2000, eventTimeUs: T0 + 2100, receivedUs: T0 + 2500 }),
    ETH(2, { tradeTimeUs: T0 + 4000, eventTimeUs: T0 + 4100, receivedUs: T0 + 4500 }),
  ]);
  const source = openStoredTape(db);
  assert.deepEqual(played(source), ["BTCUSDT 1", "ETHUSDT 1", "BTCUSDT 2", "ETHUSDT 2", "BTCUSDT 3"]);
  assert.equal(source.trades(0, 2, 2, 1)[0]!.eventTimeUs, T0 + 3000);
});

test("ids that are missing stay missing", (t) => {
  const db = stored(
    t,
    [...span(1, 10), ...span(15, 20)].map((id) => BTC(id)),
  );
  assert.deepEqual(
    all(openStoredTape(db)).map(({ id }) => id),
    [...span(1, 10), ...span(15, 20)],
  );
});

test("a window is taken by trade time, from (included) to (not included), of the symbols named", (t) => {
  const db = stored(t, [...span(1, 9).map((id) => BTC(id)), ...span(1, 9).map((id) => ETH(id))]);
  const source = openStoredTape(db, { fromUs: T0 + 3000, toUs: T0 + 6000, symbols: ["ETHUSDT"] });
  assert.deepEqual(played(source), ["ETHUSDT 3", "ETHUSDT 4", "ETHUSDT 5"]);
  assert.equal(source.name, "replay-x");
  assert.equal(source.detail, "x.db: binance, 2024-08-08T23:54:15.345Z to 2024-08-08T23:54:15.348Z");
});

test("what is collected while a tape is played is not on it", (t) => {
  const db = stored(t, [BTC(1), BTC(2)]);
  const source = openStoredTape(db);
  write(db, (writer) => writer.append(batchOf([BTC(3)], SYMBOLS), T0));
  assert.deepEqual(
    all(source).map(({ id }) => id),
    [1, 2],
  );
});

test("a replay of a market that is not real says so", (t) => {
  const simulated: Venue = { name: "sim-seed7", kind: "simulated", detail: "seed 7" };
  const source = openStoredTape(stored(t, [BTC(1)], simulated));
  assert.match(source.detail, /^x\.db: sim-seed7 \(SIMULATED · seed 7\), /);
});

/** Trades as a stream brings them: in order, several of one order, now and then a hole. */
function stream(count: number): Trade[] {
  const draw = random(11);
  const trades: Trade[] = [];
  const next = SYMBOLS.map(() => 100);
  for (let i = 0, us = T0; trades.length < count; i++) {
    if (draw.uniform() < 0.7) us += Math.floor(draw.uniform() * 4) * 1000;
    const s = Math.floor(draw.uniform() * 2);
    if (draw.uniform() < 0.01) next[s]! += 3;
    trades.push(
      trade(next[s]!++, {
        symbol: SYMBOLS[s]!,
        price: (100 + Math.floor(draw.uniform() * 2)).toFixed(8),
        tradeTimeUs: us,
        eventTimeUs: us + 1000,
        receivedUs: us + 1000 + i,
        isBuyerMaker: draw.uniform() < 0.5,
      }),
    );
  }
  return trades;
}

test("what REST asks is answered as by the same trades on a tape in memory, whatever the size of the window", async (t) => {
  const trades = stream(40_000);
  const db = stored(t, trades);
  const folder = tempFolder(t);
  const header = "trade_id,price,qty,trade_time_us,event_time_us,is_buyer_maker,local_recv";
  for (const symbol of SYMBOLS) {
    const lines = trades
      .filter((one) => one.symbol === symbol)
      .map((o) => [o.id, o.price, o.qty, o.tradeTimeUs, o.eventTimeUs, o.isBuyerMaker, o.receivedUs].join());
    writeFileSync(join(folder, `spot_${symbol}_trades.csv`), [header, ...lines, ""].join("\n"));
  }
  const [tape, source] = [await readTape([folder]), openStoredTape(db)];
  assert.deepEqual([source.startUs, source.endUs], [tape.startUs, tape.endUs]);
  const draw = random(5);
  let from = tape.startUs - 1;
  while (from < tape.endUs) {
    const to = from + Math.floor(draw.uniform() * 4e6);
    assert.deepEqual(source.between(from, to), tape.between(from, to));
    from = to;
  }
  assert.deepEqual(all(source), all(tape), "and again from the beginning");
  for (let i = 0; i < 300; i++) {
    const symbol = i % 2;
    const us = tape.startUs - 1e6 + Math.floor(draw.uniform() * (tape.endUs - tape.startUs + 2e6));
    for (const by of ["event", "trade"] as const) {
      assert.equal(source.lastId(symbol, us, by), tape.lastId(symbol, us, by));
    }
    const id = Math.floor(draw.uniform() * 21_000);
    assert.deepEqual(source.trades(symbol, id, id + 2000, 1000), tape.trades(symbol, id, id + 2000, 1000));
    assert.equal(source.firstIdOfAggregate(symbol, id), tape.firstIdOfAggregate(symbol, id));
  }
});

test("memory does not grow with the window", (t) => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const db = join(tempFolder(t), "long.db");
  write(db, (writer) => {
    for (let id = 1; id < 200_000; id += 20_000) {
      writer.append(batchOf(span(id, id + 19_999).map((one) => BTC(one))), T0);
    }
  });
  const source = openStoredTape(db);
  let played = 0;
  /** Megabytes in use once so many trades are played. */
  const usedAt = (trades: number): number => {
    for (; played < trades; played += 1000) source.between(T0 + played * 1000, T0 + (played + 1000) * 1000);
    assert.equal(source.lastId(0, T0 + trades * 1000, "event"), trades - 1);
    collect();
    const { heapUsed, external, arrayBuffers } = process.memoryUsage();
    return (heapUsed + external + arrayBuffers) / 1e6;
  };
  const [early, late] = [usedAt(50_000), usedAt(180_000)];
  assert.ok(late < early + 4, `${late} MB after ${early} MB`);
});

for (const [name, window, says] of [
  [
    "reversed",
    { fromUs: T0 + 2000, toUs: T0 },
    /^--to: needs a time after --from; got 2024-08-08T23:54:15\.344Z and 2024-08-08T23:54:15\.342Z\. Swap them/,
  ],
  ["of no length", { fromUs: T0, toUs: T0 }, /^--to: needs a time after --from/],
  [
    "before everything",
    { toUs: T0 - 1e12 },
    /x\.db: needs trades before 2024-07-28T[\d:.]+Z; it holds BTCUSDT 2024-08-08T23:54:15\.343Z to 2024-08-08T23:54:15\.345Z\. Choose the window/,
  ],
  ["after everything", { fromUs: T0 + 1e12 }, /needs trades from 2024-08-20T[\d:.]+Z; it holds BTCUSDT/],
  [
    "of a symbol that is not there",
    { symbols: ["BTCUSDT", "DOGEUSDT"] },
    /x\.db: needs "BTCUSDT" and "DOGEUSDT" at one venue; it holds BTCUSDT \(binance\), ETHUSDT \(binance\)\. /,
  ],
  [
    "of a symbol without trades",
    { symbols: ["ETHUSDT"] },
    /x\.db: needs trades of ETHUSDT; it holds none\. /,
  ],
  [
    "of a venue that is not there",
    { venue: "kraken" },
    /x\.db: needs a venue that it holds; got "kraken", and it holds BTCUSDT \(binance\)/,
  ],
] as const) {
  test(`a window ${name} is refused`, (t) => {
    const db = stored(t, [BTC(1), BTC(2)]);
    assert.throws(() => openStoredTape(db, window), { message: says });
  });
}

test("symbols that no stream can carry are told, and played around by naming others", (t) => {
  const db = join(tempFolder(t), "x.db");
  const symbols = ["BTCUSDT", "=cmd()"];
  const writer = openWriter(db, { venue: BINANCE, symbols });
  writer.append(
    batchOf(
      symbols.map((symbol) => trade(1, { symbol })),
      symbols,
    ),
    T0,
  );
  writer.close();
  assert.throws(() => openStoredTape(db), {
    message:
      /x\.db: needs symbols of upper-case letters .*; the window has "=cmd\(\)"\. Name others with --symbols\.$/,
  });
  assert.equal(openStoredTape(db, { symbols: ["BTCUSDT"] }).symbols.length, 1);
});

test("of several venues it plays the one that received a trade last; where that has none in the window, it names another", (t) => {
  const db = stored(t, [BTC(1)]);
  const other: Venue = { name: "replay-a-1", kind: "replayed", detail: "a at x1" };
  const later = { tradeTimeUs: T0 + 5e9, eventTimeUs: T0 + 5e9, receivedUs: T0 + 5e9 };
  write(db, (writer) => writer.append(batchOf([BTC(1, later)], SYMBOLS), T0), other);
  assert.match(openStoredTape(db).detail, /replay-a-1/);
  assert.match(openStoredTape(db, { venue: BINANCE.name }).detail, new RegExp(`: ${BINANCE.name},`));
  assert.throws(() => openStoredTape(db, { toUs: T0 + 1e9 }), {
    code: "empty-window",
    message:
      /needs trades before 2024-08-09T[\d:.]+Z; replay-a-1 holds BTCUSDT 2024-.*, or another venue: --tape-venue binance\.$/,
  });
  const both = ["binance:BTCUSDT", "replay-a-1:BTCUSDT"];
  assert.throws(() => openStoredTape(db, { symbols: both }), { code: "several-venues" });
});

test("what is no database, is not there, or lacks a file of its archive is refused at once", (t) => {
  const folder = tempFolder(t);
  const [none, text] = [join(folder, "none.db"), join(folder, "text.db")];
  writeFileSync(text, "trade_id,price\n1,2\n".repeat(100));
  assert.throws(() => openStoredTape(none), { message: /none\.db: needs a database.*there is no such file/ });
  assert.throws(() => openStoredTape(folder), {
    message: /: needs a Tickbook database; it is something else than a file/,
  });
  assert.throws(() => openStoredTape(text), { message: /text\.db: needs a Tickbook database/ });
  const db = join(folder, "few.db");
  storeTrades(db, fewDays(400));
  archive({ db, nowUs: 1 });
  const part = readdirSync(join(folder, "archive"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".parquet"))
    .sort()[0]!;
  rmSync(join(folder, "archive", part));
  assert.throws(() => openStoredTape(db), { message: /\.parquet: needs the file that holds \d+ trades/ });
  assert.ok(openStoredTape(db, { fromUs: FIRST_DAY_US + 2 * DAY_US }), "a window without it is played");
});
