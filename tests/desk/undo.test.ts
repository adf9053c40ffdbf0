import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openHistory } from "../../src/pipeline/archive/history.ts";
import { openRelay } from "../../src/pipeline/desk/relay/relay.ts";
import type { TakenBack } from "../../src/pipeline/desk/relay/take-back.ts";
import { openStore } from "../../src/pipeline/open-store.ts";
import { rangesOf, readPublished } from "../../src/pipeline/store/file/published.ts";
import { undoImport } from "../../src/pipeline/store/write/undo-import.ts";
import { startDesk } from "../support/desk.ts";
import { importing, put } from "../support/import.ts";
import { tempFolder } from "../support/temp.ts";

const desk = await startDesk();
const START = Date.UTC(2026, 2, 13) * 1000;

const NAMES = {
  early: "BTCUSDT-trades-2026-03-13.csv",
  late: "BTCUSDT-trades-2026-03-14.csv",
  month: "BTCUSDT-trades-2026-03.csv",
  merged: "BTCUSDT-aggTrades-2026-03-15.csv",
} as const;

/** Ids up to 300 are of the first day, up to 700 of the second. */
const timeOf = (id: number): number => START + (id <= 300 ? 0 : id <= 700 ? 86_400e6 : 172_800e6) + id * 1e6;

function singles(first: number, last: number, price = 60_000): string {
  const lines = Array.from({ length: last - first + 1 }, (_, i) => {
    const id = first + i;
    return `${id},${price + (id % 7)}.00000000,0.00100000,60.0,${timeOf(id)},True,True`;
  });
  return `${lines.join("\n")}\n`;
}

const merged = Array.from(
  { length: 20 },
  (_, i) => `${i + 1},60000.5,0.01,${1000 + 5 * i},${1004 + 5 * i},${timeOf(1000 + 5 * i)},True,True`,
);

async function publish(db: string, name: string, user = "default", collector = "one") {
  const taken: TakenBack[] = [];
  const relay = await openRelay({
    ...{ db, to: desk.url(name), collector, user: { user, password: "" } },
    nowUs: () => Date.now() * 1000,
    onTakenBack: (_, became) => taken.push(became),
  });
  try {
    const { trades } = await relay.pass();
    await relay.confirm();
    return { taken, trades, audited: await relay.audit() };
  } finally {
    relay.close();
  }
}

function compare(db: string, name: string): number {
  const [book, shelf] = [openHistory(db), openStore(desk.url(name))];
  try {
    const [here, there] = [book.series()[0]!, shelf.series()[0]!];
    const trades = book.trades(here);
    assert.deepEqual(shelf.trades(there), trades);
    assert.deepEqual(shelf.exact(there, 0, 1e9, 1e9), book.exact(here, 0, 1e9, 1e9));
    assert.deepEqual(shelf.exactMerged(there, 0, 1e9), book.exactMerged(here, 0, 1e9));
    assert.deepEqual(shelf.newest(there), book.newest(here));
    return trades.length;
  } finally {
    book.close();
    shelf.close();
  }
}

const counted = (name: string, table = "trades"): number =>
  desk.ask(`SELECT toFloat64(count()) AS n FROM ${table} FINAL FORMAT Native`, name).columns.n![0] as number;

const undo = (db: string, file: string) => undoImport(db, { file, sha256: undefined }, Date.now() * 1000);

test("an import that is taken back is taken away where it was published, and what stays, or comes again otherwise, is there as it is here", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  const name = "undo";
  await importing(put(folder, NAMES.early, singles(1, 300)), db);
  await importing(put(folder, NAMES.late, singles(301, 700)), db, { nowUs: START + 1e12 });
  await importing(put(folder, NAMES.merged, `${merged.join("\n")}\n`), db, { nowUs: START + 2e12 });
  assert.deepEqual((await publish(db, name)).taken, []);
  assert.equal(compare(db, name), 720);

  // at an end, in a reader that is open meanwhile, too
  const shelf = openStore(desk.url(name));
  t.after(() => shelf.close());
  const [series] = shelf.series();
  assert.equal(shelf.trades(series!).length, 720);
  undo(db, NAMES.late);
  const { taken, audited } = await publish(db, name);
  assert.deepEqual(
    taken.map(({ trades, problem }) => [trades, problem]),
    [[400, undefined]],
  );
  assert.deepEqual([audited.differing, audited.lost], [0, 0]);
  assert.equal(compare(db, name), 320);
  assert.equal(shelf.trades(series!).length, 320);
  assert.equal(counted(name), 300);

  undo(db, NAMES.merged);
  await publish(db, name);
  assert.equal(compare(db, name), 300);
  assert.equal(counted(name, "agg_trades"), 0);

  // other contents of the same ids, received later: nothing of the old ones stands in their way
  await importing(put(folder, NAMES.late, singles(301, 700, 50_000)), db, { nowUs: START + 3e12 });
  await publish(db, name);
  assert.equal(compare(db, name), 700);
  assert.deepEqual(
    readdirSync(folder).filter((file) => file.includes("undone")),
    [],
  );
});

test("all of a series can be taken back, and come again", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  const path = put(folder, NAMES.early, singles(1, 300));
  await importing(path, db);
  await publish(db, "whole");
  undo(db, NAMES.early);
  assert.equal((await publish(db, "whole")).taken[0]!.trades, 300);
  // what is counted may be removed here: no more than is there
  assert.deepEqual(rangesOf(readPublished(db)!, "binance", "BTCUSDT"), []);
  assert.equal(compare(db, "whole"), 0);
  await importing(path, db, { nowUs: START + 4e12 });
  assert.equal((await publish(db, "whole")).trades, 300);
  assert.equal(compare(db, "whole"), 300);
});

test("a relay that may not delete says so; no reader sees what was taken back, and the next one that may deletes it", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  await desk.users({ relay: { password: "", readonly: false, denied: "ALTER" } });
  await importing(put(folder, NAMES.early, singles(1, 300)), db);
  await importing(put(folder, NAMES.late, singles(301, 700)), db, { nowUs: START + 1e12 });
  await publish(db, "denied");
  undo(db, NAMES.early);
  const { taken } = await publish(db, "denied", "relay");
  assert.match(taken[0]!.problem!.message, /needs a user who may do this/);
  assert.equal(compare(db, "denied"), 400);
  assert.equal(counted("denied"), 700);
  assert.equal((await publish(db, "denied")).taken[0]!.problem, undefined);
  assert.equal(compare(db, "denied"), 400);
  assert.equal(counted("denied"), 400);
});

test("merged trades that a relay may not delete are told to be seen still", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  await desk.users({ merging: { password: "", readonly: false, denied: "ALTER" } });
  await importing(put(folder, NAMES.early, singles(1, 300)), db);
  await importing(put(folder, NAMES.merged, `${merged.join("\n")}\n`), db, { nowUs: START + 1e12 });
  await publish(db, "seen");
  undo(db, NAMES.merged);
  assert.equal((await publish(db, "seen", "merging")).taken[0]!.areMergedLeft, true);
  assert.equal((await publish(db, "seen")).taken[0]!.areMergedLeft, false);
  assert.equal(compare(db, "seen"), 300);
});

test("what another collector has published, too, stays there for it, whichever copy the server has kept", async (t) => {
  for (const isOneCopyLeft of [true, false]) {
    const folder = tempFolder(t);
    const [a, b] = [join(folder, "a.db"), join(folder, "b.db")];
    const name = isOneCopyLeft ? "one_copy" : "two_copies";
    const path = put(folder, NAMES.early, singles(1, 300));
    await importing(path, a, { nowUs: START + 1e12 });
    await importing(path, b, { nowUs: START + 2e12 });
    await importing(put(folder, NAMES.late, singles(301, 700)), a, { nowUs: START + 3e12 });
    await publish(a, name, "default", "a");
    await publish(b, name, "default", "b");
    if (isOneCopyLeft) desk.ask("OPTIMIZE TABLE trades FINAL", name);
    undo(a, NAMES.early);
    assert.equal((await publish(a, name, "default", "a")).taken[0]!.trades, 300);
    const shelf = openStore(desk.url(name));
    t.after(() => shelf.close());
    const { id, length } = shelf.exact(shelf.series()[0]!, 0, 1e9, 1e9);
    assert.deepEqual([id[0], length], [1, 700]);
    // the other's relay finds nothing amiss
    assert.equal((await publish(b, name, "default", "b")).audited.differing, 0);
    undo(a, NAMES.late);
    await publish(a, name, "default", "a");
    assert.equal(counted(name), 300);
  }
});

test("conflicts of an import go with it when it is taken back", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  await importing(put(folder, NAMES.early, singles(1, 300)), db);
  await importing(put(folder, NAMES.month, singles(290, 310, 50_000)), db, { nowUs: START + 1e12 });
  const conflicts = (): number => {
    const shelf = openStore(desk.url("differs"));
    try {
      const since = { since: { backUs: 60e6 }, full: false, sampleTrades: 10 } as const;
      return shelf.quality().series(shelf.series()[0]!, since).trades!.conflicts;
    } finally {
      shelf.close();
    }
  };
  await publish(db, "differs");
  assert.equal(conflicts(), 11);
  undo(db, NAMES.month);
  await publish(db, "differs");
  assert.equal(conflicts(), 0);
});
