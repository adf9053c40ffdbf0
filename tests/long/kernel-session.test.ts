import assert from "node:assert/strict";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { random } from "../../src/core/random.ts";
import { type KernelRun, printedIn, startKernel, type TestKernel } from "../support/kernel.ts";
import { notebookFolder } from "../support/notebooks.ts";

/** An hour, and the first session, unless these say otherwise. */
const minutes = Number(process.env.TICKBOOK_SESSION_MINUTES ?? 60);
const seed = Number(process.env.TICKBOOK_SESSION_SEED ?? 1);

const endless: readonly string[] = [
  "while (true) {}",
  "await null; for (;;);",
  "for (;;) await sleep(5);",
  "for (;;) await null;",
  "for (;;) { try { await sleep(5); } catch {} }",
  "await new Promise(() => {});",
  "for await (const n of (async function* () { for (let i = 0; ; i++) yield i; })()) void n;",
  "[3, 1, 2].sort(() => { for (;;); });",
  "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);",
  'execSync("sleep 60");',
  "for (;;) console.log('printed');",
  'import { endless } from "./inner.ts"; endless();',
  'import { polls } from "./inner.ts"; await polls();',
];
const failing: readonly string[] = [
  "throw null",
  "throw { get message() { throw 1; }, get stack() { throw 2; } }",
  "const cycle: any = new Error('c'); cycle.cause = cycle; throw cycle",
  "new Proxy({}, { get() { throw new Error('trap'); } })",
  "const wrong: number = 'text';",
  "notThere",
  "}{",
  'import "./not-there.ts";',
  "await Promise.reject(new Error('rejected'))",
  "process.exit(1)",
];
/** What goes on in the background, or is hard to bear, and leaves the cell well. */
const odd: readonly string[] = [
  "setTimeout(() => { throw new Error('late'); }, 20);",
  "setInterval(() => console.log('tick'), 30);",
  "void Promise.reject(new Error('nobody waits'));",
  "queueMicrotask(() => { throw new Error('micro'); });",
  "process.stdout.end('ended'); process.stderr.destroy();",
  "for (let i = 0; i < 20_000; i++) console.log(i);",
  'live("panel", () => [{ at: performance.now() }], { refreshMs: 50 });',
  "stopLive();",
  "show(Array.from({ length: 5000 }, (_, n) => ({ n, half: n / 2 })));",
  "process.removeAllListeners();",
  "class Shape { area() { return 1; } } class Square extends Shape {} new Square().area();",
];

test(`a session of ${minutes} minutes of cells, stops, restarts and edits of files goes on to its end (seed ${seed})`, {
  timeout: (minutes + 5) * 60_000,
}, async (t) => {
  const folder = notebookFolder(t);
  const dice = random(seed, 14);
  const below = (most: number): number => Math.floor(dice.uniform() * most);
  const one = <T>(list: readonly T[]): T => list[below(list.length)]!;
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  const inner = (n: number): void =>
    write(
      "inner.ts",
      `export const inner = ${n};\nexport const endless = () => { for (;;); };\nexport const polls = async () => { for (;;) await new Promise((r) => setTimeout(r, 5)); };\n`,
    );
  const helper = (n: number): void =>
    write("helper.ts", `import { inner } from "./inner.ts";\nexport const both: number = inner + ${n};\n`);

  let files = { inner: 1, helper: 10 };
  let total = 0;
  let kernel: TestKernel;
  let said = "";
  const shown = ({ messages }: KernelRun): string =>
    printedIn(messages, messages.findLast(({ type }) => type === "execute_reply")!.run!).trim();
  const run = async (code: string, more: { interruptAfter?: number } = {}): Promise<KernelRun> => {
    const ran = await kernel.run(code, { timeout: 60, ...more });
    assert.ok(ran.done, `no answer within a minute: ${code}\n${said}\n${kernel.log()}`);
    return ran;
  };
  const gives = async (code: string, wanted: string): Promise<void> => {
    const ran = await run(code);
    assert.equal(ran.reply.status, "ok", `${code}: ${ran.reply.evalue}\n${said}`);
    // what the background prints may stand before it
    assert.ok(shown(ran).split("\n").includes(wanted), `${code}: ${shown(ran).slice(-300)}\n${said}`);
  };
  const open = async (): Promise<void> => {
    kernel = await startKernel({ folder });
    await gives(
      'import { execSync } from "node:child_process"; import { live, show, stopLive } from "tickbook"; const sleep = (ms: number) => new Promise((r) => setTimeout(r, ms)); let total = 0; total',
      "0",
    );
    total = 0;
  };
  const imports = (): Promise<void> =>
    gives('import { both } from "./helper.ts"; both', String(files.inner + files.helper));

  const acts: readonly (readonly [weight: number, name: string, act: () => Promise<void>])[] = [
    [
      6,
      "adds",
      async () => {
        const more = below(1000);
        total += more;
        await gives(`total += ${more}; total`, String(total));
      },
    ],
    [
      4,
      "stops what is endless",
      async () => {
        const code = one(endless);
        said += ` ${code}`;
        const { reply } = await run(code, { interruptAfter: 0.05 + dice.uniform() / 2 });
        assert.equal(reply.status, "error", code);
      },
    ],
    [
      2,
      "stops what ends by itself",
      async () => {
        await run(`for (let i = 0; i < ${below(20)}; i++) await sleep(10);`, {
          interruptAfter: dice.uniform() / 5,
        });
        await kernel.listen(0.3);
      },
    ],
    [
      4,
      "fails",
      async () => {
        const code = one(failing);
        said += ` ${code}`;
        assert.equal((await run(code)).reply.status, "error", code);
      },
    ],
    [
      4,
      "does something odd",
      async () => {
        const code = one(odd);
        said += ` ${code}`;
        const { reply } = await run(code);
        assert.equal(reply.status, "ok", `${code}: ${reply.evalue}`);
      },
    ],
    [
      4,
      "edits a file",
      async () => {
        files = { inner: below(100), helper: below(100) };
        inner(files.inner);
        helper(files.helper);
        await imports();
      },
    ],
    [
      2,
      "breaks a file and mends it",
      async () => {
        write(
          "helper.ts",
          one([
            "throw new Error('broken');\nexport const both = 1;",
            "export const both = ;",
            "export const other = 1;",
          ]),
        );
        assert.equal((await run('import { both } from "./helper.ts"; both')).reply.status, "error");
        helper(files.helper);
        await imports();
      },
    ],
    [
      2,
      "renames a file and back",
      async () => {
        renameSync(join(folder, "inner.ts"), join(folder, "moved.ts"));
        assert.equal((await run('import { both } from "./helper.ts"; both')).reply.status, "error");
        rmSync(join(folder, "moved.ts"));
        inner(files.inner);
        await imports();
      },
    ],
    [
      1,
      "presses stop while nothing runs",
      async () => {
        await kernel.interrupt();
        await kernel.listen(0.3);
      },
    ],
    [
      1,
      "restarts",
      async () => {
        await kernel.stop();
        await open();
      },
    ],
  ];
  const deck = acts.flatMap((act) => new Array<(typeof acts)[number]>(act[0]).fill(act));

  inner(files.inner);
  helper(files.helper);
  await open();
  const end = performance.now() + minutes * 60_000;
  let count = 0;
  try {
    for (; performance.now() < end; count++) {
      const [, name, act] = one(deck);
      said = `act ${count}: ${name}`;
      await act();
      await gives("1 + 1", "2");
      await gives("total", String(total));
    }
  } finally {
    t.diagnostic(`${count} acts`);
    await kernel!.stop();
  }
});
