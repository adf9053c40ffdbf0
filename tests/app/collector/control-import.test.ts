import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { simulatedMarket } from "../../../src/pipeline/exchange/market/market.ts";
import { openStore } from "../../../src/pipeline/open-store.ts";
import { startCollectorProcess, storedAtLeast } from "../../support/collector.ts";
import { rows } from "../../support/import.ts";
import { projectRoot } from "../../support/project.ts";
import { tempFolder } from "../../support/temp.ts";

/** `npm run import`: its exit code and what it said. */
function importing(...flags: readonly string[]): Promise<[number, string]> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(projectRoot, "scripts", "import.ts"), ...flags], (error, out, err) =>
      resolve([Number(error?.code ?? 0), `${out}${err}`.trim()]),
    );
  });
}

test("files are imported, and taken back, while trades are collected: through the collector, which loses nothing", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  const collector = startCollectorProcess(t, ["--venue", "sim", "--seed", "3", "--db", db]);
  await collector.until(storedAtLeast("BTCUSDT", 5));
  const [[first]] = rows(
    db,
    "SELECT first_id FROM ranges JOIN symbols USING (symbol_id) WHERE symbol = 'BTCUSDT'",
  ) as [[number]];
  // what this very market traded before the collector began, 50 trades of which are left out
  const market = simulatedMarket(3);
  const past = market.trades(0, first - 30_000, first - 51, 30_000);
  const csv = join(folder, "past.csv");
  writeFileSync(
    csv,
    `id,price,qty,time,is_buyer_maker\n${past.map((one) => [one.id, one.price, one.qty, one.tradeTimeUs, one.isBuyerMaker].join(",")).join("\n")}\n`,
  );
  const flags = ["--db", db, "--symbol", "BTCUSDT", "--venue", "sim-seed3"];
  const [code, said] = await importing(csv, ...flags);
  assert.equal(code, 0, said);
  assert.equal((JSON.parse(said.split("\n").at(-1)!) as { stored: number }).stored, past.length);
  // the hole between the file and the stream is known to the running collector, and filled by it
  await collector.until(({ event, symbol }) => event === "hole-filled" && symbol === "BTCUSDT");
  // the same file again is known; rows of another origin are a series of their own
  assert.match((await importing(csv, ...flags))[1], /"outcome":"known"/);
  const other = join(folder, "other.csv");
  writeFileSync(
    other,
    "time,open,high,low,close\n2024-01-01T00:00:00Z,1,1,1,1\n2024-01-01T00:01:00Z,1,1,1,1\n",
  );
  assert.equal((await importing(other, "--db", db, "--symbol", "BTCUSDT"))[0], 0);
  const [refused, why] = await importing(join(folder, "none.csv"), "--db", db);
  assert.deepEqual([refused, why.split("\n").length], [2, 1]);
  assert.equal((await importing("--undo", csv, "--db", db))[0], 0);
  // what was taken back below the stream is no hole, and the ledger in memory knows that as well
  const before = collector.lines.length;
  await collector.until(
    (line) => collector.lines.indexOf(line) >= before && storedAtLeast("BTCUSDT", 50)(line),
  );
  collector.child.kill("SIGTERM");
  assert.equal(await collector.ended, 0, collector.stderr());
  const store = openStore(db);
  t.after(() => store.close());
  const quality = store.quality();
  t.after(() => quality.close());
  for (const series of store.series()) {
    const { trades } = quality.series(series, { since: { backUs: 1e9 }, full: true, sampleTrades: 1e5 });
    assert.deepEqual([trades?.unlistedIds ?? 0, trades?.ledger.defects ?? []], [0, []], series.symbol);
  }
});
