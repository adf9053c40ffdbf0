import assert from "node:assert/strict";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { diagnose } from "../../../src/app/doctor/doctor.ts";
import { archive } from "../../../src/pipeline/archive/archive.ts";
import { openReader } from "../../../src/pipeline/store/read/reader.ts";
import { openWriter } from "../../../src/pipeline/store/write/writer.ts";
import { checkSum, importing, NOW_US, publish, put, rows, tradeLines } from "../../support/import.ts";
import { tempFolder } from "../../support/temp.ts";
import { batchOf, trade } from "../../support/trades.ts";

const NAME = "BTCUSDT-trades-2024-08-08.zip";
const DAY_US = Date.UTC(2024, 7, 8) * 1000;
const LINES = tradeLines(1000, 500, DAY_US);
const TEXT = `${LINES.join("\n")}\n`;
const TRADES = `SELECT trade_id, price, qty, trade_time_us, event_time_us, is_buyer_maker, source FROM v_trades
  WHERE symbol = 'BTCUSDT' ORDER BY trade_id`;
const HOLES = "SELECT first_id, last_id, state FROM v_holes ORDER BY first_id";

test("a published zip is stored as it was written, with its ids in the ledger", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  const result = await importing(publish(folder, NAME, TEXT), db);
  assert.deepEqual(
    { ...result },
    {
      file: NAME,
      symbol: "BTCUSDT",
      kind: "trades",
      outcome: "imported",
      rows: 500,
      stored: 500,
      known: 0,
      conflicts: 0,
      venue: "binance",
      intervalUs: undefined,
      told: [],
      issuedBeforeUs: undefined,
      backup: undefined,
    },
  );
  const expected = LINES.map((line) => {
    const [id, price, qty, , time, maker] = line.split(",");
    return [Number(id), price, qty, Number(time), null, maker === "True" ? 1 : 0, "import"];
  });
  assert.deepEqual(rows(db, TRADES), expected);
  assert.deepEqual(rows(db, "SELECT first_id, last_id FROM ranges"), [[1000, 1499]]);
  assert.deepEqual(rows(db, "SELECT name, kind FROM venues"), [["binance", "real"]]);
});

// row 83
test("a header, True or true, CRLF, a byte order mark, milliseconds or microseconds: the same rows", async (t) => {
  const ms = tradeLines(1000, 500, DAY_US, "ms");
  const header = "id,price,qty,quote_qty,time,is_buyer_maker,is_best_match";
  const futures = LINES.map((line) => line.replace(/,True$/, "").toLowerCase());
  const forms: Record<string, string> = {
    plain: TEXT,
    ms: ms.join("\n"),
    crlf: LINES.join("\r\n"),
    header: [header, ...LINES].join("\n"),
    all: `\ufeff${[header, ...ms.map((line) => line.toLowerCase())].join("\r\n")}\r\n\r\n`,
    futures: futures.join("\n"),
  };
  const folder = tempFolder(t);
  const found = new Map<string, unknown>();
  for (const [form, text] of Object.entries(forms)) {
    const db = join(folder, `${form}.db`);
    await importing(publish(folder, NAME, text), db);
    found.set(form, rows(db, TRADES));
  }
  for (const [form, trades] of found) assert.deepEqual(trades, found.get("plain"), form);
});

test("times of two units in one file are refused with the line, and nothing is imported", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  const ms = tradeLines(1000, 500, DAY_US, "ms");
  for (const [text, first, then] of [
    [[...ms.slice(0, 250), ...LINES.slice(250)], "milliseconds", "microseconds"],
    [[...LINES.slice(0, 250), ...ms.slice(250)], "microseconds", "milliseconds"],
  ] as const) {
    await assert.rejects(importing(publish(folder, NAME, text.join("\n")), db), {
      message: new RegExp(
        `^${NAME}, line 251, time: needs one kind of time in the whole file; line 1 has ${first}: "\\d+", and here come ${then}: "\\d+"\\. Nothing was taken`,
      ),
    });
    assert.equal(existsSync(db), false);
  }
});

test("lines that end in CR alone are told as what they are", async (t) => {
  const path = put(tempFolder(t), "old.csv", "id,price,qty,time,side\r1,5,1,1723075200000,buy\r");
  await assert.rejects(importing(path, join(tempFolder(t), "x.db"), { symbol: "BTCUSDT" }), {
    message:
      /^old\.csv, line 1: needs lines that end in LF or CRLF; this one holds a CR alone\. Save it with/,
  });
});

test("importing twice is importing once, the file again or its rows under another name", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  await importing(publish(folder, NAME, TEXT), db);
  const before = rows(db, TRADES);
  assert.equal((await importing(join(folder, NAME), db)).outcome, "known");
  const csv = await importing(put(folder, "BTCUSDT-trades-2024-08-08.csv", `${TEXT}\n`), db);
  assert.deepEqual([csv.outcome, csv.stored, csv.known, csv.conflicts], ["imported", 0, 500, 0]);
  assert.deepEqual(rows(db, TRADES), before);
  assert.deepEqual(rows(db, "SELECT count(*) FROM conflicts"), [[0]]);
});

// row 84
test("a file issued again with another content: what is held stays, the differences are listed", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  await importing(publish(folder, NAME, TEXT), db);
  const before = rows(db, TRADES);
  const changed = LINES.map((line, i) => (i % 100 === 7 ? line.replace(",60000.", ",61000.") : line));
  const again = await importing(
    publish(folder, NAME, [...changed, ...tradeLines(1500, 10, DAY_US + 600e6)].join("\n")),
    db,
  );
  assert.deepEqual([again.stored, again.known, again.conflicts], [10, 495, 5]);
  assert.equal(typeof again.issuedBeforeUs, "number");
  assert.deepEqual(rows(db, TRADES).slice(0, 500), before);
  assert.deepEqual(
    rows(db, "SELECT trade_id, price_e8, source FROM conflicts ORDER BY trade_id"),
    [1007, 1107, 1207, 1307, 1407].map((id) => [id, Math.round((61_000 + (id % 50) * 0.01) * 100) * 1e6, 2]),
  );
});

// row 82
test("nothing is imported, and no database made, where the check sum is missing, of another file, or not met", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  const path = publish(folder, NAME, TEXT);
  const sum = readFileSync(`${path}.CHECKSUM`, "latin1");
  put(
    folder,
    `${NAME}.CHECKSUM`,
    sum.replace(/^./, (digit) => (digit === "0" ? "1" : "0")),
  );
  await assert.rejects(importing(path, db), { code: "checksum-mismatch" });
  put(folder, `${NAME}.CHECKSUM`, sum.replace("BTCUSDT", "ETHUSDT"));
  await assert.rejects(importing(path, db), { code: "bad-checksum" });
  put(folder, `${NAME}.CHECKSUM`, "<html>");
  await assert.rejects(importing(path, db), { code: "bad-checksum" });
  const { unlinkSync } = await import("node:fs");
  unlinkSync(`${path}.CHECKSUM`);
  await assert.rejects(importing(path, db), { code: "no-checksum" });
  assert.equal(existsSync(db), false);
  assert.equal((await importing(path, db, { needsChecksum: false })).stored, 500);
});

// row 82
test("nothing of a file is imported when its last line is bad, and the line is told", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  const many = tradeLines(1000, 45_000, DAY_US);
  const path = publish(folder, NAME, [...many, "46000,oops,0.1,1,1723161255342,True,True"].join("\n"));
  await assert.rejects(importing(path, db), {
    code: "bad-row",
    message: `BTCUSDT-trades-2024-08-08.zip, line 45001, column 2: needs a number; got "oops". Nothing was taken from this file.`,
  });
  assert.equal(existsSync(db), false);
});

test("a file that fills a hole: the hole is gone, the revision names its ids, what was held is compared", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  const at = (id: number) => {
    const [, price, qty, , time, maker] = LINES[id - 1000]!.split(",");
    return trade(id, { price: price!, qty: qty!, tradeTimeUs: Number(time), isBuyerMaker: maker === "True" });
  };
  const ids = Array.from({ length: 500 }, (_, i) => 1000 + i).filter((id) => id < 1100 || id > 1299);
  const writer = openWriter(db, {
    venue: { name: "binance", kind: "real", detail: "wss" },
    symbols: ["BTCUSDT"],
  });
  writer.append(batchOf(ids.map(at)), DAY_US);
  const hole = writer.openHoles()[0]!;
  writer.noteHole(0, { holeId: hole.holeId, tries: 1 }, DAY_US);
  writer.close();
  assert.deepEqual(rows(db, HOLES), [[1100, 1299, "detected"]]);
  const reader = openReader(db);
  t.after(() => reader.close());
  const series = reader.series()[0]!;
  const cursor = reader.cursor(series, 1500);
  const result = await importing(publish(folder, NAME, TEXT), db);
  assert.deepEqual([result.stored, result.known, result.conflicts], [200, 300, 0]);
  assert.deepEqual(rows(db, HOLES), [[1100, 1299, "filled"]]);
  assert.deepEqual(reader.changes(series, cursor).late, [{ first: 1100, last: 1299 }]);
  assert.equal(reader.trades(series).length, 500);
  assert.deepEqual(rows(db, "SELECT name, detail FROM venues"), [["binance", "wss"]]);
});

test("a file before all that was held leaves the ids between as a hole", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  await importing(
    publish(folder, "BTCUSDT-trades-2024-08-09.zip", tradeLines(5000, 10, DAY_US + 86_400e6).join("\n")),
    db,
  );
  await importing(publish(folder, NAME, TEXT), db);
  assert.deepEqual(rows(db, HOLES), [[1500, 4999, "detected"]]);
});

test("an import that was cut off goes on where it was, and ends as one that was not", async (t) => {
  const folder = tempFolder(t);
  const many = tradeLines(1, 70_000, DAY_US).join("\n");
  const path = publish(folder, NAME, many);
  const [db, whole] = [join(folder, "x.db"), join(folder, "whole.db")];
  await importing(path, whole);
  for (const stopAt of [20_000, 60_000]) {
    const cut = importing(path, db, {
      onProgress: ({ phase, done }) => {
        if (phase === "store" && done === stopAt) throw new Error("cut");
      },
    });
    await assert.rejects(cut, /cut/);
    assert.deepEqual(rows(db, "SELECT rows_done, finished_us FROM imports"), [[stopAt, null]]);
    assert.deepEqual(rows(db, "SELECT first_id, last_id FROM ranges"), [[1, stopAt]]);
  }
  const end = await importing(path, db);
  assert.deepEqual([end.outcome, end.stored, end.known], ["resumed", 70_000, 0]);
  assert.deepEqual(rows(db, TRADES), rows(whole, TRADES));
});

test("a collector's database is not written to", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  const path = publish(folder, NAME, TEXT);
  const writer = openWriter(db, {
    venue: { name: "binance", kind: "real", detail: "" },
    symbols: ["BTCUSDT"],
  });
  try {
    await assert.rejects(importing(path, db), { code: "database-in-use" });
  } finally {
    writer.close();
  }
  assert.equal((await importing(path, db)).stored, 500);
});

test("trades of another symbol under a wrong name are told by what is held", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  await importing(publish(folder, NAME, TEXT), db);
  const other = LINES.map((line) => line.replace(",600", ",24"));
  await assert.rejects(importing(publish(folder, NAME, other.join("\n")), db), { code: "another-market" });
  assert.deepEqual(rows(db, "SELECT count(*) FROM conflicts"), [[0]]);
});

test("a zip which holds another file than its name says, and rows of another day, are refused", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  await assert.rejects(
    importing(publish(folder, NAME, TEXT, { name: "ETHUSDT-trades-2024-08-08.csv" }), db),
    {
      code: "misnamed",
    },
  );
  await assert.rejects(importing(publish(folder, "BTCUSDT-trades-2024-08-09.zip", TEXT), db), {
    message: /line 1, time: needs a time in 2024-08-09, as the file's name says; got 2024-08-08T00:00:00Z/,
  });
  await assert.rejects(importing(publish(folder, NAME, TEXT), db, { symbol: "ETHUSDT" }), {
    code: "misnamed",
  });
  assert.equal(existsSync(db), false);
});

// row 86
test("a symbol with quotes, tags, formulas or emoji is stored as it is", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  const symbols = ["=cmd()", "<script>", "'; DROP TABLE trades; --", "\u202eUSDT", "🚀USDT", "../../x"];
  const header = "id,price,qty,time,side";
  const path = put(folder, "x.csv", `${header}\n1,2.5,3,2024-08-08T00:00:00Z,buy\n`);
  for (const symbol of symbols) await importing(path, db, { symbol });
  assert.deepEqual(
    rows(db, "SELECT symbol, price, qty, is_buyer_maker FROM v_trades").map((row) => (row as unknown[])[0]),
    symbols,
  );
  await assert.rejects(importing(path, db, { symbol: "a\u0000b" }), { code: "bad-symbol" });
  await assert.rejects(importing(path, db), { code: "no-symbol" });
});

test("merged trades stand where single ones are missing, and only there", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  // pairs: ids 1000 and 1001, 1002 and 1003, …; the prices of each are the first one's
  const single = LINES.map((line, i) => {
    const fields = line.split(",");
    fields[1] = LINES[i - (i % 2)]!.split(",")[1]!;
    fields[5] = "True";
    return fields.join(",");
  });
  const agg = Array.from({ length: 250 }, (_, i) => {
    const [id, price, a, , time] = single[2 * i]!.split(",");
    const b = single[2 * i + 1]!.split(",")[2]!;
    const qty = (Number(a) + Number(b)).toFixed(8);
    return `${500 + i},${price},${qty},${id},${Number(id) + 1},${time},True,True`;
  });
  agg.splice(3, 0, "");
  agg[3] = "503,0,0,-1,-1,1723075205000,True,True";
  const numbered = agg.map((line, i) => line.replace(/^\d+/, String(500 + i)));
  await importing(publish(folder, NAME, single.slice(0, 101).join("\n")), db);
  const merged = await importing(
    publish(folder, "BTCUSDT-aggTrades-2024-08-08.zip", numbered.join("\n")),
    db,
  );
  assert.deepEqual([merged.rows, merged.stored, merged.known, merged.conflicts], [251, 200, 50, 0]);
  assert.deepEqual(rows(db, HOLES), [[1101, 1499, "aggregated"]]);
  const reader = openReader(db);
  t.after(() => reader.close());
  const { length, qty, holes } = reader.trades(reader.series()[0]!);
  assert.equal(length, 101 + 200);
  assert.deepEqual(
    holes?.filter(({ first }) => first >= 1000),
    [],
  );
  const total = single.reduce((sum, line) => sum + Math.round(Number(line.split(",")[2]) * 1e8), 0);
  assert.equal(
    qty.reduce((sum, one) => sum + Math.round(one * 1e8), 0),
    total,
  );
  // the trades themselves push the merged ones out
  await importing(publish(folder, NAME, single.join("\n")), db);
  assert.deepEqual(rows(db, "SELECT count(*) FROM agg_trades"), [[0]]);
  assert.deepEqual(rows(db, HOLES), []);
});

test("merged trades alone, then trades after them: the ids between are a hole, listed once", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  const agg = [1, 2, 3].map((i) => `${i},60000.5,1,${10 * i},${10 * i + 9},${DAY_US + i},True,True`);
  await importing(publish(folder, "BTCUSDT-aggTrades-2024-08-08.zip", agg.join("\n")), db);
  assert.deepEqual(rows(db, HOLES), [[10, 39, "aggregated"]]);
  await importing(publish(folder, NAME, tradeLines(50, 5, DAY_US + 10e6).join("\n")), db);
  assert.deepEqual(rows(db, HOLES), [
    [10, 39, "aggregated"],
    [40, 49, "detected"],
  ]);
});

test("a merged trade that contradicts is listed with its id", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  await importing(publish(folder, NAME, TEXT), db);
  const agg = `7,60000.5,1,1000,1001,${DAY_US},True,True`;
  const result = await importing(publish(folder, "BTCUSDT-aggTrades-2024-08-08.zip", agg), db);
  assert.deepEqual([result.stored, result.conflicts], [0, 1]);
  assert.deepEqual(rows(db, "SELECT trade_id, agg_id FROM conflicts"), [[1000, 7]]);
});

test("a check sum beside a plain CSV file counts, too", async (t) => {
  const folder = tempFolder(t);
  const path = put(folder, "BTCUSDT-trades-2024-08-08.csv", TEXT);
  checkSum(path);
  put(folder, "BTCUSDT-trades-2024-08-08.csv", `${TEXT}\n`);
  await assert.rejects(importing(path, join(folder, "x.db")), { code: "checksum-mismatch" });
});

test("what is no file, empty, or of another kind is refused in a sentence", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  await assert.rejects(importing(join(folder, NAME), db), { code: "no-file" });
  await assert.rejects(importing(put(folder, "x.xlsx", "x"), db, { symbol: "X" }), { code: "unknown-file" });
  await assert.rejects(importing(put(folder, NAME, ""), db), { code: "empty-file" });
  await assert.rejects(importing(publish(folder, NAME, ""), db), { code: "no-rows" });
  assert.equal(existsSync(db), false);
});

test("trades that are archived are compared, too: a re-issued file's differences are listed", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  await importing(publish(folder, NAME, TEXT), db);
  const next = tradeLines(1500, 10, DAY_US + 86_400e6).join("\n");
  await importing(publish(folder, "BTCUSDT-trades-2024-08-09.zip", next), db);
  assert.equal(archive({ db, nowUs: NOW_US }).trades, 500);
  const changed = LINES.map((line, i) => (i % 100 === 7 ? line.replace(",60000.", ",61000.") : line));
  const again = await importing(publish(folder, NAME, changed.join("\n")), db);
  assert.deepEqual([again.stored, again.known, again.conflicts], [0, 495, 5]);
  assert.deepEqual(
    rows(db, "SELECT trade_id FROM conflicts ORDER BY trade_id").flat(),
    [1007, 1107, 1207, 1307, 1407],
  );
  const other = LINES.map((line) => line.replace(",600", ",24"));
  await assert.rejects(importing(publish(folder, NAME, other.join("\n")), db), { code: "another-market" });
  // in milliseconds it is the same
  const ms = tradeLines(1000, 500, DAY_US, "ms").join("\n");
  const third = await importing(publish(folder, NAME, ms), db);
  assert.deepEqual([third.stored, third.known, third.conflicts], [0, 500, 0]);
});

test("a file that grows while it is read is refused, and nothing of it is imported", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  const path = put(folder, "BTCUSDT-trades-2024-08-08.csv", TEXT);
  const growing = importing(path, db, {
    onProgress: ({ phase }) => {
      if (phase === "check") appendFileSync(path, tradeLines(1500, 1, DAY_US + 600e6)[0]!);
    },
  });
  await assert.rejects(growing, /needs a file that stays as it is while it is read; it has changed/);
  assert.equal(existsSync(db), false);
});

test("bars and trades of one series: the import that brings the second kind says which of them are not shown, and so does the doctor", async (t) => {
  const bars = "time,open,high,low,close\n2024-08-01,1,1,1,1\n2024-08-02,1,1,1,1\n2024-08-03,1,1,1,1\n";
  const hidden = (db: string): unknown[] => {
    const store = openReader(db);
    try {
      const { findings } = diagnose(store, { since: "2030-01-01" }, NOW_US);
      return findings.flatMap(({ code, text, symbol }) =>
        code === "bars-hidden" || code === "empty-window" ? [[symbol, text]] : [],
      );
    } finally {
      store.close();
    }
  };
  const after = ["BTCUSDT", "no trade since 2030-01-01: its trades end at 2024-08-08T00:08:19Z."];
  const told = [
    "BTCUSDT",
    "3 bars of 1d came as bars and are not shown: this series has trades, and its bars are made of those. Import the bars under a name of their own (--venue-name) to see them.",
  ];
  for (const barsFirst of [true, false]) {
    const folder = tempFolder(t);
    const db = join(folder, "x.db");
    const files = [put(folder, "bars.csv", bars), put(folder, "BTCUSDT-trades-2024-08-08.csv", TEXT)];
    const settings = { symbol: "BTCUSDT", venue: "binance" };
    const [first, second] = barsFirst ? files : files.toReversed();
    const one = await importing(first!, db, settings);
    assert.doesNotMatch(one.told.join(" "), /not shown/);
    const two = await importing(second!, db, settings);
    assert.match(
      two.told.join(" "),
      barsFirst
        ? /has bars that came as bars: from now on its bars are made of its trades, .* --venue-name my-bars/
        : /has trades: its bars are made of those, .* not shown.*--undo.* --venue-name my-bars/,
    );
    assert.deepEqual(hidden(db), [after, told]);
    // under a name of their own they are shown
    const own = await importing(put(folder, "own.csv", `${bars}2024-08-04,1,1,1,1\n`), db, {
      symbol: "BTCUSDT",
      venueName: "my-bars",
    });
    assert.doesNotMatch(own.told.join(" "), /not shown/);
  }
});
