import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import type { TradeColumns } from "../../../src/core/trade-columns.ts";
import { ARCHIVE_STEPS, archive, checkArchive, hiveValue } from "../../../src/pipeline/archive/archive.ts";
import { openHistory } from "../../../src/pipeline/archive/history.ts";
import { openReader } from "../../../src/pipeline/store/read/reader.ts";
import { openWriter } from "../../../src/pipeline/store/write/writer.ts";
import {
  DAY_US,
  everyTrade,
  FIRST_DAY_US,
  fewDays,
  SYMBOLS,
  storeTrades,
  VENUE,
} from "../../support/archive.ts";
import { rows } from "../../support/import.ts";
import { projectRoot } from "../../support/project.ts";
import { tempFolder } from "../../support/temp.ts";
import { batchOf, trade } from "../../support/trades.ts";

const TRADES = fewDays(700);
const COUNT = "SELECT count(*) FROM trades";
const PARTS = "SELECT date, path, state, rows FROM archived ORDER BY path";

/** The columns and holes as plain arrays; a row without a last id of its own has its id there. */
function plain(trades: TradeColumns): unknown {
  return Object.fromEntries(
    Object.entries({ ...trades, lastId: trades.lastId ?? trades.id }).map(([name, value]) => [
      name,
      ArrayBuffer.isView(value) ? [...(value as Float64Array)] : value,
    ]),
  );
}

test("days that are over go into files by venue, symbol and day; the newest day stays", (t) => {
  const db = join(tempFolder(t), "x.db");
  storeTrades(db, TRADES);
  const result = archive({ db, nowUs: 1 });
  assert.deepEqual(
    rows(db, PARTS).map((row) => (row as unknown[]).slice(0, 3)),
    SYMBOLS.flatMap((symbol) =>
      ["08", "09", "10"].map((day) => [
        `2024-08-${day}`,
        `archive/venue=binance/symbol=${symbol}/date=2024-08-${day}/trades.parquet`,
        "archived",
      ]),
    ),
  );
  assert.equal(result.parts.length, 6);
  const [[left]] = rows(db, COUNT) as [[number]];
  assert.equal(result.trades + left, TRADES.length);
  assert.deepEqual(
    rows(db, `SELECT count(*) FROM trades WHERE trade_time_us < ${FIRST_DAY_US + 3 * DAY_US}`),
    [[0]],
  );
  assert.ok(result.usedBytesAfter < result.usedBytesBefore);
  assert.equal(archive({ db, nowUs: 1 }).parts.length, 0);
});

test("every trade comes out of a file bit by bit as it was in the database, big quantities and all decimals", (t) => {
  const db = join(tempFolder(t), "x.db");
  storeTrades(db, TRADES);
  const before = everyTrade(db);
  archive({ db, nowUs: 1 });
  assert.deepEqual(everyTrade(db), before);
});

test("history across archive and database equals the database before, for every question a reader answers", (t) => {
  const folder = tempFolder(t);
  const [db, whole] = [join(folder, "x.db"), join(folder, "whole.db")];
  for (const file of [db, whole]) {
    storeTrades(file, TRADES);
    const writer = openWriter(file, { venue: VENUE, symbols: SYMBOLS });
    const { first, last, holeId } = writer.openHoles()[0]!;
    // merged trades stand for one of the holes
    writer.adopt(
      0,
      [
        {
          aggId: 5,
          first,
          last,
          price: "2.5",
          qty: "3",
          tradeTimeUs: FIRST_DAY_US + 5e9,
          receivedUs: 1,
          isBuyerMaker: true,
        },
      ],
      { first, last },
      2,
    );
    assert.ok(holeId > 0);
    writer.close();
  }
  archive({ db, nowUs: 1, partRows: 150 });
  const reader = openReader(whole);
  const history = openHistory(db);
  t.after(() => {
    reader.close();
    history.close();
  });
  assert.deepEqual(history.series(), reader.series());
  const midnight = FIRST_DAY_US + DAY_US;
  const ranges = [
    {},
    { fromId: 1_000_100, toId: 1_000_400 },
    { limit: 350 },
    { fromId: 1_000_150, limit: 1 },
    { fromUs: midnight - 3600e6, toUs: midnight + 3600e6 },
    { fromUs: midnight, limit: 250 },
    { fromId: 1_000_620 },
    { fromUs: FIRST_DAY_US + 3.2 * DAY_US },
    { toId: 10 },
  ];
  for (const series of reader.series()) {
    for (const range of ranges) {
      assert.deepEqual(
        plain(history.trades(series, range)),
        plain(reader.trades(series, range)),
        JSON.stringify(range),
      );
      const blocks = (store: typeof reader): unknown[] => [...store.blocks(series, range, 111)].map(plain);
      assert.deepEqual(blocks(history), blocks(reader), JSON.stringify(range));
    }
    for (let us = FIRST_DAY_US - DAY_US; us < FIRST_DAY_US + 4 * DAY_US; us += DAY_US / 7)
      assert.equal(history.firstIdAt(series, us), reader.firstIdAt(series, us));
    assert.deepEqual(history.newest(series), reader.newest(series));
    const changes = (store: typeof reader, limit?: number): unknown => {
      const { trades, late, cursor } = store.changes(series, store.cursor(series, 1_000_140), limit);
      return { trades: plain(trades), late, cursor };
    };
    assert.deepEqual(changes(history), changes(reader));
    assert.deepEqual(changes(history, 200), changes(reader, 200));
    assert.throws(() => history.trades(series, { fromId: 5, toId: 5 }), { code: "bad-range" });
  }
});

test("killed after any step, no trade is lost or twice, and the next run goes on", (t) => {
  const folder = tempFolder(t);
  const child = join(projectRoot, "tests", "support", "archive-child.ts");
  const trades = fewDays(600, 11);
  const db = join(folder, "x.db");
  storeTrades(db, trades);
  const before = everyTrade(db);
  for (const step of ARCHIVE_STEPS) {
    // at the second file, so that one is always done
    const { signal, stderr } = spawnSync(process.execPath, [child, db, step, "2"], { encoding: "utf8" });
    assert.equal(signal, "SIGKILL", stderr);
    assert.deepEqual(everyTrade(db), before, `killed after ${step}`);
    const history = openHistory(db);
    for (const series of history.series()) {
      const own = trades.filter(({ symbol }) => symbol === series.symbol);
      assert.deepEqual(
        [...history.trades(series).id],
        own.map(({ id }) => id),
      );
    }
    history.close();
  }
  archive({ db, nowUs: 1 });
  assert.deepEqual(everyTrade(db), before);
  assert.deepEqual(rows(db, "SELECT count(*) FROM archived WHERE state <> 'archived'"), [[0]]);
  const known = rows(db, "SELECT path FROM archived").flat();
  const found = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = found.filter((name) => name.endsWith(".parquet") || name.endsWith(".part"));
  assert.deepEqual(files.sort(), known.sort(), "no file is left over");
  assert.deepEqual(rows(db, "PRAGMA integrity_check"), [["ok"]]);
});

test("a reader that is open while days are archived sees the same trades throughout", (t) => {
  const db = join(tempFolder(t), "x.db");
  storeTrades(db, TRADES);
  const history = openHistory(db);
  t.after(() => history.close());
  const [series] = history.series();
  const before = plain(history.trades(series!));
  archive({ db, nowUs: 1, onStep: () => assert.deepEqual(plain(history.trades(series!)), before) });
});

test("late trades of an archived day go into a further file, and are seen in their place", (t) => {
  const db = join(tempFolder(t), "x.db");
  storeTrades(db, TRADES);
  archive({ db, nowUs: 1 });
  const writer = openWriter(db, { venue: VENUE, symbols: SYMBOLS });
  const { first } = writer.openHoles()[0]!;
  const late = trade(first, { tradeTimeUs: FIRST_DAY_US + 1e9, source: "rest" });
  const result = writer.append(batchOf([late, trade(1_000_000, { price: "9" })], SYMBOLS), 2);
  // an archived trade is held: it is not stored again
  assert.deepEqual([result.symbols[0]!.stored, result.symbols[0]!.duplicates], [1, 1]);
  writer.close();
  const history = openHistory(db);
  t.after(() => history.close());
  const [series] = history.series();
  const ids = (): number[] => [...history.trades(series!).id];
  assert.ok(ids().includes(first));
  assert.deepEqual(
    ids(),
    ids().toSorted((a, b) => a - b),
  );
  const before = ids();
  assert.deepEqual(
    archive({ db, nowUs: 3 }).parts.map(({ path, rows: count }) => [path, count]),
    [["archive/venue=binance/symbol=BTCUSDT/date=2024-08-08/trades-2.parquet", 1]],
  );
  assert.deepEqual(ids(), before);
});

test("--before, --keep and --max-size choose the days, the oldest first", (t) => {
  const folder = tempFolder(t);
  const dates = (settings: Partial<Parameters<typeof archive>[0]>, name: string): string[] => {
    const db = join(folder, name, "x.db");
    storeTrades(db, TRADES);
    return [...new Set(archive({ db, nowUs: 1, ...settings }).parts.map(({ date }) => date.slice(-2)))];
  };
  assert.deepEqual(dates({ beforeUs: FIRST_DAY_US + 2 * DAY_US }, "before"), ["08", "09"]);
  assert.deepEqual(dates({ beforeUs: FIRST_DAY_US + 2.5 * DAY_US }, "midday"), ["08", "09"]);
  assert.deepEqual(dates({ keepUs: 2 * DAY_US }, "keep"), ["08"]);
  assert.deepEqual(dates({ keepUs: 7 * DAY_US }, "week"), []);
  assert.deepEqual(dates({ maxBytes: 1e9 }, "roomy"), []);
  assert.deepEqual(dates({ maxBytes: 1 }, "tight"), ["08", "09", "10"]);
  const used = (() => {
    const db = join(folder, "size.db");
    storeTrades(db, TRADES);
    return archive({ db, nowUs: 1, maxBytes: 1e9 }).usedBytesBefore;
  })();
  assert.deepEqual(dates({ maxBytes: used - 1 }, "little"), ["08"]);
});

test("freed room is given back only when asked for", (t) => {
  const db = join(tempFolder(t), "x.db");
  storeTrades(db, fewDays(5000));
  const kept = archive({ db, nowUs: 1, keepUs: DAY_US });
  const smaller = archive({ db, nowUs: 1, vacuum: true });
  assert.ok(smaller.fileBytes < kept.fileBytes / 2);
  assert.equal(smaller.usedBytesAfter, smaller.fileBytes);
});

test("a foreign file in the place of ours is left alone, and said", (t) => {
  const folder = tempFolder(t);
  const [db, other] = [join(folder, "x.db"), join(folder, "y.db")];
  for (const file of [db, other]) storeTrades(file, TRADES);
  archive({ db, nowUs: 1 });
  assert.throws(() => archive({ db: other, nowUs: 1 }), { code: "foreign-archive" });
  assert.equal(everyTrade(other).length, TRADES.length);
  archive({ db: other, folder: join(folder, "archive-of-y"), nowUs: 1 });
  assert.equal(everyTrade(other).length, TRADES.length);
});

test("a missing or changed file is said by history and found by the check", (t) => {
  const db = join(tempFolder(t), "x.db");
  storeTrades(db, TRADES);
  const { parts } = archive({ db, nowUs: 1 });
  assert.deepEqual(checkArchive(db).defects, []);
  const [first, second] = parts.map(({ path }) => join(dirname(db), path));
  rmSync(first!);
  writeFileSync(second!, "x");
  assert.deepEqual(checkArchive(db), {
    files: 6,
    trades: parts.reduce((sum, { rows: count }) => sum + count, 0),
    defects: [
      { path: parts[0]!.path, what: "it is not there" },
      { path: parts[1]!.path, what: "its content has changed since it was written" },
    ],
  });
  const history = openHistory(db);
  t.after(() => history.close());
  for (const series of history.series()) {
    assert.throws(() => history.trades(series), { code: "archive-missing" });
    assert.ok(history.trades(series, { fromUs: FIRST_DAY_US + 3 * DAY_US }).length > 0);
  }
});

test("the newest trade is found where it was archived, too: of a symbol that fell silent before its venue did", (t) => {
  const db = join(tempFolder(t), "x.db");
  const silent = [1, 2, 3, 5].map((id) =>
    trade(id, {
      symbol: "PEPEUSDT",
      tradeTimeUs: FIRST_DAY_US + id,
      eventTimeUs: id === 5 ? null : FIRST_DAY_US + id,
    }),
  );
  const later = trade(9, { symbol: "BTCUSDT", tradeTimeUs: FIRST_DAY_US + 2 * DAY_US });
  storeTrades(db, [...silent, later]);
  const newest = (): unknown[] => {
    const history = openHistory(db);
    try {
      const series = history.series().find(({ symbol }) => symbol === "PEPEUSDT")!;
      return [undefined, 6, 5, 4, 2, 1].map((below) => history.newest(series, below));
    } finally {
      history.close();
    }
  };
  const before = newest();
  assert.deepEqual(
    before.map((one) => (one as { id: number } | undefined)?.id),
    [5, 5, 3, 3, 1, undefined],
  );
  assert.equal(archive({ db, nowUs: 1 }).trades, 4);
  assert.deepEqual(newest(), before);
  rmSync(join(dirname(db), "archive"), { recursive: true });
  assert.deepEqual(
    newest()[0],
    { id: 5, timeUs: FIRST_DAY_US + 5, receivedUs: FIRST_DAY_US + 5 },
    "of a file that is gone",
  );
});

test("everything that is known of a trade is read across both, a part at a time", (t) => {
  const db = join(tempFolder(t), "x.db");
  storeTrades(db, TRADES);
  const read = (): unknown[] => {
    const history = openHistory(db);
    try {
      return history.series().flatMap((series) =>
        [
          [0, Number.MAX_SAFE_INTEGER, 1e6],
          [1_000_100, 1_000_400, 1e6],
          [1_000_100, Number.MAX_SAFE_INTEGER, 77],
          [7, 8, 10],
        ].map(([fromId, toId, limit]) => history.exact(series, fromId!, toId!, limit!)),
      );
    } finally {
      history.close();
    }
  };
  const before = read();
  archive({ db, partRows: 120, nowUs: 1 });
  assert.deepEqual(read(), before);
  // a late trade of an archived day: two files of the day, and one that is still in the database
  const [first] = TRADES.filter(({ symbol }) => symbol === "BTCUSDT");
  const late = { ...first!, id: first!.id - 1, source: "import" as const };
  storeTrades(db, [late]);
  const history = openHistory(db);
  t.after(() => history.close());
  assert.deepEqual([...history.exact(history.series()[0]!, 0, first!.id + 1, 5).id], [late.id, first!.id]);
});

test("a disk that gives back other bytes than it was given keeps the trades in the database", (t) => {
  const db = join(tempFolder(t), "x.db");
  storeTrades(db, TRADES);
  const draft = join(dirname(db), "archive/venue=binance/symbol=BTCUSDT/date=2024-08-08/.draft.part");
  const spoil = (): void => writeFileSync(draft, Buffer.from("PAR1 spoilt PAR1"));
  assert.throws(() => archive({ db, nowUs: 1, onStep: (step) => step === "written" && spoil() }), {
    code: "unreadable-parquet",
  });
  assert.deepEqual(rows(db, COUNT), [[TRADES.length]]);
  assert.equal(archive({ db, nowUs: 1 }).parts.length, 6);
});

test("a collector's database, and none, are refused", (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  assert.throws(() => archive({ db, nowUs: 1 }), { code: "no-database" });
  assert.equal(existsSync(db), false);
  const writer = openWriter(db, { venue: VENUE, symbols: SYMBOLS });
  assert.throws(() => archive({ db, nowUs: 1 }), { code: "database-in-use" });
  writer.close();
});

// row 86
test("any symbol becomes a folder of its own name, and none leads elsewhere", (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "deep", "x.db");
  const symbols = [
    "../../../x",
    "..",
    "=cmd()",
    "a/b",
    "<script>",
    "'; DROP",
    "\u202eUSDT",
    "🚀",
    "a b",
    "x%2Fy",
  ];
  const writer = openWriter(db, { venue: VENUE, symbols });
  for (const [i, symbol] of symbols.entries())
    for (const day of [0, 1])
      writer.append(
        batchOf([trade(i * 10 + day, { symbol, tradeTimeUs: FIRST_DAY_US + day * DAY_US })], symbols),
        1,
      );
  writer.close();
  const { parts } = archive({ db, nowUs: 1 });
  assert.equal(parts.length, symbols.length);
  assert.deepEqual(readdirSync(folder), ["deep"]);
  for (const [i, { path }] of parts.entries()) {
    const name = path.split("/")[2]!;
    assert.equal(decodeURIComponent(name.slice("symbol=".length)), symbols[i]);
    assert.match(name, /^symbol=[A-Za-z0-9_%-]+$/);
  }
  assert.equal(hiveValue("BTC-USD_1.5"), "BTC-USD_1%2E5");
});
