import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { pairVerdict } from "../../src/analytics/pair/pair-verdict.ts";
import { screenPairs } from "../../src/app/pair/screen-pairs.ts";
import type { Progress } from "../../src/app/terminal/progress.ts";
import { endThreads } from "../../src/app/threads/pool.ts";
import { random } from "../../src/core/random.ts";

const BARS = 900;

function walkOf(length: number, normal: () => number): Float64Array {
  let level = 0;
  return Float64Array.from({ length }, () => {
    level += normal();
    return level;
  });
}

/** A walk, one that comes back to it within a few bars, another walk, and one that stands still. */
function closes(): Record<string, Float64Array> {
  const { normal } = random(11);
  const walk = (): Float64Array => walkOf(BARS, normal).map((level) => 100 * Math.exp(0.01 * level));
  const first = walk();
  let apart = 0;
  const tied = first.map((price) => {
    apart = 0.8 * apart + 0.005 * normal();
    return 2 * price * Math.exp(apart);
  });
  return { A: first, B: tied, C: walk(), D: new Float64Array(BARS).fill(7) };
}

describe("screenPairs", () => {
  after(endThreads);

  test("gives what pairVerdict gives of each pair, to the last bit, with any number of threads", async () => {
    const given = closes();
    const alone = await screenPairs(given, { threads: 1 });
    assert.deepEqual(await screenPairs(given, { threads: 3 }), alone);
    assert.deepEqual(alone.pairs.map(({ y, x }) => `${y}/${x}`).sort(), ["B/A", "C/A", "C/B"]);
    for (const { y, x, ...pair } of alone.pairs) {
      const { verdict, sentence, nobs, cointegration, halfLife, halfLives } = pairVerdict(
        given[y]!,
        given[x]!,
      );
      const { pValue, beta } = cointegration;
      const halfLifeBars = halfLife.correctedHalfLifeBars;
      assert.deepEqual(pair, { verdict, sentence, nobs, beta: beta[0], pValue, halfLifeBars, halfLives });
    }
  });

  test("the pair comes first, and what cannot be examined is told with its reason", async () => {
    const { pairs, refused, columns, length } = await screenPairs(closes());
    assert.deepEqual([pairs[0]!.y, pairs[0]!.x, pairs[0]!.verdict], ["B", "A", "yes"]);
    assert.deepEqual(
      refused.map(({ y, x }) => `${y}/${x}`),
      ["D/A", "D/B", "D/C"],
    );
    assert.match(refused[0]!.reason, /^pairVerdict: /);
    assert.deepEqual([columns[0]!.values[0], length], ["B / A", 3]);
  });

  test("says of many pairs how many say yes by chance", async () => {
    const { normal } = random(3);
    const many = Object.fromEntries(
      Array.from({ length: 6 }, (_, k) => [`S${k}`, walkOf(60, normal).map((level) => 50 + 0.1 * level)]),
    );
    assert.equal(
      (await screenPairs(many)).caption,
      "Pairs: 15 tests at 10 %, each by itself; where none is a pair, up to 2 say yes by chance",
    );
  });

  test("tells how far it is, and stops when it is called off", async () => {
    const told: Progress[] = [];
    await screenPairs(closes(), { progress: (progress) => told.push(progress) });
    assert.deepEqual(told.at(-1), { of: "4 symbols", phase: "pairs", done: 6, total: 6 });
    const called = new AbortController();
    const running = screenPairs(closes(), { signal: called.signal });
    called.abort(new Error("enough"));
    await assert.rejects(running, /enough/);
  });

  test("one that is called off while it waits for another does not wait for it, and the other goes on", async () => {
    const { normal } = random(5);
    const many = Object.fromEntries(
      Array.from({ length: 12 }, (_, k) => [`S${k}`, walkOf(BARS, normal).map((level) => 500 + level)]),
    );
    const ended: string[] = [];
    const called = new AbortController();
    const first = screenPairs(many).finally(() => ended.push("first"));
    const second = screenPairs(many, { signal: called.signal }).finally(() => ended.push("second"));
    called.abort(new Error("enough"));
    await assert.rejects(second, /enough/);
    assert.equal((await first).length, 66);
    assert.deepEqual(ended, ["second", "first"]);
  });

  test("refuses one symbol, closes of unequal length, and no column", async () => {
    const { A, B } = closes();
    await assert.rejects(screenPairs({ A: A! }), { code: "too-few-symbols" });
    await assert.rejects(screenPairs({ A: A!, B: B!.subarray(1) }), { code: "length-mismatch" });
    await assert.rejects(screenPairs({ A: A!, B: [1] as never }), { code: "not-a-column" });
    await assert.rejects(screenPairs({ A: A!, B: B! }, { threads: 0 }), { code: "bad-setting" });
  });
});
