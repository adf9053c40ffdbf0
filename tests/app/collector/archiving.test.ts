import assert from "node:assert/strict";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { roomOf, watchRoom } from "../../../src/app/collector/archiving/room.ts";
import { scheduleArchiving } from "../../../src/app/collector/archiving/schedule.ts";
import type { LogEntry } from "../../../src/app/terminal/log.ts";
import { archive } from "../../../src/pipeline/archive/archive.ts";
import { openHistory } from "../../../src/pipeline/archive/history.ts";
import { startWriter } from "../../../src/pipeline/store/write/background-writer.ts";
import { openWriter } from "../../../src/pipeline/store/write/writer.ts";
import { rows } from "../../support/import.ts";
import { until } from "../../support/processes.ts";
import { tempFolder } from "../../support/temp.ts";
import { batchOf, trade } from "../../support/trades.ts";
import { virtualClock } from "../../support/virtual-clock.ts";

const DAY_US = 86_400e6;
const FIRST_US = Date.UTC(2026, 0, 1) * 1000;
const VENUE = { name: "sim-seed7", kind: "simulated", detail: "seed 7" } as const;
const PER_DAY = 500;

/** `PER_DAY` trades a day, from id 0 on; the eleventh day does not end. */
const at = (id: number) => {
  const day = Math.min(10, Math.floor(id / PER_DAY));
  const us = FIRST_US + day * DAY_US + (id - day * PER_DAY) * 1e6;
  return trade(id, { tradeTimeUs: us, eventTimeUs: us, receivedUs: us });
};

test("days that are over are archived, and old ones removed, through the one writer while it goes on storing, and nothing else is lost or twice", async (t) => {
  const db = join(tempFolder(t), "x.db");
  const noted: LogEntry[] = [];
  const clock = virtualClock();
  let committed = 0;
  const nothing = (): void => {};
  const writer = await startWriter(
    db,
    { venue: VENUE, symbols: ["BTCUSDT"] },
    {
      committed: ({ symbols }) => {
        committed += symbols[0]!.stored;
      },
      noted: nothing,
      reopened: nothing,
      upgrading: nothing,
      blocked: nothing,
      walLarge: nothing,
      neglected: nothing,
      failed: (error) => assert.fail(error),
    },
  );
  t.after(() => writer.close(1000));
  let next = 0;
  const store = (count: number): void => {
    writer.append(
      batchOf(
        Array.from({ length: count }, () => at(next++)),
        ["BTCUSDT"],
      ),
    );
  };
  for (let day = 0; day < 10; day++) store(PER_DAY);
  store(1);
  await until(() => committed === next, "the days");
  const end = scheduleArchiving(db, { archiveAfterUs: 3 * DAY_US, keepUs: 6 * DAY_US }, writer, {
    clock,
    log: (entry) => noted.push(entry),
  });
  t.after(end);
  clock.advance(60_000);
  // while it archives, trades go on being stored
  const storing = setInterval(() => store(5), 2);
  t.after(() => clearInterval(storing));
  await until(() => noted.length > 0, "the archiving", 60_000);
  clearInterval(storing);
  assert.deepEqual(
    noted.map(({ event, files, trades }) => [event, files, trades]),
    [
      ["archived", 7, 7 * PER_DAY],
      ["removed", 4, 4 * PER_DAY],
    ],
  );
  await until(() => committed === next, "the trades of meanwhile");
  assert.equal(await writer.close(5000), 0);
  assert.equal(readdirSync(join(db, "..", "archive", "venue=sim-seed7", "symbol=BTCUSDT")).length, 3);
  assert.ok(!existsSync(join(db, "..", "archive", "venue=sim-seed7", "symbol=BTCUSDT", "date=2026-01-08")));
  const history = openHistory(db);
  t.after(() => history.close());
  const ids = [...history.blocks(history.series()[0]!)].flatMap((block) => [...block.id]);
  assert.deepEqual(
    ids,
    Array.from({ length: next - 4 * PER_DAY }, (_, i) => i + 4 * PER_DAY),
  );
  // the ledger that the writer knows by heart is the one of the file
  assert.deepEqual(rows(db, "SELECT first_id, last_id FROM ranges"), [[4 * PER_DAY, next - 1]]);
  assert.deepEqual(rows(db, "SELECT * FROM holes"), []);
});

test("what can't be archived stays in the database, is said, and is tried again after an hour", async (t) => {
  const folder = tempFolder(t);
  const noted: LogEntry[] = [];
  const clock = virtualClock();
  const end = scheduleArchiving(
    join(folder, "none.db"),
    { archiveAfterUs: DAY_US },
    { lend: ({ port }) => port.close() },
    {
      clock,
      log: (entry) => noted.push(entry),
    },
  );
  t.after(end);
  clock.advance(60_000);
  await until(() => noted.length === 1, "the first refusal");
  clock.advance(3_600_000);
  await until(() => noted.length === 2, "the second");
  assert.ok(noted.every(({ event }) => event === "archive-failed"));
});

test("the room on the disk is told in days at the pace of the market, or as what is kept in all", () => {
  const GB = 2 ** 30;
  const tradesPerDay = 10e6;
  const open = roomOf({ freeBytes: 100 * GB, tradesPerDay });
  assert.ok(open!.days > 150 && open!.days < 170, String(open!.days));
  assert.match(
    open!.message,
    /room for about 163 days at this pace \(100 GiB left, 629 MiB a day\); --archive-after/,
  );
  const archived = roomOf({ freeBytes: 100 * GB, tradesPerDay, archive: { archiveAfterUs: 7 * DAY_US } });
  assert.ok(archived!.days > 800 && archived!.days < 900, String(archived!.days));
  const archive = { archiveAfterUs: 7 * DAY_US, keepUs: 30 * DAY_US };
  const bounded = roomOf({ freeBytes: 100 * GB, tradesPerDay, archive });
  assert.equal(bounded!.days, Number.POSITIVE_INFINITY);
  assert.match(bounded!.message, /no more than 7\.\d+ GiB/);
  assert.equal(roomOf({ freeBytes: GB, tradesPerDay: 0 }), undefined);
});

test("room is told ten minutes after the start and each day, and every six hours where it is short", (t) => {
  const clock = virtualClock();
  const noted: LogEntry[] = [];
  let stored = 0;
  t.after(
    watchRoom(join(tempFolder(t), "x.db"), undefined, () => stored, { clock, log: (e) => noted.push(e) }),
  );
  clock.advance(599_000);
  assert.equal(noted.length, 0);
  stored = 1e12;
  clock.advance(1000);
  assert.deepEqual([noted[0]!.event, noted[0]!.level], ["room", "warn"]);
  stored += 1;
  clock.advance(6 * 3_600_000);
  assert.deepEqual([noted[1]!.event, noted[1]!.level], ["room", "info"]);
  clock.advance(86_300_000);
  assert.equal(noted.length, 2);
});

test("where the archive can't be written, what is beyond --keep is removed all the same", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  const writer = openWriter(db, { venue: VENUE, symbols: ["BTCUSDT"] });
  const put = (from: number, to: number): void => {
    const some = Array.from({ length: to - from }, (_, i) => at(from + i));
    writer.append(batchOf(some, ["BTCUSDT"]), 1);
  };
  put(0, 4 * PER_DAY + 1);
  writer.close();
  archive({ db, keepUs: 0, nowUs: 1 });
  const next = openWriter(db, { venue: VENUE, symbols: ["BTCUSDT"] });
  next.append(
    batchOf(
      Array.from({ length: 6 * PER_DAY }, (_, i) => at(4 * PER_DAY + 1 + i)),
      ["BTCUSDT"],
    ),
    1,
  );
  next.close();
  const place = join(folder, "archive", "venue=sim-seed7", "symbol=BTCUSDT");
  // a file where the next day's folder would be
  writeFileSync(join(place, "date=2026-01-05"), "");
  const noted: LogEntry[] = [];
  const clock = virtualClock();
  const nothing = (): void => {};
  const events = {
    noted: nothing,
    reopened: nothing,
    upgrading: nothing,
    blocked: nothing,
    walLarge: nothing,
    neglected: nothing,
  };
  const live = await startWriter(
    db,
    { venue: VENUE, symbols: ["BTCUSDT"] },
    { ...events, committed: nothing, failed: (error) => assert.fail(error) },
  );
  t.after(() => live.close(1000));
  const end = scheduleArchiving(db, { archiveAfterUs: DAY_US, keepUs: 5 * DAY_US }, live, {
    clock,
    log: (entry) => noted.push(entry),
  });
  clock.advance(60_000);
  await until(() => noted.length === 2, "the refusal and what was removed", 60_000);
  // the one waits for a thread, the other for the writer
  assert.deepEqual(
    new Map(noted.map(({ event, files }) => [event, files])),
    new Map([
      ["removed", 4],
      ["archive-failed", undefined],
    ]),
  );
  await end();
});
