import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { diagnose } from "../../src/app/doctor/doctor.ts";
import { exportCsv } from "../../src/app/export/export.ts";
import { pairMonitor } from "../../src/app/pair/pair-monitor.ts";
import { verifyReport } from "../../src/app/study/report/verify.ts";
import { backtestPair } from "../../src/notebook/backtest/backtest.ts";
import { alignedCloses } from "../../src/notebook/data/closes.ts";
import { collectedPair } from "../../src/notebook/pair/collected-pair.ts";
import { pairCloses } from "../../src/notebook/pair/pair-data.ts";
import { archive } from "../../src/pipeline/archive/archive.ts";
import { readBars } from "../../src/pipeline/bars/read-bars.ts";
import { openRelay } from "../../src/pipeline/desk/relay/relay.ts";
import { openStore } from "../../src/pipeline/open-store.ts";
import type { TradeStore } from "../../src/pipeline/store/trade-store.ts";
import { fewDays, storeTrades } from "../support/archive.ts";
import { startDesk } from "../support/desk.ts";
import { importing, put } from "../support/import.ts";
import { storeMarket } from "../support/market-store.ts";
import { tempFolder } from "../support/temp.ts";

const desk = await startDesk();
const ends: (() => void)[] = [];
const folder = tempFolder({ after: (end: () => void) => ends.push(end) } as never);
process.on("exit", () => {
  for (const end of ends) end();
});

async function publish(db: string, name: string): Promise<string> {
  const relay = await openRelay({
    db,
    to: desk.url(name),
    user: { user: "default", password: "" },
    nowUs: () => Date.now() * 1000,
  });
  await relay.pass();
  assert.ok(await relay.confirm());
  relay.close();
  return desk.url(name);
}

const market = join(folder, "market.db");
let shelf = "";
before(async () => {
  storeMarket(market, { seconds: 2400, hole: [900, 930] });
  shelf = await publish(market, "market");
});

/** The same call on the database and on the server. */
function both<Result>(call: (source: string) => Result): readonly [here: Result, there: Result] {
  return [call(market), call(shelf)];
}

function withStore<Result>(source: string, work: (store: TradeStore) => Result): Result {
  const store = openStore(source);
  try {
    return work(store);
  } finally {
    store.close();
  }
}

/** What is said of where it was read, and nothing else, differs. */
const plain = (value: unknown): string =>
  JSON.stringify(value, (_, one) => {
    if (ArrayBuffer.isView(one)) return [...(one as unknown as Float64Array)].map(String);
    if (typeof one === "number") return String(one);
    return typeof one === "bigint" ? String(one) : one;
  })
    .replaceAll(market, "SOURCE")
    .replaceAll(shelf, "SOURCE");

test("closes of a pair, of some symbols and the pair that is collected are those of the database", () => {
  for (const call of [
    (source: string) => pairCloses({ source, y: "ETHUSDT", x: "BTCUSDT", interval: "5s" }),
    (source: string) =>
      pairCloses({
        source,
        y: "ETHUSDT",
        x: "BTCUSDT",
        interval: "1s",
        from: "2025-01-09T09:10",
        to: "2025-01-09T09:20",
      }),
    (source: string) => alignedCloses({ source, interval: "10s", bars: 100 }),
    (source: string) => collectedPair({ source }),
  ]) {
    const [here, there] = both<unknown>(call);
    assert.equal(plain(there), plain(here));
  }
});

test("bars by time, by count and by volume, of all symbols in one pass, are those of the database", () => {
  const rules = ["1s", "1m", { by: "trades", trades: 50 }, { by: "volume", volume: 5 }] as never[];
  const [here, there] = both((source) =>
    withStore(source, (store) =>
      readBars(store, store.series(), { every: rules, fromUs: Date.UTC(2025, 0, 9, 9, 5) * 1000 }),
    ),
  );
  assert.ok(here[0]![0]!.length > 1000);
  assert.equal(plain(there), plain(here));
});

test("a backtest has the same data, the same fills and the same figures, and its report is made again from either", async () => {
  const [here, there] = both((source) =>
    backtestPair({
      ...{ source, y: "ETHUSDT", x: "BTCUSDT", interval: "5s", costs: { feeBps: 1 } },
      ...{ hedge: { method: "fixed", calibrationBars: 200 }, window: 60, entry: 2 },
      size: { by: "equity", share: 1 },
    }),
  );
  assert.equal(there.data.fingerprint, here.data.fingerprint);
  for (const name of ["result", "performance", "verdict", "coverage", "holes", "fills", "trades"] as const)
    assert.equal(plain(there[name]), plain(here[name]), name);
  const path = join(folder, "report.html");
  await there.report(path);
  assert.match(readFileSync(path, "utf8"), /http:\/\/127\.0\.0\.1:\d+\/market/);
  assert.equal(verifyReport(path).isIdentical, true);
  assert.equal(verifyReport(path, market).isIdentical, true);
});

test("a live pair is watched on a server as on a database, frame by frame", () => {
  const [here, there] = both((source) =>
    withStore(source, (store) => {
      const monitor = pairMonitor(store, { y: "ETHUSDT", x: "BTCUSDT", interval: "1s", window: 60 });
      return [monitor.frame(), monitor.frame()];
    }),
  );
  assert.equal(plain(there), plain(here));
});

test("the doctor says of a server's series what it says of the database's", () => {
  const [here, there] = both((source) =>
    withStore(source, (store) =>
      diagnose(store, { since: "10m", full: true }, Date.UTC(2025, 0, 9, 10) * 1000),
    ),
  );
  assert.equal(plain(there.series), plain(here.series));
  assert.equal(there.publishers.length, 1);
});

test("exports of trades and of bars are the same to the byte", () => {
  for (const what of ["trades", "bars"] as const) {
    const [here, there] = both((source) =>
      withStore(source, (store) => {
        const path = join(folder, `${what}-${source === market ? "here" : "there"}.csv`);
        exportCsv(store, store.series()[0]!, path, { what, ...(what === "bars" && { interval: "1m" }) });
        return readFileSync(path, "utf8");
      }),
    );
    assert.ok(here.length > 1000);
    assert.equal(there, here);
  }
});

test("archived trades, every number of decimals, values beyond 2^53 and trades without an event time are published as they are", async () => {
  const db = join(folder, "days.db");
  storeTrades(db, fewDays(900));
  archive({ db, partRows: 90, nowUs: 1 });
  const to = await publish(db, "days");
  withStore(db, (book) =>
    withStore(to, (store) => {
      for (const [i, here] of book.series().entries()) {
        const there = store.series()[i]!;
        assert.deepEqual(store.exact(there, 0, 1e9, 1e9), book.exact(here, 0, 1e9, 1e9));
        assert.deepEqual(store.trades(there), book.trades(here));
        const times = book.trades(here).tradeTimeUs;
        for (let k = 0; k < times.length; k += 97)
          assert.equal(store.firstIdAt(there, times[k]!), book.firstIdAt(here, times[k]!));
      }
    }),
  );
});

test("merged trades and bars that came as bars are read as from the database, and what comes singly later displaces them", async () => {
  const db = join(folder, "merged.db");
  const start = Date.UTC(2026, 2, 13) * 1000;
  const line = (a: number, first: number, last: number): string =>
    `${a},${60_000 + a}.00000000,0.00500000,${first},${last},${start + a * 1e6},True,True`;
  const lines = Array.from({ length: 50 }, (_, i) => line(i + 1, 10 * i + 1, 10 * i + 1 + (i % 10)));
  await importing(put(folder, "BTCUSDT-aggTrades-2026-03-13.csv", `${lines.join("\n")}\n`), db);
  const bars = Array.from({ length: 30 }, (_, i) => {
    const open = start + i * 60e6;
    return `${open},1.0,2.0,0.5,1.5,10.0,${open + 60e6 - 1},15.0,7,4.0,6.0,0`;
  });
  await importing(put(folder, "ETHUSDT-1m-2026-03-13.csv", `${bars.join("\n")}\n`), db);
  const compare = (to: string): void =>
    withStore(db, (book) =>
      withStore(to, (store) => {
        assert.deepEqual(
          store.series().map(({ symbol }) => symbol),
          book.series().map(({ symbol }) => symbol),
        );
        for (const [i, here] of book.series().entries()) {
          const there = store.series()[i]!;
          assert.deepEqual(store.trades(there), book.trades(here));
          assert.deepEqual(store.exactMerged(there, 0, 1e9), book.exactMerged(here, 0, 1e9));
          assert.deepEqual(store.holes(there, 0, 600), book.holes(here, 0, 600));
          assert.deepEqual(store.newest(there), book.newest(here));
          assert.deepEqual(store.firstIdAt(there, start + 5e6), book.firstIdAt(here, start + 5e6));
          const [a, b] = [book.importedBars(), store.importedBars()];
          assert.deepEqual(b.intervals(there), a.intervals(here));
          for (const { intervalUs } of a.intervals(here)) {
            const strip = ({ venue: _, ...rest }: object & { venue: unknown }) => rest;
            assert.deepEqual(strip(b.bars(there, intervalUs)), strip(a.bars(here, intervalUs)));
          }
          a.close();
        }
      }),
    );
  compare(await publish(db, "merged"));
  const single = Array.from(
    { length: 40 },
    (_, i) => `${101 + i},60000.00000000,0.00100000,60.0,${start + 11e6 + i},True,True`,
  );
  await importing(put(folder, "BTCUSDT-trades-2026-03-13.csv", `${single.join("\n")}\n`), db);
  compare(await publish(db, "merged"));
});
