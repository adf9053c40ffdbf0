import assert from "node:assert/strict";
import { test } from "node:test";
import { controls } from "../../../src/notebook/controls/arrange.ts";
import { barsWithin } from "../../../src/notebook/controls/bars-within.ts";
import { brush } from "../../../src/notebook/controls/brush.ts";
import { CHART } from "../../../src/notebook/page/brush-messages.ts";
import { linesChart } from "../../../src/render/chart/lines.ts";
import type { ChartView } from "../../../src/render/view.ts";
import { fakeKernel } from "../../support/fake-kernel.ts";

const kernel = fakeKernel();
const us = 1_700_000_000_000_000;
const lines = linesChart([us, us + 1e6, us + 2e6], [{ name: "a", values: [1, 2, 3] }]) as ChartView;
const metaOf = ({ spec }: ChartView): { brush: string; range?: readonly [number, number] } =>
  (spec.usermeta as { tickbook: { brush: string } }).tickbook;

test("a brush is undefined until a part of its chart is marked, and again when the mark is taken away", async () => {
  const span = brush("window");
  controls(span);
  const meta = metaOf(span.on(lines));
  assert.equal(span.value, undefined);
  assert.equal(meta.range, undefined);
  const page = kernel.dial(CHART);
  await page({ type: "select", name: meta.brush, from: us / 1000, to: us / 1000 + 1500.5 });
  assert.deepEqual(span.value, { fromUs: us, toUs: us + 1_500_500 });
  assert.deepEqual(metaOf(span.on(lines)).range, [us / 1000, us / 1000 + 1500.5]);
  assert.equal(
    kernel.widget("Label").state.value,
    "window: 2023-11-14T22:13:20Z to 2023-11-14T22:13:21.500500Z",
  );
  await page({ type: "select", name: meta.brush, from: null, to: null });
  assert.equal(span.value, undefined);
});

test("what a page tells of another brush, or what is no range, changes nothing or marks nothing", async () => {
  const span = brush("window");
  const { brush: name } = metaOf(span.on(lines));
  span.value = { fromUs: 1, toUs: 2 };
  const page = kernel.dial(CHART);
  await page({ type: "select", name: "another", from: 5, to: 6 });
  assert.deepEqual(span.value, { fromUs: 1, toUs: 2 });
  await page({ type: "select", name, from: "5", to: {} });
  assert.equal(span.value, undefined);
  assert.throws(() => {
    span.value = { fromUs: 2, toUs: 1 };
  }, /brush "window": the value must be undefined or a window that begins before it ends/);
});

test("a panel that still waits for its first bars is shown as it is", () => {
  const waiting = { kind: "html", html: "waiting", text: "waiting" } as const;
  assert.equal(brush("window").on(waiting), waiting);
});

test("barsWithin gives the bars that begin inside the window, its end not included, and all where there is none", () => {
  const times = [10, 20, 30, 40];
  assert.deepEqual(barsWithin(times, undefined), [0, 4]);
  assert.deepEqual(barsWithin(times, { fromUs: 20, toUs: 40 }), [1, 3]);
  assert.deepEqual(barsWithin(times, { fromUs: 11, toUs: 19 }), [1, 1]);
  assert.deepEqual(barsWithin(times, { fromUs: 0, toUs: 99 }), [0, 4]);
  assert.deepEqual(barsWithin([], { fromUs: 0, toUs: 99 }), [0, 0]);
});
