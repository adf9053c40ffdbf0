import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { ofType, printedIn, startKernel, type TestKernel } from "../support/kernel.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: the colours of a terminal
const plain = (lines: string[]): string => lines.join("\n").replace(/\u001b\[[\d;]*m/g, "");

describe("the kernel", { timeout: 120_000 }, () => {
  let kernel: TestKernel;
  before(async () => {
    kernel = await startKernel();
  });
  after(() => kernel.stop());

  it("delivers all of 3,001 displays made in one cell, in their order", async () => {
    const { messages } = await kernel.run(`import { newDisplay } from "tslab";
const place = newDisplay();
for (let i = 0; i < 3001; i++) place.html(String(i));`);
    const shown = messages
      .filter((m) => /display_data$/.test(m.type))
      .map((m) => m.content.data["text/html"]);
    assert.deepEqual(
      shown,
      Array.from({ length: 3001 }, (_, i) => String(i)),
    );
  });

  it("delivers all of 5,000 printed lines in few messages, before what is displayed after them", async () => {
    const { messages } = await kernel.run(`import { display } from "tslab";
for (let i = 0; i < 5000; i++) console.log(i);
display.html("after");
console.error("problem");`);
    const run = messages.at(-1)!.run!;
    assert.equal(printedIn(messages, run), Array.from({ length: 5000 }, (_, i) => `${i}\n`).join(""));
    assert.ok(ofType(messages, "stream").length < 100);
    const order = messages.filter((m) => m.channel === "iopub" && m.run === run).map((m) => m.type);
    assert.ok(order.indexOf("display_data") > order.indexOf("stream"));
    assert.ok(order.lastIndexOf("stream") > order.indexOf("display_data"));
  });

  it("shows the value of the last expression and counts the cells", async () => {
    const first = await kernel.run("[1, 2].map((x) => x * 2)");
    const second = await kernel.run("undefined");
    assert.equal(printedIn(first.messages, 2), "[ 2, 4 ]\n");
    assert.equal(printedIn(second.messages, 3), "");
    assert.equal(second.reply.execution_count, first.reply.execution_count + 1);
    assert.equal(
      ofType(first.messages, "execute_input")[0]?.content.execution_count,
      first.reply.execution_count,
    );
  });

  it("knows a variable of an earlier cell in shorthand, nested, with a default, and in a destructuring", async () => {
    await kernel.run("const short = 1, other = 2; let target = 0;");
    const { messages } = await kernel.run(`const made = { short, inner: [{ other }] };
({ target = 5 } = {} as { target?: number });
console.log(JSON.stringify(made), target, ({ short }) => short);`);
    assert.equal(
      printedIn(messages, messages.at(-1)!.run!).trim(),
      '{"short":1,"inner":[{"other":2}]} 5 [Function (anonymous)]',
    );
  });

  it("sends what a timer or a promise prints to the cell that started it", async () => {
    const starter = await kernel.send(`let ticks = 0;
const ticking = setInterval(() => { console.log("tick", ++ticks); if (ticks === 5) clearInterval(ticking); }, 100);`);
    await kernel.wait(starter);
    const { messages } = await kernel.run(
      `for (let i = 0; i < 8; i++) { await new Promise((r) => setTimeout(r, 100)); console.log("other", i); }`,
    );
    const other = messages.findLast((m) => m.type === "execute_reply")!.run!;
    assert.equal(printedIn(messages, other), Array.from({ length: 8 }, (_, i) => `other ${i}\n`).join(""));
    assert.equal(printedIn(messages, starter), "tick 1\ntick 2\ntick 3\ntick 4\ntick 5\n");
  });

  it("reports an error with the cell's own lines, through functions of earlier cells", async () => {
    const definition = await kernel.run(`interface Row {
  price: number;

  size?: { value: number };
}

// a comment
const sizeOf = (row: Row): number => {

  return row.size.value;
};`);
    const { reply, messages } = await kernel.run(`type Unused = {
  a: 1;
};
const rows: Row[] = [{ price: 1 }];

rows.map((row) =>
  sizeOf(row));`);
    const [error] = ofType(messages, "error");
    const [earlier, here] = [definition.reply.execution_count, reply.execution_count];
    assert.equal(reply.status, "error");
    assert.equal(error?.content.ename, "TypeError");
    assert.equal(error?.content.evalue, "Cannot read properties of undefined (reading 'value')");
    assert.equal(
      plain(error?.content.traceback),
      `TypeError: Cannot read properties of undefined (reading 'value')
at In [${earlier}], line 10, column 19
      return row.size.value;
                      ^
called from In [${here}], line 7, column 3: sizeOf(row));
called from In [${here}], line 6, column 6: rows.map((row) =>`,
    );
    assert.deepEqual(reply.traceback, error?.content.traceback);
  });

  it("reports an error of the project as its one line", async () => {
    const { messages } = await kernel.run(`import { parseDuration } from "tickbook";
parseDuration("5 minutes");`);
    const [error] = ofType(messages, "error");
    assert.equal(error?.content.ename, "TickbookError");
    assert.match(error?.content.evalue, /^duration: .*; got "5 minutes"\. Pass /);
    assert.equal(plain(error?.content.traceback), error?.content.evalue);
  });

  it("does not run a cell with a mistake in its types, and points at it", async () => {
    const { messages, reply } = await kernel.run(`console.log("ran");
const price: number = "61837.63";`);
    const [error] = ofType(messages, "error");
    const here = `In [${reply.execution_count}], line 2, column 7`;
    assert.equal(ofType(messages, "stream").length, 0);
    assert.equal(error?.content.evalue, "line 2: Type 'string' is not assignable to type 'number'.");
    assert.equal(
      plain(error?.content.traceback),
      `TypeScript: the cell was not run
${here}: Type 'string' is not assignable to type 'number'.
    const price: number = "61837.63";
          ^`,
    );
  });

  it("checks the types of what the package exports", async () => {
    const { reply } = await kernel.run(`import { live } from "tickbook";
live(7, () => 1, { refreshMs: 1000 });`);
    assert.match(
      reply.evalue,
      /^line 2: Argument of type 'number' is not assignable to parameter of type 'string'/,
    );
  });

  it("drops the cells that were sent with one that fails, and runs what is sent later", async () => {
    const failing = await kernel.send(`throw new Error("first");`);
    const dropped = await kernel.send(`console.log("second");`);
    assert.equal((await kernel.wait(failing)).reply.status, "error");
    assert.equal((await kernel.wait(dropped)).reply.status, "aborted");
    const later = await kernel.run(`console.log("third");`);
    assert.equal(later.reply.status, "ok");
  });

  it("goes on with the next cell after a failed one when the client says so", async () => {
    const { reply } = await kernel.run(`throw new Error("x");`, { stopOnError: false });
    assert.equal(reply.status, "error");
    assert.equal((await kernel.run("1")).reply.status, "ok");
  });

  it("survives an exception in a timer and a forgotten rejection, and names their cell and line", async () => {
    const { messages, reply } = await kernel.run(`setTimeout(() => {
  throw new Error("late");
}, 20);
void Promise.reject(new RangeError("forgotten"));
await new Promise((r) => setTimeout(r, 200));`);
    const printed = plain([printedIn(messages, messages.at(-1)!.run!, "stderr")]);
    assert.equal(reply.status, "ok");
    assert.match(printed, new RegExp(`RangeError: forgotten\\nat In \\[${reply.execution_count}\\], line 4`));
    assert.match(printed, new RegExp(`Error: late\\nat In \\[${reply.execution_count}\\], line 2, column 9`));
  });

  it("reports a timer's exception in the cell that set the timer, though another one runs", async () => {
    const setter = await kernel.send(
      `setTimeout(() => { throw new Error("of the timer"); }, 200); undefined`,
    );
    await kernel.wait(setter);
    const other = await kernel.send(`await new Promise((r) => setTimeout(r, 500));`);
    const { messages } = await kernel.wait(other);
    assert.match(plain([printedIn(messages, setter, "stderr")]), /^Error: of the timer\nat In /);
    assert.equal(printedIn(messages, other, "stderr"), "");
  });

  it("an interrupt ends a busy loop", async () => {
    const { reply, seconds } = await kernel.run(`${kernel.begun}; while (true) {}`, {
      interruptOnceBegun: true,
    });
    assert.equal(reply.ename, "Interrupted");
    assert.ok(seconds < 5);
  });

  it("an interrupt ends a cell that awaits", async () => {
    const { reply, seconds } = await kernel.run(`${kernel.begun}; await new Promise(() => {});`, {
      interruptOnceBegun: true,
    });
    assert.equal(reply.ename, "Interrupted");
    assert.ok(seconds < 5);
    assert.equal((await kernel.run("1")).reply.status, "ok");
  });

  it("answers the editor's questions while a cell awaits", async () => {
    const waiting = await kernel.send("await new Promise((r) => setTimeout(r, 500)); 1");
    const { reply } = await kernel.request("complete_request", { code: "Math.fro", cursor_pos: 8 });
    assert.deepEqual(reply?.content.matches, ["fround"]);
    const inspected = await kernel.request("inspect_request", {
      code: "Math.abs",
      cursor_pos: 6,
      detail_level: 0,
    });
    assert.match(JSON.stringify(inspected.reply?.content.data), /abs\(x: number\)/);
    const half = await kernel.request("is_complete_request", { code: "const a = [" });
    assert.equal(half.reply?.content.status, "incomplete");
    assert.equal((await kernel.wait(waiting)).reply.status, "ok");
  });

  it("answers questions about comms in the protocol's form, and closes a comm of an unknown target", async () => {
    const info = await kernel.request("comm_info_request", { target_name: "jupyter.widget" });
    assert.deepEqual(info.reply, { type: "comm_info_reply", content: { status: "ok", comms: {} } });
    const open = await kernel.request("comm_open", { comm_id: "c1", target_name: "unknown", data: {} });
    assert.equal(ofType(open.messages, "comm_close")[0]?.content.comm_id, "c1");
    const history = await kernel.request("history_request", { hist_access_type: "tail", n: 1 });
    assert.deepEqual(history.reply?.content, { status: "ok", history: [] });
  });

  it("uses one session for all it sends", async () => {
    const { messages } = await kernel.run(`console.log("x"); throw new Error("y");`);
    assert.equal(new Set(messages.map((m) => m.session)).size, 1);
    assert.ok(messages.length >= 5);
  });

  it("is gone at once when it is told to end, with timers running", async () => {
    await kernel.run("setInterval(() => {}, 10); undefined");
    const { seconds, alive } = await kernel.shutdown();
    assert.equal(alive, false);
    assert.ok(seconds < 2, `${seconds} s`);
  });
});
