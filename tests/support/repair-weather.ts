import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { type Random, random } from "../../src/core/random.ts";
import { idRanges } from "../../src/pipeline/store/ledger/id-ranges.ts";
import {
  aggregateRow,
  type History,
  history,
  historyTrade,
  mergedTrade,
  reply,
  tradeRow,
} from "./history.ts";
import { idsFrom, type RepairBench, repairBench } from "./repair-bench.ts";

type Script = History["script"][number];

/** Anything that may come in place of a page. */
function fault({ uniform }: Random): Script {
  const pick = Math.floor(uniform() * 13);
  const share = uniform();
  const other = (row: Record<string, unknown>): object =>
    "id" in row ? tradeRow("OTHER", row.id as number) : aggregateRow("OTHER", row.a as number);
  const edits: readonly Script[] = [
    () => new Error("ECONNRESET"),
    () => reply(500, "<html>"),
    () => reply(429, { code: -1003, msg: "Too much" }, { "retry-after": "3" }),
    () => reply(418, { code: -1003, msg: "banned" }, { "retry-after": "20" }),
    () => reply(200, "<html>"),
    () => reply(200, []),
    () => reply(200, { code: 0 }),
    (_, rows) => reply(200, rows().slice(0, Math.ceil(rows().length * share))),
    (_, rows) => reply(200, rows().toSpliced(Math.floor(rows().length * share), 1)),
    (_, rows) => reply(200, [...rows(), ...rows()].reverse()),
    (_, rows) => reply(200, rows().map(other)),
    (_, rows) => reply(200, JSON.stringify(rows()).slice(0, -Math.ceil(2 + 200 * share))),
    () => undefined,
  ];
  return edits[pick]!;
}

/** The stream loses, swaps and delays; the history fails; the process restarts: until all is well again. */
async function run(bench: RepairBench, past: History, chance: Random): Promise<void> {
  const { uniform } = chance;
  let id = 1000;
  for (let turn = 0; turn < 12; turn++) {
    const next = id + 1 + Math.floor(40 * uniform());
    const ids = idsFrom(id, next - 1).filter(() => uniform() < 0.8);
    id = next;
    if (uniform() < 0.3) ids.reverse();
    if (ids.length > 0) bench.live("BTCUSDT", ...ids);
    if (uniform() < 0.3) id += Math.floor(2500 * uniform());
    if (uniform() < 0.2) bench.live("BTCUSDT", 1000 + Math.floor((id - 1000) * uniform()));
    // fewer in a row than a hole is given up for
    past.script.splice(0, Number.POSITIVE_INFINITY, ...Array.from({ length: 4 }, () => fault(chance)));
    await bench.pass(20_000 * uniform());
    if (uniform() < 0.2) bench.restart();
  }
  past.script.length = 0;
  bench.live("BTCUSDT", id);
  await bench.pass(3_600_000);
}

/** One seed; in the end every trade is there once, as it was: singly, or, where only aggregates are served, merged. */
export async function repairInWeather(
  t: TestContext,
  kind: "single" | "merged",
  seed: number,
): Promise<void> {
  const past = history(0, 40_000);
  if (kind === "merged") past.closed.set("a historicalTrades", 404);
  const tradeOf = kind === "merged" ? mergedTrade : historyTrade;
  const bench = repairBench(t, past, { tradeOf });
  bench.live("BTCUSDT", 999);
  await run(bench, past, random(seed, 53));
  const name = `seed ${seed}`;
  const states = bench.rows("SELECT DISTINCT state FROM holes WHERE state <> 'filled'").flat();
  assert.deepEqual(states, kind === "merged" ? ["aggregated"] : [], `${name}: ${bench.holes().join("; ")}`);
  const held = idRanges();
  for (const [id, price, maker, time] of bench.rows(
    "SELECT trade_id, price, is_buyer_maker, trade_time_us FROM v_trades",
  ) as [number, string, number, number][]) {
    const original = tradeOf("BTCUSDT", id);
    const { isBuyerMaker, tradeTimeUs } = original;
    assert.deepEqual([price, maker === 1, time], [original.price, isBuyerMaker, tradeTimeUs], name);
    held.hold(id, id);
  }
  for (const [first, last, price, qty] of bench.rows(
    "SELECT first_id, last_id, price, qty FROM v_agg_trades",
  ) as [number, number, string, string][]) {
    assert.equal(held.count({ first, last }), 0, `${name}: ${first} counts twice`);
    assert.equal(price, tradeOf("BTCUSDT", first).price, name);
    assert.equal(Number(qty), 0.02 * (last - first + 1), name);
    held.hold(first, last);
  }
  assert.deepEqual(held.ranges, [{ first: 999, last: held.ranges.at(-1)!.last }], name);
  bench.backfill.stop();
}
