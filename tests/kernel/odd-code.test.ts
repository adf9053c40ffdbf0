import assert from "node:assert/strict";
import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { printedIn, startKernel, type TestKernel } from "../support/kernel.ts";
import { notebookFolder } from "../support/notebooks.ts";

describe("odd files and code", { timeout: 120_000 }, () => {
  let kernel: TestKernel;
  let folder: string;
  const remove: (() => void)[] = [];
  before(async () => {
    folder = notebookFolder({ after: (work) => remove.push(work as () => void) });
    kernel = await startKernel({ folder });
  });
  after(async () => {
    await kernel.stop();
    for (const work of remove) work();
  });

  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  /** What a cell shows, or the lines that tell its error. */
  const told = async (code: string): Promise<string> => {
    const { done, reply, messages } = await kernel.run(code, { timeout: 20 });
    assert.ok(done, code);
    if (reply.status === "error") return stripVTControlCharacters(reply.traceback.join("\n"));
    return printedIn(messages, messages.findLast(({ type }) => type === "execute_reply")!.run!).trimEnd();
  };
  const gives = async (
    rows: readonly (readonly [code: string, wanted: string | RegExp])[],
  ): Promise<void> => {
    for (const [code, wanted] of rows) {
      const got = await told(code);
      if (typeof wanted === "string") assert.equal(got, wanted, code);
      else assert.match(got, wanted, code);
    }
  };

  it("a file is imported whatever its name, its ending and its first line are", async () => {
    const one = "export const one = 1;";
    const names = [
      "my file.ts",
      "名前.ts",
      "a#b.ts",
      "a?b.ts",
      "a%20b.ts",
      "k.mts",
      "k.tsx",
      "k.cts",
      "lib/index.ts",
    ];
    for (const name of names) write(name, one);
    write("first.ts", `#!/usr/bin/env node\n${one}\n`);
    write("mark.ts", `\ufeff#!/usr/bin/env node\r\n${one}\r\n`);
    write("mark.json", '\ufeff{ "one": 1 }');
    for (const name of [...names, "first.ts", "mark.ts", "mark.json", "a.mjs?v=2"]) {
      if (name === "a.mjs?v=2") write("a.mjs", one);
      assert.equal(await told(`(await import(${JSON.stringify(`./${name}`)})).one`), "1", name);
    }
    assert.equal(
      await told('import { one } from "./k.cts"; import { one as other } from "./lib"; one + other'),
      "2",
    );
    assert.equal(await told("#!/usr/bin/env node\n7"), "7");
  });

  it("a file that stands otherwise at the same moment and length is another", async () => {
    for (const n of [1, 2]) {
      write("same.ts", `export const n = ${n};`);
      utimesSync(join(folder, "same.ts"), 1e9, 1e9);
      assert.equal(await told('import { n } from "./same.ts"; n'), `${n}`);
    }
  });

  it("require gives a file as it stands, and refuses a module that has changed", async () => {
    write("part.cjs", "exports.n = 1;");
    write("whole.cjs", "exports.n = require('./part.cjs').n;");
    write("module.ts", "export const n = 1;");
    write("data.json", '{ "n": 1 }');
    const sum = '[require("./whole.cjs").n, require("./data.json").n]';
    await gives([
      [sum, "[ 1, 1 ]"],
      ['require("./module.ts").n', "1"],
      ['require("./module.ts").n', "1"],
    ]);
    write("part.cjs", "exports.n = 2;");
    write("data.json", '{ "n": 3 }');
    write("module.ts", "export const n = 2;");
    await gives([
      [sum, "[ 2, 3 ]"],
      [
        'require("./module.ts").n',
        'require: module.ts, or a file that it imports, has changed; it is a module, of which require gives what it was. Write import … from "./module.ts", which runs it as it stands.',
      ],
      ['import { n as now } from "./module.ts"; now', "2"],
    ]);
  });

  it("what cannot be imported is told in one line with what to do", async () => {
    write("style.css", "a { color: red }");
    write("rows.csv", "a,b");
    write("bad.json", "");
    write("lost.ts", 'import "no-such-package"; export const a = 1;');
    const noCode = (name: string): RegExp =>
      new RegExp(
        `import: TypeScript, JavaScript or JSON is needed; ${name} is none. Read it: .*readFileSync\\("./${name}"`,
      );
    await gives([
      ['import "./style.css"', noCode("style.css")],
      ['import rows from "./rows.csv"; rows', noCode("rows.csv")],
      [
        'import bad from "./bad.json"; bad',
        /^import: JSON is needed in bad\.json; it is none \(Unexpected end/,
      ],
      [
        'import { a } from "./lost.ts"; a',
        "import: the package no-such-package is needed; it is not installed. Run npm run add -- no-such-package in the project's folder, then this cell again.",
      ],
      ['import "https://esm.sh/lodash"', /^import: https:\/\/esm\.sh\/lodash is an address; .*npm run add/],
      ['import { x } from "node:nope"', /import: Node \d+\.\d+\.\d+ has no module node:nope\. /],
      ["document.title", /Cannot find name 'document'\. Cells run in Node, which has no page\.\n/],
      ['$("x")', /Cannot find name '\$'\.\n/],
    ]);
  });

  it("what fails in Node itself is told with the place that awaited it, in cells and files", async () => {
    write(
      "reads.ts",
      'import { readFile } from "node:fs/promises";\nexport async function read() {\n  return await readFile("nope");\n}\n',
    );
    await gives([
      [
        'const first = await Promise.resolve(1);\n/* remark */ await fetch("http://127.0.0.1:1/")',
        /^TypeError: fetch failed\nat In \[\d+\], line 2, column 20\n.*\n {23}\^\nbecause: bad port$/,
      ],
      [
        'const tries = await Promise.any([Promise.reject(new Error("a"))])',
        /\nat In \[\d+\], line 1, column 21\n/,
      ],
      [
        'import { read } from "./reads.ts"; await read()',
        /^Error: ENOENT.*\nat reads\.ts, line 3, column 16\n {6}return await readFile\("nope"\);\n {19}\^$/,
      ],
      ["const own = new Error('own'); await Promise.reject(own)", /\nat In \[\d+\], line 1, column 13\n/],
    ]);
  });

  it("errors as values are shown without frames of the kernel", async () => {
    await gives([
      [
        'new Error("v", { cause: 5 })',
        /^Error: v\n {4}at In \[\d+\], line 1, column 1 \{\n {2}\[cause\]: 5\n\}$/,
      ],
      [
        'new AggregateError([new Error("a")], "many")',
        /^AggregateError: many\n {4}at In \[\d+\], line 1, column 1 \{\n {2}\[errors\]: \[\n {4}Error: a\n {8}at In \[\d+\], line 1, column 21\n {2}\]\n\}$/,
      ],
      ["const bare = new Error('bare'); delete bare.stack; throw bare", "Error: bare"],
    ]);
  });

  it("arrays with holes are shown, alone and by show", async () => {
    await gives([
      ["new Array(3)", "[ <3 empty items> ]"],
      ["new (class Rows extends Array {})(2)", "Rows(2) [ <2 empty items> ]"],
      ["[, 1]", "[ <1 empty item>, 1 ]"],
      ['import { show } from "tickbook"; show(new Array(2)); show({ columns: new Array(2) });', ""],
    ]);
  });

  it("what a cell declares globally stands in later cells", async () => {
    await gives([
      [
        "declare global { interface Array<T> { lastOne(): T } } Object.getPrototypeOf([]).lastOne = function () { return this.at(-1); }; [1, 2].lastOne()",
        "2",
      ],
      ["[3, 4].lastOne()", "4"],
      ["[3, 4].lastTwo()", /Property 'lastTwo' does not exist/],
    ]);
  });
});
