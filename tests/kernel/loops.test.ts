import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type KernelRun, printedIn, startKernel, type TestKernel } from "../support/kernel.ts";

describe("a loop written straight into a cell", { timeout: 120_000 }, () => {
  let kernel: TestKernel;
  before(async () => {
    kernel = await startKernel();
    await kernel.run("1");
  });
  after(() => kernel.stop());

  const shown = ({ messages }: KernelRun): string =>
    printedIn(messages, messages.findLast(({ type }) => type === "execute_reply")!.run!).trim();
  const gives = async (code: string, wanted: string): Promise<void> => {
    const run = await kernel.run(code);
    assert.equal(run.reply.status, "ok", `${code}: ${run.reply.evalue}`);
    assert.equal(shown(run), wanted, code);
  };

  for (const [what, most, setUp, timed, ours] of [
    [
      "over variables of the cell",
      2,
      "",
      "let total = 0; START for (let i = 0; i < 2e7; i++) total += i; END",
      "let total = 0; START for (let i = 0; i < 2e7; i++) total += i; END",
    ],
    [
      "over variables of earlier cells",
      3,
      "let sum = 0; let n = 2e7;",
      "START for (let i = 0; i < n; i++) sum += i & 7; END",
      "let s = 0; const m = 2e7; START for (let i = 0; i < m; i++) s += i & 7; END",
    ],
    [
      "over a column of an earlier cell",
      3,
      "const xs = Float64Array.from({ length: 1e7 }, (_, i) => i); let area = 0;",
      "START for (let i = 0; i < xs.length; i++) area += xs[i]!; END",
      "const ys = xs; let a = 0; START for (let i = 0; i < ys.length; i++) a += ys[i]!; END",
    ],
  ] as const) {
    it(`takes about the time that it takes in a function: ${what}`, async () => {
      if (setUp) await kernel.run(setUp);
      const clock = (code: string): string =>
        code
          .replace("START", "const t0 = performance.now();")
          .replace("END", "const ms = performance.now() - t0;");
      const times = { cell: Number.POSITIVE_INFINITY, inFunction: Number.POSITIVE_INFINITY };
      // the best of several: the machine may be busy with other things
      for (let round = 0; round < 12; round++) {
        times.cell = Math.min(times.cell, Number(shown(await kernel.run(`${clock(timed)} ms`))));
        times.inFunction = Math.min(
          times.inFunction,
          Number(shown(await kernel.run(`(() => { ${clock(ours)} return ms; })()`))),
        );
      }
      assert.ok(
        times.cell < most * times.inFunction + 10,
        `${times.cell} ms in a cell, ${times.inFunction} ms in a function`,
      );
    });
  }

  it("gives the values that it gives in a function, whatever its form", async () => {
    await gives("let a = 0; for (let i = 0; i < 1000; i++) a += i; a", "499500");
    await gives("let b = 0; while (b < 1000) b++; do b--; while (b > 500); b", "500");
    await gives(
      "let c = ''; for (const k in { x: 1, y: 2 }) c += k; for (const k of ['z']) c += k; c",
      "xyz",
    );
    await gives("let d = 1, e = 1; for (let i = 0; i < 10; i++) [d, e] = [e, d + e]; [d, e]", "[ 89, 144 ]");
    await gives("let f: any = {}; for (let i = 0; i < 3; i++) ({ f = 7 } = { f: i } as any); f", "2");
    await gives(
      "let g = 0; for (let i = 0; i < 100; i++) { if (i % 2) continue; if (i > 50) break; g = i; } g",
      "50",
    );
    await gives(
      "let h = 0; outer: for (let i = 0; i < 9; i++) for (let j = 0; j < 9; j++) { h++; if (j > i) continue outer; if (i > 5) break outer; } h",
      "28",
    );
    await gives("a = 0; for (let a2 = 0; a2 < 3; a2++) { let a = 100; a++; } a", "0");
    await gives(
      "let list: number[] = []; for (let i = 0; i < 3; i++) { const one = { a, i }; list = [...list, one.a + one.i]; } list",
      "[ 0, 1, 2 ]",
    );
  });

  it("shares its variables with functions that speak of them, as it goes", async () => {
    await gives(
      "let seen = 0; const look = () => seen; let most = 0; for (let i = 0; i < 5; i++) { seen = i; most = Math.max(most, look()); } most",
      "4",
    );
    await gives(
      "const bump = () => { seen += 10; }; for (let i = 0; i < 5; i++) { bump(); seen++; } seen",
      "59",
    );
    await gives("for (let i = 0; i < 3; i++) { seen++; bump(); } seen", "92");
    await gives(
      "let made: (() => number)[] = []; for (let i = 0; i < 3; i++) { made.push(() => i + seen); } made.map((m) => m())",
      "[ 92, 93, 94 ]",
    );
    await gives("let waited = 0; for (let i = 0; i < 3; i++) { await null; waited += i; } waited", "3");
  });

  it("hands its values on when it throws or is stopped", async () => {
    await kernel.run(
      "let before = 0; for (let i = 0; i < 10; i++) { before = i; if (i === 7) throw new Error('at 7'); }",
    );
    await gives("before", "7");
    const stopped = await kernel.run(
      `let counted = 0; while (true) if (counted++ === 2000) ${kernel.begun};`,
      { interruptOnceBegun: true },
    );
    assert.equal(stopped.reply.ename, "Interrupted");
    await gives("counted > 1000", "true");
  });
});
