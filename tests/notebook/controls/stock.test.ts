import assert from "node:assert/strict";
import { test } from "node:test";
import { controls } from "../../../src/notebook/controls/arrange.ts";
import { slider } from "../../../src/notebook/controls/inputs/slider.ts";
import { reacting } from "../../../src/notebook/controls/reacting.ts";

test("on another kernel controls show their values and say why they do not move; drawings are made once", async () => {
  const shown: unknown[] = [];
  const lastWriteDisplayData = (message: { data: Record<string, string> }): void => {
    shown.push(message.data["text/plain"]);
  };
  Object.assign(globalThis, { __tslab__: { require: () => ({ lastWriteDisplayData }) } });
  const entry = slider("entry", { min: 1, max: 4, value: 2, unit: "σ" });
  controls(entry);
  reacting(() => `at ${entry.value}`);
  while (shown.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(shown, [
    "entry (σ): 2\nThese values can be moved on the tickbook kernel; this one cannot talk with the page.",
    "at 2",
  ]);
});
