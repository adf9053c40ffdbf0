import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type KernelRun, ofType, printedIn, startKernel, type TestKernel } from "../support/kernel.ts";
import { notebookFolder } from "../support/notebooks.ts";

describe("what a cell imports from files", { timeout: 120_000 }, () => {
  let kernel: TestKernel;
  let folder = "";
  let inner = "";
  const remove: (() => void)[] = [];
  before(async () => {
    folder = notebookFolder({ after: (work) => remove.push(work as () => void) });
    inner = join(folder, "book");
    mkdirSync(inner);
    kernel = await startKernel({ folder: inner });
  });
  after(async () => {
    await kernel.stop();
    for (const work of remove) work();
  });

  const write = (name: string, text: string): void => {
    const path = join(inner, name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
  };
  const shown = ({ messages }: KernelRun): string =>
    printedIn(messages, messages.findLast(({ type }) => type === "execute_reply")!.run!).trim();
  const told = ({ messages }: KernelRun): string =>
    ofType(messages, "display_data")
      .map(({ content }) => content.data["text/plain"])
      .join("\n");
  const gives = async (code: string, wanted: string): Promise<KernelRun> => {
    const run = await kernel.run(code);
    assert.equal(run.reply.status, "ok", `${code}: ${run.reply.evalue}`);
    assert.equal(shown(run), wanted, code);
    return run;
  };

  for (const [ending, named] of [
    [".ts", "./kind-ts"],
    [".mts", "./kind-mts.mjs"],
    [".mts", "./kind-mts"],
    [".js", "./kind-js"],
    [".js", "./kind-js.js"],
    [".mjs", "./kind-mjs.mjs"],
  ] as const) {
    it(`is the text that stands there now: ${named} for a file ${ending}`, async () => {
      const file = `kind-${ending.slice(1)}${ending}`;
      write(file, "export const v = 1;\n");
      await gives(`import { v } from "${named}"; v`, "1");
      // several edits in the same second, of the same length
      for (const n of [2, 3, 4]) {
        write(file, `export const v = ${n};\n`);
        const run = await gives(`import { v } from "${named}"; v`, String(n));
        assert.match(told(run), new RegExp(`Reloaded.*kind-${ending.slice(1)}\\${ending} \\(changed\\)`));
      }
      const again = await gives(`import { v } from "${named}"; v`, "4");
      assert.equal(told(again), "");
    });
  }

  it("is a part of tickbook by its subject, with its types; what is not in the whole is told with its part", async () => {
    await gives('import { normalCdf } from "tickbook/stats"; normalCdf(0)', "0.5");
    await gives('import * as charts from "tickbook/charts"; typeof charts.coverageChart', "function");
    for (const part of ["backtest", "alerts", "store", "controls"])
      await gives(`import * as ${part} from "tickbook/${part}"; Object.keys(${part}).length > 3`, "true");
    const wrong = await kernel.run('import { adf } from "tickbook/stats"; adf(3)');
    assert.match(wrong.reply.evalue!, /number.*Float64Array/);
    const moved = await kernel.run('import { studentCdf } from "tickbook"; studentCdf(0, 3)');
    assert.match(
      moved.reply.evalue!,
      /studentCdf is in "tickbook\/stats", not in "tickbook"\. Write import \{ studentCdf \}/,
    );
    const none = await kernel.run('import { adf } from "tickbook/statistics";');
    assert.match(none.reply.evalue!, /"tickbook" has "tickbook\/stats", .*; got "tickbook\/statistics"/);
  });

  it("is the JSON that stands there now, whole and by name", async () => {
    write("conf.json", '{"n":3,"list":[1,2]}');
    await gives(
      'import conf from "./conf.json"; import { n } from "./conf.json"; [conf.list, n]',
      "[ [ 1, 2 ], 3 ]",
    );
    write("conf.json", '{"n":4,"list":[1,2]}');
    await gives('import * as all from "./conf.json"; all.n', "4");
    await gives('import typed from "./conf.json" with { type: "json" }; typed.n', "4");
  });

  it("is in CommonJS, too, as it stands now", async () => {
    write("old.cjs", 'exports.named = 1; module.exports.deep = require("./conf.json").list;\n');
    write("plain.js", "module.exports = { plain: true };\n");
    await gives(
      'import old, { named } from "./old.cjs"; import plain from "./plain.js"; [old.deep, named, plain.plain]',
      "[ [ 1, 2 ], 1, true ]",
    );
    write("old.cjs", "exports.named = 2;\n");
    await gives('import { named } from "./old.cjs"; named', "2");
  });

  it("follows a change at the end of a chain, and names all that it loads anew", async () => {
    write("deep/c.ts", "export const c = 1;\nexport const made = c * 10;\n");
    write("deep/b.ts", 'import { c, made } from "./c";\nexport const b = (): number[] => [c, made];\n');
    write("a.ts", 'export { b } from "./deep/b.ts";\nexport type T = number;\n');
    await gives('import { b, type T } from "./a"; const t: T = 1; b()', "[ 1, 10 ]");
    write("deep/c.ts", "export const c = 2;\nexport const made = c * 10;\n");
    const run = await gives('import { b } from "./a"; b()', "[ 2, 20 ]");
    assert.match(told(run), /a\.ts \(imports a file that changed\).*deep\/c\.ts \(changed\)/);
  });

  it("is the mended file after one that threw, did not parse, or had a wrong type", async () => {
    write("half.ts", "export const half = (n: number): number => n / 2;\nthrow new Error('at load');\n");
    const failed = await kernel.run('import { half } from "./half"; half(4)');
    assert.match(failed.reply.evalue, /at load/);
    assert.match(failed.reply.traceback.join("\n"), /half\.ts, line 2, column 7/);
    write("half.ts", "export const half = (n: number): number => n / ;\n");
    assert.match(
      (await kernel.run('import { half } from "./half"; half(4)')).reply.evalue,
      /^half\.ts, line 1: Expression expected/,
    );
    write("half.ts", "export const half = (n: number): string => n / 2;\n");
    assert.match(
      (await kernel.run('import { half } from "./half"; half(4)')).reply.evalue,
      /^half\.ts, line 1: Type 'number'/,
    );
    write("half.ts", "export const half = (n: number): number => n / 2;\n");
    await gives('import { half } from "./half"; half(4)', "2");
  });

  it("is run again after it threw though its text is the same, and what it imports is not", async () => {
    write("kept.ts", "export const counter = { n: 0 };\n");
    write(
      "flaky.ts",
      'import { counter } from "./kept";\nif (++counter.n < 2) throw new Error("first time");\nexport const n = counter.n;\n',
    );
    assert.match((await kernel.run('import { n } from "./flaky"; n')).reply.evalue, /first time/);
    await gives('import { n } from "./flaky"; n', "2");
  });

  it("keeps what it holds in variables until its own file, or one that it imports, changes", async () => {
    write("state.ts", "let n = 0;\nexport const next = (): number => ++n;\n");
    write("beside.ts", "export const beside = 1;\n");
    await gives('import { next } from "./state"; import { beside } from "./beside"; next()', "1");
    write("beside.ts", "export const beside = 2;\n");
    await gives(
      'import { next } from "./state"; import { beside } from "./beside"; [next(), beside]',
      "[ 2, 2 ]",
    );
    write("state.ts", "let n = 10;\nexport const next = (): number => ++n;\n");
    const run = await gives('import { next } from "./state"; next()', "11");
    assert.match(told(run), /state\.ts \(changed\).*What they kept in variables begins again/);
  });

  it("says what is missing when a file was renamed or deleted, and finds one that comes back", async () => {
    write("gone.ts", "export const v = 1;\n");
    write("uses-gone.ts", 'export { v } from "./gone";\n');
    await gives('import { v } from "./uses-gone"; v', "1");
    renameSync(join(inner, "gone.ts"), join(inner, "new-name.ts"));
    const lost = await kernel.run('import { v } from "./gone"; v');
    assert.match(lost.reply.evalue, /\.\/gone/);
    assert.match(
      (await kernel.run('import { v } from "./uses-gone"; v')).reply.evalue,
      /^uses-gone\.ts, line 1: .*\.\/gone/,
    );
    await gives('import { v } from "./new-name"; v', "1");
    write("gone.ts", "export const v = 2;\n");
    await gives('import { v } from "./uses-gone"; v', "2");
    rmSync(join(inner, "gone.ts"));
    mkdirSync(join(inner, "gone"));
    write("gone/index.ts", "export const v = 3;\n");
    await gives('import { v } from "./uses-gone"; v', "3");
  });

  it("may lie beside and above the notebook", async () => {
    mkdirSync(join(folder, "lib"));
    writeFileSync(
      join(folder, "lib", "helper.ts"),
      'import { up } from "../up.ts";\nexport const both = up + 1;\n',
    );
    writeFileSync(join(folder, "up.ts"), "export const up = 1;\n");
    await gives('import { both } from "../lib/helper"; both', "2");
    writeFileSync(join(folder, "up.ts"), "export const up = 5;\n");
    await gives('import { both } from "../lib/helper"; both', "6");
    const path = join(folder, "up.ts");
    await gives(`import { up } from ${JSON.stringify(path)}; up`, "5");
  });

  it("may await at its top, be loaded by import(), and use packages as TypeScript believes", async () => {
    write("waits.ts", "export const value: number = await Promise.resolve(7);\n");
    await gives('import { value } from "./waits"; value', "7");
    write("waits.ts", "export const value: number = await Promise.resolve(8);\n");
    await gives('const name = "./waits.ts"; (await import(name)).value', "8");
    write("waits.ts", "export const value = await Promise.resolve(9);\n");
    const anew = await gives("(await import(name)).value", "9");
    assert.match(told(anew), /^Reloaded.*waits\.ts \(changed\)/);
    write(
      "frames.ts",
      'import pl, { DataFrame } from "nodejs-polars";\nimport * as aq from "arquero";\nexport const rows = [pl.DataFrame({ a: [1, 2] }).height, DataFrame({ a: [1] }).height, aq.table({ a: [1] }).numRows()];\n',
    );
    await gives('import { rows } from "./frames"; rows', "[ 2, 1, 1 ]");
  });

  it("may import in a circle", async () => {
    write(
      "even.ts",
      'import { odd } from "./odd";\nexport const even = (n: number): boolean => n === 0 || odd(n - 1);\n',
    );
    write(
      "odd.ts",
      'import { even } from "./even";\nexport const odd = (n: number): boolean => n !== 0 && even(n - 1);\n',
    );
    await gives('import { even } from "./even"; even(10)', "true");
    write(
      "odd.ts",
      'import { even } from "./even";\nexport const odd = (n: number): boolean => n === 100 || even(n - 1);\n',
    );
    await gives('import { even } from "./even"; even(0)', "true");
  });

  it("is named with line and column where it fails, also after an await", async () => {
    write(
      "fails.ts",
      "export async function later(): Promise<void> {\n  await null;\n  throw new RangeError('deep');\n}\n",
    );
    const { reply } = await kernel.run('import { later } from "./fails";\n\nawait later();');
    assert.equal(reply.ename, "RangeError");
    assert.match(reply.traceback.join("\n"), /fails\.ts, line 3, column 9\n {6}throw new RangeError/);
  });

  it("says what to write instead of addresses and other runtimes' spellings, and nothing of a file that only failed", async () => {
    for (const [code, wanted] of [
      [
        'import x from "https://example.com/x.js";',
        /^line 1: import: https:.* is an address; modules come from files and packages here\./,
      ],
      [
        'import x from "npm:@scope/name@1.2/sub";',
        /write "@scope\/name" here\. If it is not installed, run npm run add -- @scope\/name /,
      ],
      ['require("not-there")', /^Cannot find module 'not-there'$/],
    ] as const) {
      assert.match((await kernel.run(code)).reply.evalue, wanted);
    }
    write("fails.ts", "export const here = notThere();\ndeclare function notThere(): number;\n");
    assert.equal((await kernel.run('import { here } from "./fails.ts";')).reply.status, "error");
    assert.equal((await kernel.run('import { here } from "./fails.ts";')).reply.status, "error");
    write("sound.ts", "export const sound = 1;\n");
    assert.equal(told(await gives('import { sound } from "./sound.ts"; sound', "1")), "");
  });
});
