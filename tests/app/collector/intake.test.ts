import assert from "node:assert/strict";
import { test } from "node:test";
import { intake } from "../../../src/app/collector/intake.ts";
import { trade } from "../../support/trades.ts";

function bench() {
  let waiting = 0;
  const calls: string[] = [];
  const trades = intake(
    {
      append: (batch) => {
        waiting += batch.length;
      },
      pending: () => waiting,
    },
    { pause: () => calls.push("pause"), resume: () => calls.push("resume") },
  );
  const commit = (count: number): void => {
    waiting -= count;
    trades.committed();
  };
  return { trades, calls, commit };
}

test("trades are handed over when a batch is full, or when asked to", () => {
  const { trades } = bench();
  for (let id = 1; id <= 5001; id++) trades.add(0, trade(id));
  assert.equal(trades.pending(), 5001);
  trades.flush();
  assert.equal(trades.pending(), 5001);
});

test("at 200,000 trades waiting the socket is held back once, and let go below 50,000", () => {
  const { trades, calls, commit } = bench();
  for (let id = 1; id <= 210_000; id++) trades.add(0, trade(id));
  assert.deepEqual(calls, ["pause"]);
  commit(100_000);
  assert.deepEqual(calls, ["pause"]);
  commit(61_000);
  commit(1);
  assert.deepEqual(calls, ["pause", "resume"]);
});
