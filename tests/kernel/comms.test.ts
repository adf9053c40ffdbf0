import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type KernelMessage, ofType, printedIn, startKernel, type TestKernel } from "../support/kernel.ts";

const api = `const kernel = (globalThis as any)[Symbol.for("tickbook.kernel")];`;
const states = (messages: readonly KernelMessage[], parent: string): string[] =>
  ofType(messages, "status")
    .filter((m) => m.parent === parent)
    .map((m) => m.content.execution_state);
const dataOf = (messages: readonly KernelMessage[]): unknown[] =>
  ofType(messages, "comm_msg").map((m) => m.content.data);
/** The id of the one comm that was opened. */
const openedIn = (messages: readonly KernelMessage[]): string => {
  const opened = ofType(messages, "comm_open");
  assert.equal(opened.length, 1);
  return opened[0]!.content.comm_id;
};

describe("comms", { timeout: 120_000 }, () => {
  let kernel: TestKernel;
  before(async () => {
    kernel = await startKernel();
  });
  after(() => kernel.stop());

  it("a fresh kernel answers a page that asks for the state of all widgets", async () => {
    await kernel.request("comm_open", { comm_id: "ctl", target_name: "jupyter.widget.control", data: {} });
    const { id, messages } = await kernel.request("comm_msg", {
      comm_id: "ctl",
      data: { method: "request_states" },
    });
    const [answer] = ofType(messages, "comm_msg");
    assert.equal(answer?.content.comm_id, "ctl");
    assert.equal(answer?.parent, id);
    assert.deepEqual(answer?.content.data, { method: "update_states", states: {}, buffer_paths: [] });
  });

  it("a comm that a cell opens is announced with its data and metadata, and is in the list of comms", async () => {
    const { messages } = await kernel.run(`${api}
const one = kernel.comms.open("a.target", { a: 1 }, { metadata: { version: "2.1.0" } });`);
    const id = openedIn(messages);
    const [open] = ofType(messages, "comm_open");
    assert.deepEqual(open?.content, { comm_id: id, target_name: "a.target", data: { a: 1 } });
    assert.deepEqual(open?.metadata, { version: "2.1.0" });
    const all = await kernel.request("comm_info_request", {});
    assert.deepEqual(all.reply?.content, {
      status: "ok",
      comms: { [id]: { target_name: "a.target" }, ctl: { target_name: "jupyter.widget.control" } },
    });
    const none = await kernel.request("comm_info_request", { target_name: "jupyter.widget" });
    assert.deepEqual(none.reply?.content, { status: "ok", comms: {} });
  });

  it("a message is answered between busy and idle with itself as parent; what the callback prints goes to its cell", async () => {
    const run = await kernel.send(`const two = kernel.comms.open("a.target");
two.onMessage((data: any, buffers: any) => {
  console.log("got", data.x, buffers.map((b: any) => b.length));
  two.send({ twice: data.x * 2 }, { buffers: [Buffer.from("abc")] });
});`);
    const commId = openedIn((await kernel.wait(run)).messages);
    const { id, messages } = await kernel.request("comm_msg", { comm_id: commId, data: { x: 4 } }, ["AQI="]);
    assert.deepEqual(states(messages, id), ["busy", "idle"]);
    const [answer] = ofType(messages, "comm_msg");
    assert.deepEqual(answer?.content, { comm_id: commId, data: { twice: 8 } });
    assert.deepEqual([answer?.parent, answer?.buffers], [id, ["YWJj"]]);
    const later = await kernel.listen(0.2);
    assert.equal(printedIn([...messages, ...later], run), "got 4 [ 2 ]\n");
  });

  it("messages are answered while another cell awaits, which is busy again afterwards", async () => {
    const { messages } = await kernel.run(`const three = kernel.comms.open("a.target");
three.onMessage(async ({ x }: any) => three.send({ x }));`);
    const commId = openedIn(messages);
    const waiting = await kernel.send("await new Promise((r) => setTimeout(r, 600)); 1");
    await kernel.listen(0.2);
    const { id, messages: during } = await kernel.request("comm_msg", { comm_id: commId, data: { x: 1 } });
    assert.deepEqual(dataOf(during), [{ x: 1 }]);
    const after = await kernel.wait(waiting);
    const all = [...during, ...after.messages].filter((m) => m.type === "status");
    const idle = all.findIndex((m) => m.parent === id && m.content.execution_state === "idle");
    assert.equal(all[idle + 1]?.content.execution_state, "busy");
    assert.equal(all[idle + 1]?.run, waiting);
  });

  it("a callback that never settles holds its control up for a moment only", async () => {
    const { messages } = await kernel.run(`const four = kernel.comms.open("a.target");
four.onMessage(() => new Promise(() => {}));`);
    const startedMs = performance.now();
    await kernel.request("comm_msg", { comm_id: openedIn(messages), data: {} });
    assert.ok(performance.now() - startedMs < 2_000);
  });

  it("an error in a callback, at once or later, is told in its cell, and the kernel goes on", async () => {
    const run = await kernel.send(`const five = kernel.comms.open("a.target");
five.onMessage(({ late }: any) => {
  if (!late) throw new RangeError("at once");
  return Promise.reject(new TypeError("later"));
});`);
    const commId = openedIn((await kernel.wait(run)).messages);
    for (const [late, text] of [
      [false, /RangeError.*: at once\nat In \[\d+\], line 3/],
      [true, /TypeError.*: later\nat In \[\d+\], line 4/],
    ] as const) {
      const { id, messages } = await kernel.request("comm_msg", { comm_id: commId, data: { late } });
      assert.deepEqual(states(messages, id), ["busy", "idle"]);
      const printed = printedIn([...messages, ...(await kernel.listen(0.2))], run, "stderr");
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours of a terminal
      assert.match(printed.replace(/\u001b\[[\d;]*m/g, ""), text);
    }
  });

  it("an interrupt ends a callback that loops forever", async () => {
    const { messages } = await kernel.run(`const six = kernel.comms.open("a.target");
six.onMessage(() => { while (true) {} });`);
    const id = await kernel.post("comm_msg", { comm_id: openedIn(messages), data: {} });
    await kernel.listen(0.2);
    await kernel.interrupt();
    const { reply } = await kernel.run("6 * 7");
    assert.equal(reply.status, "ok");
    assert.ok(id);
  });

  it("both sides can close a comm, and the other hears of it", async () => {
    const run = await kernel.send(`const seven = kernel.comms.open("a.target");
seven.onClose(({ why }: any) => console.log("closed", why));
const eight = kernel.comms.open("a.target");
eight.close({ bye: 1 });
eight.send({ never: true });`);
    const { messages } = await kernel.wait(run);
    const [seven, eight] = ofType(messages, "comm_open").map((m) => m.content.comm_id);
    assert.deepEqual(ofType(messages, "comm_close")[0]?.content, { comm_id: eight, data: { bye: 1 } });
    assert.deepEqual(dataOf(messages), []);
    const closing = await kernel.request("comm_close", { comm_id: seven, data: { why: "page" } });
    assert.equal(printedIn([...closing.messages, ...(await kernel.listen(0.2))], run), "closed page\n");
    const { reply } = await kernel.request("comm_info_request", {});
    const open = Object.keys(reply?.content.comms as object);
    assert.ok(!open.includes(seven) && !open.includes(eight));
  });

  it("a page opens a comm of a target that a cell offers; one that nobody offers is closed", async () => {
    await kernel.run(`kernel.comms.onOpen("my.target", (comm: any, data: any) => {
  comm.onMessage((more: any) => comm.close({ more: more.n }));
  comm.send({ hello: data.name });
});`);
    const open = { comm_id: "p1", target_name: "my.target", data: { name: "x" } };
    const { id, messages } = await kernel.request("comm_open", open);
    assert.deepEqual(states(messages, id), ["busy", "idle"]);
    assert.deepEqual(dataOf(messages), [{ hello: "x" }]);
    const more = await kernel.request("comm_msg", { comm_id: "p1", data: { n: 3 } });
    assert.deepEqual(ofType(more.messages, "comm_close")[0]?.content, { comm_id: "p1", data: { more: 3 } });
    const unknown = await kernel.request("comm_open", { comm_id: "p2", target_name: "none", data: {} });
    assert.equal(ofType(unknown.messages, "comm_close")[0]?.content.comm_id, "p2");
  });

  it("what one page changes goes to the others, and the state of a widget can be asked for", async () => {
    const state = { _model_name: "M", _model_module: "m", _model_module_version: "2.0.0", value: 1, max: 9 };
    const { messages } = await kernel.run(`const widget = kernel.comms.open("jupyter.widget",
  { state: ${JSON.stringify(state)}, buffer_paths: [] }, { metadata: { version: "2.1.0" } });
widget.onMessage((data: any) => widget.send({ method: "update", state: { max: data.state.value + 10 }, buffer_paths: [] }));`);
    const commId = openedIn(messages);
    const update = { method: "update", state: { value: 5 }, buffer_paths: [] };
    const moved = await kernel.request("comm_msg", { comm_id: commId, data: update });
    assert.deepEqual(dataOf(moved.messages), [
      { method: "echo_update", state: { value: 5 }, buffer_paths: [] },
      { method: "update", state: { max: 15 }, buffer_paths: [] },
    ]);
    assert.ok(ofType(moved.messages, "comm_msg").every((m) => m.parent === moved.id));
    const one = await kernel.request("comm_msg", { comm_id: commId, data: { method: "request_state" } });
    const now = { ...state, value: 5, max: 15 };
    assert.deepEqual(dataOf(one.messages), [{ method: "update", state: now, buffer_paths: [] }]);
    const all = await kernel.request("comm_msg", { comm_id: "ctl", data: { method: "request_states" } });
    const model = { model_name: "M", model_module: "m", model_module_version: "2.0.0", state: now };
    assert.deepEqual(dataOf(all.messages), [
      { method: "update_states", states: { [commId]: model }, buffer_paths: [] },
    ]);
  });

  it("a message without a state, or under the id of an open comm, changes nothing and goes to no other page", async () => {
    const { messages } = await kernel.run(`const held = kernel.comms.open("jupyter.widget",
  { state: { value: 1 }, buffer_paths: [] }, { metadata: { version: "2.1.0" } });`);
    const commId = openedIn(messages);
    const send = (data: unknown) => kernel.request("comm_msg", { comm_id: commId, data });
    for (const state of [null, "abc", [7], undefined]) {
      const answer = await send({ method: "update", state, buffer_paths: [] });
      assert.deepEqual(dataOf(answer.messages), []);
    }
    await kernel.request("comm_open", { comm_id: commId, target_name: "jupyter.widget.control", data: {} });
    const asked = await send({ method: "request_state" });
    assert.deepEqual(dataOf(asked.messages), [{ method: "update", state: { value: 1 }, buffer_paths: [] }]);
  });

  it("a cell that runs again closes what it opened, and cleans up what it asked for", async () => {
    const code = `const again = kernel.comms.open("a.target");
kernel.onCellRerun(() => console.log("cleaned up"));
const forget = kernel.onCellRerun(() => console.log("never"));
forget();`;
    const first = await kernel.run(code, { cellId: "cell-1" });
    const other = await kernel.run(`kernel.comms.open("a.target"); 1`, { cellId: "cell-2" });
    const second = await kernel.run(code, { cellId: "cell-1" });
    assert.deepEqual(
      ofType(second.messages, "comm_close").map((m) => m.content.comm_id),
      [openedIn(first.messages)],
    );
    assert.notEqual(openedIn(second.messages), openedIn(first.messages));
    const printed = [...other.messages, ...second.messages].filter((m) => m.type === "stream");
    assert.deepEqual(
      printed.map((m) => m.content.text).filter((text) => text.includes("cleaned") || text.includes("never")),
      ["cleaned up\n"],
    );
  });

  it("broadcasts under an id that no comm has", async () => {
    const { messages } = await kernel.run(`kernel.comms.broadcast("chart-7", { rows: 2 });`);
    assert.deepEqual(
      ofType(messages, "comm_msg").map((m) => m.content),
      [{ comm_id: "chart-7", data: { rows: 2 } }],
    );
  });
});
