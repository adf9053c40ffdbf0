import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type KernelRun, ofType, printedIn, startKernel, type TestKernel } from "../support/kernel.ts";

describe("a kernel whose cells do odd things", { timeout: 120_000 }, () => {
  let kernel: TestKernel;
  before(async () => {
    kernel = await startKernel();
    await kernel.run(
      'import { execSync, spawnSync } from "node:child_process"; import rl from "node:readline/promises";',
    );
  });
  after(() => kernel.stop());

  const shown = ({ messages }: KernelRun, stream = "stdout"): string =>
    printedIn(messages, messages.findLast(({ type }) => type === "execute_reply")!.run!, stream).trim();
  const gives = async (code: string, wanted: string): Promise<void> => {
    const run = await kernel.run(code);
    assert.equal(run.reply.status, "ok", `${code}: ${run.reply.evalue}`);
    assert.equal(shown(run), wanted, code);
  };

  it("says what was thrown where a cell has changed Error itself, and runs the next one", async () => {
    const limit =
      "Object.defineProperty(Error, 'stackTraceLimit', { get() { throw new Error('limit'); }, configurable: true });";
    for (const change of [
      limit,
      "delete Error.stackTraceLimit; Error.stackTraceLimit = 50; Object.freeze(Error);",
    ]) {
      const { reply } = await kernel.run(
        `(() => { const Error = globalThis.Error as any; ${change} throw new Error("mine"); })()`,
      );
      assert.deepEqual([reply.ename, reply.evalue], ["Error", "mine"]);
      await gives("await new Promise((r) => setTimeout(r, 5)); 1 + 1", "2");
    }
  });

  it("tells a cause that is its own cause once", async () => {
    const { reply } = await kernel.run(
      "const round: any = new Error('round'); round.cause = new Error('why', { cause: round }); throw round",
    );
    assert.deepEqual(
      reply.traceback.filter((line: string) => line.startsWith("because")),
      ["because: why"],
    );
  });

  it("does not end by process.reallyExit, and keeps its stop button when a cell removes every listener", async () => {
    const { reply } = await kernel.run("(process as any).reallyExit(1)");
    assert.match(reply.evalue, /^process\.reallyExit: it would end the kernel/);
    await gives("process.removeAllListeners(); 1", "1");
    const stopped = await kernel.run(`${kernel.begun}; while (true) {}`, { interruptOnceBegun: true });
    assert.equal(stopped.reply.ename, "Interrupted");
    await gives("2", "2");
  });

  it("fails where Symbol.for('Jupyter.display') gives, or promises, no bundle, or throws", async () => {
    const own = (body: string): string => `({ ${body.replace("$", '[Symbol.for("Jupyter.display")]')} })`;
    for (const [body, wanted] of [
      ["$() { return 5; }", /^display: content by MIME types is needed; got 5\./],
      ["async $() { return undefined; }", /^display: content by MIME types is needed; got undefined\./],
      ["async $() { throw new Error('own'); }", /^own$/],
    ] as const) {
      const { reply, messages } = await kernel.run(own(body));
      assert.match(reply.evalue ?? "no error", wanted);
      assert.deepEqual(ofType(messages, "execute_result"), []);
    }
    const { messages } = await kernel.run(own('$() { return { "image/png": new Uint8Array([1, 2, 3]) }; }'));
    assert.deepEqual(
      ofType(messages, "execute_result").map(({ content }) => content.data),
      [{ "image/png": "AQID" }],
    );
  });

  it("ends a child process that a cell waits for when it is stopped, also one that does not listen", async () => {
    for (const code of [
      'execSync("sleep 30; echo done")',
      'spawnSync("sh", ["-c", "trap \'\' INT; sleep 30; sleep 30"]); 5',
    ]) {
      const run = await kernel.run(`${kernel.begun}; ${code}`, { interruptOnceBegun: true });
      assert.equal(run.reply.status, "error", code);
      assert.ok(run.seconds < 10, `${run.seconds} s`);
    }
    await gives("3", "3");
  });

  it("asks the reader for lines of process.stdin; where nobody can answer it is at its end and says so", async () => {
    const asking =
      'const lines = rl.createInterface({ input: process.stdin, output: process.stdout }); const line = await lines.question("Name? "); lines.close(); line.toUpperCase()';
    const asked = await kernel.run(asking, { input: "ada" });
    assert.equal(asked.reply.status, "ok", asked.reply.evalue);
    assert.equal(shown(asked), "Name? ADA");
    const refused = await kernel.run('for await (const line of process.stdin) console.log(line); "end"');
    assert.equal(shown(refused), "end");
    assert.match(
      shown(refused, "stderr"),
      /^process\.stdin: input of a reader is needed; whoever runs this notebook offers none\./,
    );
    await gives('import { readFileSync } from "node:fs"; readFileSync(0, "utf8").length', "0");
  });

  it("asks again after a question whose cell was stopped", async () => {
    const stopped = await kernel.run(`${kernel.begun}; await prompt("First?")`, {
      allowStdin: true,
      interruptOnceBegun: true,
    });
    assert.equal(stopped.reply.status, "error");
    const asked = await kernel.run('(await prompt("Second?")).length', { input: "four" });
    assert.equal(asked.reply.status, "ok", asked.reply.evalue);
    assert.equal(shown(asked), "4");
  });

  it("shows an error as a value with the cell's lines alone", async () => {
    const { messages } = await kernel.run('import { show } from "tickbook"; show(new Error("shown"));');
    const [text] = ofType(messages, "display_data").map(({ content }) => content.data["text/plain"]);
    assert.match(text, /^Error: shown\n {4}at In \[\d+\], line 1, column \d+\s*$/);
  });

  it("waits with a stop for a package that is being loaded, which can be imported afterwards", async () => {
    const own = await startKernel();
    try {
      for (const code of [
        'import { show } from "tickbook"; show(1);',
        'const pl = await import("nodejs-polars"); pl.DataFrame;',
      ]) {
        const stopped = await own.run(`${own.begun}; ${code}`, { interruptOnceBegun: true });
        assert.equal(stopped.done, true, code);
        assert.equal((await own.run("1 + 1")).reply.status, "ok");
        assert.equal((await own.run(code)).reply.status, "ok");
      }
    } finally {
      await own.stop();
    }
  });
});
