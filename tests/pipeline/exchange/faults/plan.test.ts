import assert from "node:assert/strict";
import { test } from "node:test";
import { readPlan } from "../../../../src/pipeline/exchange/faults/plan.ts";
import { rulesOf } from "../../../../src/pipeline/exchange/faults/triggers.ts";

const read = (plan: unknown): ReturnType<typeof readPlan> => readPlan(JSON.stringify(plan), "plan.json");

test("a plan is read with its settings, triggers and the faults' own defaults", () => {
  const plan = read({
    seed: 3,
    settings: { pingEveryMs: 100, floorIds: { BTCUSDT: 7 }, limitAbove1000: "refuse" },
    faults: [
      { at: "connection", fault: "close", code: 1012, afterMs: 500, times: 2 },
      { at: "rest", fault: "status", status: 429, path: "/api/v3/historicalTrades" },
    ],
  });
  assert.deepEqual(plan, {
    seed: 3,
    settings: { pingEveryMs: 100, floorIds: { BTCUSDT: 7 }, limitAbove1000: "refuse" },
    faults: [
      { at: "connection", fault: "close", afterMs: 500, times: 2, args: { code: 1012, reason: "" } },
      {
        at: "rest",
        fault: "status",
        path: "/api/v3/historicalTrades",
        args: { status: 429, retryAfterS: -1, body: "" },
      },
    ],
  });
  assert.deepEqual(read({}), { seed: 0, settings: {}, faults: [] });
});

test("everything that is wrong with a plan is said at once", () => {
  const wrong = {
    sed: 1,
    settings: { pingEvery: 5, pongWithinMs: "x" },
    faults: [
      { at: "message", fault: "drop", every: 0, ms: 5 },
      { at: "nowhere", fault: "drop" },
      { at: "rest", fault: "drop" },
      { at: "message", fault: "set", field: "p" },
      { at: "rest", fault: "hang", afterMs: 5 },
      7,
    ],
  };
  assert.throws(
    () => read(wrong),
    (error: Error & { code: string; facts: { problems: string[] } }) => {
      assert.equal(error.code, "bad-plan");
      assert.match(error.message, /^plan\.json: .*docs\/exchange\.md for the form of a plan\.$/);
      const says = [
        /^sed is not known here/,
        /^settings\.pingEvery is not known \(pingEveryMs, /,
        /^settings\.pongWithinMs must be a whole number .*; got "x"$/,
        /^faults\[0\]\.every must be a whole number from 1 to \d+; got 0$/,
        /^faults\[0\]\.ms is not known for message drop/,
        /^faults\[1\]\.at must be one of message, connection, .*; got "nowhere"$/,
        /^faults\[2\]\.fault must be one of status, .*; got "drop"$/,
        /^faults\[3\]\.json must be a text; got nothing$/,
        /^faults\[4\]\.afterMs is for connection faults only; got 5$/,
        /^faults\[5\] must be an object; got 7$/,
      ];
      assert.equal(error.facts.problems.length, says.length);
      for (const [i, say] of says.entries()) assert.match(error.facts.problems[i]!, say);
      return true;
    },
  );
});

test("what is not JSON, or no object, is refused in a sentence", () => {
  assert.throws(() => readPlan("{", "p.json"), /^TickbookError: p\.json: the file must be JSON; /);
  assert.throws(() => readPlan("[]", "p.json"), /must hold an object such as \{"faults": \[\]\}; got \[\]/);
});

function firings(trigger: object, occasions: number, seed = 1): number[] {
  const [rule] = rulesOf(read({ seed, faults: [{ at: "message", fault: "drop", ...trigger }] }), "message");
  return Array.from({ length: occasions }, (_, i) => i).filter((i) => rule!.fires(i));
}

test("without every and probability a fault happens once, after what it has to leave alone", () => {
  assert.deepEqual(firings({}, 5), [0]);
  assert.deepEqual(firings({ after: 3 }, 9), [3]);
  assert.deepEqual(firings({ times: 2 }, 5), [0, 1]);
});

test("every, times and the window limit it", () => {
  assert.deepEqual(firings({ every: 3 }, 10), [2, 5, 8]);
  assert.deepEqual(firings({ every: 3, after: 1, times: 2 }, 20), [3, 6]);
  assert.deepEqual(firings({ every: 1, fromMs: 4, untilMs: 6 }, 10), [4, 5]);
});

test("chance comes from the seed", () => {
  const drawn = firings({ probability: 0.3 }, 1000);
  assert.deepEqual(firings({ probability: 0.3 }, 1000), drawn);
  assert.notDeepEqual(firings({ probability: 0.3 }, 1000, 2), drawn);
  assert.ok(drawn.length > 240 && drawn.length < 360);
});
