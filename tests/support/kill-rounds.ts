import assert from "node:assert/strict";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { random } from "../../src/core/random.ts";
import { startCollectorProcess } from "./collector.ts";
import { startExchangeProcess } from "./exchange.ts";
import { checkAgainstTape, tapeRows } from "./tape.ts";
import { tempFolder } from "./temp.ts";

const SYMBOLS = ["BTCUSDT", "ETHUSDT"];

/**
 * Kills a collector with SIGKILL at random moments of its life while the exchange plays the tape on, and checks the
 * invariant after each. The last one is stopped as a user does.
 */
export async function killRounds(t: TestContext, tape: string, seed: number, rounds: number): Promise<void> {
  const { uniform } = random(seed);
  const rows = new Map(SYMBOLS.map((symbol) => [symbol, tapeRows(tape, symbol)]));
  const exchange = await startExchangeProcess(t, ["--tape", tape, "--speed", "12", "--port", "0"]);
  const db = join(tempFolder(t), "x.db");
  const flags = [...exchange.flags, "--symbols", SYMBOLS.join(","), "--db", db];
  let before = 0;
  for (let round = 1; round <= rounds; round++) {
    const collector = startCollectorProcess(t, flags);
    // from the opening of the database on: a kill before it changes nothing
    await collector.until(({ event }) => event === "started");
    await new Promise((resolve) => setTimeout(resolve, 20 + 700 * uniform()));
    const isLast = round === rounds;
    collector.child.kill(isLast ? "SIGTERM" : "SIGKILL");
    assert.equal(
      await collector.ended,
      isLast ? 0 : null,
      `seed ${seed}, round ${round}: ${collector.stderr()}`,
    );
    const standing = checkAgainstTape(db, rows);
    const stored = [...standing.values()].reduce((sum, one) => sum + one.stored, 0);
    assert.ok(stored >= before, `seed ${seed}, round ${round}: ${before - stored} stored trades are gone`);
    before = stored;
  }
  assert.ok(before > 0, `seed ${seed}: nothing was stored`);
}
