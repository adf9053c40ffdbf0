import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type KernelRun, printedIn, startKernel, type TestKernel } from "../support/kernel.ts";

describe("what a notebook prints", { timeout: 60_000 }, () => {
  let kernel: TestKernel;
  before(async () => {
    kernel = await startKernel();
  });
  after(() => kernel.stop());

  const runOf = ({ messages }: KernelRun): number =>
    messages.findLast((m) => m.type === "execute_reply")!.run!;
  const printed = async (code: string, stream = "stdout"): Promise<string> => {
    const run = await kernel.run(code);
    assert.equal(run.reply.status, "ok", run.reply.evalue);
    const late = await kernel.listen(0.3);
    return printedIn([...run.messages, ...late], runOf(run), stream);
  };

  for (const [what, code] of Object.entries({
    "a pipeline of one": `import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
await pipeline(Readable.from(["row 1\\n", "row 2\\n"]), process.stdout);`,
    "a pipeline of several":
      'await pipeline(Readable.from(["x"]), async function* (rows) { for await (const row of rows) yield row + "\\n"; }, process.stdout);',
    "a pipeline that fails":
      'await pipeline(Readable.from((function* () { yield "a\\n"; throw new Error("source"); })()), process.stdout).catch(() => {});',
    "pipe()": 'Readable.from(["p\\n"]).pipe(process.stdout); await new Promise((r) => setTimeout(r, 20));',
    "end()": 'await new Promise<void>((r) => process.stdout.end("end\\n", r));',
    "destroy()": "process.stdout.destroy(); process.stdout.destroy(new Error('x')); undefined",
    "a web stream":
      'import { Writable } from "node:stream"; await new Blob(["w\\n"]).stream().pipeTo(Writable.toWeb(process.stdout));',
    "end() of stderr": 'process.stderr.end("bye\\n"); undefined',
  })) {
    it(`goes on after ${what}`, async () => {
      await printed(code);
      assert.equal(await printed('console.log("still"); console.error("there")'), "still\n");
      assert.equal(await printed('console.error("there")', "stderr"), "there\n");
      assert.equal(await printed('"a value"'), "a value\n");
    });
  }

  it("keeps characters whole that are cut between chunks, of a child process and of the cell's own", async () => {
    const text = await printed(`import { spawn } from "node:child_process";
const child = spawn(process.execPath, ["-e", "process.stdout.write('\\u20ac'.repeat(100000))"]);
child.stdout.pipe(process.stdout);
await new Promise((r) => child.on("close", r)); undefined`);
    assert.equal(text, "€".repeat(100_000));
    const own =
      "for (const byte of Buffer.from('≤ 😀')) process.stdout.write(Buffer.from([byte])); undefined";
    assert.equal(await printed(own), "≤ 😀");
    assert.equal(await printed('process.stdout.write("e282ac", "hex"); undefined'), "€");
    assert.equal(await printed('console.log("\\ud83d")'), "\ufffd\n");
  });

  it("holds what a child process writes that inherits the output", async () => {
    const script = "\"console.log('to stdout'); console.error('to stderr')\"";
    await kernel.run('const cp = require("node:child_process"); const node = process.execPath;');
    for (const code of [
      `await new Promise((r) => cp.spawn(node, ["-e", ${script}], { stdio: "inherit" }).on("close", r)); undefined`,
      `await new Promise((r) => cp.spawn(node, ["-e", ${script}], { stdio: ["ignore", "inherit", process.stderr] }).on("close", r)); undefined`,
      `cp.spawnSync(node, ["-e", ${script}], { stdio: "inherit" }); undefined`,
      `cp.execFileSync(node, ["-e", ${script}], { stdio: "inherit" }); undefined`,
      `import { execSync } from "node:child_process"; execSync(\`"\${node}" -e ${script.replaceAll('"', '\\"')}\`, { stdio: "inherit" }); undefined`,
    ]) {
      const run = await kernel.run(code);
      assert.equal(run.reply.status, "ok", run.reply.evalue);
      const all = [...run.messages, ...(await kernel.listen(0.2))];
      assert.equal(printedIn(all, runOf(run)), "to stdout\n", code);
      assert.equal(printedIn(all, runOf(run), "stderr"), "to stderr\n", code);
    }
    const failed = await kernel.run('execSync("echo before; exit 3", { stdio: "inherit" })');
    assert.equal(failed.reply.status, "error");
    assert.equal(printedIn(failed.messages, runOf(failed)), "before\n");
  });

  it("is drawn with whole numbers beyond 2^53, and refuses in one line what contains itself", async () => {
    const spec = (rows: string): string =>
      `show({ kind: "chart", spec: { data: { values: ${rows} }, mark: "point", encoding: {} } } as any)`;
    const drawn = await kernel.run(`import { show } from "tickbook"; ${spec("[{ a: 2n ** 60n }]")}`);
    const chart = drawn.messages.find((m) => m.type === "display_data")?.content.data;
    assert.equal(chart["application/vnd.vegalite.v5+json"].data.values[0].a, 2 ** 60);
    await kernel.run("const row: any = { a: 1 }; row.self = { row };");
    const refused = await kernel.run(spec("[row]"));
    assert.match(
      refused.reply.evalue,
      /^show: what is shown may not contain itself; \S*self\.row does\. Leave /,
    );
  });

  it("survives what would end the kernel, and says what was not done", async () => {
    for (const code of ["process.exit(1)", "process.abort()", 'process.kill(process.pid, "SIGKILL")']) {
      const { reply } = await kernel.run(code);
      assert.match(
        reply.evalue,
        /^process\.\w+: it would end the kernel, .*Leave a function with return or throw/,
      );
    }
    await kernel.run(
      'process.removeAllListeners("uncaughtException"); process.removeAllListeners("unhandledRejection")',
    );
    const run = await kernel.run(
      'setTimeout(() => { throw new Error("late"); }, 1); void Promise.reject(new Error("forgotten")); await new Promise((r) => setTimeout(r, 50));',
    );
    const text = printedIn(run.messages, runOf(run), "stderr");
    assert.ok(/late/.test(text) && /forgotten/.test(text), text);
    assert.equal(await printed("1 + 1"), "2\n");
  });
});
