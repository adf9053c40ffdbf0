import assert from "node:assert/strict";
import { test } from "node:test";
import { type PairKind, verdictShares } from "../analytics/pair/support/made-pairs.ts";

const of = (kind: PairKind, bars: number, halfLife: number) => verdictShares(kind, bars, halfLife, 600, 1000);

test("pairVerdict says yes to at most 5 of 100 pairs of walks, whatever their length", () => {
  for (const bars of [180, 720, 1500, 2880, 5000]) {
    const [free, correlated] = [of("walks", bars, 1).yes, of("correlated walks", bars, 1).yes];
    assert.ok(free <= 0.03, `${bars}: ${free}`);
    assert.ok(correlated <= 0.05, `${bars}, correlated: ${correlated}`);
  }
});

test("pairVerdict says yes to at least 84 of 100 true pairs from 36 half-lives on", () => {
  for (const halfLife of [5, 20, 80]) {
    for (const lives of [36, 48]) {
      const { yes } = of("pair", lives * halfLife, halfLife);
      assert.ok(yes >= 0.84, `${lives} of ${halfLife}: ${yes}`);
    }
  }
});

test("pairVerdict says yes to at most 3 of 100 pairs whose β moves by half, to 15 where nine half-lives are left", () => {
  for (const kind of ["β breaks", "β breaks late"] as const) {
    for (const [lives, halfLife] of [
      [36, 20],
      [72, 20],
      [144, 5],
    ] as const) {
      const { yes } = of(kind, lives * halfLife, halfLife);
      assert.ok(
        yes <= (kind === "β breaks late" && lives === 36 ? 0.15 : 0.03),
        `${kind}, ${lives} of ${halfLife}: ${yes}`,
      );
    }
  }
});
