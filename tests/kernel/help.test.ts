import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type KernelRun, printedIn, startKernel, type TestKernel } from "../support/kernel.ts";
import { notebookFolder } from "../support/notebooks.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: the colours of a terminal
const plain = (lines: readonly string[]): string => lines.join("\n").replace(/\u001b\[[\d;]*m/g, "");

describe("errors and help", { timeout: 120_000 }, () => {
  let kernel: TestKernel;
  const remove: (() => void)[] = [];
  before(async () => {
    const folder = notebookFolder({ after: (work) => remove.push(work as () => void) });
    writeFileSync(join(folder, "helper.ts"), "export const helper = 1;\n");
    kernel = await startKernel({ folder });
    await kernel.run(`/** Makes it. @param y how often */
function mk(x: number, y = 2) { return x + y }
class Camera { /** Turns it. */ turn(degrees: number, fast?: boolean): this { return this } }
const camera = new Camera(); const nothing: any = null; function boom() { throw new Error("b") }`);
  });
  after(async () => {
    await kernel.stop();
    for (const work of remove) work();
  });
  const failure = async (code: string): Promise<string> => plain((await kernel.run(code)).reply.traceback);
  const shown = (run: KernelRun, stream = "stdout"): string =>
    printedIn(run.messages, run.messages.findLast(({ type }) => type === "execute_reply")!.run!, stream);

  for (const [what, code, place] of [
    [
      "a method chain",
      "const out = [1, 2, 3]\n  .map((x) => x * 2)\n  .filter((x) => x > 2)\n  .forEach((x) => nothing.field);",
      "line 4, column 27",
    ],
    ["a sum over lines", "const sum = 1\n  + 2\n  + nothing.field;", "line 3, column 13"],
    ["a call over lines", "mk(\n  1,\n  nothing.deep.er,\n);", "line 3, column 11"],
    ["what stands behind comments", "// one\n/* two\n three */ nothing.field; // four", "line 3, column 19"],
    ["a template", "`a $" + "{\n  nothing.field}`", "line 2, column 11"],
    [
      "code behind a class with parameter properties",
      "class P {\n  constructor(public x: number, private y = 1) {}\n}\nenum E { A, B }\n\nthrow new Error('fail');",
      "line 6, column 7",
    ],
    [
      "code behind types",
      "interface I {\n  a: number;\n}\ntype T = {\n  b: I;\n};\nconst t: T = nothing.t;",
      "line 7, column 22",
    ],
    [
      "code behind decorators",
      "function d(v: any, c: any) {}\n@d\nclass D {\n  @d m() {}\n}\nnothing.field",
      "line 6, column 9",
    ],
    [
      "code behind using",
      "{\n  using u = { [Symbol.dispose]() {} };\n  nothing.field;\n}",
      "line 3, column 11",
    ],
    ["code after an await", "await null;\n\nnothing.field", "line 3, column 9"],
    [
      "an async function",
      "const f = async () => {\n  await null;\n  nothing.field;\n};\nawait f()",
      "line 3, column 11",
    ],
    ["code behind emoji and tabs", 'const s = "😀";\n\tconst u = s + nothing.field;', "line 2, column 24"],
  ] as const) {
    it(`names line and column in ${what}`, async () => {
      const text = await failure(code);
      const at = /at In \[\d+\], (line \d+, column \d+)\n(.*)\n[ \t]*\^/.exec(text);
      assert.ok(at, text);
      assert.equal(at[1], place, text);
    });
  }

  it("names the line of a call, too, with a remark behind it", async () => {
    assert.match(
      await failure("boom() // a remark"),
      /called from In \[\d+\], line 1, column 1: boom\(\) \/\/ a remark/,
    );
  });

  it("leaves frames of the kernel, of tslab and of Node out of errors that are printed or shown", async () => {
    for (const code of [
      "new Error('value')",
      "console.log(new Error('logged'))",
      "console.trace('here')",
      "const p = Promise.reject(new Error('r')); p.catch(() => {}); p",
    ]) {
      const run = await kernel.run(code);
      const text = shown(run) + shown(run, "stderr");
      assert.match(text, /at In \[\d+\], line 1, column \d+/, text);
      assert.doesNotMatch(text, /node:|\/dist\/|tslab|evalmachine|file:/, text);
    }
  });

  it("leaves what a cell prints as it is where it only looks like a stack", async () => {
    assert.equal(
      shown(await kernel.run('console.log("we met\\n    at the market\\n    at 12:30")')),
      "we met\n    at the market\n    at 12:30\n",
    );
  });

  for (const [code, words] of [
    ["!ls -la", /^!ls -la: cells hold TypeScript.*execSync\("ls -la", \{ stdio: "inherit" \}\);$/],
    ["! pip install x", /^! pip install x: cells hold TypeScript/],
    ["!!ls", /^!!ls: cells hold TypeScript.*execSync\("ls"/],
    ["npm install lodash", /^npm install lodash: cells hold TypeScript.*npm run add -- lodash$/],
    ["git status", /^git status: cells hold TypeScript.*execSync\("git status"/],
    ["help(show)", /^show\?: cells hold TypeScript.*Shift-Tab/],
    ["%%time\n1 + 1", /^%%time: .*no magic commands\. Measure with console\.time/],
    ["%matplotlib inline", /^%matplotlib: .*no magic commands\. Leave the line out\.$/],
    ["mk?", /^mk\?: .*Set the cursor behind mk and press Shift-Tab/],
    ["?mk", /^mk\?: /],
  ] as const) {
    it(`says in one line what to write here instead of ${code.split("\n")[0]}`, async () => {
      assert.match(await failure(code), words);
    });
  }

  it("says in one line what to do about a package or a file that is not there", async () => {
    assert.match(
      await failure('import left from "left-padded"; left'),
      /import: the package left-padded is needed; it is not installed\. Run npm run add -- left-padded/,
    );
    assert.match(
      await failure('import x from "@scope/pack/sub"; x'),
      /the package @scope\/pack is needed.*or it has no sub/,
    );
    assert.match(
      await failure('import x from "./helpr"; x'),
      /import: a file \.\/helpr is needed; there is none/,
    );
    assert.match(await failure('await import("./helpr")'), /helpr/);
  });

  it("names the user's variable where arquero refuses a closure", async () => {
    await kernel.run('import * as aq from "arquero"; const limit = 2;');
    assert.match(
      await failure("aq.table({ v: [3, 1] }).filter((d: any) => d.v < limit)"),
      /Invalid variable reference: "limit"/,
    );
  });

  it("keeps what a failed cell had declared before its error, and the old value of what it had not reached", async () => {
    await kernel.run("const early = 1; const late = 'old';");
    await failure("const early = 2; nothing.field; const late = 3;");
    assert.equal(shown(await kernel.run("[early, late]")), "[ 2, 'old' ]\n");
  });

  const inspected = async (code: string, at = [...code].length): Promise<string> => {
    const { reply } = await kernel.request("inspect_request", { code, cursor_pos: at, detail_level: 0 });
    return String((reply?.content.data as Record<string, unknown>)?.["text/plain"] ?? "");
  };
  const completed = async (
    code: string,
    at = [...code].length,
  ): Promise<{ matches: string[]; start: number; end: number }> => {
    const { reply } = await kernel.request("complete_request", { code, cursor_pos: at });
    const {
      matches,
      cursor_start: start,
      cursor_end: end,
    } = reply!.content as { matches: string[]; cursor_start: number; cursor_end: number };
    return { matches, start, end };
  };

  it("shows inside a call its signature with the parameter at hand and its comment", async () => {
    for (const code of ["mk(", "mk(1, ", "mk(1,\n  ", '"😀"; mk(1, ']) {
      const text = await inspected(code);
      assert.match(text, /^mk\(x: number, y\?: number\): number/, code);
      assert.match(text, /Makes it\./, code);
    }
    assert.match(await inspected("mk(1, "), /→ y\?: number: how often/);
    assert.match(
      await inspected("camera.turn("),
      /^turn\(degrees: number, fast\?: boolean\): .*\n→ degrees: number/s,
    );
    assert.match(await inspected("const here = (a: string) => a; here("), /^here\(a: string\): string/);
  });

  it("shows what a name is, of this cell and of earlier ones, without calling it an import", async () => {
    assert.match(await inspected("mk", 2), /^function mk\(x: number, y\?: number\): number\n\nMakes it\./);
    assert.match(await inspected("Math.abs", 6), /abs\(x: number\)/);
    assert.match(await inspected('"😀😀"; camera', 12), /camera: Camera/);
  });

  it("completes by code points, behind emoji, in the middle of a word", async () => {
    const code = 'const s = "😀😀"; Math.abs';
    const { matches, start, end } = await completed(code);
    assert.deepEqual(matches.slice(0, 1), ["abs"]);
    assert.equal([...code].slice(start, end).join(""), "abs");
    const middle = await completed('"😀"; Math.abx + 1', 11);
    assert.deepEqual([middle.start, middle.end], [10, 13]);
    assert.ok(middle.matches.includes("abs"));
    assert.ok((await completed("came")).matches.includes("camera"));
    assert.deepEqual((await completed("camera.tu")).matches, ["turn"]);
  });

  it("completes names of files and of packages in imports", async () => {
    const file = await completed('import { helper } from "./he');
    assert.ok(file.matches.includes("helper"), String(file.matches));
    assert.equal('import { helper } from "./he'.slice(file.start), "he");
    assert.ok((await completed('import * as aq from "arq')).matches.includes("arquero"));
    assert.ok((await completed('import { readFile } from "node:f')).matches.includes("node:fs"));
    assert.ok((await completed('import { hel } from "./helper"', 12)).matches.includes("helper"));
  });

  it("shows the comments of packages and of Node, in calls, on names and on what is inherited", async () => {
    assert.match(await inspected("[1].map", 7), /Calls a defined callback function/);
    assert.match(
      await inspected("[1].map("),
      /→ callbackfn: .*A function that accepts up to three arguments/,
    );
    assert.match(await inspected("new Map<string, number>().set", 29), /Adds a new element/);
    await kernel.run(
      'import { readFileSync } from "node:fs"; import { rollingZScore, show } from "tickbook";',
    );
    assert.match(await inspected("readFileSync", 12), /Returns the contents of the `path`/);
    assert.match(await inspected("readFileSync("), /@param path/);
    assert.match(await inspected("rollingZScore(", 13), /\n\n\S/);
    assert.match(await inspected("show("), /\n\n\S/);
  });

  it("knows the types of the modules of Node that few notebooks use, once they are imported", async () => {
    for (const [name, member] of [
      ["inspector", "Session"],
      ["http2", "connect"],
      ["sqlite", "DatabaseSync"],
      ["test", "describe"],
      ["inspector/promises", "Session"],
    ] as const) {
      const { reply } = await kernel.run(`import { ${member}X } from "node:${name}"`);
      assert.equal(reply.ename, "TypeScript", name);
      assert.match(reply.evalue, /has no exported member/, name);
      const { reply: right } = await kernel.run(`import { ${member} } from "node:${name}"; typeof ${member}`);
      assert.equal(right.status, "ok", right.evalue);
    }
    const members = await completed('import * as repl from "node:repl"; repl.sta');
    assert.deepEqual(members.matches, ["start"]);
    assert.ok((await completed('import { run } from "node:te')).matches.includes("node:test"));
  });
});
