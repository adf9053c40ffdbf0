import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { ofType, printedIn, startKernel, type TestKernel } from "../support/kernel.ts";

const globals = [
  "Promise JSON Array Object Map Set Symbol Proxy Reflect RegExp String Number Boolean Function Error Buffer Uint8Array ArrayBuffer",
  "Date Math process console performance setTimeout setImmediate queueMicrotask globalThis Atomics parseInt URL fetch",
]
  .join(" ")
  .split(" ");

const members = [
  "Array.prototype.map = null as any",
  "Array.prototype.push = function () { throw 1; } as any",
  "Array.prototype[Symbol.iterator] = null as any",
  "for (const name of Object.getOwnPropertyNames(Array.prototype)) if (!/^(constructor|length)$/.test(name)) delete (Array.prototype as any)[name]",
  "String.prototype.replace = () => 'x'",
  "RegExp.prototype.exec = () => null",
  "Map.prototype.get = () => undefined",
  "Promise.prototype.then = null as any",
  "Promise.race = null as any",
  "Object.keys = null as any",
  "Object.defineProperty = null as any",
  "Function.prototype.call = null as any",
  "JSON.stringify = null as any",
  "JSON.parse = () => 5",
  "(Object.prototype as any).x = 1",
  "(Object.prototype as any).get = 1",
  "(Object.prototype as any).then = (done: any) => done(1)",
  "Object.setPrototypeOf(Function.prototype, null)",
  "Date.prototype.toISOString = null as any",
  "Math.floor = null as any",
  "process.emit = null as any",
  "process.nextTick = null as any",
  "process.stdout.write = null as any",
  "console.log = null as any",
  "require('node:fs').readFileSync = null",
  "require('node:vm').runInThisContext = null",
  "require('node:util').inspect = null",
  "globalThis[Symbol.for('tickbook.cells')] = null",
  "(globalThis as any).__tslab__ = null",
  "Object.freeze(process)",
  "Object.freeze(globalThis)",
  "Object.freeze(Object.prototype)",
  "Object.freeze(Array.prototype)",
  "Object.freeze(Promise.prototype)",
];

/** 1 for each global in each way. */
const every = Number(process.env.TICKBOOK_BUILTINS_EVERY ?? 3);

describe("cells that take away what the kernel runs on", { timeout: 180_000 }, () => {
  let kernel: TestKernel;
  before(async () => {
    kernel = await startKernel();
    const { reply } = await kernel.run('var kept = "kept"; import { show } from "tickbook";');
    assert.equal(reply.status, "ok", reply.evalue);
  });
  after(() => kernel.stop());

  const gives = async (code: string, wanted: string, after: string): Promise<void> => {
    const { done, reply, messages } = await kernel.run(code, { timeout: 20 });
    assert.ok(done, `${code} gives no answer after: ${after}`);
    assert.equal(reply.status, "ok", `${code} after: ${after}: ${reply.evalue}`);
    const { run } = messages.findLast(({ type }) => type === "execute_reply")!;
    assert.equal(printedIn(messages, run!).trim(), wanted, `${code} after: ${after}`);
  };
  const goesOnAfter = async (code: string): Promise<void> => {
    const { done } = await kernel.run(code, { timeout: 20 });
    assert.ok(done, `no answer: ${code}`);
    await gives("1 + 1", "2", code);
    await gives(
      "await null; show([{ a: 1 }]); console.log(kept, [3].map((x) => x + 1)[0], new Date(0).getTime());",
      "kept 4 0",
      code,
    );
  };

  it("says what it has put back, and leaves what stands in for the same", async () => {
    const { messages } = await kernel.run("Array.prototype.map = null as any; (globalThis as any).JSON = 5;");
    const said = ofType(messages, "display_data").map(({ content }) => content.data["text/plain"]);
    assert.match(
      said.join(),
      /^Put back as it was: JSON, Array\.prototype\.map\. The kernel itself runs on it; give yours a name of its own\.$|^Put back as it was: Array\.prototype\.map, JSON\. /,
    );
    const made = await kernel.run(
      "Math.random = () => 0.25; Date.now = () => 5; (globalThis as any).fetch = async () => 'mine'; (Array.prototype as any).second = function () { return this[1]; };",
    );
    assert.deepEqual(ofType(made.messages, "display_data"), []);
    await gives(
      "console.log(Math.random(), Date.now(), await (fetch as any)(), ([1, 2] as any).second());",
      "0.25 5 mine 2",
      "stand-ins",
    );
  });

  it("runs the next ones after each global of the language was replaced, deleted or made to throw", async () => {
    for (const [index, name] of globals.entries()) {
      const ways = [
        `(globalThis as any).${name} = null`,
        `delete (globalThis as any).${name}`,
        `Object.defineProperty(globalThis, "${name}", { get() { throw new Error("none"); }, configurable: true })`,
      ];
      for (const [k, code] of ways.entries()) if ((k + index) % every === 0) await goesOnAfter(code);
    }
  });

  it("runs the next ones after members were replaced, deleted, added or frozen", async () => {
    for (const code of members) await goesOnAfter(code);
  });

  it("runs the next ones after they were replaced behind an await, and by a timer", async () => {
    for (const name of ["Promise", "JSON", "Date", "Buffer", "Array"]) {
      await goesOnAfter(`await null; (globalThis as any).${name} = null;`);
      await goesOnAfter(
        `setTimeout(() => { (globalThis as any).${name} = null; }, 1); await new Promise((done) => setTimeout(done, 20));`,
      );
    }
  });

  it("refuses in words to freeze process and globalThis", async () => {
    for (const name of ["process", "globalThis"]) {
      const { reply } = await kernel.run(`Object.freeze(${name})`);
      assert.match(reply.evalue, /^Object\.freeze: process and globalThis must stay open: /);
    }
  });
});
