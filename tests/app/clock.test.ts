import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import { test } from "node:test";
import { systemClock } from "../../src/app/clock.ts";

test("the system's clock gives the wall clock's time to the microsecond, and never a millisecond off", () => {
  let last = systemClock.nowUs();
  let moved = 0;
  for (let i = 0; i < 20_000; i++) {
    const before = Date.now();
    const nowUs = systemClock.nowUs();
    assert.ok(Number.isSafeInteger(nowUs));
    assert.ok(nowUs / 1000 > before - 2 && nowUs / 1000 < Date.now() + 3);
    if (nowUs !== last) moved++;
    last = nowUs;
  }
  assert.ok(moved > 1000, "finer than milliseconds");
});

// row 28: what a machine's sleep looks like where the monotonic clock stands still meanwhile
test("the system's clock follows the wall clock through a jump, there and back", (t) => {
  const real = Date.now;
  t.after(() => {
    Date.now = real;
  });
  for (const jumpMs of [3_600_000, -3_600_000, 0]) {
    Date.now = () => real() + jumpMs;
    assert.ok(Math.abs(systemClock.nowUs() / 1000 - (real() + jumpMs)) < 3);
    const before = performance.now();
    assert.ok(systemClock.monotonicMs() - before < 1000);
  }
});

// row 94
test("timers of 25 days, of ten years and of Infinity end when they should and not before, and can be called off", (t) => {
  const dayMs = 86_400_000;
  let day = 0;
  t.mock.timers.enable({ apis: ["setTimeout"] });
  t.mock.method(performance, "now", () => day * dayMs);
  const ended: string[] = [];
  systemClock.after(25 * dayMs, () => ended.push(`25 at ${day}`));
  systemClock.after(3650 * dayMs, () => ended.push(`3650 at ${day}`));
  systemClock.after(Number.POSITIVE_INFINITY, () => ended.push("never"));
  const cancel = systemClock.after(100 * dayMs, () => ended.push("called off"));
  for (; day < 4000; t.mock.timers.tick(dayMs)) {
    day++;
    if (day === 60) cancel();
  }
  assert.deepEqual(ended, ["25 at 25", "3650 at 3650"]);
});
