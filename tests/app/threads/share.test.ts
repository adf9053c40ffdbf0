import assert from "node:assert/strict";
import { after, test } from "node:test";
import { COUNTERS, DONE, type Job, NEXT } from "../../../src/app/threads/job.ts";
import { endThreads, sharePool } from "../../../src/app/threads/pool.ts";
import { failedShare, foundBy } from "../../../src/app/threads/share.ts";
import { TickbookError } from "../../../src/core/errors.ts";

const counters = (): Int32Array => new Int32Array(new SharedArrayBuffer(4 * COUNTERS));

after(endThreads);

test("what a thread refuses reaches the caller with its code and its facts", () => {
  const refusal = {
    code: "bad-window",
    where: "sweep",
    problem: "too long",
    hint: "Shorten it.",
    facts: { window: 9 },
  };
  const share = structuredClone(failedShare({ counters: counters() }, new TickbookError(refusal)));
  assert.throws(() => foundBy([{ found: [] }, share]), { name: "TickbookError", ...refusal });
});

test("whatever a thread throws reaches the caller as an error", () => {
  for (const thrown of [null, undefined, "text", { code: () => 1 }]) {
    const share = structuredClone(failedShare({ counters: counters() }, thrown));
    assert.throws(() => foundBy([share]), Error, String(thrown));
  }
});

test("where one thread fails by a defect, the others do not go on, and the defect is thrown", async () => {
  const column = Float64Array.from({ length: 900 }, (_, i) => 100 + Math.sin(i));
  const closes = Array.from({ length: 30 }, () => column);
  const job: Job<"screening"> = {
    ...{ work: "screening", given: { closes, prices: "log" }, units: 435, take: 100 },
    counters: counters(),
  };
  // whoever comes first is sent to pairs that are none
  job.counters[NEXT] = -job.take;
  const shares = await sharePool(2).run(job);
  assert.throws(() => foundBy(shares), TypeError);
  assert.equal(job.counters[DONE], 0);
});
