import assert from "node:assert/strict";
import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import {
  type BackgroundWriter,
  startWriter,
} from "../../../../src/pipeline/store/write/background-writer.ts";
import { openWriter } from "../../../../src/pipeline/store/write/writer.ts";
import { rows } from "../../../support/import.ts";
import { until } from "../../../support/processes.ts";
import { tempFolder } from "../../../support/temp.ts";
import { batchOf, trade } from "../../../support/trades.ts";

const SETTINGS = {
  venue: { name: "sim-seed7", kind: "simulated", detail: "seed 7" },
  symbols: ["BTCUSDT"],
} as const;

interface Writing {
  readonly writer: BackgroundWriter;
  readonly said: string[];
  /** Hands so many more trades over. */
  put(count: number): void;
  stored(): number;
}

async function writing(t: TestContext, db: string): Promise<Writing> {
  const said: string[] = [];
  let next = 1;
  let stored = 0;
  const nothing = (): void => {};
  const writer = await startWriter(db, SETTINGS, {
    committed: ({ symbols }) => {
      stored += symbols[0]!.stored + symbols[0]!.duplicates;
    },
    noted: nothing,
    reopened: () => said.push("reopened"),
    upgrading: nothing,
    blocked: (code) => said.push(code),
    walLarge: nothing,
    neglected: (reason) => said.push(reason),
    failed: (error) => assert.fail(error),
  });
  t.after(() => writer.close(1000));
  const put = (count: number): void => {
    const trades = Array.from({ length: count }, () => trade(next++));
    writer.append(batchOf(trades, ["BTCUSDT"]));
  };
  return { writer, said, put, stored: () => stored };
}

// row 117
test("a lock that was deleted is taken anew; where another program has it, that one is waited for, and nothing is lost or twice", async (t) => {
  const db = join(tempFolder(t), "x.db");
  const { writer, said, put, stored } = await writing(t, db);
  put(10);
  await until(() => stored() === 10, "ten");
  rmSync(`${db}.lock`);
  const other = openWriter(db, SETTINGS);
  other.append(
    batchOf(
      Array.from({ length: 5 }, (_, i) => trade(11 + i)),
      ["BTCUSDT"],
    ),
    1,
  );
  put(10);
  await until(() => said.includes("database-in-use"), "the other one");
  other.close();
  await until(() => stored() === 20, "twenty");
  assert.deepEqual(said, ["LOCK_GONE", "database-in-use", "reopened"]);
  rmSync(`${db}.lock`);
  put(1);
  await until(() => stored() === 21, "one more");
  assert.equal(await writer.close(2000), 0);
  assert.deepEqual(rows(db, "SELECT count(*), max(trade_id) FROM trades"), [[21, 21]]);
  assert.deepEqual(rows(db, "SELECT first_id, last_id FROM ranges"), [[1, 21]]);
});

// row 117
test("a write-ahead log that was deleted or moved away is noticed with the next trades, and what it held is kept", async (t) => {
  const db = join(tempFolder(t), "x.db");
  const { said, put, stored } = await writing(t, db);
  put(10);
  await until(() => stored() === 10, "ten");
  rmSync(`${db}-wal`);
  put(10);
  await until(() => stored() === 20, "twenty");
  renameSync(`${db}-wal`, `${db}-wal.away`);
  put(10);
  await until(() => stored() === 30, "thirty");
  assert.deepEqual(said, ["LOG_GONE", "reopened", "LOG_GONE", "reopened"]);
  // as another program sees it, while it goes on
  assert.deepEqual(rows(db, "SELECT count(*) FROM trades"), [[30]]);
  assert.deepEqual(rows(db, "PRAGMA integrity_check"), [["ok"]]);
});
