import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { test } from "node:test";
import { createInterruptible } from "../../src/kernel/stop/interruptible.ts";

const interruptible = createInterruptible(() => {}, 200).callback;

test("interruptible gives what the work gives, throws what it throws, and keeps its context", () => {
  const storage = new AsyncLocalStorage<string>();
  assert.equal(
    storage.run("cell 1", () => interruptible(() => storage.getStore())),
    "cell 1",
  );
  assert.equal(
    interruptible(() => interruptible(() => 7)),
    7,
  );
  const mine = new RangeError("mine");
  assert.throws(
    () =>
      interruptible(() => {
        throw mine;
      }),
    (error) => error === mine,
  );
});

test("interruptible stops a loop that never ends, and says so in one line", () => {
  assert.throws(
    () =>
      interruptible(() => {
        for (;;);
      }),
    /^TickbookError: callback: a callback must end within 0\.2 s; this one was stopped\. Look for a loop/,
  );
  assert.equal(
    interruptible(() => 1),
    1,
  );
});
