import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ofType, startKernel } from "../../support/kernel.ts";
import { notebookFolder, runNotebook, writeNotebook } from "../../support/notebooks.ts";

const panels = [
  `import { live, show, stopLive } from "tickbook";
show([{ symbol: "BTCUSDT", price: 61837.63 }]);`,
  `let draws = 0;
live("slow", async () => {
  await new Promise((resolve) => setTimeout(resolve, 150));
  return { kind: "html", html: \`<b>slow \${draws}</b>\`, text: \`slow \${draws}\` };
}, { refreshMs: 100 });
live("quick", () => ({ kind: "html", html: \`<b>quick \${++draws}</b>\`, text: \`quick \${draws}\` }), { refreshMs: 100 });`,
  `while (draws <= 2) await new Promise((resolve) => setTimeout(resolve, 20));
console.log(draws > 2);`,
  "stopLive()",
];

const textOf = (data: Record<string, unknown> | undefined): string => String(data?.["text/plain"]);

describe("show and live under nbclient", { timeout: 60_000 }, () => {
  it("a notebook run from a fresh kernel holds tables and panels as they were drawn first, and no rubbish", async (t) => {
    const { error, cells } = await runNotebook(writeNotebook(notebookFolder(t), "live.ipynb", panels));
    assert.equal(error, "");
    assert.deepEqual(
      cells.map((cell) => cell.execution_count),
      [1, 2, 3, 4],
    );
    assert.match(textOf(cells[0]?.outputs[0]?.data), /BTCUSDT\s+61,837\.63/);
    const [slow, quick, ...more] = cells[1]!.outputs;
    assert.match(textOf(slow?.data), /^slow \d+\nstopped at/);
    assert.match(textOf(quick?.data), /^quick \d+\nstopped at/);
    assert.deepEqual(more, []);
    assert.equal(cells[2]?.outputs[0]?.text, "true\n");
    assert.deepEqual(cells[3]?.outputs, []);
  });

  it("a cell ends when its slow panels have been drawn for the first time", async (t) => {
    const { cells } = await runNotebook(writeNotebook(notebookFolder(t), "live.ipynb", panels.slice(0, 2)));
    assert.match(textOf(cells[1]?.outputs[0]?.data), /^slow \d+$/);
  });

  it("an error in a cell stops the run and is in the notebook as a Jupyter error", async (t) => {
    const path = writeNotebook(notebookFolder(t), "bad.ipynb", ["1;\nnull.x", "2"]);
    const { error, cells } = await runNotebook(path);
    assert.match(error, /In \[1\], line 2, column 1: .*The value 'null' cannot be used here/);
    assert.equal(cells[0]?.outputs.at(-1)?.output_type, "error");
    assert.deepEqual(cells[1]?.outputs, []);
  });
});

describe("show and live on a stock tslab", { timeout: 60_000 }, () => {
  it("draw, refresh in place and stop; controls stand still and say so", async () => {
    const kernel = await startKernel({ kernel: "stock-tslab" });
    try {
      const shown = await kernel.run(panels[0]!);
      assert.match(textOf(ofType(shown.messages, "display_data")[0]?.content.data), /BTCUSDT\s+61,837\.63/);
      const started = await kernel.run(panels[1]!);
      assert.equal(ofType(started.messages, "display_data").length, 2);
      const waited = await kernel.run(panels[2]!);
      const updates = ofType([...started.messages, ...waited.messages], "update_display_data");
      assert.ok(updates.some((m) => /^slow \d+$/.test(textOf(m.content.data))));
      assert.ok(updates.some((m) => /^quick \d+$/.test(textOf(m.content.data))));
      const stopped = await kernel.run(panels[3]!);
      const last = ofType(stopped.messages, "update_display_data").map((m) => textOf(m.content.data));
      assert.equal(last.filter((text) => text.includes("stopped at")).length, 2);
      assert.deepEqual(ofType(await kernel.listen(0.4), "update_display_data"), []);
      const controls = await kernel.run(`import { controls, reacting, slider } from "tickbook";
const entry = slider("entry", { min: 1, max: 4, value: 2, unit: "σ" });
controls(entry);
reacting(() => \`at \${entry.value}\`);
await new Promise((resolve) => setTimeout(resolve, 50));`);
      assert.equal(controls.reply.status, "ok");
      const [still, drawing] = ofType(controls.messages, "display_data").map((m) => textOf(m.content.data));
      assert.match(still!, /^entry \(σ\): 2\nThese values can be moved on the tickbook kernel/);
      assert.equal(drawing, "at 2");
    } finally {
      await kernel.stop();
    }
  });
});
