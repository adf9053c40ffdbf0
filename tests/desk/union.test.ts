import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { diagnose } from "../../src/app/doctor/doctor.ts";
import { doctorText } from "../../src/app/doctor/text.ts";
import { random } from "../../src/core/random.ts";
import type { Trade } from "../../src/core/trade.ts";
import { openHistory } from "../../src/pipeline/archive/history.ts";
import { openRelay } from "../../src/pipeline/desk/relay/relay.ts";
import { mergeInto } from "../../src/pipeline/merge/merge.ts";
import { openStore } from "../../src/pipeline/open-store.ts";
import type { TradeStore } from "../../src/pipeline/store/trade-store.ts";
import { startDesk } from "../support/desk.ts";
import { SYMBOLS, write } from "../support/stored.ts";
import { tempFolder } from "../support/temp.ts";
import { batchOf, T0, trade } from "../support/trades.ts";

const desk = await startDesk();
const nowUs = (): number => Date.now() * 1000;

async function publish(db: string, name: string, collector: string, isAudit = false, aheadUs = 0) {
  const relay = await openRelay({
    db,
    to: desk.url(name),
    collector,
    user: { user: "default", password: "" },
    nowUs: () => nowUs() + aheadUs,
  });
  try {
    await relay.pass();
    await relay.confirm();
    return isAudit ? await relay.audit() : undefined;
  } finally {
    relay.close();
  }
}

function opened(t: { after(end: () => void): void }, store: TradeStore): TradeStore {
  t.after(() => store.close());
  return store;
}

const put = (db: string, trades: readonly Trade[]): void =>
  write(db, (writer) => writer.append(batchOf(trades, SYMBOLS), T0, { takesOlder: true }));

test("the desk's tape of two collectors is what was released less what both missed, as a merge of their databases has it", async (t) => {
  const folder = tempFolder(t);
  const [a, b, both] = ["a.db", "b.db", "both.db"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const chance = random(4);
  const released = Array.from({ length: 5000 }, (_, i) => trade(i + 1));
  // each misses stretches of its own; b begins later, and ends later
  const missed = (): Set<number> => {
    const ids = new Set<number>();
    for (let hole = 0; hole < 15; hole++) {
      const first = 100 + Math.floor(4500 * chance.uniform());
      for (let id = first; id < first + 30 + 60 * chance.uniform(); id++) ids.add(id);
    }
    return ids;
  };
  const [missedA, missedB] = [missed(), missed()];
  const later = (one: Trade): Trade => ({ ...one, receivedUs: one.receivedUs + 7 });
  put(
    a,
    released.filter(({ id }) => id <= 4900 && !missedA.has(id)),
  );
  put(b, released.filter(({ id }) => id >= 50 && !missedB.has(id)).map(later));
  await publish(b, "union", "b");
  await publish(a, "union", "a");
  mergeInto({ into: both, sources: [a, b], nowUs: 5 });
  const shelf = opened(t, openStore(desk.url("union")));
  const book = opened(t, openHistory(both));
  const [there, here] = [shelf.series()[0]!, book.series().find(({ symbol }) => symbol === "BTCUSDT")!];
  const expected = released
    .map(({ id }) => id)
    .filter((id) => !((missedA.has(id) || id > 4900) && (missedB.has(id) || id < 50)));
  assert.deepEqual([...shelf.trades(there).id], expected);
  assert.deepEqual(shelf.trades(there), book.trades(here));
  // of two copies the one received first stays, whoever came first
  assert.deepEqual(shelf.exact(there, 0, 6000, 1e9), book.exact(here, 0, 6000, 1e9));
  const at = { since: { backUs: 60e6 }, full: true, sampleTrades: 1000 } as const;
  const [p, q] = [shelf.quality().series(there, at).trades!, book.quality().series(here, at).trades!];
  assert.deepEqual(p.coverage, q.coverage);
  assert.equal(p.unlistedIds, 0);
  assert.deepEqual(p.ledger.defects, []);
});

test("what two collectors tell in two ways is kept as it was received first, and the audit of the other lists it", async (t) => {
  const folder = tempFolder(t);
  const [a, b] = [join(folder, "a.db"), join(folder, "b.db")];
  const ids = Array.from({ length: 100 }, (_, i) => i + 1);
  put(
    a,
    ids.map((id) => trade(id)),
  );
  put(
    b,
    ids.map((id) =>
      trade(id, { receivedUs: T0 + id * 1000 + 9000, ...(id === 40 && { price: "1.00000000" }) }),
    ),
  );
  await publish(b, "conflict", "b");
  await publish(a, "conflict", "a");
  assert.deepEqual((await publish(a, "conflict", "a", true))!.conflicts, 0);
  const found = (await publish(b, "conflict", "b", true))!;
  assert.deepEqual([found.differing, found.conflicts, found.lost, found.unmended], [1, 1, 0, 0]);
  const shelf = opened(t, openStore(desk.url("conflict")));
  const [series] = shelf.series();
  assert.equal(shelf.trades(series!, { fromId: 40, limit: 1 }).price[0], 61837.63);
  const quality = shelf.quality().series(series!, { since: { backUs: 60e6 }, full: false, sampleTrades: 10 });
  assert.equal(quality.trades!.conflicts, 1);
});

test("a conflict that a relay comes upon when it counts what it has just sent is listed, and stays so when it is started again", async (t) => {
  const folder = tempFolder(t);
  const [a, b] = [join(folder, "a.db"), join(folder, "b.db")];
  const told = (id: number, price: string): Trade => trade(id, { receivedUs: T0 + id * 1000 + 9000, price });
  put(a, [trade(1), trade(2), trade(3)]);
  put(b, [told(1, "5.00000000"), told(2, "61837.63000000")]);
  await publish(a, "counted", "a");
  await publish(b, "counted", "b");
  const shelf = opened(t, openStore(desk.url("counted")));
  const [series] = shelf.series();
  const at = { since: { backUs: 60e6 }, full: false, sampleTrades: 10 } as const;
  const conflicts = (): number => shelf.quality().series(series!, at).trades!.conflicts;
  assert.equal(conflicts(), 1);
  put(b, [told(3, "7.00000000")]);
  await publish(b, "counted", "b");
  const later = opened(t, openStore(desk.url("counted")));
  assert.equal(later.quality().series(series!, at).trades!.conflicts, 2);
  assert.equal(later.trades(series!).price[0], 61837.63);
});

test("a reader that has both sees what comes to either, late or not, as ranges that are late", async (t) => {
  const folder = tempFolder(t);
  const [a, b] = [join(folder, "a.db"), join(folder, "b.db")];
  const some = (first: number, last: number): Trade[] =>
    Array.from({ length: last - first + 1 }, (_, i) => trade(first + i));
  put(a, [...some(1, 100), ...some(151, 200)]);
  await publish(a, "late", "a");
  const shelf = opened(t, openStore(desk.url("late")));
  const [series] = shelf.series();
  const start = shelf.cursor(series!, 0);
  const first = shelf.changes(series!, start);
  assert.deepEqual([first.trades.length, first.late], [150, []]);
  const version = shelf.version();
  assert.equal(shelf.version(), version);
  put(b, some(90, 160));
  await publish(b, "late", "b");
  put(a, some(201, 210));
  await publish(a, "late", "a");
  assert.notEqual(shelf.version(), version);
  const next = shelf.changes(series!, first.cursor);
  assert.deepEqual(
    [...next.trades.id],
    some(201, 210).map(({ id }) => id),
  );
  assert.deepEqual(next.late, [{ first: 101, last: 150 }]);
  assert.deepEqual(shelf.changes(series!, next.cursor).late, []);
  const seen = shelf.atOneTime(() => {
    const before = shelf.trades(series!).length;
    return [before, shelf.holes(series!, 1, 300).length];
  });
  assert.deepEqual(seen, [210, 0]);
});

test("the doctor of a desk tells who publishes, how far each is, and what was not published", async (t) => {
  const folder = tempFolder(t);
  const [a, b] = [join(folder, "a.db"), join(folder, "b.db")];
  put(a, [trade(1), trade(2), trade(5)]);
  put(b, [trade(1), trade(3)]);
  await publish(a, "doctor", "tokyo");
  await publish(b, "doctor", "paris");
  // one whose relay ended an hour ago, with a trade that it held and had not sent
  desk.ask(
    "ALTER TABLE books UPDATE server_us = server_us - 3600000000, held = held + (symbol = 'BTCUSDT') WHERE collector = 'paris' SETTINGS mutations_sync = 2",
    "doctor",
  );
  const shelf = opened(t, openStore(desk.url("doctor")));
  const diagnosis = diagnose(shelf, { since: "1h" }, T0 + 10e6);
  const [paris, tokyo] = diagnosis.publishers as [never, never] as {
    name: string;
    unpublishedIds: number;
    silentUs: number;
  }[];
  assert.deepEqual(
    [paris!.name, paris!.unpublishedIds, tokyo!.name, tokyo!.unpublishedIds],
    ["paris", 1, "tokyo", 0],
  );
  assert.ok(paris!.silentUs > 3500e6 && tokyo!.silentUs < 600e6);
  const text = doctorText(diagnosis);
  assert.match(
    text,
    /■ collector paris has published nothing for 1 h, and 1 id that it held were not published/,
  );
  assert.match(text, /Who publishes here/);
  assert.equal(diagnosis.series[0]!.trades!.coverage.missingIds, 1);
});

test("the doctor of a desk tells whose clock is off, and by how much", async (t) => {
  const folder = tempFolder(t);
  for (const [name, aheadUs] of [
    ["early", 90e6],
    ["late", -90e6],
    ["right", 0],
  ] as const) {
    put(join(folder, `${name}.db`), [trade(1)]);
    await publish(join(folder, `${name}.db`), "clocks", name, false, aheadUs);
  }
  const shelf = opened(t, openStore(desk.url("clocks")));
  const diagnosis = diagnose(shelf, { since: "1h" }, T0 + 10e6);
  const text = doctorText(diagnosis);
  assert.match(text, /the clock of collector early was [\d.]+ (min|s) ahead of the server's/);
  assert.match(text, /the clock of collector late was [\d.]+ (min|s) behind the server's/);
  for (const { name, aheadUs } of diagnosis.publishers) {
    const set = name === "early" ? 90e6 : name === "late" ? -90e6 : 0;
    // the server reads its clock a little later
    assert.ok(aheadUs <= set + 1e6 && aheadUs > set - 25e6, `${name} ${aheadUs}`);
  }
});

test("ten desks at once see what is published, each the same, while the relay goes on", async (t) => {
  const db = join(tempFolder(t), "x.db");
  const add = (first: number, last: number): void =>
    put(
      db,
      Array.from({ length: last - first + 1 }, (_, i) => trade(first + i)),
    );
  add(1, 1000);
  const relay = await openRelay({ db, to: desk.url("ten"), user: { user: "default", password: "" }, nowUs });
  t.after(() => relay.close());
  await relay.pass();
  const desks = Array.from({ length: 10 }, () => {
    const store = openStore(desk.url("ten"));
    t.after(() => store.close());
    const [series] = store.series();
    return { store, series: series!, cursor: store.cursor(series!, 0), seen: 0 };
  });
  for (let round = 0; round < 5; round++) {
    for (const one of desks) {
      const { trades, cursor, late } = one.store.changes(one.series, one.cursor);
      assert.deepEqual(late, []);
      one.cursor = cursor;
      one.seen += trades.length;
    }
    add(1001 + 100 * round, 1100 + 100 * round);
    await relay.pass();
  }
  for (const one of desks) {
    one.seen += one.store.changes(one.series, one.cursor).trades.length;
    assert.equal(one.seen, 1500);
  }
});
