import { test } from "node:test";
import { killRounds } from "../support/kill-rounds.ts";
import { sharedData } from "../support/shared-data.ts";

const tape = sharedData("binance-spot-20240808");

for (let seed = 1; seed <= 50; seed++) {
  test(`20 kills at random moments lose nothing that is not listed as a hole (seed ${seed})`, {
    skip: tape === undefined,
  }, async (t) => {
    await killRounds(t, tape!, seed, 20);
  });
}
