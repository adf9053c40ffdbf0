import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { claimOf } from "../../../src/pipeline/desk/ledger/claim.ts";
import { deletions } from "../../../src/pipeline/desk/relay/take-back.ts";
import { notedUndone, noteUndone, type Undone } from "../../../src/pipeline/store/file/published.ts";
import { allocateStored } from "../../../src/pipeline/store/read/exact-trades.ts";
import { tempFolder } from "../../support/temp.ts";

const UNDONE: Undone = {
  ...{ importId: 3, startedUs: 500, venue: "bin'ance", symbol: "BTCUSDT", kind: "aggTrades" },
  ...{
    ids: [
      { first: 5, last: 9 },
      { first: 20, last: 30 },
    ],
    receivedUs: [500, 700],
  },
};

test("what an import brought is deleted by its series, its ids and the times at which it was received, and nothing else", () => {
  const whose = "venue = 'bin\\'ance' AND symbol = 'BTCUSDT' AND received_us IN (500, 700)";
  const single = `ALTER TABLE trades DELETE WHERE ${whose} AND source = 2 AND trade_id >= 5 AND trade_id <= 30`;
  assert.deepEqual(deletions(UNDONE), [
    { sql: single, isMerged: false },
    {
      sql: `ALTER TABLE agg_trades DELETE WHERE ${whose} AND first_id >= 5 AND last_id <= 30`,
      isMerged: true,
    },
  ]);
  assert.deepEqual(deletions({ ...UNDONE, kind: "trades" }, [{ first: 6, last: 7 }]), [
    { sql: `${single} AND NOT (trade_id BETWEEN 6 AND 7)`, isMerged: false },
  ]);
  assert.equal(deletions({ ...UNDONE, kind: "trades" }).length, 1);
  assert.deepEqual(deletions({ ...UNDONE, ids: [] }), []);
});

test("notes of imports that were taken back are kept beside the database until they are forgotten", (t) => {
  const db = join(tempFolder(t), "x.db");
  assert.deepEqual(notedUndone(db), []);
  noteUndone(db, UNDONE);
  noteUndone(db, UNDONE);
  noteUndone(db, { ...UNDONE, importId: 4 });
  const noted = notedUndone(db);
  assert.deepEqual(
    noted.map(({ undone }) => undone.importId),
    [3, 4],
  );
  assert.deepEqual(noted[0]!.undone, UNDONE);
  noted[0]!.forget();
  assert.equal(notedUndone(db).length, 1);
});

test("a row that speaks of fewer ids has their sums, and the newest of them as its newest", () => {
  const there = allocateStored(4);
  there.id.set([1, 2, 3, 4]);
  there.priceE8.set([10n, 20n, 30n, 40n]);
  there.qtyE8.set([1n, 2n, 3n, 4n]);
  there.tradeTimeUs.set([100, 200, 300, 400]);
  there.eventTimeUs.set([101, Number.NaN, 301, 401]);
  there.receivedUs.set([150, 250, 350, 450]);
  const sums = { rows: 4, id: 10n, price: 100n, qty: 10n, time: 1000n };
  const row = {
    ...{ venue: "v", symbol: "s", collector: "c", revision: 1, block: 0, ids: [{ first: 1, last: 4 }], sums },
    ...{ firstUs: 100, lastUs: 400, newestUs: 401, newestReceivedUs: 450 },
  };
  const claimed = claimOf(row, [{ first: 1, last: 2 }], there);
  assert.deepEqual(claimed.sums, { rows: 2, id: 3n, price: 30n, qty: 3n, time: 300n });
  assert.deepEqual([claimed.newestUs, claimed.newestReceivedUs], [200, 250]);
  assert.deepEqual(claimOf(row, [], allocateStored(0)).sums, {
    rows: 0,
    id: 0n,
    price: 0n,
    qty: 0n,
    time: 0n,
  });
});
