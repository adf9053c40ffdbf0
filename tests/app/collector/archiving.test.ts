import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { scheduleArchiving } from "../../../src/app/collector/archiving/schedule.ts";
import type { LogEntry } from "../../../src/app/terminal/log.ts";
import { openHistory } from "../../../src/pipeline/archive/history.ts";
import { startWriter } from "../../../src/pipeline/store/write/background-writer.ts";
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

test("days that are over are archived through the one writer while it goes on storing, and nothing is lost or twice", async (t) => {
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
  const end = scheduleArchiving(db, 3 * DAY_US, writer, { clock, log: (entry) => noted.push(entry) });
  t.after(end);
  clock.advance(60_000);
  // while it archives, trades go on being stored
  const storing = setInterval(() => store(5), 2);
  t.after(() => clearInterval(storing));
  await until(() => noted.length > 0, "the archiving", 60_000);
  clearInterval(storing);
  assert.deepEqual(
    noted.map(({ event, files, trades }) => [event, files, trades]),
    [["archived", 7, 7 * PER_DAY]],
  );
  await until(() => committed === next, "the trades of meanwhile");
  assert.equal(await writer.close(5000), 0);
  assert.equal(readdirSync(join(db, "..", "archive", "venue=sim-seed7", "symbol=BTCUSDT")).length, 7);
  assert.ok(!existsSync(join(db, "..", "archive", "venue=sim-seed7", "symbol=BTCUSDT", "date=2026-01-08")));
  const history = openHistory(db);
  t.after(() => history.close());
  const ids = [...history.blocks(history.series()[0]!)].flatMap((block) => [...block.id]);
  assert.deepEqual(
    ids,
    Array.from({ length: next }, (_, id) => id),
  );
});

test("what can't be archived stays in the database, is said, and is tried again the next day", async (t) => {
  const folder = tempFolder(t);
  const noted: LogEntry[] = [];
  const clock = virtualClock();
  const end = scheduleArchiving(
    join(folder, "none.db"),
    DAY_US,
    { lend: ({ port }) => port.close() },
    {
      clock,
      log: (entry) => noted.push(entry),
    },
  );
  t.after(end);
  clock.advance(60_000);
  await until(() => noted.length === 1, "the first refusal");
  clock.advance(86_400_000);
  await until(() => noted.length === 2, "the second");
  assert.ok(noted.every(({ event }) => event === "archive-failed"));
});
