import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type KernelRun, ofType, printedIn, startKernel, type TestKernel } from "../support/kernel.ts";
import { notebookFolder } from "../support/notebooks.ts";

describe("the stop button", { timeout: 180_000 }, () => {
  let kernel: TestKernel;
  const remove: (() => void)[] = [];
  before(async () => {
    const folder = notebookFolder({ after: (work) => remove.push(work as () => void) });
    mkdirSync(join(folder, "lib"));
    writeFileSync(
      join(folder, "lib", "poll.ts"),
      `export async function poll(print: (n: number) => void): Promise<void> {
  for (let n = 0; ; n++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    print(n);
  }
}
export function spin(): void {
  for (;;);
}
`,
    );
    kernel = await startKernel({ folder });
    const made = await kernel.run(`var kept = "kept"; let count = 0; const list: number[] = [];
import { slider, controls, live } from "tickbook";
import { setTimeout as sleep } from "node:timers/promises";
import { EventEmitter, once } from "node:events";
import { PassThrough } from "node:stream";
import net from "node:net";`);
    assert.equal(made.reply.status, "ok", made.reply.evalue);
  });
  after(async () => {
    await kernel.stop();
    for (const work of remove) work();
  });

  const runOf = ({ messages }: KernelRun): number =>
    messages.findLast(({ type }) => type === "execute_reply")!.run!;
  const shows = async (code: string, wanted: string): Promise<void> => {
    const run = await kernel.run(code);
    assert.equal(run.reply.status, "ok", `${code}: ${run.reply.evalue}`);
    assert.equal(printedIn(run.messages, runOf(run)), `${wanted}\n`, code);
    assert.ok(run.seconds < 2, `${run.seconds} s`);
  };
  /** The cell is stopped at once, the variables stay, and nothing of it goes on. */
  const ends = async (code: string): Promise<void> => {
    await kernel.run("count = 0");
    const run = await kernel.run(code, { interruptAfter: 0.3, timeout: 8 });
    assert.ok(run.done, `not stopped: ${code}`);
    assert.equal(run.reply.ename, "Interrupted", run.reply.evalue);
    assert.ok(run.seconds < 2.5, `${run.seconds} s: ${code}`);
    await shows("kept", "kept");
    const seen = await kernel.run("console.log(count)");
    await kernel.listen(0.15);
    const later = await kernel.run("console.log(count)");
    assert.equal(
      printedIn(seen.messages, runOf(seen)),
      printedIn(later.messages, runOf(later)),
      `goes on unseen: ${code}`,
    );
  };

  for (const [what, code] of Object.entries({
    "a loop": "while (true) count++;",
    "a loop in a function of an earlier cell": "const spin = () => { while (true) count++; }; spin();",
    "a loop after an await":
      "const data = await Promise.resolve([1, 2]); while (true) { count += data.length; }",
    "a loop after an import": 'import { join } from "node:path"; while (true) count += join("a").length;',
    "a loop after a sleep": "await sleep(10); for (;;) count++;",
    "a loop after a file was read":
      'import { readFile } from "node:fs/promises"; await readFile("lib/poll.ts"); for (;;) count++;',
    "a loop in a then": "await Promise.resolve().then(() => { for (;;) count++; });",
    "a loop in a file that it imports": 'import { spin } from "./lib/poll"; await null; spin();',
    "an await that never ends": "await new Promise(() => {});",
    "a loop of awaits that settle at once": "for (;;) { await null; count++; }",
    "a loop of awaited promises that settle at once": "for (;;) { await Promise.resolve(1); count++; }",
    "a polling loop": "for (;;) { await sleep(20); count++; }",
    "a polling loop that catches": "for (;;) { try { await sleep(20); count++; } catch { count++; } }",
    "a polling loop in a file that it imports":
      'import { poll } from "./lib/poll"; await poll(() => { count++; });',
    "a polling loop by timers":
      "const again = (): void => { count++; setTimeout(again, 20); }; again(); await new Promise(() => {});",
    "an interval": "setInterval(() => { count++; }, 20); await new Promise(() => {});",
    "polling at several places":
      "const poll = async () => { for (;;) { await sleep(10); count++; } }; await Promise.all([poll(), poll(), poll()]);",
    "a wait for a stream": "for await (const part of new PassThrough()) count++;",
    "a wait for an event": 'await once(new EventEmitter(), "never");',
    "a wait for lines of a server": `const server = net.createServer((socket) => { setInterval(() => socket.write("x"), 20); }).listen(0);
await once(server, "listening");
for await (const part of net.connect((server.address() as net.AddressInfo).port)) count++;`,
    "an async generator":
      "async function* ticks() { for (;;) { await sleep(20); yield 1; } } for await (const one of ticks()) count += one;",
    "a sort that never ends":
      "while (true) { list.length = 0; for (let i = 0; i < 1e5; i++) list.push(Math.random()); list.sort(); }",
    "a wait of the whole thread": "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);",
    "a regular expression that never ends": '/^(a+)+$/.test("a".repeat(60) + "b")',
    "a print that never ends":
      "({ get [Symbol.for('nodejs.util.inspect.custom')]() { return () => { for (;;) count++; }; } })",
  })) {
    it(`ends ${what}`, () => ends(code));
  }

  it("runs what stands in finally, and closes the source of a for await", async () => {
    await kernel.run("var told: string[] = [];");
    await kernel.run('try { await new Promise(() => {}); } finally { told.push("finally"); }', {
      interruptAfter: 0.3,
    });
    await kernel.run(
      'async function* source() { try { for (;;) { await sleep(10); yield 1; } } finally { told.push("closed"); } } for await (const _ of source());',
      { interruptAfter: 0.3 },
    );
    await kernel.listen(0.2);
    await shows("told", "[ 'finally', 'closed' ]");
  });

  for (const [what, code] of Object.entries({
    "a timer": "setTimeout(() => { while (true) count++; }, 100);",
    "an interval": "setInterval(() => { while (true) count++; }, 100);",
    "an immediate": "setImmediate(() => { while (true) count++; });",
    "a promise": "void sleep(100).then(() => { while (true) count++; });",
    "an event":
      'const emitter = new EventEmitter(); emitter.on("x", () => { while (true) count++; }); void sleep(100).then(() => emitter.emit("x"));',
    "a socket": `const echo = net.createServer((socket) => { socket.write("x"); }).listen(0, () => { net.connect((echo.address() as net.AddressInfo).port).on("data", () => { while (true) count++; }); });`,
    "an async function that nobody awaits":
      "void (async () => { await sleep(100); while (true) count++; })();",
    // Node runs what awaits between two timers, or two immediates, inside its own loop over them
    "an async function between two timers of one time":
      "void (async () => { await sleep(100); while (true) count++; })(); setTimeout(() => {}, 100);",
    "an async function between two timers that are late":
      "void (async () => { await sleep(100); while (true) count++; })(); setTimeout(() => {}, 101); setTimeout(() => { const until = Date.now() + 50; while (Date.now() < until); }, 95);",
    "an async function between two immediates":
      "setTimeout(() => { void (async () => { await new Promise((resolve) => setImmediate(resolve)); while (true) count++; })(); setImmediate(() => {}); }, 100);",
  })) {
    it(`ends a loop in the callback of ${what}, while no cell runs`, async () => {
      await kernel.run("count = 0");
      // a cell ends after what it leaves to the end of its turn
      await kernel.send(`${code} undefined`);
      await kernel.listen(0.8);
      const waiting = await kernel.send("kept");
      await kernel.listen(0.3);
      await kernel.interrupt();
      const run = await kernel.wait(waiting);
      assert.ok(run.done, code);
      // the cell that waited behind the loop runs, or was stopped with it
      await shows("kept", "kept");
      await shows("count > 0", "true");
      await shows("await sleep(5); await sleep(5); 1", "1");
    });
  }

  it("ends the callback of a control and leaves the control", async () => {
    await kernel.run(
      'const s = slider("s", { min: 0, max: 9 }); s.onChange((v) => { if (v === 5) for (;;) count++; list.push(v); }); controls(s); list.length = 0; undefined',
    );
    await kernel.send("s.value = 5");
    await kernel.listen(0.6);
    const waiting = await kernel.send("kept");
    await kernel.interrupt();
    await kernel.wait(waiting);
    await kernel.run("s.value = 6; await sleep(50)");
    await shows("list", "[ 6 ]");
  });

  it("ends a polling callback of a control", async () => {
    await kernel.run(
      'const p = slider("p", { min: 0, max: 9 }); p.onChange(async () => { for (;;) { await sleep(20); count++; } }); controls(p); p.value = 5; await sleep(200);',
    );
    await kernel.interrupt();
    await kernel.listen(0.3);
    const seen = await kernel.run("console.log(count)");
    await kernel.listen(0.3);
    const later = await kernel.run("console.log(count)");
    assert.equal(printedIn(seen.messages, runOf(seen)), printedIn(later.messages, runOf(later)));
  });

  it("does not end what other cells do in the background while a cell is stopped", async () => {
    await kernel.run(
      "var background = 0; void (async () => { for (;;) { await sleep(20); background++; } })();",
    );
    await kernel.run("await new Promise(() => {});", { interruptAfter: 0.3 });
    await kernel.run("var before = background; await sleep(200);");
    await shows("background > before", "true");
    // with nothing else running it is what is meant
    await kernel.interrupt();
    await kernel.listen(0.3);
    await kernel.run("before = background; await sleep(200);");
    await shows("background === before", "true");
  });

  it("says after two seconds that a native call cannot be ended, and offers the restart; variables stay", async () => {
    // some seconds of native work, however quick the machine
    const code = `const { pbkdf2Sync } = require("node:crypto"); const worked = () => process.cpuUsage().user / 1000; const begun = worked(); pbkdf2Sync("a", "b", 1e5, 64, "sha512"); pbkdf2Sync("a", "b", Math.round(5e8 / (worked() - begun)), 64, "sha512");`;
    const run = await kernel.run(code, { interruptAfter: 0.5 });
    const said = ofType(run.messages, "stream")
      .map(({ content }) => content.text)
      .join("");
    assert.match(
      said,
      /^stop: what runs is not JavaScript .*restart the kernel \(Kernel > Restart Kernel\)/m,
    );
    assert.ok(run.seconds > 2 && run.seconds < 20, `${run.seconds} s`);
    await shows("kept", "kept");
  });

  it("does nothing to cells that run after it was pressed in vain", async () => {
    await kernel.interrupt();
    await kernel.listen(0.3);
    await shows("let n = 0; for (let i = 0; i < 2e7; i++) n += 1; await sleep(50); n", "20000000");
  });

  it("lets a kernel end that hangs", async () => {
    await kernel.send("await null; for (;;);");
    await kernel.listen(0.3);
    const { seconds, alive } = await kernel.shutdown();
    assert.equal(alive, false);
    assert.ok(seconds < 3, `${seconds} s`);
  });
});
