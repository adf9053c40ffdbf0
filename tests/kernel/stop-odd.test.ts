import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { printedIn, startKernel, type TestKernel } from "../support/kernel.ts";
import { notebookFolder } from "../support/notebooks.ts";

/** `BEGUN` is where code says that it was reached: there it is stopped. */
const files = {
  "spins.ts": "await null;\nBEGUN;\nfor (;;);\nexport const a = 1;\n",
  "never.ts": "BEGUN;\nawait new Promise(() => {});\nexport const a = 1;\n",
  "polls.ts": "BEGUN;\nfor (;;) await new Promise((done) => setTimeout(done, 20));\nexport const a = 1;\n",
  "spins.cjs": "BEGUN;\nfor (;;);\nexports.a = 1;\n",
};

describe("the stop button where code runs in odd places", { timeout: 180_000 }, () => {
  let kernel: TestKernel;
  const remove: (() => void)[] = [];
  before(async () => {
    const folder = notebookFolder({ after: (work) => remove.push(work as () => void) });
    kernel = await startKernel({ folder });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), begin(text));
    const made = await kernel.run(`var kept = "kept"; let count = 0;
import { setTimeout as sleep } from "node:timers/promises";
import { execSync } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { Worker } from "node:worker_threads";`);
    assert.equal(made.reply.status, "ok", made.reply.evalue);
  });
  after(async () => {
    await kernel.stop();
    for (const work of remove) work();
  });

  const begin = (code: string): string => code.replace("BEGUN", kernel.begun);
  const printed = async (code: string): Promise<string> => {
    const { done, reply, messages } = await kernel.run(code, { timeout: 10 });
    assert.ok(done && reply.status === "ok", `${code}: ${reply?.evalue}`);
    return printedIn(messages, messages.findLast(({ type }) => type === "execute_reply")!.run!).trim();
  };
  const goesOn = async (code: string): Promise<void> => {
    await kernel.run("Error.prepareStackTrace = undefined as any;");
    const seen = await printed("console.log(kept, count)");
    assert.match(seen, /^kept \d+$/, code);
    await kernel.listen(0.1);
    assert.equal(await printed("console.log(kept, count)"), seen, `goes on unseen: ${code}`);
  };

  for (const [what, code] of Object.entries({
    "a process.nextTick":
      "process.nextTick(() => { BEGUN; for (;;) count++; }); await new Promise(() => {});",
    "microtasks that queue microtasks":
      "const again = () => { count++; queueMicrotask(again); }; again(); BEGUN; await new Promise(() => {});",
    "a microtask that a cell without an await leaves":
      "queueMicrotask(() => { BEGUN; for (;;) count++; }); 5",
    "an async callback of an immediate":
      "setImmediate(async () => { await null; BEGUN; for (;;) count++; }); await new Promise(() => {});",
    "the return of an async iterator":
      "const rows: any = { [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false, value: 1 }), return: async () => { BEGUN; for (;;) count++; } }) }; for await (const _ of rows) break;",
    "an async event handler":
      "const e = new EventEmitter(); e.on('x', async () => { await sleep(5); BEGUN; for (;;) count++; }); e.emit('x'); await new Promise(() => {});",
    "a thenable": "const odd: any = { then() { BEGUN; for (;;) count++; } }; await odd;",
    "the callback of a message port":
      "const c = new MessageChannel(); (c.port1 as any).onmessage = () => { BEGUN; for (;;) count++; }; c.port2.postMessage(1); await new Promise(() => {});",
    "a finally that begins when it is stopped":
      "try { BEGUN; await sleep(100_000); } finally { for (;;) count++; }",
    "a disposal that begins when it is stopped":
      "await using x = { async [Symbol.asyncDispose]() { for (;;) count++; } }; BEGUN; await sleep(100_000);",
    "a worker that it waits for":
      "const w = new Worker('for (;;);', { eval: true }); await once(w, 'online'); BEGUN; await once(w, 'exit');",
    "a file that spins at its top": "import './spins.ts';",
    "a file whose top never ends": "await import('./never.ts');",
    "a file that polls at its top": "import './polls.ts';",
    "a file in CommonJS": "require('./spins.cjs');",
    "child processes one after the other, whose ends are caught":
      "BEGUN; for (let i = 0; i < 100; i++) { try { execSync('sleep 1'); } catch {} }",
    "a field that is read when an error is told":
      "throw Object.assign(new Error('x'), { get cause() { BEGUN; for (;;) count++; } });",
    "a text that is made when an error is told":
      "throw { [Symbol.for('nodejs.util.inspect.custom')]() { BEGUN; for (;;) count++; } };",
    "what listens to SIGINT itself": "process.once('SIGINT', () => {}); BEGUN; for (;;) count++;",
    "what listens to SIGINT itself, after an await":
      "await null; process.on('SIGINT', () => {}); BEGUN; for (;;) count++;",
    "an immediate of what listens to SIGINT":
      "setImmediate(() => { BEGUN; for (;;) count++; }); process.prependListener('SIGINT', () => {}); await new Promise(() => {});",
    "Error.prepareStackTrace":
      "Error.prepareStackTrace = () => { BEGUN; for (;;) count++; }; throw new Error('y');",
  })) {
    it(`ends ${what}`, async () => {
      const { done, reply, seconds } = await kernel.run(begin(code), {
        interruptOnceBegun: true,
        timeout: 15,
      });
      assert.ok(done, `not stopped: ${code}`);
      assert.equal(reply.ename, "Interrupted", reply.evalue);
      // a second of it may be needed to tidy up
      assert.ok(seconds < 4, `${seconds} s`);
      await goesOn(code);
    });
  }

  for (const [where, code] of Object.entries({
    "in a cell": "BEGUN; for (;;) { Promise.resolve(); count++; }",
    "after an await": "await null; BEGUN; for (;;) { new AsyncResource('x'); count++; }",
    "in a timer":
      "setTimeout(() => { BEGUN; for (;;) { Promise.resolve(); count++; } }); await once(new EventEmitter(), 'x');",
    "in what awaits": "BEGUN; for (;;) { await null; count++; }",
  })) {
    it(`ends code under a hook of async_hooks ${where}`, async () => {
      await printed(
        "import { AsyncResource, createHook } from 'node:async_hooks'; var hooked = 0; var hook = createHook({ init() { for (let i = 0; i < 1000; i++) hooked++; }, before() { hooked++; } }).enable();",
      );
      const { done, reply } = await kernel.run(begin(code), { interruptOnceBegun: true, timeout: 15 });
      assert.ok(done, `not stopped: ${code}\n${kernel.log()}`);
      assert.equal(reply.ename, "Interrupted", reply.evalue);
      await printed("hook.disable()");
      await goesOn(code);
    });
  }

  it("ends what a cell that has ended left in the turn that it ended in, and hears the next", async () => {
    for (const code of [
      "Promise.resolve().then(() => {}).then(() => {}).then(() => { BEGUN; for (;;) count++; }); 5",
      "const again = () => { count++; process.nextTick(again); }; again(); BEGUN; 5",
    ]) {
      const { done } = await kernel.run(begin(code), { interruptOnceBegun: true, timeout: 15 });
      assert.ok(done, code);
      await goesOn(code);
    }
  });

  it("takes two presses for one", async () => {
    const run = await kernel.send(begin("for (;;) { await sleep(5); count++; BEGUN; }"));
    await kernel.hasBegun();
    await Promise.all([kernel.interrupt(), kernel.interrupt()]);
    assert.equal((await kernel.wait(run)).reply.ename, "Interrupted");
    await goesOn("two presses");
  });

  it("ends the workers and child processes that the cell has started, and none of another cell", async () => {
    const spins = (at: number): string =>
      `new Worker("const { workerData } = require('worker_threads'); for (;;) Atomics.add(workerData, ${at}, 1)", { eval: true, workerData: rounds })`;
    await printed(`import { spawn } from "node:child_process"; const rounds = new Int32Array(new SharedArrayBuffer(8));
const others = ${spins(0)}; const child = spawn("sleep", ["100"]); 5`);
    const code = `var mine = ${spins(1)}; var children = [spawn("sleep", ["100"]), spawn("sh", ["-c", "trap '' INT; sleep 100 & wait; wait"]), spawn("sleep", ["100"], { detached: true })];
await once(mine, "exit");`;
    const { reply } = await kernel.run(code, { interruptAfter: 0.5, timeout: 15 });
    assert.equal(reply.ename, "Interrupted", reply.evalue);
    const ends = `await Promise.all(children.slice(0, 2).map((one) => one.exitCode ?? one.signalCode ?? once(one, "exit"))); console.log(children.map((one) => one.signalCode))`;
    assert.equal(await printed(ends), "[ 'SIGINT', 'SIGKILL', null ]");
    const went = `var [a, b] = rounds; await sleep(100); [rounds[0] !== a, rounds[1] !== b, child.signalCode]`;
    assert.equal(await printed(went), "[ true, false, null ]");
    await printed("child.kill(); children[2]!.kill(); await others.terminate()");
  });
});
