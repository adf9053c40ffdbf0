import assert from "node:assert/strict";
import { test } from "node:test";
import { progress } from "../../../src/notebook/show/progress.ts";
import { fakeKernel } from "../../support/fake-kernel.ts";

const last = (kernel: ReturnType<typeof fakeKernel>): string => String(kernel.shown.at(-1)!["text/plain"]);

test("progress hands on every row, with and without await, and says how many went by", async () => {
  const kernel = fakeKernel();
  assert.deepEqual([...progress([1, 2, 3])], [1, 2, 3]);
  assert.match(last(kernel), /^3 in 0\.\d s$/);
  const rows: number[] = [];
  for await (const row of progress(new Set([Promise.resolve(1), 2]), { name: "files" })) rows.push(row);
  assert.deepEqual(rows, [1, 2]);
  assert.match(last(kernel), /^files: 2 in 0\.\d s$/);
  assert.equal(kernel.shown[2]!["text/plain"], "files: 0 of 2 · 0 %");
});

test("progress says after how many a loop was left or failed, and closes its source", async () => {
  const kernel = fakeKernel();
  let closed = 0;
  function* source(): Generator<number> {
    try {
      for (let i = 0; ; i++) yield i;
    } finally {
      closed++;
    }
  }
  for (const row of progress(source())) if (row === 4) break;
  assert.match(last(kernel), /^ended early, after 4 in/);
  await assert.rejects(async () => {
    for await (const row of progress(source(), { total: 10 })) if (row === 2) throw new Error("mine");
  }, /mine/);
  assert.match(last(kernel), /^ended early, after 2 of 10 in/);
  assert.equal(closed, 2);
});

test("progress escapes its name, and refuses what no loop can go over", () => {
  const kernel = fakeKernel();
  for (const _ of progress([1], { name: "<b>" }));
  assert.match(String(kernel.shown.at(-1)!["text/html"]), /&lt;b&gt;: 1 in/);
  assert.throws(() => progress(5 as never), {
    code: "no-rows",
    message:
      "progress: rows that a loop can go over are needed; got number. Pass an array, a generator, a stream; of an object, Object.entries(it).",
  });
});
