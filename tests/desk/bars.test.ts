import assert from "node:assert/strict";
import { join } from "node:path";
import { before, test } from "node:test";
import { random } from "../../src/core/random.ts";
import type { Trade } from "../../src/core/trade.ts";
import type { TradeSums } from "../../src/core/trade-sums.ts";
import { openHistory } from "../../src/pipeline/archive/history.ts";
import { readBars } from "../../src/pipeline/bars/read-bars.ts";
import { openRelay } from "../../src/pipeline/desk/relay/relay.ts";
import { mergeInto } from "../../src/pipeline/merge/merge.ts";
import { openStore } from "../../src/pipeline/open-store.ts";
import type { TradeStore } from "../../src/pipeline/store/trade-store.ts";
import { startDesk } from "../support/desk.ts";
import { importing, put } from "../support/import.ts";
import { assertSameBars } from "../support/same-bars.ts";
import { SYMBOLS, write } from "../support/stored.ts";
import { tempFolder } from "../support/temp.ts";
import { batchOf, trade } from "../support/trades.ts";

const desk = await startDesk();
const ends: (() => void)[] = [];
const folder = tempFolder({ after: (end: () => void) => ends.push(end) } as never);
process.on("exit", () => {
  for (const end of ends) end();
});

const START = Date.UTC(2026, 2, 13) * 1000;
const TRADES = 150_000;
const released = oddTrades(TRADES);

/** Times that tie and go back over the edges of seconds and minutes, prices and sizes of every number of digits. */
function oddTrades(count: number): Trade[] {
  const chance = random(11);
  let us = START;
  return Array.from({ length: count }, (_, i) => {
    if (chance.uniform() < 0.4) us += Math.floor(chance.uniform() * 40_000);
    if (i === 70_000) us += 300e6;
    const back = chance.uniform() < 0.0002 ? Math.floor(chance.uniform() * 30e6) : 0;
    const tradeTimeUs = Math.max(START, us - back);
    const isVast = i % 40_000 === 777;
    return trade(i + 1, {
      tradeTimeUs,
      // a minute and more from the trade's own time: the event's is taken
      eventTimeUs: i % 50_000 === 900 ? us : tradeTimeUs + 1000,
      receivedUs: us + 50_000,
      price: (61_000 + 9 * chance.normal()).toFixed(i % 9),
      qty: isVast ? "91234567.12345678" : (0.00001 + chance.uniform() ** 9).toFixed(8),
      isBuyerMaker: chance.uniform() < 0.5,
    });
  });
}

async function publish(db: string, name: string, collector: string): Promise<void> {
  const relay = await openRelay({
    ...{ db, to: desk.url(name), collector, user: { user: "default", password: "" } },
    nowUs: () => Date.now() * 1000,
  });
  await relay.pass();
  await relay.confirm();
  relay.close();
}

function store(db: string, trades: readonly Trade[]): void {
  write(db, (writer) => {
    for (let at = 0; at < trades.length; at += 10_000)
      writer.append(batchOf(trades.slice(at, at + 10_000), SYMBOLS), START, { takesOlder: true });
  });
}

const merged = join(folder, "both.db");
before(async () => {
  const chance = random(3);
  const [a, b] = [join(folder, "a.db"), join(folder, "b.db")] as const;
  const missed = (): Set<number> => {
    const ids = new Set<number>();
    for (let hole = 0; hole < 12; hole++) {
      const first = 500 + Math.floor(140_000 * chance.uniform());
      for (let id = first; id < first + 60 * chance.uniform(); id++) ids.add(id);
    }
    for (let id = 100_000; id < 100_500; id++) ids.add(id);
    return ids;
  };
  const [missedA, missedB] = [missed(), missed()];
  store(
    a,
    released.filter(({ id }) => !missedA.has(id)),
  );
  store(
    b,
    released
      .filter(({ id }) => !missedB.has(id))
      .map((one) => ({
        ...one,
        receivedUs: one.receivedUs + 7,
        ...(one.id % 30_011 === 0 && { price: "60000.5" }),
      })),
  );
  // what both missed is had as merged trades, but for a part
  const lines = Array.from({ length: 40 }, (_, i) => {
    const first = 100_010 + 10 * i;
    const us = released[first - 1]!.tradeTimeUs;
    return `${i + 1},61000.5,0.01,${first},${first + (i % 10)},${Math.floor(us / 1000)},True,True`;
  });
  await importing(put(folder, "BTCUSDT-aggTrades-2026-03-13.csv", `${lines.join("\n")}\n`), a);
  await publish(b, "bars", "b");
  await publish(a, "bars", "a");
  mergeInto({ into: merged, sources: [a, b], nowUs: 5 });
});

function both(t: { after(end: () => void): void }): readonly [here: TradeStore, there: TradeStore] {
  const stores = [openHistory(merged), openStore(desk.url("bars"))] as const;
  t.after(() => {
    for (const one of stores) one.close();
  });
  return stores;
}

test("bars that the server sums are, to the last bit, those of the database: gaps, ties, jitter, vast sizes, merged trades, conflicts", (t) => {
  const [here, there] = both(t);
  const [own, its] = [here.series()[0]!, there.series()[0]!];
  const [fromUs, toUs] = [START + 61.5e6, START + 1_000.25e6];
  for (const [every, ranges] of [
    [["1s"], [{}, { fromUs, toUs }]],
    [
      ["100ms", "1m"],
      [{ fromUs }, { toUs }],
    ],
    [["90s"], [{}]],
    [["1d", "1h", "5m"], [{}]],
    [["1s", "500 trades"], [{}]],
  ] as const) {
    for (const range of ranges) {
      const settings = { every, ...range };
      const expected = readBars(here, [own], settings)[0]!;
      const actual = readBars(there, [its], settings)[0]!;
      expected.forEach((bars, k) => {
        assert.ok(bars.length > 0);
        assertSameBars(actual[k]!, bars);
      });
    }
  }
  const { complete } = readBars(here, [own], { every: ["1s"] })[0]![0]!;
  assert.ok(complete.includes(0) && complete.includes(1));
});

test("of a long range most comes as sums, and as trades where ids are missing, times go back or merged trades stand", (t) => {
  const [, there] = both(t);
  const [series] = there.series();
  const most = Number.MAX_SAFE_INTEGER;
  let [inSums, asTrades, before] = [0, 0, 0];
  for (const piece of there.sums!(series!, { fromId: 0, toId: most }, 1e6)!) {
    if ("newestUs" in piece) {
      const { length, firstId, lastId } = piece as TradeSums;
      for (let i = 0; i < length; i++) inSums += lastId[i]! - firstId[i]! + 1;
      assert.ok(firstId[0]! > before);
      before = lastId[length - 1]!;
    } else {
      asTrades += piece.length;
      assert.ok(piece.id[0]! > before);
      before = piece.id[piece.length - 1]!;
    }
  }
  assert.equal(inSums + asTrades, there.trades(series!).length);
  assert.ok(asTrades > 1000);
  // few trades, and steps of which most are empty, are sooner sent than summed
  assert.equal(there.sums!(series!, { fromId: 0, toId: 5000 }, 1e6), undefined);
  assert.equal(there.sums!(series!, { fromId: 0, toId: most }, 1000), undefined);
});

test("a server that lacks trades which its ledger lists is refused where it sums, too", (t) => {
  const name = "lacks";
  const db = join(folder, "lacks.db");
  store(db, released);
  return publish(db, name, "one").then(() => {
    desk.ask(
      "ALTER TABLE trades DELETE WHERE trade_id BETWEEN 90000 AND 90010 SETTINGS mutations_sync = 2",
      name,
    );
    const shelf = openStore(desk.url(name));
    t.after(() => shelf.close());
    assert.throws(
      () => readBars(shelf, shelf.series().slice(0, 1), { every: ["1m"] }),
      /which the desk's ledger lists; the server shows .* of them now\. This is no hole/,
    );
  });
});
