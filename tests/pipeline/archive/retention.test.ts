import assert from "node:assert/strict";
import { appendFileSync, existsSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { diagnose } from "../../../src/app/doctor/doctor.ts";
import { archive } from "../../../src/pipeline/archive/archive.ts";
import { openHistory } from "../../../src/pipeline/archive/history.ts";
import { removeOld } from "../../../src/pipeline/archive/retention.ts";
import { openArchiveWriter } from "../../../src/pipeline/store/archive-writer.ts";
import { writePublished } from "../../../src/pipeline/store/file/published.ts";
import { openWriter } from "../../../src/pipeline/store/write/writer.ts";
import { DAY_US, FIRST_DAY_US, fewDays, SYMBOLS, storeTrades, VENUE } from "../../support/archive.ts";
import { rows } from "../../support/import.ts";
import { tempFolder } from "../../support/temp.ts";
import { batchOf, trade } from "../../support/trades.ts";

const NOW_US = FIRST_DAY_US + 30 * DAY_US;

const removeFrom = (db: string, keepUs: number, nowUs = NOW_US) =>
  removeOld({ db, keepUs, nowUs, open: openArchiveWriter });

for (const seed of [1, 2]) {
  test(`only archived days that are older than what is kept are removed, and the ledger proves what is left (seed ${seed})`, (t) => {
    const db = join(tempFolder(t), "x.db");
    const trades = fewDays(700, seed);
    storeTrades(db, trades);
    archive({ db, partRows: 90, keepUs: DAY_US, nowUs: 1 });
    const result = removeFrom(db, DAY_US);
    const cutUs = FIRST_DAY_US + 2 * DAY_US;
    const left = trades.filter(({ tradeTimeUs }) => tradeTimeUs >= cutUs);
    assert.equal(result.trades, trades.length - left.length);
    assert.deepEqual(result.kept, []);
    const history = openHistory(db);
    t.after(() => history.close());
    for (const series of history.series()) {
      const ids = [...history.blocks(series)].flatMap(({ id }) => [...id]);
      assert.deepEqual(
        ids,
        left.filter(({ symbol }) => symbol === series.symbol).map(({ id }) => id),
      );
    }
    const codes = diagnose(history, { full: true }, NOW_US).findings.map(({ code }) => code);
    for (const code of ["ledger-mismatch", "unlisted-ids", "damaged", "archive-missing"])
      assert.ok(!codes.includes(code), code);
    assert.deepEqual(rows(db, "SELECT count(*) FROM archived WHERE state = 'writing'"), [[0]]);
    assert.deepEqual(
      (rows(db, "SELECT path FROM archived") as [string][]).map(([path]) =>
        existsSync(join(dirname(db), path)),
      ),
      rows(db, "SELECT path FROM archived").map(() => true),
    );
    // and a second run finds nothing to do
    assert.equal(removeFrom(db, DAY_US).files, 0);
  });
}

test("nothing that is in the database only is ever removed, however old it is", (t) => {
  const db = join(tempFolder(t), "x.db");
  const trades = fewDays(300);
  storeTrades(db, trades);
  assert.equal(removeFrom(db, 0).files, 0);
  assert.deepEqual(rows(db, "SELECT count(*) FROM trades"), [[trades.length]]);
});

test("of a database that is published only what was counted there is removed, the rest stays and says why", (t) => {
  const db = join(tempFolder(t), "x.db");
  storeTrades(db, fewDays(700));
  archive({ db, keepUs: DAY_US, nowUs: 1 });
  const book = { to: "http://desk:8123/tickbook", collector: "one", owner: "me" };
  writePublished(db, { ...book, counted: {} });
  const before = rows(db, "SELECT count(*) FROM archived");
  const none = removeFrom(db, DAY_US);
  assert.equal(none.files, 0);
  assert.ok(none.kept.length > 0);
  for (const { what } of none.kept)
    assert.equal(what, "its trades are not published, or not counted there yet");
  assert.deepEqual(rows(db, "SELECT count(*) FROM archived"), before);
  const all: readonly (readonly [number, number])[] = [[0, 1e12]];
  const counted = { [VENUE.name]: Object.fromEntries(SYMBOLS.map((symbol) => [symbol, all])) };
  writePublished(db, { ...book, counted });
  assert.equal(removeFrom(db, DAY_US).files, none.kept.length);
});

test("a file that has changed, or is not there, stays on the list and is named", (t) => {
  const db = join(tempFolder(t), "x.db");
  storeTrades(db, fewDays(300));
  archive({ db, nowUs: 1 });
  const [[changed], [gone]] = rows(db, "SELECT path FROM archived ORDER BY path LIMIT 2") as [
    [string],
    [string],
  ];
  appendFileSync(join(dirname(db), changed), "x");
  rmSync(join(dirname(db), gone));
  const { kept } = removeFrom(db, DAY_US);
  assert.deepEqual(kept.map(({ path }) => path).sort(), [changed, gone]);
  assert.ok(existsSync(join(dirname(db), changed)));
});

test("killed before the files are gone, the next run removes them", (t) => {
  const db = join(tempFolder(t), "x.db");
  storeTrades(db, fewDays(300));
  archive({ db, nowUs: 1 });
  const writer = openArchiveWriter(db);
  const [part] = writer.parts();
  writer.drop(part!.symbolId, [part!.partId], NOW_US);
  writer.close();
  const path = join(dirname(db), part!.path);
  assert.ok(existsSync(path));
  removeFrom(db, 100 * DAY_US);
  assert.ok(!existsSync(path));
});

test("one trade with a time of next year, or a clock that is wrong, removes nothing", (t) => {
  const db = join(tempFolder(t), "x.db");
  storeTrades(db, fewDays(300));
  archive({ db, nowUs: 1 });
  const writer = openWriter(db, { venue: VENUE, symbols: SYMBOLS });
  const tradeTimeUs = FIRST_DAY_US + 365 * DAY_US;
  writer.append(batchOf([trade(1_000_300, { tradeTimeUs, source: "rest" })], SYMBOLS), 1);
  writer.close();
  assert.equal(removeFrom(db, 10 * DAY_US, FIRST_DAY_US + 500 * DAY_US).files, 0);
  assert.equal(removeFrom(db, DAY_US, FIRST_DAY_US).files, 0);
});
