import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import Database from "better-sqlite3";
import { mergeInto } from "../../../src/pipeline/merge/merge.ts";
import { startCollectorProcess } from "../../support/collector.ts";
import { startExchangeProcess } from "../../support/exchange.ts";
import { sharedData } from "../../support/shared-data.ts";
import { checkAgainstTape, tapeRows } from "../../support/tape.ts";
import { tempFolder } from "../../support/temp.ts";

const tape = sharedData("binance-spot-20240808");
const SYMBOLS = ["BTCUSDT", "ETHUSDT"];

function idsOf(db: string, symbol: string): Set<number> {
  const file = new Database(db, { readonly: true });
  try {
    return new Set(
      file
        .prepare("SELECT trade_id FROM trades JOIN symbols USING (symbol_id) WHERE symbol = ?")
        .pluck()
        .all(symbol) as number[],
    );
  } finally {
    file.close();
  }
}

test("two collectors through drops, cuts and a kill, without REST: the merged tape is what was released less what both missed", {
  skip: tape === undefined,
  timeout: 120_000,
}, async (t) => {
  const folder = tempFolder(t);
  const plan = join(folder, "plan.json");
  writeFileSync(
    plan,
    JSON.stringify({
      seed: 5,
      faults: [
        { at: "message", fault: "drop", probability: 0.02 },
        { at: "connection", fault: "reset", probability: 0.0003 },
        { at: "rest", path: "/api/v3/historicalTrades", fault: "status", status: 503 },
        { at: "rest", path: "/api/v3/aggTrades", fault: "status", status: 503 },
      ],
    }),
  );
  const exchange = await startExchangeProcess(t, ["--tape", tape!, "--speed", "80", "--plan", plan]);
  const dbs = ["a.db", "b.db"].map((name) => join(folder, name, name));
  const start = (db: string) =>
    startCollectorProcess(t, [...exchange.flags, "--symbols", SYMBOLS.join(","), "--db", db]);
  let [a, b] = dbs.map(start) as [ReturnType<typeof start>, ReturnType<typeof start>];
  await Promise.all([a, b].map((one) => one.until(({ event }) => event === "started")));
  const into = join(folder, "desk.db");
  // merged while they collect, and one of them killed on the way
  const isUnderWay = (): boolean =>
    dbs.every((db) => SYMBOLS.every((symbol) => idsOf(db, symbol).size >= 1000));
  while (!isUnderWay()) await new Promise((resolve) => setTimeout(resolve, 50));
  b.child.kill("SIGKILL");
  await b.ended;
  mergeInto({ into, sources: dbs, nowUs: 1 });
  b = start(dbs[1]!);
  await exchange.tapeEnded;
  await new Promise((resolve) => setTimeout(resolve, 1000));
  for (const one of [a, b]) {
    one.child.kill("SIGTERM");
    assert.equal(await one.ended, 0, one.stderr());
  }
  const { missing } = mergeInto({ into, sources: dbs, nowUs: 2 });
  const rows = new Map(SYMBOLS.map((symbol) => [symbol, tapeRows(tape!, symbol)]));
  const standings = checkAgainstTape(into, rows);
  let missedByBoth = 0;
  for (const symbol of SYMBOLS) {
    const [inA, inB, merged] = [dbs[0]!, dbs[1]!, into].map((db) => idsOf(db, symbol)) as [
      Set<number>,
      Set<number>,
      Set<number>,
    ];
    assert.deepEqual(
      [...merged].sort((x, y) => x - y),
      [...new Set([...inA, ...inB])].sort((x, y) => x - y),
    );
    assert.ok(
      inA.size < merged.size && inB.size < merged.size,
      `${symbol}: each has missed what the other has`,
    );
    missedByBoth += standings.get(symbol)!.missing;
  }
  assert.equal(missing.ids, missedByBoth);
});
