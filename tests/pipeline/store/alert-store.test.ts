import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  type AlertRecord,
  openAlertStore,
  readAlertHistory,
} from "../../../src/pipeline/store/alert-store.ts";
import { openWriter } from "../../../src/pipeline/store/write/writer.ts";
import { BINANCE, tamper } from "../../support/stored.ts";
import { tempFolder } from "../../support/temp.ts";

const event = (timeUs: number, more: Partial<AlertRecord> = {}): Omit<AlertRecord, "id" | "venue"> => ({
  venueKind: "simulated",
  key: "k",
  rule: "r",
  watched: "BTCUSDT, 1s",
  severity: "info",
  kind: "firing",
  from: "inactive",
  timeUs,
  atUs: timeUs + 1,
  sinceUs: timeUs,
  value: 2,
  fire: 2,
  resolve: 1,
  delivery: "sent",
  silencedBy: "",
  isLate: false,
  heldBack: 0,
  text: "t",
  labels: { a: "1" },
  ...more,
});

test("what is committed is there again after it was closed: progress, states and events, by venue", (t) => {
  const file = join(tempFolder(t), "new", "alerts.db");
  const first = openAlertStore(file, 42);
  const [one] = first.commit("v", {
    progress: { doneUs: { 1: 2 } },
    states: [{ key: "k", state: { a: 1 } }],
    events: [event(10, { value: Number.NaN, isLate: true })],
  });
  assert.equal(one!.id, 1);
  first.commit("w", { progress: 5, states: [], events: [event(11, { value: Number.POSITIVE_INFINITY })] });
  first.close();
  const again = openAlertStore(file, 99);
  assert.equal(again.history, 42);
  assert.deepEqual(
    [again.progress("v"), again.states("v"), again.progress("x"), again.states("x")],
    [{ doneUs: { 1: 2 } }, { k: { a: 1 } }, undefined, {}],
  );
  again.commit("v", { progress: 6, states: [{ key: "k", state: { a: 2 } }], events: [] });
  assert.deepEqual([again.progress("v"), again.states("v")], [6, { k: { a: 2 } }]);
  again.close();
  assert.deepEqual(readAlertHistory(file), [
    { ...event(10, { value: Number.NaN, isLate: true }), id: 1, venue: "v" },
    { ...event(11, { value: Number.POSITIVE_INFINITY }), id: 2, venue: "w" },
  ]);
  assert.deepEqual(
    readAlertHistory(file, { venue: "w" }).map(({ id }) => id),
    [2],
  );
  assert.deepEqual(
    readAlertHistory(file, { fromUs: 10, toUs: 11 }).map(({ id }) => id),
    [1],
  );
  assert.deepEqual(
    readAlertHistory(file, { most: 1 }).map(({ id }) => id),
    [2],
  );
  assert.deepEqual(readAlertHistory(join(file, "..", "none.db")), []);
});

test("a commit that fails in its middle leaves nothing", (t) => {
  const file = join(tempFolder(t), "alerts.db");
  const store = openAlertStore(file, 1);
  t.after(() => store.close());
  const broken = { ...event(2), fire: "x".repeat(2) as unknown as number, text: null as unknown as string };
  assert.throws(() =>
    store.commit("v", { progress: 1, states: [{ key: "k", state: 1 }], events: [event(1), broken] }),
  );
  assert.deepEqual([store.progress("v"), store.states("v"), readAlertHistory(file)], [undefined, {}, []]);
});

test("a sink gets the told events after the one it had last; a new sink those that come after it", (t) => {
  const store = openAlertStore(join(tempFolder(t), "alerts.db"), 1);
  t.after(() => store.close());
  const add = (...events: Omit<AlertRecord, "id" | "venue">[]): void =>
    void store.commit("v", { progress: 1, states: [], events });
  add(event(1));
  assert.deepEqual(store.undelivered("s", 10), []);
  add(event(2), event(3, { delivery: "quiet" }), event(4), event(5));
  assert.deepEqual(
    store.undelivered("s", 2).map(({ id }) => id),
    [2, 4],
  );
  store.delivered("s", 4);
  assert.deepEqual(
    store.undelivered("s", 10).map(({ id }) => id),
    [5],
  );
  assert.equal(store.deliveredTo("s"), 4);
});

test("one writer at a time; a foreign, newer or broken file is refused and left as it is", (t) => {
  const folder = tempFolder(t);
  const file = join(folder, "alerts.db");
  const store = openAlertStore(file, 1);
  assert.throws(() => openAlertStore(file, 1), /another watch is running/);
  store.close();
  tamper(file, "PRAGMA user_version = 9");
  assert.throws(() => openAlertStore(file, 1), /of version 9, and was left untouched/);
  const trades = join(folder, "x.db");
  openWriter(trades, { venue: BINANCE, symbols: ["BTCUSDT"] }).close();
  assert.throws(() => openAlertStore(trades, 1), /another database, and was left untouched/);
  assert.throws(() => readAlertHistory(trades), /another database/);
  const text = join(folder, "text.db");
  writeFileSync(
    text,
    "no database at all, and a long text in place of its header, longer than one hundred bytes as it has to be",
  );
  assert.throws(() => openAlertStore(text, 1), /needs a history of alerts that it can open/);
  assert.throws(() => openAlertStore(folder, 1), /needs a history of alerts that it can open/);
  assert.throws(() => readAlertHistory(text), /needs a history of alerts that it can open/);
});

test("a history that lacks a table, or whose lock is no lock, is refused in words, and can be opened once it is mended", (t) => {
  const folder = tempFolder(t);
  for (const table of ["progress", "states", "sinks", "events", "about"]) {
    const file = join(folder, `${table}.db`);
    openAlertStore(file, 1).close();
    tamper(file, `ALTER TABLE ${table} RENAME TO gone`);
    assert.throws(() => openAlertStore(file, 1), /can open; the system says "no such table/);
    if (table === "events") assert.throws(() => readAlertHistory(file), /can open; the system says/);
    tamper(file, `ALTER TABLE gone RENAME TO ${table}`);
    openAlertStore(file, 1).close();
  }
  const file = join(folder, "locked.db");
  writeFileSync(`${file}.lock`, "no lock at all, ".repeat(100));
  assert.throws(() => openAlertStore(file, 1), /can open; the system says/);
});

test("states that were tampered with are passed over", (t) => {
  const file = join(tempFolder(t), "alerts.db");
  const store = openAlertStore(file, 1);
  store.commit("v", { progress: 1, states: [{ key: "k", state: 1 }], events: [] });
  store.close();
  tamper(file, "UPDATE states SET state = 'not json'", "UPDATE progress SET progress = '{'");
  const again = openAlertStore(file, 1);
  t.after(() => again.close());
  assert.deepEqual([again.progress("v"), again.states("v")], [undefined, { k: undefined }]);
});
