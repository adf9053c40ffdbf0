import assert from "node:assert/strict";
import { test } from "node:test";
import { keepsWorldClock, type Venue, type VenueKind, venueLabel } from "../../src/core/trade.ts";
import { simulatedMarket } from "../../src/pipeline/exchange/market/market.ts";
import { venueOf } from "../../src/pipeline/exchange/timeline.ts";
import { storedVenue } from "../../src/pipeline/store/read/stored-venue.ts";

test("a venue's times are this world's unless it is a tape, a file, or says that it keeps a clock of its own", () => {
  const of = (kind: VenueKind, more: Partial<Venue> = {}): boolean =>
    keepsWorldClock({ name: "x", kind, detail: "seed 7 at x5", ...more });
  assert.deepEqual(
    (["real", "simulated", "replayed", "file"] as const).map((kind) => of(kind)),
    [true, true, false, false],
  );
  assert.equal(of("simulated", { clock: "own" }), false);
});

test("the clock of a market at another pace is its own at the exchange as in the store", () => {
  for (const [speed, isWorld] of [
    [1, true],
    [0.5, false],
    [5, false],
    ["max", false],
  ] as const) {
    const venue = venueOf(simulatedMarket(7), speed, 1_790_000_000_000_000);
    assert.equal(keepsWorldClock(venue), isWorld, venue.name);
    const { name, kind, detail } = venue;
    assert.deepEqual(storedVenue({ name, kind, detail }), venue);
  }
});

test("what came from a file is not called real, and says which file", () => {
  assert.equal(
    venueLabel({ name: "binance", kind: "file", detail: "binance, from a.csv" }),
    "FILE · binance, from a.csv",
  );
  assert.equal(venueLabel({ name: "binance", kind: "real", detail: "wss://" }), "");
});
