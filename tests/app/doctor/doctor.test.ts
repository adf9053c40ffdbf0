import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import Database from "better-sqlite3";
import { doctorJson } from "../../../src/app/commands/doctor.ts";
import { type Diagnosis, exitCodeOf, type Finding } from "../../../src/app/doctor/diagnosis.ts";
import { diagnose } from "../../../src/app/doctor/doctor.ts";
import { findingsOf } from "../../../src/app/doctor/findings.ts";
import { doctorText } from "../../../src/app/doctor/text.ts";
import { bytesText, countText, percentText, spanText } from "../../../src/app/doctor/words.ts";
import type { Trade } from "../../../src/core/trade.ts";
import { archive } from "../../../src/pipeline/archive/archive.ts";
import { openHistory } from "../../../src/pipeline/archive/history.ts";
import { LEFT_TO_ARCHIVE } from "../../../src/pipeline/feed/backfill.ts";
import { openWriter } from "../../../src/pipeline/store/write/writer.ts";
import { BINANCE, REPLAY, reading, SYMBOLS, span, stored, tamper, write } from "../../support/stored.ts";
import { tempFolder } from "../../support/temp.ts";
import { batchOf, T0, trade } from "../../support/trades.ts";

/** Ten a second, 40 ms to get here. */
const ten = (id: number, given: Partial<Trade> = {}): Trade => {
  const us = T0 + id * 100_000;
  return trade(id, { tradeTimeUs: us, eventTimeUs: us, receivedUs: us + 40_000, ...given });
};
const after = (id: number): number => T0 + id * 100_000 + 1e6;
const codes = (findings: readonly Finding[]): string[] =>
  findings.map(({ code, attention }) => (attention ? code : `(${code})`));
const both = (ids: readonly number[]): Trade[] =>
  ids.flatMap((id) => [ten(id), ten(id, { symbol: "ETHUSDT" })]);

test("a whole database that is being written is healthy", (t) => {
  const store = reading(t, stored(t, both(span(1, 2000))));
  const { healthy, findings, series, disk, integrity, notChecked } = diagnose(store, {}, after(2000));
  assert.deepEqual([healthy, findings, integrity.checked], [true, [], false]);
  assert.deepEqual(
    series.map(({ symbol, trades }) => [symbol, trades?.coverage.rawPercent]),
    [
      ["BTCUSDT", 100],
      ["ETHUSDT", 100],
    ],
  );
  assert.deepEqual(notChecked, ["every page of the file"]);
  assert.equal(disk.storedTrades, 4000);
});

test("growth is bytes a trade times the day's trades of every symbol that is written", (t) => {
  const { disk } = diagnose(reading(t, stored(t, both(span(1, 2000)))), {}, after(2000));
  assert.ok(Math.abs(disk.growthBytesPerDay / (20 * 86_400 * disk.bytesPerTrade) - 1) < 1e-9);
  assert.equal(disk.daysUntilFull, disk.freeBytes / disk.growthBytesPerDay);
  // a symbol that nobody collects any more does not count
  const stopped = stored(t, [
    ...span(1, 2000).map((id) => ten(id, { symbol: "ETHUSDT" })),
    ...span(40_001, 42_000).map((id) => ten(id)),
  ]);
  const of = diagnose(reading(t, stopped), {}, after(42_000)).disk;
  assert.ok(Math.abs(of.growthBytesPerDay / (10 * 86_400 * of.bytesPerTrade) - 1) < 1e-9);
});

test("growth is not told from a replay, from few trades, or from a few seconds", (t) => {
  for (const file of [
    stored(
      t,
      span(1, 2000).map((id) => ten(id)),
      REPLAY,
    ),
    stored(
      t,
      span(1, 900).map((id) => ten(id)),
    ),
    stored(
      t,
      span(1, 2000).map((id) => ten(id, { tradeTimeUs: T0 + id, eventTimeUs: T0 + id })),
    ),
  ]) {
    const { disk } = diagnose(reading(t, file), {}, after(2000));
    assert.ok(Number.isNaN(disk.growthBytesPerDay) && Number.isNaN(disk.daysUntilFull));
  }
});

test("open holes, conflicts and a ledger that is wrong ask for attention", (t) => {
  const file = stored(
    t,
    [...span(1, 20), ...span(26, 40), 3].map((id, i) => ten(id, i === 35 ? { price: "1.00" } : {})),
  );
  tamper(file, "DELETE FROM trades WHERE trade_id = 30");
  const { healthy, findings } = diagnose(reading(t, file), {}, after(40));
  assert.deepEqual(codes(findings), ["ledger-mismatch", "open-holes", "conflicts", "(no-trades)"]);
  assert.equal(healthy, false);
  assert.match(findings[0]!.text, /^the ledger holds id 30, but no such trade is stored\./);
  assert.match(findings[1]!.text, /^1 hole open, 5 ids of 40 missing\. A running collector/);
  assert.match(findings[2]!.text, /^1 trade came again with another content\./);
  assert.deepEqual([findings[1]!.venue, findings[1]!.symbol], ["binance", "BTCUSDT"]);
});

test("a hole that was given up is a note", (t) => {
  const file = stored(
    t,
    [1, 2, 5, 6].map((id) => ten(id)),
  );
  write(file, (writer) => {
    writer.noteHole(
      0,
      { holeId: writer.openHoles()[0]!.holeId, state: "unrecoverable", note: "too old" },
      T0,
    );
  });
  const { healthy, findings } = diagnose(reading(t, file), { symbols: ["BTCUSDT"] }, after(6));
  assert.deepEqual([healthy, codes(findings)], [true, ["(gaps-kept)"]]);
  assert.equal(findings[0]!.text, "2 ids can't be had any more.");
});

test("missing ids in no hole ask for attention", (t) => {
  const file = stored(
    t,
    [1, 2, 5, 6].map((id) => ten(id)),
  );
  tamper(file, "DELETE FROM holes");
  assert.deepEqual(codes(diagnose(reading(t, file), { symbols: ["BTCUSDT"] }, after(6)).findings), [
    "unlisted-ids",
  ]);
});

test("a quiet venue is one note, a quiet symbol another", (t) => {
  const quiet = (trades: readonly Trade[], nowUs: number): Finding[] =>
    diagnose(reading(t, stored(t, trades)), {}, nowUs).findings.filter(({ code }) => code === "quiet");
  const short = quiet(both(span(1, 20)), after(20) + 540e6);
  assert.deepEqual(
    short.map(({ symbol, text }) => [symbol, text.slice(0, 25)]),
    [[undefined, "no trade came for 9 min. "]],
  );
  const one = quiet([...span(1, 2000).map((id) => ten(id)), ten(1, { symbol: "ETHUSDT" })], after(2000));
  assert.deepEqual(
    one.map(({ symbol }) => symbol),
    ["ETHUSDT"],
  );
});

// row 107
test("a collector that is dead for 42 minutes is an alarm with an exit code of its own; one that ended long ago is a note", (t) => {
  const file = stored(t, both(span(1, 20)));
  const dead = diagnose(reading(t, file), {}, after(20) + 42 * 60e6);
  assert.equal(exitCodeOf(dead), 3);
  assert.equal(dead.findings[0]!.code, "not-collecting");
  assert.equal(dead.findings[0]!.text, "nothing was stored for 42 min. No collector runs: start it.");
  const old = diagnose(reading(t, file), {}, after(20) + 30 * 86_400e6);
  assert.deepEqual([exitCodeOf(old), codes(old.findings)], [0, ["(quiet)"]]);
});

// row 104
test("trades that come and are not stored have an exit code and a sentence of their own", (t) => {
  const file = stored(t, both(span(1, 20)));
  const writer = openWriter(file, { venue: BINANCE, symbols: ["BTCUSDT"] });
  writer.noteTrouble(0, "ids-anew", 100, after(20));
  writer.noteTrouble(0, "ids-anew", 20, after(20) + 60e6);
  writer.close();
  const found = diagnose(reading(t, file), {}, after(20) + 120e6);
  assert.equal(exitCodeOf(found), 4);
  const [first] = found.findings;
  assert.deepEqual([first!.code, first!.symbol], ["symbol-refused", "BTCUSDT"]);
  assert.match(
    first!.text,
    /^120 trades since \S+Z came and were not stored: the exchange's ids have started over/,
  );
});

// row 59
test("holes that only files can fill are told so, and not as work of a collector", (t) => {
  const file = stored(
    t,
    [...span(1, 20), ...span(40, 60)].map((id) => ten(id)),
  );
  const writer = openWriter(file, { venue: BINANCE, symbols: ["BTCUSDT"] });
  const [hole] = writer.openHoles();
  writer.noteHole(0, { holeId: hole!.holeId, note: LEFT_TO_ARCHIVE }, T0);
  writer.close();
  const found = diagnose(reading(t, file), {}, after(60));
  assert.equal(codes(found.findings)[0], "holes-for-files");
  assert.match(found.findings[0]!.text, /^1 hole with 19 ids too large .*npm run import\.$/);
});

test("the clock's offset is put into words, and never for times that are not ours", (t) => {
  const says = (delayMs: (id: number) => number, venue = BINANCE): string => {
    const trades = span(1, 300).map((id) => ten(id, { receivedUs: T0 + id * 100_000 + delayMs(id) * 1000 }));
    const { findings } = diagnose(reading(t, stored(t, trades, venue)), { symbols: ["BTCUSDT"] }, after(300));
    return findings.find(({ code }) => code === "clock-offset")?.text ?? "";
  };
  assert.match(
    says((id) => -400 + (id % 50)),
    /^trades come up to 400 ms before .* clock is behind by at least/,
  );
  assert.match(
    says((id) => 5000 + (id % 50)),
    /^every trade comes at least 5 s late, .* clock is probably ahead\./,
  );
  assert.equal(
    says((id) => 20 + (id % 50)),
    "",
  );
  assert.equal(
    says((id) => 1200 * (1 + (id % 50))),
    "",
  );
  assert.equal(
    says(() => -9e6, REPLAY),
    "",
  );
  assert.equal(
    says(() => -9e6, {
      name: "sim-seed7-x8-1",
      kind: "simulated",
      detail: "seed 7 at x8 from 2026-01-01T00:00:00Z",
    }),
    "",
  );
});

test("several venues in one file are told apart, and one can be asked for", (t) => {
  const file = stored(
    t,
    span(1, 20).map((id) => ten(id)),
    REPLAY,
  );
  write(file, (writer) => writer.append(batchOf(both(span(1, 30)), SYMBOLS), T0), {
    ...BINANCE,
    name: "binance",
  });
  const store = reading(t, file);
  const all = diagnose(store, {}, after(30));
  assert.deepEqual(
    all.series.map(({ venue, symbol, trades }) => [venue.name, symbol, trades?.lastId]),
    [
      ["replay-tape-1", "BTCUSDT", 20],
      ["replay-tape-1", "ETHUSDT", undefined],
      ["binance", "BTCUSDT", 30],
      ["binance", "ETHUSDT", 30],
    ],
  );
  assert.deepEqual(codes(all.findings), ["(no-trades)", "(other-time)"]);
  const text = doctorText(all);
  assert.match(text, /^replay-tape-1 · REPLAYED · tape at x8$/m);
  assert.match(text, /^binance$/m);
  const one = diagnose(store, { venue: "binance", symbols: ["ETHUSDT"] }, after(30));
  assert.deepEqual(
    one.series.map(({ venue, symbol }) => [venue.name, symbol]),
    [["binance", "ETHUSDT"]],
  );
});

test("an empty database is healthy and says that it is empty", (t) => {
  const file = join(tempFolder(t), "x.db");
  write(file, () => {});
  tamper(file, "DELETE FROM symbols", "DELETE FROM venues");
  const { healthy, findings } = diagnose(reading(t, file), {}, T0);
  assert.deepEqual([healthy, codes(findings)], [true, ["(no-trades)"]]);
});

test("refusals: what is no time, no venue and no symbol of this database", (t) => {
  const store = reading(t, stored(t, [ten(1)]));
  const says = (settings: Parameters<typeof diagnose>[1]): RegExp | string => {
    try {
      diagnose(store, settings, after(1));
    } catch (error) {
      return (error as Error).message;
    }
    return "not refused";
  };
  assert.equal(
    says({ since: "soon" }),
    'since: needs a duration or a UTC time; got "soon". Pass for example 1h, or 2026-01-31T12:00.',
  );
  for (const since of ["2026-13-45", "2026-01-01T99", "1", "0h", "-1h", ""])
    assert.match(String(says({ since })), /^since: needs|^since: needs a whole/, since);
  assert.match(
    String(says({ venue: "kraken" })),
    /x\.db: needs a venue that it holds; got "kraken", and it holds BTCUSDT \(binance\), ETHUSDT \(binance\)\. /,
  );
  assert.match(
    String(says({ symbols: ["BTCUSDT", "btcusdt"] })),
    /x\.db: needs "BTCUSDT" and "btcusdt" at one venue; it holds BTCUSDT \(binance\), ETHUSDT \(binance\)\. /,
  );
});

test("since takes a UTC time with or without its Z, and durations", (t) => {
  const store = reading(
    t,
    stored(
      t,
      span(1, 900).map((id) => ten(id)),
    ),
  );
  const firstIds = ["2024-08-08T23:55", "2024-08-08T23:55:00Z", "2024-08-09", "15s", "1d"].map(
    (since) => diagnose(store, { since }, after(900)).series[0]!.trades!.window?.firstId,
  );
  // T0 is 23:54:15.342 of the 8th of August
  assert.deepEqual(firstIds, [447, 447, undefined, 750, 1]);
});

/** Overwrites a page that holds trades of the first symbol, a third of its way, with zeros. */
function wipePage(file: string): void {
  const db = new Database(file, { readonly: true });
  const leaves = db
    .prepare<[], number>(
      "SELECT pageno FROM dbstat WHERE name = 'trades' AND pagetype = 'leaf' ORDER BY path",
    )
    .pluck()
    .all();
  db.close();
  const handle = openSync(file, "r+");
  writeSync(handle, Buffer.alloc(4096), 0, 4096, (leaves[Math.floor(leaves.length / 6)]! - 1) * 4096);
  closeSync(handle);
}

test("a full check reads every page; damage it finds is the first finding, and what can be read is told", (t) => {
  const file = stored(t, both(span(1, 3000)));
  const sound = diagnose(reading(t, file), { full: true }, after(3000));
  assert.deepEqual(
    [sound.healthy, sound.integrity, sound.notChecked],
    [true, { checked: true, problems: [], missingFiles: [] }, []],
  );
  const damaged = stored(t, both(span(1, 3000)));
  wipePage(damaged);
  const { findings, healthy, integrity, series } = diagnose(reading(t, damaged), { full: true }, after(3000));
  assert.equal(findings[0]!.code, "damaged");
  assert.match(
    findings[0]!.text,
    /^the file is damaged: "[^"]+" and \d+ more\. Stop the collector, keep the file with/,
  );
  assert.equal(healthy, false);
  assert.ok(integrity.problems.some((text) => /^BTCUSDT at binance: database disk image/.test(text)));
  assert.equal(series.length, 1);
});

test("damage that the usual check runs into is told, too; elsewhere it is not looked for", (t) => {
  const file = stored(t, both(span(1, 3000)));
  wipePage(file);
  const usual = diagnose(reading(t, file), {}, after(3000));
  assert.equal(usual.findings[0]!.code, "damaged");
  const newest = diagnose(reading(t, file), { sampleTrades: 100 }, after(3000));
  assert.deepEqual([newest.findings, newest.integrity.checked], [[], false]);
});

test("a large log is an alarm that names who has the file open", async (t) => {
  const file = stored(
    t,
    span(1, 50).map((id) => ten(id)),
  );
  const holder = spawn(
    process.execPath,
    [
      "-e",
      `const db = new (require("better-sqlite3"))(${JSON.stringify(file)}, { readonly: true }); db.exec("BEGIN"); db.prepare("SELECT count(*) FROM trades").get(); process.stdout.write("held"); process.stdin.resume();`,
    ],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  t.after(() => holder.kill("SIGKILL"));
  await once(holder.stdout, "data");
  write(file, (writer) => {
    for (let i = 0; i < 20; i++)
      writer.append(
        batchOf(
          span(51 + 500 * i, 550 + 500 * i).map((id) => ten(id)),
          SYMBOLS,
        ),
        T0,
      );
    const store = reading(t, file);
    const { findings, disk } = diagnose(store, { walAlarmBytes: 100_000 }, after(10_050));
    assert.ok(disk.walBytes > 100_000);
    const alarm = findings.find(({ code }) => code === "wal-large")!;
    assert.match(
      alarm.text,
      /^the write-ahead log has [\d.]+ (KiB|MiB)\. Most likely a reader holds an old state/,
    );
    if (process.platform === "linux") assert.ok(alarm.text.includes(`(process ${holder.pid})`), alarm.text);
    assert.deepEqual(codes(diagnose(store, {}, after(10_050)).findings), ["(no-trades)"]);
  });
});

test("a disk with less than three days of room asks for attention", (t) => {
  const diagnosis = diagnose(reading(t, stored(t, both(span(1, 20)))), {}, after(20));
  const findings = (daysUntilFull: number): string[] => {
    const disk = { ...diagnosis.disk, freeBytes: 3e9, growthBytesPerDay: 3e9 / daysUntilFull, daysUntilFull };
    return codes(findingsOf({ ...diagnosis, disk }, { walAlarmBytes: 1e9, users: [] }));
  };
  assert.deepEqual([findings(2.9), findings(3), findings(Number.NaN)], [["disk-soon-full"], [], []]);
});

test("the text begins with the verdict, and its first screen says what to do", (t) => {
  const file = stored(
    t,
    [1, 2, 5, 6].map((id) => ten(id)),
  );
  const lines = doctorText(diagnose(reading(t, file), { symbols: ["BTCUSDT"] }, after(6))).split("\n");
  assert.equal(lines[0], `NEEDS ATTENTION (1 finding) · ${file} · 4 trades, 2 ids missing`);
  assert.match(lines[1]!, /^ {2}■ BTCUSDT at binance: 1 hole open, 2 ids of 6 missing\./);
  assert.ok(
    lines.some((line) => /^BTCUSDT +1 +6 +4 +2 +66\.6666 +66\.6666$/.test(line)),
    lines.join("\n"),
  );
  assert.ok(lines.some((line) => /^BTCUSDT +detected +1 +2$/.test(line)));
  assert.match(lines.at(-1)!, /^Not checked: every page of the file\. A check with --full does\.$/);
});

test("merged trades get columns of their own only where there are some", (t) => {
  const file = stored(
    t,
    [1, 4].map((id) => ten(id)),
  );
  const text = (): string => doctorText(diagnose(reading(t, file), {}, after(4)));
  assert.doesNotMatch(text(), /with merged/);
  write(file, (writer) => {
    const merged = {
      aggId: 1,
      first: 1,
      last: 3,
      price: "61837.63000000",
      qty: "0.06000000",
      tradeTimeUs: T0 + 100_000,
      receivedUs: T0,
      isBuyerMaker: true,
    };
    assert.equal(writer.fill(0, writer.openHoles()[0]!.holeId, [merged], T0).kind, "stored");
  });
  assert.match(
    text(),
    /all \(%\) +all, with merged \(%\) +last 1h \(%\) +last 1h, with merged \(%\)\nBTCUSDT .* 50 +100 +50 +100$/m,
  );
});

test("text from the database cannot move the terminal's cursor", (t) => {
  const file = stored(
    t,
    [1, 2, 5].map((id) => ten(id)),
  );
  tamper(
    file,
    "UPDATE symbols SET symbol = 'A' || char(27) || '[2J' || char(10) || 'B' WHERE symbol_id = 1",
    "UPDATE venues SET detail = char(7), kind = 'simulated'",
  );
  const text = doctorText(diagnose(reading(t, file), {}, after(5)));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not come
  assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f]/);
  assert.ok(!text.includes("\nB"));
});

test("the JSON has every name always, null for what is not known, and no NaN", (t) => {
  const names = (diagnosis: Diagnosis): unknown => {
    const parsed = JSON.parse(doctorJson(diagnosis));
    return [
      Object.keys(parsed),
      Object.keys(parsed.disk),
      Object.keys(parsed.series[0].trades),
      parsed.series[1].trades,
    ];
  };
  const one = diagnose(reading(t, stored(t, [ten(1)])), { since: "2030-01-01" }, after(1));
  const many = diagnose(
    reading(
      t,
      stored(
        t,
        [...span(1, 2000), 2003].map((id) => ten(id)),
      ),
    ),
    { full: true },
    after(2003),
  );
  assert.deepEqual(names(one), names(many));
  const parsed = JSON.parse(doctorJson(one));
  assert.deepEqual(
    [parsed.series[0].trades.window, parsed.disk.bytesPerTrade, parsed.series[0].trades.pace.meanPerSecond],
    [null, null, null],
  );
});

test("words: bytes, spans, counts, and percent that never rounds up to 100", () => {
  assert.deepEqual([0, 1023, 1536, 1.5 * 2 ** 30, Number.NaN].map(bytesText), [
    "0 B",
    "1023 B",
    "1.5 KiB",
    "1.5 GiB",
    "unknown",
  ]);
  assert.deepEqual(
    [500, 42_000, 1.5e6, 90e6, 5400e6, 36 * 3600e6, 86_400e6 * 365, Number.POSITIVE_INFINITY].map(spanText),
    ["0.5 ms", "42 ms", "1.5 s", "1.5 min", "1.5 h", "36 h", "365 days", "unknown"],
  );
  assert.deepEqual([countText(1, "id"), countText(1204, "id")], ["1 id", "1,204 ids"]);
  assert.deepEqual([100, 100 * (1 - 1e-9), 29, 66.66666].map(percentText), [
    "100",
    "99.9999",
    "29",
    "66.6666",
  ]);
});

test("archived days count like those in the database: first trade, window, times around a hole; a file that is gone is told", (t) => {
  const db = join(tempFolder(t), "x.db");
  const day = Date.UTC(2024, 7, 8) * 1000;
  const at = (id: number, us: number, symbol = "BTCUSDT"): Trade =>
    trade(id, { symbol, tradeTimeUs: us, eventTimeUs: us, receivedUs: us + 5000 });
  write(db, (writer) => {
    const trades = [
      at(1, day),
      at(2, day + 1e6),
      at(5, day + 2e6),
      at(6, day + 86_400e6),
      at(1, day, "ETHUSDT"),
    ];
    writer.append(batchOf(trades, SYMBOLS), day);
  });
  assert.equal(archive({ db, nowUs: 1 }).trades, 4);
  const store = openHistory(db);
  t.after(() => store.close());
  const asked = { since: "2024-08-08T00:00:01", full: true };
  const { series, integrity, healthy } = diagnose(store, asked, day + 86_401e6);
  assert.deepEqual([healthy, integrity.missingFiles], [false, []], "the hole");
  const [btc, eth] = series.map(({ trades }) => trades!);
  assert.deepEqual([btc!.firstId, btc!.firstTimeUs, btc!.lastTimeUs], [1, day, day + 86_400e6]);
  assert.deepEqual([btc!.window?.firstId, btc!.window?.missingIds], [2, 2]);
  assert.deepEqual(
    [eth!.lastTimeUs, eth!.lastReceivedUs, eth!.pace?.busiestSecond.trades],
    [day, day + 5000, Number.NaN],
  );
  const quality = store.quality();
  t.after(() => quality.close());
  const [hole] = quality.holes(store.series()[0]!, 10);
  assert.deepEqual([hole!.first, hole!.fromUs, hole!.toUs], [3, day + 1e6, day + 2e6]);

  rmSync(join(dirname(db), "archive"), { recursive: true });
  const again = openHistory(db);
  t.after(() => again.close());
  const gone = diagnose(again, asked, day + 86_401e6);
  assert.equal(gone.healthy, false);
  assert.deepEqual(
    gone.findings.map(({ code }) => code).filter((code) => code === "archive-missing").length,
    2,
  );
  assert.match(
    doctorText(gone),
    /archive.*needs the file that holds 3 trades of 2024-08-08, .*Bring it back/,
  );
});

test("the newest trade of each symbol is asked for a few times, however many symbols there are", (t) => {
  const symbols = Array.from({ length: 40 }, (_, k) => `S${k}USDT`);
  const file = join(tempFolder(t), "x.db");
  const writer = openWriter(file, { venue: BINANCE, symbols });
  writer.append(
    batchOf(
      symbols.map((symbol) => ten(1, { symbol })),
      symbols,
    ),
    T0,
  );
  writer.close();
  const store = reading(t, file);
  let asked = 0;
  const counted = {
    ...store,
    newest: (...args: Parameters<typeof store.newest>) => {
      asked++;
      return store.newest(...args);
    },
  };
  const { series } = diagnose(counted, {}, after(1));
  assert.equal(series.length, 40);
  assert.ok(asked <= 4 * 40, `asked ${asked} times for 40 symbols`);
});
