import assert from "node:assert/strict";
import { test } from "node:test";
import * as vega from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { splitSpec } from "../../labextension/src/chart/split-spec.ts";
import { forgetRemovedRows } from "../../labextension/src/chart/vega.ts";
import { linesChart } from "../../src/render/chart/lines.ts";
import { specOf } from "../support/vega.ts";

const count = 100;
const updates = 60;

function wave(from: number): ReturnType<typeof splitSpec> {
  const times = Float64Array.from({ length: count }, (_, i) => 1.7e15 + (from + i) * 1e6);
  const values = times.map((_, i) => Math.sin((from + i) / 7));
  return splitSpec(specOf(linesChart(times, [{ name: "wave", values }])));
}

/** The longest list of rows that any operator of a view keeps. */
function mostKept(view: vega.View): number {
  const { nodes } = (view as unknown as { _runtime: { nodes: Record<string, { value: unknown }> } })._runtime;
  const sizes = Object.values(nodes).map(({ value }) =>
    value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype
      ? Object.keys(value).length
      : 0,
  );
  return Math.max(...sizes);
}

async function kept(): Promise<number> {
  const view = new vega.View(vega.parse(compile(wave(0).spec as unknown as TopLevelSpec).spec), {
    renderer: "none",
  });
  await view.runAsync();
  for (let n = 1; n <= updates; n++) {
    const { rows, values } = wave(n);
    for (const [name, value] of rows) view.data(name, vega.read(JSON.stringify(value), { type: "json" }));
    // the ends of the axis move on with them
    for (const name of ["firstMs", "lastMs"]) view.signal(name, values.get(name) as number);
    await view.runAsync();
  }
  const most = mostKept(view);
  view.finalize();
  return most;
}

test("a view that is given new rows again and again keeps no entries of the old ones", async () => {
  assert.ok(
    (await kept()) >= count * updates,
    "Vega keeps them: without this forgetRemovedRows has no work to do",
  );
  forgetRemovedRows(vega);
  assert.ok((await kept()) <= 2 * count);
});
