import { test } from "node:test";
import { killRounds } from "../../support/kill-rounds.ts";
import { sharedData } from "../../support/shared-data.ts";

const tape = sharedData("binance-spot-20240808");

// row 66
test("8 kills at random moments lose nothing that is not listed as a hole", {
  skip: tape === undefined,
  timeout: 120_000,
}, async (t) => {
  await killRounds(t, tape!, 66, 8);
});
