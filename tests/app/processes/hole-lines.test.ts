import assert from "node:assert/strict";
import { test } from "node:test";
import { holeLines } from "../../../src/app/processes/hole-lines.ts";
import { virtualClock } from "../../support/virtual-clock.ts";

const said = (symbol: string, what: string): { level: "info"; event: string; message: string } => ({
  level: "info",
  event: what.startsWith("missing") ? "hole" : "hole-filled",
  message: `${symbol}: 34 trades (ids 7 to 40) ${what}`,
});

test("gaps that are filled at once are one line together, and one that stays open is told after ten seconds", () => {
  const clock = virtualClock();
  const lines: string[] = [];
  const { hear } = holeLines((message) => void lines.push(message), clock);
  for (const symbol of ["A", "B", "C"]) assert.ok(hear(said(symbol, "missing (restart)")));
  clock.advance(800);
  for (const symbol of ["A", "B"]) assert.ok(hear(said(symbol, "filled in")));
  assert.deepEqual(lines, []);
  clock.advance(1_000);
  assert.deepEqual(lines.splice(0), ["2 gaps in the trades of 2 symbols filled in at once"]);
  clock.advance(8_200);
  assert.deepEqual(lines.splice(0), ["C: 34 trades (ids 7 to 40) missing (restart)"]);
  assert.ok(!hear(said("C", "filled in")), "its end is a line of its own");
  assert.ok(!hear({ level: "info", event: "live", message: "live" }));
  hear(said("A", "missing (gap)"));
  hear(said("A", "filled in"));
  clock.advance(20_000);
  assert.deepEqual(lines, ["1 gap in the trades of A filled in at once"]);
});

test("a gap that is given up is not said to be missing afterwards; one of a collector that was killed is told once", () => {
  const clock = virtualClock();
  const lines: string[] = [];
  const { hear } = holeLines((message) => void lines.push(message), clock);
  for (const symbol of ["A", "B", "C"]) hear(said(symbol, "missing (restart)"));
  assert.ok(!hear({ ...said("A", "given up: too old"), event: "hole-given-up" }), "a line of its own");
  assert.ok(!hear({ ...said("B", "filled in with merged trades"), event: "hole-aggregated" }));
  clock.advance(6_000);
  assert.ok(hear(said("C", "missing (restart)")), "its collector has begun again");
  clock.advance(4_000);
  assert.deepEqual(lines, ["C: 34 trades (ids 7 to 40) missing (restart)"]);
  clock.advance(60_000);
  assert.equal(lines.length, 1);
});

test("a collector that has ended leaves nothing to be told, and nothing that waits", () => {
  const clock = virtualClock();
  const lines: string[] = [];
  const { hear, close } = holeLines((message) => void lines.push(message), clock);
  for (const symbol of ["A", "B"]) hear(said(symbol, "missing (restart)"));
  hear(said("A", "filled in"));
  close();
  clock.advance(60_000);
  assert.deepEqual(lines, []);
});
