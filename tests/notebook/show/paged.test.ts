import assert from "node:assert/strict";
import { test } from "node:test";
import { show } from "../../../src/notebook/show/show.ts";
import { fakeKernel } from "../../support/fake-kernel.ts";

const rows = Array.from({ length: 45 }, (_, i) => ({ n: i, half: i % 2 === 0 ? "even" : "odd" }));

const settled = async (): Promise<void> => {
  for (let i = 0; i < 6; i++) await new Promise(setImmediate);
};

test("a long table has pages and can be sorted by any column", async () => {
  const kernel = fakeKernel();
  const shown = (): string[] =>
    String(kernel.shown.at(-1)!["text/plain"])
      .split("\n")
      .map((line) => line.trim());
  show(rows);
  await settled();
  assert.deepEqual([shown()[1], shown().at(-1)], ["0  even", "rows 1 to 20 of 45"]);
  const { state } = kernel.widget("FloatSlider");
  assert.deepEqual([state.description, state.max, state.value], ["page (of 3)", 3, 1]);
  await kernel.widget("FloatSlider").set({ value: 3 });
  assert.deepEqual([shown()[1], shown().at(-1)], ["40  even", "rows 41 to 45 of 45"]);
  assert.deepEqual(kernel.widget("Dropdown").state._options_labels, ["as it comes", "n", "half"]);
  await kernel.widget("Dropdown").set({ index: 1 });
  await kernel.widget("Checkbox").set({ value: true });
  assert.deepEqual([shown()[1], shown().at(-1)], ["4  even", "rows 41 to 45 of 45"]);
});

test("a table that fits on a page is shown as it is, sorted and with its alarms", () => {
  const kernel = fakeKernel();
  show(rows.slice(0, 3), { sortBy: "n", descending: true, alarm: { n: (n: number) => n > 1 } });
  assert.equal(kernel.widgets.length, 0);
  assert.equal(kernel.shown.at(-1)!["text/plain"], "n ↓  half\n▲ 2  even\n  1  odd\n  0  even");
});

test("an alarm for a column that is not there is refused", () => {
  assert.throws(() => show(rows.slice(0, 3), { alarm: { z: () => true } }), /there is no column "z"/);
});
