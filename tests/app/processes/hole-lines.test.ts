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
  const hear = holeLines((message) => void lines.push(message), clock);
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
