import assert from "node:assert/strict";
import { test } from "node:test";
import { createCellReruns } from "../../src/kernel/output/cell-reruns.ts";
import type { Message } from "../../src/kernel/wire.ts";

const request = (metadata: Message["metadata"]): Message =>
  ({ metadata, header: {}, content: {}, identities: [], buffers: [] }) as unknown as Message;

test("what a cell left behind is cleaned up once, when it runs again or was deleted", () => {
  const reruns = createCellReruns(() => {});
  const done: string[] = [];
  for (const cellId of ["a", "b", "c", "d"]) reruns.add(request({ cellId }), () => done.push(cellId));
  reruns.add(request({ cellId: "d" }), () => done.push("taken back"))();
  reruns.starts(request({ cellId: "a", deletedCells: ["b", "unknown"] }));
  assert.deepEqual(done, ["a", "b"]);
  reruns.starts(request({ cellId: "a" }));
  reruns.starts(request({}));
  reruns.starts(request({ cellId: "d", deletedCells: "no list" }));
  assert.deepEqual(done, ["a", "b", "d"]);
});

test("a clean-up that throws keeps no other from running; code without a cell leaves nothing behind", () => {
  const problems: unknown[] = [];
  const reruns = createCellReruns((problem) => problems.push(problem));
  const done: string[] = [];
  reruns.add(request({ cellId: "a" }), () => {
    throw new Error("broken");
  });
  reruns.add(request({ cellId: "a" }), () => done.push("second"));
  reruns.add(request({}), () => done.push("never"));
  reruns.starts(request({ cellId: "a" }));
  reruns.starts(request({}));
  assert.deepEqual(done, ["second"]);
  assert.equal(problems.length, 1);
});
