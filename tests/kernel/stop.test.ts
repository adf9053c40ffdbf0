import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type KernelRun, printedIn, startKernel, type TestKernel } from "../support/kernel.ts";
import { notebookFolder } from "../support/notebooks.ts";

describe("the stop button", { timeout: 180_000 }, () => {
  let kernel: TestKernel;
  let folder: string;
  const remove: (() => void)[] = [];
  before(async () => {
    folder = notebookFolder({ after: (work) => remove.push(work as () => void) });
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
  const printed = async (code: string): Promise<string> => {
    const run = await kernel.run(code);
    assert.equal(run.reply.status, "ok", `${code}: ${run.reply.evalue}`);
    assert.ok(run.seconds < 2, `${run.seconds} s`);
    return printedIn(run.messages, runOf(run));
  };
  const shows = async (code: string, wanted: string): Promise<void> =>
    assert.equal(await printed(code), `${wanted}\n`, code);
  /** The place marked by `BEGUN` is where the code says that it was reached. */
  const begin = (code: string): string => {
    assert.ok(code.includes("BEGUN"), code);
    return code.replace("BEGUN", kernel.begun);
  };
  /** The cell is stopped at once, the variables stay, and nothing of it goes on. */
  const ends = async (code: string): Promise<void> => {
    const run = await kernel.run(begin(code), { interruptOnceBegun: true, timeout: 8 });
    assert.ok(run.done, `not stopped: ${code}`);
    assert.equal(run.reply.ename, "Interrupted", run.reply.evalue);
    assert.ok(run.seconds < 2.5, `${run.seconds} s: ${code}`);
    const seen = await printed("console.log(kept, count)");
    assert.match(seen, /^kept \d+\n$/);
    await kernel.listen(0.15);
    assert.equal(await printed("console.log(kept, count)"), seen, `goes on unseen: ${code}`);
  };

  for (const [what, code] of Object.entries({
    "a loop": "BEGUN; while (true) count++;",
    "a loop in a function of an earlier cell": "const spin = () => { BEGUN; while (true) count++; }; spin();",
    "a loop after an await":
      "const data = await Promise.resolve([1, 2]); BEGUN; while (true) { count += data.length; }",
    "a loop after an import":
      'import { join } from "node:path"; BEGUN; while (true) count += join("a").length;',
    "a loop after a sleep": "await sleep(10); BEGUN; for (;;) count++;",
    "a loop after a file was read":
      'import { readFile } from "node:fs/promises"; await readFile("lib/poll.ts"); BEGUN; for (;;) count++;',
    "a loop in a then": "await Promise.resolve().then(() => { BEGUN; for (;;) count++; });",
    "a loop in a file that it imports": 'import { spin } from "./lib/poll"; await null; BEGUN; spin();',
    "an await that never ends": "BEGUN; await new Promise(() => {});",
    "a loop of awaits that settle at once": "BEGUN; for (;;) { await null; count++; }",
    "a loop of awaited promises that settle at once":
      "BEGUN; for (;;) { await Promise.resolve(1); count++; }",
    "a polling loop": "for (;;) { await sleep(20); count++; BEGUN; }",
    "a polling loop that catches": "for (;;) { try { await sleep(20); count++; BEGUN; } catch { count++; } }",
    "a polling loop in a file that it imports":
      'import { poll } from "./lib/poll"; await poll(() => { count++; BEGUN; });',
    "a polling loop by timers":
      "const again = (): void => { count++; BEGUN; setTimeout(again, 20); }; again(); await new Promise(() => {});",
    "an interval": "setInterval(() => { count++; BEGUN; }, 20); await new Promise(() => {});",
    "polling at several places":
      "const poll = async () => { for (;;) { await sleep(10); count++; BEGUN; } }; await Promise.all([poll(), poll(), poll()]);",
    "a wait for a stream": "BEGUN; for await (const part of new PassThrough()) count++;",
    "a wait for an event": 'BEGUN; await once(new EventEmitter(), "never");',
    "a wait for lines of a server": `const server = net.createServer((socket) => { setInterval(() => socket.write("x"), 20); }).listen(0);
await once(server, "listening");
for await (const part of net.connect((server.address() as net.AddressInfo).port)) { count++; BEGUN; }`,
    "an async generator":
      "async function* ticks() { for (;;) { await sleep(20); yield 1; } } for await (const one of ticks()) { count += one; BEGUN; }",
    "a sort that never ends":
      "BEGUN; while (true) { list.length = 0; for (let i = 0; i < 1e5; i++) list.push(Math.random()); list.sort(); }",
    "a wait of the whole thread": "BEGUN; Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);",
    "a regular expression that never ends": 'BEGUN; /^(a+)+$/.test("a".repeat(60) + "b")',
    "a print that never ends":
      "({ get [Symbol.for('nodejs.util.inspect.custom')]() { return () => { BEGUN; for (;;) count++; }; } })",
  })) {
    it(`ends ${what}`, () => ends(code));
  }

  it("runs what stands in finally, and closes the source of a for await", async () => {
    await kernel.run("var told: string[] = [];");
    for (const code of [
      'try { BEGUN; await new Promise(() => {}); } finally { told.push("finally"); }',
      'async function* source() { try { for (;;) { await sleep(10); yield 1; } } finally { told.push("closed"); } } for await (const _ of source()) BEGUN;',
    ])
      await kernel.run(begin(code), { interruptOnceBegun: true });
    await shows(
      "for (let i = 0; i < 100 && told.length < 2; i++) await sleep(20); told",
      "[ 'finally', 'closed' ]",
    );
  });

  for (const [what, code] of Object.entries({
    "a timer": "setTimeout(() => { BEGUN; while (true) count++; }, 100);",
    "an interval": "setInterval(() => { BEGUN; while (true) count++; }, 100);",
    "an immediate": "setImmediate(() => { BEGUN; while (true) count++; });",
    "a promise": "void sleep(100).then(() => { BEGUN; while (true) count++; });",
    "an event":
      'const emitter = new EventEmitter(); emitter.on("x", () => { BEGUN; while (true) count++; }); void sleep(100).then(() => emitter.emit("x"));',
    "a socket": `const echo = net.createServer((socket) => { socket.write("x"); }).listen(0, () => { net.connect((echo.address() as net.AddressInfo).port).on("data", () => { BEGUN; while (true) count++; }); });`,
    "an async function that nobody awaits":
      "void (async () => { await sleep(100); BEGUN; while (true) count++; })();",
    // Node runs what awaits between two timers, or two immediates, inside its own loop over them
    "an async function between two timers of one time":
      "void (async () => { await sleep(100); BEGUN; while (true) count++; })(); setTimeout(() => {}, 100);",
    "an async function between two timers that are late":
      "void (async () => { await sleep(100); BEGUN; while (true) count++; })(); setTimeout(() => {}, 101); setTimeout(() => { const until = Date.now() + 50; while (Date.now() < until); }, 95);",
    "an async function between two immediates":
      "setTimeout(() => { void (async () => { await new Promise((resolve) => setImmediate(resolve)); BEGUN; while (true) count++; })(); setImmediate(() => {}); }, 100);",
  })) {
    it(`ends a loop in the callback of ${what}, while no cell runs`, async () => {
      // a cell ends after what it leaves to the end of its turn
      await kernel.send(`${begin(code)} undefined`);
      await kernel.hasBegun();
      const waiting = await kernel.send("kept");
      await kernel.listen(0.05);
      await kernel.interrupt();
      const run = await kernel.wait(waiting);
      assert.ok(run.done, code);
      // the cell that waited behind the loop runs, or was stopped with it
      await shows("await sleep(5); await sleep(5); kept", "kept");
    });
  }

  /** Code that says that it goes on. */
  const beat = `process.getBuiltinModule("node:fs").writeFileSync("beat", "")`;
  /** Looks without running a cell: a stop that is on its way would meet that one. */
  const standsStill = async (): Promise<void> => {
    for (let look = 0; look < 40; look++) {
      rmSync(join(folder, "beat"), { force: true });
      await kernel.listen(0.15);
      if (!existsSync(join(folder, "beat"))) return;
    }
    assert.fail("it goes on");
  };

  it("ends the callback of a control and leaves the control", async () => {
    await kernel.run(
      begin(
        'const s = slider("s", { min: 0, max: 9 }); s.onChange((v) => { if (v === 5) { BEGUN; for (;;) count++; } list.push(v); }); controls(s); list.length = 0; undefined',
      ),
    );
    await kernel.send("s.value = 5");
    await kernel.hasBegun();
    const waiting = await kernel.send("kept");
    await kernel.interrupt();
    await kernel.wait(waiting);
    await shows("s.value = 6; while (list.length === 0) await sleep(5); await sleep(20); list", "[ 6 ]");
  });

  it("ends a polling callback of a control", async () => {
    await kernel.run(
      begin(
        'const p = slider("p", { min: 0, max: 9 }); p.onChange(async () => { for (;;) { await sleep(20); BEGUN; BEAT; } }); controls(p); p.value = 5; undefined',
      ).replace("BEAT", beat),
    );
    await kernel.hasBegun();
    await kernel.interrupt();
    await standsStill();
  });

  it("does not end what other cells do in the background while a cell is stopped", async () => {
    await kernel.run(
      `var background = 0; void (async () => { for (;;) { await sleep(20); background++; ${beat}; } })();`,
    );
    await kernel.run(begin("BEGUN; await new Promise(() => {});"), { interruptOnceBegun: true });
    await shows("var before = background; while (background === before) await sleep(20); kept", "kept");
    // with nothing else running it is what is meant
    await kernel.interrupt();
    await standsStill();
  });

  it("says after two seconds that a native call cannot be ended, and offers the restart; variables stay", async () => {
    // a pipe's opening waits inside the system until somebody writes to it
    const pipe = join(kernel.home, "pipe");
    execFileSync("mkfifo", [pipe]);
    const run = await kernel.send(
      begin(
        `import { openSync } from "node:fs"; BEGUN; openSync(${JSON.stringify(pipe)}, "r"); await new Promise(() => {});`,
      ),
    );
    await kernel.hasBegun();
    const since = performance.now();
    await kernel.interrupt();
    let said = "";
    while (said === "" && performance.now() - since < 20_000)
      said = printedIn(await kernel.listen(0.1), run, "stderr");
    assert.ok(performance.now() - since > 1900, "it has two seconds");
    assert.match(
      said,
      /^stop: what runs is native code, or was called by it.*restart the kernel \(Kernel > Restart Kernel\)/m,
    );
    closeSync(openSync(pipe, "w"));
    // and it ends where JavaScript goes on
    assert.equal((await kernel.wait(run)).reply.ename, "Interrupted");
    await shows("kept", "kept");
  });

  it("does nothing to cells that run after it was pressed in vain", async () => {
    await kernel.interrupt();
    await kernel.listen(0.3);
    await shows("let n = 0; for (let i = 0; i < 2e7; i++) n += 1; await sleep(50); n", "20000000");
  });

  it("lets a kernel end that hangs", async () => {
    await kernel.send(begin("await null; BEGUN; for (;;);"));
    await kernel.hasBegun();
    const { seconds, alive } = await kernel.shutdown();
    assert.equal(alive, false);
    assert.ok(seconds < 3, `${seconds} s`);
  });
});
