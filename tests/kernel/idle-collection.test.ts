import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

// before the module takes them, as it does before any cell could
mock.timers.enable({ apis: ["setTimeout"] });
const { createIdleCollection } = await import("../../src/kernel/server/idle-collection.ts");

const WAIT_MS = 1_000;
let garbage: WeakRef<object>;
const nextJob = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
/** What a job has made, or looked at, it keeps to its end. */
const isCollected = async (): Promise<boolean> => {
  await nextJob();
  const isGone = garbage.deref() === undefined;
  await nextJob();
  return isGone;
};

beforeEach(async () => {
  garbage = new WeakRef({ big: new Array(10) });
  await nextJob();
});

test("a kernel that was left alone collects what is garbage, and not before", async () => {
  const idle = createIdleCollection(() => false, WAIT_MS);
  idle.touched();
  mock.timers.tick(WAIT_MS - 1);
  assert.equal(await isCollected(), false);
  mock.timers.tick(1);
  assert.equal(await isCollected(), true);
});

test("each request puts it off", async () => {
  const idle = createIdleCollection(() => false, WAIT_MS);
  idle.touched();
  for (let request = 0; request < 5; request++) {
    mock.timers.tick(WAIT_MS - 1);
    idle.touched();
  }
  assert.equal(await isCollected(), false);
  mock.timers.tick(WAIT_MS);
  assert.equal(await isCollected(), true);
});

test("nothing is collected while a cell runs, nor in a kernel that nobody has asked for anything", async () => {
  createIdleCollection(() => false, WAIT_MS);
  const idle = createIdleCollection(() => true, WAIT_MS);
  idle.touched();
  mock.timers.tick(10 * WAIT_MS);
  assert.equal(await isCollected(), false);
});
