import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { openHistory } from "../../src/pipeline/archive/history.ts";
import { openRelay } from "../../src/pipeline/desk/relay/relay.ts";
import { simulatedMarket } from "../../src/pipeline/exchange/market/market.ts";
import { mergeInto } from "../../src/pipeline/merge/merge.ts";
import { openStore } from "../../src/pipeline/open-store.ts";
import { type IdRange, idRanges } from "../../src/pipeline/store/ledger/id-ranges.ts";
import type { StoredTrades } from "../../src/pipeline/store/read/stored-trades.ts";
import type { TradeStore } from "../../src/pipeline/store/trade-store.ts";
import {
  type CollectorProcess,
  startCollectorProcess,
  startProgram,
  storedAtLeast,
} from "../support/collector.ts";
import { startDesk } from "../support/desk.ts";
import { startExchangeProcess } from "../support/exchange.ts";
import { projectRoot } from "../support/project.ts";
import { tempFolder } from "../support/temp.ts";

const desk = await startDesk();
const SYMBOLS = ["BTCUSDT", "ETHUSDT"];
const SEED = 7;
/** What neither may ask for. */
const NO_REPAIRS = ["/api/v3/historicalTrades", "/api/v3/trades", "/api/v3/aggTrades"].map((path) => ({
  ...{ at: "rest", path, fault: "status", status: 503 },
}));
/** What goes wrong on the way to each of them. */
const PLANS = {
  tokyo: {
    seed: 5,
    faults: [
      { at: "message", fault: "drop", probability: 0.25 },
      { at: "message", fault: "set", field: "q", json: '"7.77000000"', probability: 0.15 },
      { at: "message", fault: "swap", probability: 0.01 },
      { at: "connection", fault: "reset", probability: 0.002 },
      ...NO_REPAIRS,
    ],
  },
  paris: {
    seed: 11,
    faults: [
      { at: "message", fault: "drop", probability: 0.3 },
      { at: "message", fault: "duplicate", probability: 0.02 },
      { at: "connection", fault: "close", code: 1011, probability: 0.002 },
      { at: "exchange", fault: "offline", fromMs: 4000, forMs: 1000 },
      ...NO_REPAIRS,
    ],
  },
} as const;

type Name = keyof typeof PLANS;

/** A collector through the faults of an exchange of its own; all exchanges have one market. */
async function startOne(t: TestContext, folder: string, name: Name) {
  const plan = join(folder, `${name}.json`);
  writeFileSync(plan, JSON.stringify(PLANS[name]));
  const exchange = await startExchangeProcess(t, ["--seed", String(SEED), "--plan", plan]);
  const db = join(folder, `${name}.db`);
  const collect = (): CollectorProcess =>
    startCollectorProcess(t, [...exchange.flags, "--symbols", SYMBOLS.join(","), "--db", db]);
  return { name, db, collect };
}

function startRelay(t: TestContext, db: string, name: Name): CollectorProcess {
  const program = join(projectRoot, "scripts", "publish.ts");
  const flags = ["--db", db, "--to", desk.url("two"), "--collector", name, "--follow"];
  return startProgram(t, process.execPath, [program, ...flags]);
}

async function endWell(one: CollectorProcess): Promise<void> {
  one.child.kill("SIGTERM");
  assert.equal(await one.ended, 0, one.stderr());
}

/** Counts one collector's blocks on the server: all are there. */
async function audit(db: string, collector: string): Promise<void> {
  const user = { user: "default", password: "" };
  const relay = await openRelay({ db, to: desk.url("two"), collector, user, nowUs: () => Date.now() * 1000 });
  try {
    const { unmended, lost } = await relay.audit();
    assert.deepEqual([unmended, lost], [0, 0]);
  } finally {
    relay.close();
  }
}

function opened(t: TestContext, store: TradeStore): TradeStore {
  t.after(() => store.close());
  return store;
}

function tradesOf(store: TradeStore, symbol: string): StoredTrades {
  const series = store.series().find((one) => one.symbol === symbol)!;
  return store.exact(series, 0, 1e12, 1e9);
}

/** Everything that is known of each trade, by id. */
function byId(trades: StoredTrades): Map<number, readonly unknown[]> {
  const columns = Object.values(trades).filter((column) => typeof column !== "number");
  return new Map(Array.from(trades.id, (id, i) => [id, columns.map((column) => column[i])]));
}

const plain = (ranges: readonly IdRange[]): IdRange[] => ranges.map(({ first, last }) => ({ first, last }));

test("two collectors, each with faults of its own, make one tape on the desk: what was released less what both missed", async (t) => {
  const folder = tempFolder(t);
  const beginUs = Date.now() * 1000;
  const [tokyo, paris] = await Promise.all([startOne(t, folder, "tokyo"), startOne(t, folder, "paris")]);
  const both = [tokyo, paris];
  const collectors = both.map(({ collect }) => collect());
  await Promise.all(collectors.map((one) => one.until(({ event }) => event === "started")));
  const relays = both.map(({ db, name }) => startRelay(t, db, name));
  await Promise.all(relays.map((one) => one.until(({ event }) => event === "publishing")));
  // one is killed on the way
  collectors[1]!.child.kill("SIGKILL");
  await collectors[1]!.ended;
  collectors[1] = paris.collect();
  await collectors[1].until(({ event }) => event === "started");
  await Promise.all(collectors.map((one) => one.until(storedAtLeast("ETHUSDT", 100))));
  for (const one of [...collectors, ...relays]) await endWell(one);
  for (const { db, name } of both) await audit(db, name);

  const [a, b, shelf] = [openHistory(tokyo.db), openHistory(paris.db), openStore(desk.url("two"))].map(
    (store) => opened(t, store),
  ) as [TradeStore, TradeStore, TradeStore];
  assert.equal(shelf.series().length, SYMBOLS.length);
  const market = simulatedMarket(SEED);
  const traded = market.between(beginUs - 60e6, (Date.now() + 1000) * 1000);
  const into = join(folder, "merged.db");
  mergeInto({ into, sources: [tokyo.db, paris.db], nowUs: 1 });
  const merged = opened(t, openHistory(into));
  let [told, lost] = [0, 0];
  for (const symbol of SYMBOLS) {
    const [inA, inB, there] = [a, b, shelf].map((store) => byId(tradesOf(store, symbol))) as [
      ReturnType<typeof byId>,
      ReturnType<typeof byId>,
      ReturnType<typeof byId>,
    ];
    const ends = [...inA.keys(), ...inB.keys()];
    const [least, most] = [Math.min(...ends), Math.max(...ends)];
    const all = traded
      .filter((one) => market.symbols[one.symbol]!.symbol === symbol && one.id >= least && one.id <= most)
      .map(({ id }) => id);
    const missed = (held: typeof inA): Set<number> => new Set(all.filter((id) => !held.has(id)));
    const [missedA, missedB] = [missed(inA), missed(inB)];
    const ofBoth = all.filter((id) => missedA.has(id) && missedB.has(id));
    assert.ok(missedA.size > ofBoth.length && missedB.size > ofBoth.length);
    lost += ofBoth.length;
    assert.deepEqual(
      [...there.keys()],
      all.filter((id) => !ofBoth.includes(id)),
      `${symbol}: released less what both missed`,
    );
    assert.deepEqual([...there.keys()], [...tradesOf(merged, symbol).id]);
    // of two copies the one received first
    const received = Object.keys(tradesOf(a, symbol))
      .filter((name) => name !== "length")
      .indexOf("receivedUs");
    for (const [id, row] of there) {
      const [one, other] = [inA.get(id), inB.get(id)];
      const first =
        one !== undefined && (other === undefined || Number(one[received]) <= Number(other[received]))
          ? one
          : other;
      assert.deepEqual(row, first, `${symbol} ${id}`);
    }
    const series = shelf.series().find((one) => one.symbol === symbol)!;
    const [first, last] = [there.keys().next().value!, [...there.keys()].at(-1)!];
    const holes = idRanges();
    for (const id of ofBoth) if (id > first && id < last) holes.hold(id, id);
    const within = shelf.holes(series, first, last).filter((hole) => hole.first > first);
    assert.deepEqual(plain(within), plain(holes.ranges), `${symbol}: a hole is what both missed`);
    const at = { since: { backUs: 60e6 }, full: true, sampleTrades: 1000 } as const;
    const facts = shelf.quality().series(series, at).trades!;
    assert.deepEqual(facts.ledger.defects, []);
    const mergedSeries = merged.series().find((one) => one.symbol === symbol)!;
    const expected = merged.quality().series(mergedSeries, at).trades!;
    assert.equal(
      facts.conflicts,
      expected.conflicts,
      "what both tell in two ways is listed, as a merge does",
    );
    told += facts.conflicts;
  }
  assert.ok(told > 0 && lost > 0);
});
