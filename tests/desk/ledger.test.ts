import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { openRelay } from "../../src/pipeline/desk/relay/relay.ts";
import { openStore } from "../../src/pipeline/open-store.ts";
import { startDesk } from "../support/desk.ts";
import { SYMBOLS, write } from "../support/stored.ts";
import { tempFolder } from "../support/temp.ts";
import { batchOf, T0, trade } from "../support/trades.ts";

const desk = await startDesk();
const user = { user: "default", password: "" };

test("series that a reader asks for one after the other follow what comes to each, whichever was asked for first", async (t) => {
  const db = join(tempFolder(t), "x.db");
  const to = desk.url("one_by_one");
  const put = (symbol: number, first: number, last: number): void => {
    const trades = Array.from({ length: last - first + 1 }, (_, i) =>
      trade(first + i, { symbol: SYMBOLS[symbol]! }),
    );
    write(db, (writer) => writer.append(batchOf(trades, SYMBOLS), T0));
  };
  put(0, 1, 100);
  put(1, 1, 50);
  let nowUs = T0;
  const relay = await openRelay({ db, to, user, nowUs: () => nowUs++ });
  t.after(relay.close);
  await relay.pass();
  const store = openStore(to);
  t.after(store.close);
  const [a, b] = store.series() as [never, never];
  const held = (series: never): number => store.trades(series).length;
  assert.equal(held(a), 100);
  // new of the one that nobody has asked for is newer than all that is known of the other
  put(1, 51, 80);
  await relay.pass();
  put(0, 101, 120);
  await relay.pass();
  assert.deepEqual([held(b), held(a)], [80, 120]);
  put(0, 121, 130);
  put(1, 81, 85);
  await relay.pass();
  assert.deepEqual([held(a), held(b)], [130, 85]);
});

test("a look at one series of a thousand does not fetch the ledger of the others", async (t) => {
  const db = join(tempFolder(t), "x.db");
  const to = desk.url("thousand");
  write(db, (writer) => writer.append(batchOf([trade(1), trade(2)], SYMBOLS), T0));
  const relay = await openRelay({ db, to, user, nowUs: () => T0 });
  t.after(relay.close);
  await relay.pass();
  desk.ask(
    "INSERT INTO blocks SELECT * REPLACE (concat('S', toString(number % 1000)) AS symbol, block + number AS block) EXCEPT number " +
      "FROM (SELECT * FROM blocks LIMIT 1) AS one CROSS JOIN (SELECT number FROM numbers(200000)) AS many",
    "thousand",
  );
  const beforeBytes = process.memoryUsage().rss;
  const store = openStore(to);
  t.after(store.close);
  assert.equal(store.trades(store.series()[0]!).length, 2);
  const grownMb = (process.memoryUsage().rss - beforeBytes) / 1e6;
  assert.ok(grownMb < 100, `${grownMb.toFixed(0)} MB`);
});
