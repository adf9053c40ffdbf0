import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type Random, random } from "../../src/core/random.ts";
import { type CollectorProcess, type Line, startCollectorProcess } from "./collector.ts";
import { startExchangeProcess } from "./exchange.ts";
import { checkAgainstTape, tapeRows } from "./tape.ts";
import { tempFolder } from "./temp.ts";

const SYMBOLS = ["BTCUSDT", "ETHUSDT"];

/** Everything that may go wrong on the way, each a rare event: a plan of the built-in exchange. */
function stormPlan(seed: number): object {
  const chance = random(seed, 81);
  const pick = <Value>(values: readonly Value[]): Value =>
    values[Math.floor(chance.uniform() * values.length)]!;
  const rare = (): object => ({ probability: 0.0002 + 0.0008 * chance.uniform() });
  const some = (list: readonly object[], share: number): object[] =>
    list.filter(() => chance.uniform() < share);
  const messages = [
    { fault: "drop" },
    { fault: "duplicate" },
    { fault: "swap" },
    { fault: "delay", ms: 300 },
    { fault: "set", field: "p", json: pick(['"1e-8"', '"NaN"', '"-1"', '""', "64000.5", "null"]) },
    { fault: "set", field: "t", json: pick(["9007199254740993", "-1", "1.5", '"7"', "null"]) },
    { fault: "set", field: "extra", json: '{"a":1}' },
    { fault: "remove", field: pick(["p", "q", "T", "m", "s"]) },
    { fault: "other-symbol", symbol: "XRPUSDT" },
    { fault: "other-unit" },
    { fault: "unwrap" },
    { fault: "truncate" },
    { fault: "text", text: pick(["", "[]", "null", '{"e":"blockTrade"}']) },
    { fault: "proto" },
    { fault: "deep", depth: 100_000 },
    { fault: "binary" },
  ].map((fault) => ({ at: "message", ...fault, ...rare() }));
  const connections = [
    { fault: "close", code: pick([1000, 1001, 1006, 1011, 1012, 1013]) },
    { fault: "reset" },
    { fault: "fin" },
    { fault: "shutdown", inMs: 500 },
  ].map((fault) => ({ at: "connection", ...fault, probability: 0.0002 }));
  const rest = [
    { fault: "status", status: pick([500, 502, 503]) },
    { fault: "html" },
    { fault: "truncate" },
    { fault: "empty" },
    { fault: "short" },
    { fault: "unsorted" },
    { fault: "repeat" },
    { fault: "hole" },
    { fault: "reset" },
    { fault: "other-unit" },
  ].map((fault) => ({ at: "rest", path: "/api/v3/historicalTrades", ...fault, probability: 0.05 }));
  return {
    seed,
    settings: { weightPerMinute: 6_000_000 },
    faults: [
      ...some(messages, 0.6),
      ...some(connections, 0.6),
      ...some(rest, 0.5),
      { at: "handshake", fault: "status", status: 503, after: 1, probability: 0.3 },
      { at: "exchange", fault: "offline", fromMs: 2000 + Math.floor(3000 * chance.uniform()), forMs: 1500 },
    ],
  };
}

/**
 * A collector through a storm of seeded faults, on the tape at 60 times its speed, now and then killed. When the tape has
 * ended and every hole is filled or given up, the invariant holds, and what is missing has been given up with a reason.
 */
export async function weatherStorm(t: TestContext, tape: string, seed: number): Promise<void> {
  const rows = new Map(SYMBOLS.map((symbol) => [symbol, tapeRows(tape, symbol)]));
  const folder = tempFolder(t);
  const plan = join(folder, "plan.json");
  writeFileSync(plan, JSON.stringify(stormPlan(seed), null, 1));
  const exchange = await startExchangeProcess(t, [
    "--tape",
    tape,
    "--speed",
    "60",
    "--port",
    "0",
    "--plan",
    plan,
  ]);
  const db = join(folder, "x.db");
  const flags = [...exchange.flags, "--symbols", SYMBOLS.join(","), "--db", db];
  let collector = startCollectorProcess(t, flags);
  const { uniform }: Random = random(seed, 66);
  for (let kills = 0; kills < 2; kills++) {
    await collector.until(({ event }) => event === "status");
    await new Promise((resolve) => setTimeout(resolve, 1000 + 2000 * uniform()));
    collector.child.kill("SIGKILL");
    assert.equal(await collector.ended, null, `seed ${seed}: ${collector.stderr()}`);
    checkAgainstTape(db, rows);
    collector = startCollectorProcess(t, flags);
  }
  await exchange.tapeEnded;
  await allSettled(collector);
  collector.child.kill("SIGTERM");
  assert.equal(await collector.ended, 0, `seed ${seed}: ${collector.stderr()}`);
  for (const [symbol, { stored, missing }] of checkAgainstTape(db, rows)) {
    assert.ok(stored > rows.get(symbol)!.length / 2, `seed ${seed}: ${symbol} has ${stored} trades`);
    assert.equal(missing, 0, `seed ${seed}: ${missing} trades of ${symbol} could be had and were not`);
  }
}

/** Resolves when no hole is open and nothing has come for two seconds. */
async function allSettled(collector: CollectorProcess): Promise<void> {
  const isCalm = ({ event, symbols, pending }: Line): boolean =>
    event === "status" &&
    pending === 0 &&
    Object.values(symbols as Record<string, { missing: number; rate: number }>).every(
      ({ missing, rate }) => missing === 0 && rate === 0,
    );
  for (let calm = 0; calm < 3; ) {
    const seen = collector.lines.length;
    const line = await collector.until(
      (one) => one.event === "status" && collector.lines.indexOf(one) >= seen,
    );
    calm = isCalm(line) ? calm + 1 : 0;
  }
}
