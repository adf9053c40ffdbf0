import { test } from "node:test";
import { sharedData } from "../../support/shared-data.ts";
import { weatherStorm } from "../../support/storm.ts";

const tape = sharedData("binance-spot-20240808");

for (const seed of [1]) {
  test(`a collector comes through a storm of faults with every trade that could be had (seed ${seed})`, {
    skip: tape === undefined,
    timeout: 120_000,
  }, async (t) => {
    await weatherStorm(t, tape!, seed);
  });
}
