import assert from "node:assert/strict";
import { test } from "node:test";
import { controls } from "../../../src/notebook/controls/arrange.ts";
import { derived } from "../../../src/notebook/controls/derived.ts";
import { slider } from "../../../src/notebook/controls/inputs/slider.ts";
import { reacting } from "../../../src/notebook/controls/reacting.ts";
import { fakeKernel } from "../../support/fake-kernel.ts";

const kernel = fakeKernel();
const settled = async (): Promise<void> => {
  for (let i = 0; i < 6; i++) await new Promise(setImmediate);
};

test("what is derived from controls is made once for all that read it, and again when one of them has moved", async () => {
  const window = slider("window", { min: 1, max: 100, value: 20 });
  const seen: string[] = [];
  let made = 0;
  const twice = derived(() => {
    made++;
    return window.value * 2;
  });
  assert.equal(made, 0);
  reacting(() => String(seen.push(`a ${twice.value}`)));
  reacting(() => String(seen.push(`b ${twice.value}`)));
  assert.deepEqual([made, seen], [1, ["a 40", "b 40"]]);
  window.value = 30;
  await settled();
  assert.deepEqual([made, seen.slice(2)], [2, ["a 60", "b 60"]]);
});

test("what is derived from something derived follows, too", async () => {
  const window = slider("window", { min: 1, max: 100, value: 1 });
  const a = derived(() => window.value + 1);
  const b = derived(() => a.value * 10);
  const seen: number[] = [];
  reacting(() => String(seen.push(b.value)));
  window.value = 4;
  await settled();
  assert.deepEqual(seen, [20, 50]);
});

test("a mistake in what is derived is told at the control that moved, and taken back", async () => {
  const window = slider("window", { min: 1, max: 100, value: 1 });
  controls(window);
  const half = derived(() => {
    if (window.value > 50) throw new Error("too wide");
    return window.value;
  });
  reacting(() => String(half.value));
  await kernel.widget("FloatSlider").set({ value: 60 });
  assert.match(String(kernel.widget("HTML").state.value), /window: too wide/);
  assert.throws(() => half.value, /too wide/);
  await kernel.widget("FloatSlider").set({ value: 5 });
  assert.equal(kernel.widget("HTML").state.value, "");
  assert.equal(half.value, 5);
});
