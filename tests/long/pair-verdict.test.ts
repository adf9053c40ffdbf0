import assert from "node:assert/strict";
import { test } from "node:test";
import { type PairKind, verdictShares } from "../analytics/pair/support/made-pairs.ts";

const of = (kind: PairKind, bars: number, halfLife: number) => verdictShares(kind, bars, halfLife, 600, 1000);

test("pairVerdict says yes to at most 5 of 100 pairs of walks, whatever their length", () => {
  for (const bars of [180, 720, 1500, 2880, 5000]) {
    const { yes } = of("walks", bars, 1);
    assert.ok(yes <= 0.05, `${bars}: ${yes}`);
  }
});

test("pairVerdict says yes to at least 80 of 100 true pairs from 36 half-lives on", () => {
  for (const halfLife of [5, 20, 80]) {
    for (const lives of [36, 48]) {
      const { yes } = of("pair", lives * halfLife, halfLife);
      assert.ok(yes >= 0.8, `${lives} of ${halfLife}: ${yes}`);
    }
  }
});
