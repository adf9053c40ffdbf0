import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { openHistory } from "../../src/pipeline/archive/history.ts";
import { openRelay } from "../../src/pipeline/desk/relay/relay.ts";
import { openStore } from "../../src/pipeline/open-store.ts";
import type { Series, TradeStore } from "../../src/pipeline/store/trade-store.ts";
import { startDesk } from "../support/desk.ts";
import { storeMarket } from "../support/market-store.ts";
import { tempFolder } from "../support/temp.ts";

const desk = await startDesk();
const USER = { user: "default", password: "" };

async function publish(db: string, to: string, collector = "one"): Promise<void> {
  const relay = await openRelay({ db, to, collector, user: USER, nowUs: () => Date.now() * 1000 });
  try {
    await relay.pass();
    assert.ok(await relay.confirm());
  } finally {
    relay.close();
  }
}

/** The same question put to a database and to the desk that it was published to. */
async function both(t: TestContext, db: string, name: string): Promise<[TradeStore, TradeStore]> {
  await publish(db, desk.url(name));
  const stores = [openHistory(db), openStore(desk.url(name))] as const;
  t.after(() => {
    for (const store of stores) store.close();
  });
  return [...stores];
}

function pairs(book: TradeStore, shelf: TradeStore): (readonly [Series, Series])[] {
  const series = book.series();
  const there = shelf.series();
  assert.deepEqual(
    there.map(({ venue, symbol }) => [venue, symbol]),
    series.map(({ venue, symbol }) => [venue, symbol]),
  );
  return series.map((one, i) => [one, there[i]!]);
}

test("every read of a desk gives, to the last bit, what the database gives that was published", async (t) => {
  const db = join(tempFolder(t), "x.db");
  storeMarket(db, { seconds: 900, hole: [300, 360] });
  const [book, shelf] = await both(t, db, "equal");
  for (const [here, there] of pairs(book, shelf)) {
    const all = book.trades(here);
    assert.ok(all.length > 1000);
    assert.deepEqual(shelf.trades(there), all);
    const [first, last] = [all.id[0]!, all.id[all.length - 1]!];
    const middle = Math.floor((first + last) / 2);
    for (const range of [
      { fromId: middle, toId: middle + 50 },
      { fromId: middle, limit: 7 },
      { limit: 1 },
      { fromId: last + 1 },
      { fromUs: all.tradeTimeUs[100]!, toUs: all.tradeTimeUs[900]! },
      { fromUs: all.tradeTimeUs[100]! + 1, limit: 3 },
    ])
      assert.deepEqual(shelf.trades(there, range), book.trades(here, range), JSON.stringify(range));
    for (const us of [
      0,
      all.tradeTimeUs[5]!,
      all.tradeTimeUs[all.length - 1]!,
      all.tradeTimeUs[all.length - 1]! + 1,
    ])
      assert.equal(shelf.firstIdAt(there, us), book.firstIdAt(here, us));
    for (const below of [undefined, last, middle, first, first - 1])
      assert.deepEqual(shelf.newest(there, below), book.newest(here, below));
    assert.deepEqual(shelf.exact(there, middle, last, 500), book.exact(here, middle, last, 500));
    assert.deepEqual(shelf.holes(there, first, last), book.holes(here, first, last));
    assert.deepEqual([...shelf.blocks(there, {}, 1000)], [...book.blocks(here, {}, 1000)]);
    const options = { since: { backUs: 120e6 }, full: true, sampleTrades: 1000 };
    const [a, b] = [book.quality(), shelf.quality()];
    t.after(() => a.close());
    assert.deepEqual(b.series(there, options), a.series(here, options));
    assert.deepEqual(b.holes(there, 10), a.holes(here, 10));
    assert.deepEqual(b.latencyMs(there, 100), a.latencyMs(here, 100));
    const [fromUs, toUs] = [all.tradeTimeUs[0]!, all.tradeTimeUs[all.length - 1]!];
    assert.deepEqual(b.storedPerSecond(there, fromUs, toUs, 7), a.storedPerSecond(here, fromUs, toUs, 7));
  }
});
