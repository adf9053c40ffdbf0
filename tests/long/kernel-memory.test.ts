import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { printedIn, startKernel } from "../support/kernel.ts";
import { projectRoot } from "../support/project.ts";
import { tempFolder } from "../support/temp.ts";

interface Saved {
  readonly cells: readonly {
    readonly id: string;
    readonly cell_type: string;
    readonly source: readonly string[];
  }[];
}

/** What the process holds of the machine's memory. */
function megabytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1];
  return Number(kilobytes) / 1000;
}

const skip = process.platform !== "linux" && "reads /proc";

test("a kernel with tickbook imported takes at most 250 MB", { skip, timeout: 120_000 }, async (t) => {
  const kernel = await startKernel({ folder: tempFolder(t) });
  t.after(() => kernel.stop());
  const { reply } = await kernel.run('import { show } from "tickbook"; show(1)');
  assert.equal(reply.status, "ok", reply.evalue);
  const taken = megabytes(kernel.pid);
  t.diagnostic(`${taken.toFixed(0)} MB`);
  assert.ok(taken < 250, `${taken.toFixed(0)} MB`);
});

/** Megabytes of objects that are in use, once the kernel was left alone and has collected by itself. */
const LIVE = "process.memoryUsage().heapUsed / 1e6";
const ALONE_S = 12;

test("twenty rounds of Run All grow what a kernel keeps, and holds of the machine once it is left alone, by at most a tenth", {
  skip,
  timeout: 600_000,
}, async (t) => {
  const folder = tempFolder(t);
  const notebook = JSON.parse(
    readFileSync(join(projectRoot, "notebooks", "first-steps.ipynb"), "utf8"),
  ) as Saved;
  const cells = notebook.cells.filter(({ cell_type }) => cell_type === "code");
  const kernel = await startKernel({ folder });
  t.after(() => kernel.stop());
  const runAll = async (rounds: number): Promise<number> => {
    for (let round = 0; round < rounds; round++) {
      for (const { id, source } of cells) {
        const { reply } = await kernel.run(source.join(""), { cellId: id });
        assert.equal(reply.status, "ok", `${id}: ${reply.evalue}`);
      }
    }
    await kernel.listen(ALONE_S);
    const { messages } = await kernel.run(LIVE);
    return Number(printedIn(messages, messages.findLast(({ type }) => type === "execute_reply")!.run!));
  };
  // the first rounds load what is used
  const first = await runAll(3);
  const heldFirst = megabytes(kernel.pid);
  const last = await runAll(20);
  const heldLast = megabytes(kernel.pid);
  t.diagnostic(
    `${first.toFixed(0)} to ${last.toFixed(0)} MB in use, ${heldFirst.toFixed(0)} to ${heldLast.toFixed(0)} MB held`,
  );
  assert.ok(last < 1.1 * first, `from ${first.toFixed(1)} to ${last.toFixed(1)} MB`);
  assert.ok(heldLast < 1.1 * heldFirst, `held: from ${heldFirst.toFixed(1)} to ${heldLast.toFixed(1)} MB`);
});
