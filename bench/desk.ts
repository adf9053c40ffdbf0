/**
 * A day of trades published to ClickHouse's engine and read from it, beside SQLite, the archive and DuckDB on the archive's files:
 * `node bench/desk.ts [TRADES]` (5,000,000 unless told), once `npm run test:desk` has installed the engine.
 *
 * Database, relay, engine and reader share this machine. Aims: 100,000 trades a second published, a million trades as columns in at most
 * 1.5 times SQLite's time, the 100 newest in 15 ms (median), bars of 5,000,000 in a second, at most 13 bytes a trade.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { archive } from "../src/pipeline/archive/archive.ts";
import { openHistory } from "../src/pipeline/archive/history.ts";
import { readBars } from "../src/pipeline/bars/read-bars.ts";
import { openRelay } from "../src/pipeline/desk/relay/relay.ts";
import { openStore } from "../src/pipeline/open-store.ts";
import type { TradeStore } from "../src/pipeline/store/trade-store.ts";
import { startEngine } from "../tests/support/engine.ts";
import { busyDay } from "./busy-day.ts";
import { openDuckdb } from "./duckdb.ts";

const TRADES = Number(process.argv[2] ?? 5_000_000);
const FIRST_ID = 6_000_000_000;
const MILLION = Math.min(1_000_000, TRADES);

const folder = mkdtempSync(join(tmpdir(), "tickbook-bench-"));
const db = join(folder, "x.db");
const engine = await startEngine();

const say = (what: string, figure: string): void => console.log(`${what.padEnd(52)} ${figure}`);
const ms = (value: number): string => `${value.toFixed(value < 100 ? 1 : 0)} ms`;

/** The least and the median of some runs, milliseconds. */
async function timed(runs: number, work: () => unknown): Promise<{ least: number; median: number }> {
  const all: number[] = [];
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    await work();
    all.push(performance.now() - start);
  }
  all.sort((a, b) => a - b);
  return { least: all[0]!, median: all[runs >> 1]! };
}

async function reads(name: string, store: TradeStore): Promise<void> {
  const [series] = store.series();
  const million = await timed(5, () => store.trades(series!, { fromId: FIRST_ID, toId: FIRST_ID + MILLION }));
  say(`${name}: ${MILLION.toLocaleString("en")} trades into columns`, `${ms(million.least)} at best`);
  const last = store.newest(series!)!.id;
  const newest = await timed(60, () => store.trades(series!, { fromId: last - 99 }));
  say(`${name}: the 100 newest`, `${ms(newest.median)} median`);
  const bars = await timed(3, () => readBars(store, [series!], { every: ["1s"] }));
  say(`${name}: bars of 1 s of ${TRADES.toLocaleString("en")}`, `${ms(bars.least)} at best`);
}

/** What a user of DuckDB would write over the archive's files. */
async function readsByDuckdb(): Promise<void> {
  const duckdb = await openDuckdb();
  const files = `read_parquet('${folder}/**/*.parquet')`;
  const columns = (where: string): string =>
    "SELECT trade_id::DOUBLE, trade_time_us::DOUBLE, price_e8 / 1e8, qty_e8 / 1e8, is_buyer_maker::INT::DOUBLE " +
    `FROM ${files} WHERE ${where} ORDER BY trade_id`;
  const name = "DuckDB on the archive";
  const million = await timed(5, () =>
    duckdb.columns(columns(`trade_id >= ${FIRST_ID} AND trade_id < ${FIRST_ID + MILLION}`)),
  );
  say(`${name}: ${MILLION.toLocaleString("en")} trades into columns`, `${ms(million.least)} at best`);
  const newest = await timed(20, () => duckdb.columns(columns(`trade_id >= ${FIRST_ID + TRADES - 100}`)));
  say(`${name}: the 100 newest`, `${ms(newest.median)} median`);
  const bars = await timed(3, () =>
    duckdb.columns(
      "SELECT (trade_time_us // 1000000)::DOUBLE AS s, arg_min(price_e8, trade_id) / 1e8, max(price_e8) / 1e8, min(price_e8) / 1e8, " +
        "arg_max(price_e8, trade_id) / 1e8, sum(qty_e8)::DOUBLE / 1e8, sum(price_e8::HUGEINT * qty_e8)::DOUBLE / 1e16, count(*)::DOUBLE, " +
        `coalesce(sum(qty_e8) FILTER (NOT is_buyer_maker), 0)::DOUBLE / 1e8 FROM ${files} GROUP BY s ORDER BY s`,
    ),
  );
  say(`${name}: bars of 1 s of ${TRADES.toLocaleString("en")}`, `${ms(bars.least)} at best`);
  duckdb.close();
}

try {
  busyDay(db, TRADES);
  const relay = await openRelay({
    db,
    to: engine.url(),
    user: { user: "default", password: "" },
    nowUs: () => Date.now() * 1000,
  });
  const start = performance.now();
  await relay.pass();
  const sent = performance.now();
  await relay.confirm();
  const counted = performance.now();
  relay.close();
  say("published", `${Math.round((1000 * TRADES) / (sent - start)).toLocaleString("en")} trades a second`);
  say("counted there", ms(counted - sent));
  const bytes = engine.ask(
    "SELECT toFloat64(sum(bytes_on_disk)) AS b FROM system.parts WHERE active AND table = 'trades' FORMAT Native",
  );
  say("on the server", `${((bytes.columns.b![0] as number) / TRADES).toFixed(1)} bytes a trade`);
  for (const [name, place] of [
    ["SQLite", db],
    ["the desk", engine.url()],
  ] as const) {
    const store = openStore(place);
    await reads(name, store);
    store.close();
  }
  archive({ db, nowUs: 1 });
  const store = openHistory(db);
  await reads("the archive", store);
  store.close();
  await readsByDuckdb();
} finally {
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
}
