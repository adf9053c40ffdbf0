import { readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { printedIn, startKernel, type TestKernel } from "../tests/support/kernel.ts";
import { projectRoot } from "../tests/support/project.ts";

/**
 * Cells on this kernel, on stock tslab and, where DENO names its program (npm package deno 2.9.6), on Deno's kernel:
 * cold start to the first value, warm cells, memory, calls of an add-on, loops in a cell and in a function. JupyterLab must be set up (npm test).
 *   DENO=…/deno node bench/kernel.ts
 */
const { DENO } = process.env;
const kernels =
  DENO === undefined ? {} : { deno: [DENO, "jupyter", "--kernel", "--conn", "{connection_file}"] };
const rounds = 40;

async function value(kernel: TestKernel, code: string): Promise<{ ms: number; shown: string }> {
  const { reply, seconds, messages } = await kernel.run(code, { timeout: 120 });
  if (reply.status !== "ok") throw new Error(`${code}: ${reply.evalue ?? reply.status}`);
  const run = messages.findLast(({ type }) => type === "execute_reply")!.run!;
  return {
    ms: 1000 * seconds,
    shown: stripVTControlCharacters(printedIn(messages, run)).trim(),
  };
}

async function median(kernel: TestKernel, code: (round: number) => string): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) times.push((await value(kernel, code(round))).ms);
  return Math.round(times.sort((a, b) => a - b)[rounds / 2]!);
}

/** The best of several: the machine may be busy with other things. */
async function best(kernel: TestKernel, code: string): Promise<number> {
  let ms = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 8; round++) {
    const { shown } = await value(kernel, code);
    // Deno's kernel now and then sends a value after it has said that it is idle
    if (shown !== "") ms = Math.min(ms, Number(shown));
  }
  return Number(ms.toFixed(1));
}

/** A call of an add-on that does next to nothing, in ns. */
async function perNativeCall(kernel: TestKernel): Promise<number> {
  await value(
    kernel,
    'import Database from "better-sqlite3"; const one = new Database(":memory:").prepare("SELECT 1"); 1',
  );
  return Math.round(5 * (await best(kernel, inFunction("for (let i = 0; i < 2e5; i++) one.get()"))));
}

const timed = (body: string): string => `t0 = performance.now(); ${body}; performance.now() - t0`;
const inFunction = (body: string): string =>
  `(() => { const t0 = performance.now(); ${body}; return performance.now() - t0; })()`;

async function measure(name: string): Promise<void> {
  const starts: number[] = [];
  for (let round = 0; round < 3; round++) {
    const cold = await startKernel({ kernel: name, kernels, folder: projectRoot });
    starts.push(1000 * cold.startSeconds + (await value(cold, "1 + 1")).ms);
    await cold.stop();
  }
  const kernel = await startKernel({ kernel: name, kernels, folder: projectRoot });
  try {
    await value(kernel, "1 + 1");
    const smallMs = await median(kernel, (round) => `const small${round} = ${round} + 1; small${round}`);
    const ownMb = memoryMb(kernel.pid);
    const importing = (round: number): string =>
      `import { rollingZScore } from "tickbook"; typeof rollingZScore + ${round}`;
    const importMs = name === "deno" ? undefined : await median(kernel, importing);
    const withTickbookMb = name === "deno" ? undefined : memoryMb(kernel.pid);
    const nativeNs = name === "deno" ? undefined : await perNativeCall(kernel);
    await value(kernel, "let t0 = 0; let total = 0; let area = 0; let n = 2e7;");
    await value(kernel, "const column = Float64Array.from({ length: 1e7 }, (_, i) => i);");
    console.log(
      JSON.stringify({
        job: "kernel",
        kernel: name,
        coldStartMs: Math.round(starts.sort((a, b) => a - b)[1]!),
        smallMs,
        importMs,
        ownMb,
        withTickbookMb,
        nativeNs,
        loopMs: {
          ownVariables: [
            await best(kernel, timed("let sum1 = 0; for (let i = 0; i < 2e7; i++) sum1 += i & 7")),
            await best(kernel, inFunction("let sum = 0; for (let i = 0; i < 2e7; i++) sum += i & 7")),
          ],
          earlierVariables: [
            await best(kernel, timed("for (let i = 0; i < n; i++) total += i & 7")),
            await best(
              kernel,
              inFunction("let sum = 0; const most = n; for (let i = 0; i < most; i++) sum += i & 7"),
            ),
          ],
          earlierColumn: [
            await best(kernel, timed("for (let i = 0; i < column.length; i++) area += column[i]!")),
            await best(
              kernel,
              inFunction("let sum = 0; const xs = column; for (let i = 0; i < xs.length; i++) sum += xs[i]!"),
            ),
          ],
        },
      }),
    );
  } finally {
    await kernel.stop();
  }
}

/** What the process holds of the machine's memory. */
function memoryMb(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1];
  return Math.round(Number(kilobytes) / 1000);
}

for (const name of ["tickbook", "stock-tslab", ...Object.keys(kernels)]) await measure(name);
