import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type KernelMessage, ofType, printedIn, startKernel, type TestKernel } from "../support/kernel.ts";

/** The widget of a kind that a run has opened. */
const widgetIn = (messages: readonly KernelMessage[], name: string): string =>
  ofType(messages, "comm_open").find((m) => m.content.data.state._model_name === `${name}Model`)!.content
    .comm_id;
/** What was sent to a widget, without the echoes. */
const sentTo = (messages: readonly KernelMessage[], id: string): Record<string, unknown>[] =>
  ofType(messages, "comm_msg")
    .filter((m) => m.content.comm_id === id && m.content.data.method === "update")
    .map((m) => m.content.data.state);

describe("controls on the kernel", { timeout: 120_000 }, () => {
  let kernel: TestKernel;
  const move = (id: string, value: number) =>
    kernel.request("comm_msg", {
      comm_id: id,
      data: { method: "update", state: { value }, buffer_paths: [] },
    });
  const imports = `import { controls, reacting, slider } from "tickbook";`;

  before(async () => {
    kernel = await startKernel();
    await kernel.run(imports);
  });
  after(() => kernel.stop());

  it("are typed, and the value that a page sets is the value of the variable", async () => {
    const { messages } =
      await kernel.run(`const entry = slider("entry", { min: 1, max: 4, step: 0.1, value: 2 });
controls(entry);`);
    await move(widgetIn(messages, "FloatSlider"), 3.3000000000000003);
    const { messages: read } = await kernel.run("const now: number = entry.value;\nnow");
    assert.equal(printedIn(read, read.at(-1)!.run!), "3.3\n");
    const { reply } = await kernel.run("const text: string = entry.value;");
    assert.match(reply.evalue, /Type 'number' is not assignable to type 'string'/);
  });

  it("draw again in the cell of the drawing, before the page may send the next move", async () => {
    const run = await kernel.send(`const window = slider("window", { min: 1, max: 99, value: 20 });
controls(window);
reacting(() => [{ window: window.value }]);`);
    const id = widgetIn((await kernel.wait(run)).messages, "FloatSlider");
    const moved = await move(id, 30);
    const drawn = moved.messages.findIndex((m) => m.type === "update_display_data");
    const idle = moved.messages.findIndex(
      (m) => m.parent === moved.id && m.content.execution_state === "idle",
    );
    assert.match(moved.messages[drawn]?.content.data["text/plain"], /window\n *30$/);
    assert.equal(moved.messages[drawn]?.run, run);
    assert.ok(drawn < idle);
  });

  it("an interrupt ends a drawing that never ends, which is told at the control; the next move draws", async () => {
    const { messages } = await kernel.run(`const speed = slider("speed", { min: 1, max: 9, value: 1 });
controls(speed);
reacting(() => { if (speed.value === 5) ${kernel.begun}; while (speed.value === 5) {} return \`at \${speed.value}\`; });`);
    const id = widgetIn(messages, "FloatSlider");
    const problems = widgetIn(messages, "HTML");
    const data = { method: "update", state: { value: 5 }, buffer_paths: [] };
    await kernel.post("comm_msg", { comm_id: id, data });
    await kernel.hasBegun();
    await kernel.interrupt();
    const ended: KernelMessage[] = [];
    for (let look = 0; look < 100 && sentTo(ended, problems).length === 0; look++)
      ended.push(...(await kernel.listen(0.1)));
    assert.match(
      String(sentTo(ended, problems)[0]?.value),
      /speed: callback: it was interrupted before it had ended/,
    );
    const { messages: next } = await move(id, 6);
    assert.deepEqual(sentTo(next, problems), [{ value: "" }]);
    assert.equal(ofType(next, "update_display_data")[0]?.content.data["text/plain"], "at 6");
  });

  it("an interrupt ends a live drawing that never ends, and its panel says so", async () => {
    await kernel.run(`import { live, stopLive } from "tickbook";
const state = { stuck: false };
live("stuck", () => { if (state.stuck) ${kernel.begun}; while (state.stuck) {} return "fine"; }, { refreshMs: 300 });`);
    await kernel.send("state.stuck = true;");
    await kernel.hasBegun();
    await kernel.interrupt();
    const { messages } = await kernel.run(`state.stuck = false; stopLive("stuck");`);
    const texts = ofType(messages, "update_display_data").map((m) => m.content.data["text/plain"]);
    assert.match(texts.join("|"), /fine\nstuck: not drawn since .*: callback: it was interrupted before/);
  });

  it("where the cell of a control runs again, what is drawn from it follows the new one, and the old one says so", async () => {
    const make = (value: number): string =>
      `const depth = slider("depth", { min: 0, max: 9, value: ${value} });`;
    await kernel.run(make(1), { cellId: "make" });
    const { messages } = await kernel.run(`controls(depth);\nreacting(() => \`depth \${depth.value}\`);`, {
      cellId: "show",
    });
    const again = await kernel.run(`${make(5)}\nawait new Promise((r) => setTimeout(r, 50));`, {
      cellId: "make",
    });
    const drawn = ofType(again.messages, "update_display_data");
    assert.deepEqual(
      drawn.map((m) => m.content.data["text/plain"]),
      ["depth 5"],
    );
    assert.deepEqual(sentTo(again.messages, widgetIn(messages, "FloatSlider")), [{ disabled: true }]);
    const problems = sentTo(again.messages, widgetIn(messages, "HTML"));
    assert.match(String(problems[0]?.value), /depth: its cell was run again: run this one again, too/);
    const moved = await kernel.run("depth.value = 7; await new Promise((r) => setTimeout(r, 50));");
    assert.equal(ofType(moved.messages, "update_display_data")[0]?.content.data["text/plain"], "depth 7");
  });

  it("a cell that runs again closes its controls and ends its drawings; the value in another cell stays", async () => {
    await kernel.run(`const exit = slider("exit", { min: 0, max: 9, value: 1 });`, { cellId: "a" });
    const code = `controls(exit);\nreacting(() => String(exit.value));`;
    const first = await kernel.run(code, { cellId: "b" });
    await move(widgetIn(first.messages, "FloatSlider"), 7);
    const second = await kernel.run(code, { cellId: "b" });
    const closed = ofType(second.messages, "comm_close").map((m) => m.content.comm_id);
    const opened = ofType(first.messages, "comm_open").map((m) => m.content.comm_id);
    assert.deepEqual(closed.sort(), opened.sort());
    const again = ofType(second.messages, "comm_open").find((m) => m.content.data.state.value !== undefined);
    assert.equal(again?.content.data.state.value, 7);
    const { messages } = await kernel.run("exit.value = 2; await new Promise((r) => setTimeout(r, 50));");
    assert.equal(ofType(messages, "update_display_data").length, 1);
  });
});
