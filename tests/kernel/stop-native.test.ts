import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { startKernel, type TestKernel } from "../support/kernel.ts";
import { notebookFolder } from "../support/notebooks.ts";

/** Ends the wait of who opens the pipe to read, if that is not over without it. */
async function letThrough(pipe: string, ended: Promise<unknown>): Promise<void> {
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  while (!isOver) {
    try {
      closeSync(openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK));
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
}

describe("the stop button and add-ons", { timeout: 180_000 }, () => {
  let kernel: TestKernel;
  const remove: (() => void)[] = [];
  before(async () => {
    const folder = notebookFolder({ after: (work) => remove.push(work as () => void) });
    kernel = await startKernel({ folder });
    const made = await kernel.run(
      `var kept = "kept"; let count = 0;
import Database from "better-sqlite3";
import pl from "nodejs-polars";
const one = new Database("x.db"), two = new Database("x.db", { timeout: 1_500 });
one.exec("CREATE TABLE t (x); BEGIN EXCLUSIVE");
const memory = new Database(":memory:");
const statement = memory.prepare("SELECT 1 AS x");
memory.function("spins", () => { BEGUN; for (;;) count++; });
const many = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 300000) ";`.replace(
        "BEGUN",
        kernel.begun,
      ),
    );
    assert.equal(made.reply.status, "ok", made.reply.evalue);
  });
  after(async () => {
    await kernel.stop();
    for (const work of remove) work();
  });
  const begin = (code: string): string => code.replace("BEGUN", kernel.begun);
  const isAlive = async (code: string): Promise<void> => {
    const { done, reply } = await kernel.run(
      "if (kept !== 'kept' || (statement.get() as any).x !== 1) throw kept",
      {
        timeout: 10,
      },
    );
    assert.ok(done, `the kernel has ended: ${code}\n${kernel.log()}`);
    assert.equal(reply.status, "ok", `${code}: ${reply.evalue}`);
  };

  const wait = 'two.exec("BEGIN EXCLUSIVE");';
  for (const [what, code] of Object.entries({
    "a call that waits for a lock and then throws": `BEGUN; ${wait} for (;;);`,
    "a call that waits for a lock and then throws, after an await": `await null; BEGUN; ${wait} for (;;);`,
    "a call that waits for a lock and then throws, in a timer": `setTimeout(() => { BEGUN; ${wait} for (;;); }, 10); await new Promise(() => {});`,
    "calls that throw, caught and tried again": `BEGUN; for (;;) try { ${wait} } catch { count++; }`,
    "many calls that throw": 'BEGUN; for (;;) try { memory.prepare("wrong"); } catch { count++; }',
    "many calls that throw, after an await":
      'await null; BEGUN; for (;;) try { memory.prepare("wrong"); } catch { count++; }',
    "many calls": "BEGUN; for (;;) count += (statement.get() as any).x;",
    "many rows":
      "BEGUN; for (;;) for (const { x } of memory.prepare(many + 'SELECT x FROM n').iterate() as any) count += x;",
    "a long call": "BEGUN; for (;;) memory.prepare(many + 'SELECT sum(x) FROM n').get();",
    "a function that a query calls": 'memory.prepare("SELECT spins()").get();',
    "a function that a query calls, after an await": 'await null; memory.prepare("SELECT spins()").get();',
    "what a database calls at each of its statements":
      "const told = new Database(':memory:', { verbose: () => { BEGUN; for (;;) count++; } }); told.exec('SELECT 1');",
    "a long call of a class's own":
      'BEGUN; for (;;) { pl.Series("a", Array.from({ length: 400_000 }, (_, i) => (i % 2 ? "text " + i : null))); count++; }',
    "calls of a class's own that throw":
      "BEGUN; for (;;) try { (pl as any).DataFrame.deserialize(Buffer.from('{'), 'json'); } catch { count++; }",
    "Polars that throws":
      "BEGUN; for (;;) try { pl.DataFrame({ a: [1, 2] }).getColumn('b'); } catch { count++; }",
    "Polars that throws, after an await":
      "await null; BEGUN; for (;;) try { pl.DataFrame({ a: [1, 2] }).select(pl.col('b')); } catch { count++; }",
  })) {
    it(`ends ${what}, and keeps the variables`, async () => {
      const { done, reply, seconds } = await kernel.run(begin(code), {
        interruptOnceBegun: true,
        timeout: 12,
      });
      assert.ok(done, `not stopped: ${code}\n${kernel.log()}`);
      assert.equal(reply.ename, "Interrupted", reply.evalue);
      assert.ok(seconds < 5, `${seconds} s`);
      await isAlive(code);
    });
  }

  it("lets a finally close the database that a stopped cell has opened", async () => {
    const code = `const own = new Database(":memory:"); try { BEGUN; for (;;) await null; } finally { own.close(); count = -1; }`;
    const { reply } = await kernel.run(begin(code), { interruptOnceBegun: true, timeout: 12 });
    assert.equal(reply.ename, "Interrupted", reply.evalue);
    assert.equal((await kernel.run("if (count !== -1) throw count")).reply.status, "ok");
  });

  it("stops the cell that ran at the press, not the one that begins before the press is heard", async () => {
    const pipe = join(kernel.home, "pipe");
    execFileSync("mkfifo", [pipe]);
    let heardLate = 0;
    for (let round = 0; round < 6; round++) {
      // the thread hears no press while it waits for the pipe; the cell ends at once behind it
      const first = await kernel.send(
        begin(
          `await null; BEGUN; const fs = process.getBuiltinModule("node:fs"); fs.closeSync(fs.openSync(${JSON.stringify(pipe)}, "r")); undefined`,
        ),
      );
      const second = await kernel.send(
        'await null; for (let i = 0; i < 5; i++) await new Promise((done) => setTimeout(done, 40)); "ran"',
      );
      await kernel.hasBegun();
      await kernel.interrupt();
      await kernel.listen(0.03);
      const ended = kernel.wait(first);
      await letThrough(pipe, ended);
      const { reply: before } = await ended;
      const { reply: behind } = await kernel.wait(second);
      // a press that comes only when the second runs is meant for that one
      if (before.status === "ok" && behind.status === "ok") heardLate++;
    }
    assert.ok(heardLate > 0, "no cell ran behind one that had ended by itself");
  });
});
