import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { storeMarket } from "./market-store.ts";
import { notebookFolder, runPython } from "./notebooks.ts";
import { projectRoot } from "./project.ts";

interface AgainRun {
  readonly error: string;
  /** How many outputs each cell has. */
  readonly outputs: readonly number[];
  readonly left: { readonly panels: readonly string[]; readonly held: Readonly<Record<string, number>> };
}

/** What a run leaves in the kernel: its live panels, and what keeps the process busy, by kind. */
const PROBE = `import { liveStatus as statusNow } from "tickbook";
const held: Record<string, number> = {};
for (const kind of process.getActiveResourcesInfo()) {
  if (!/^(Immediate|Timeout|.*Req.*)$/.test(kind)) held[kind] = (held[kind] ?? 0) + 1;  // these pass by themselves
}
console.log(JSON.stringify({ panels: statusNow().map(({ name }) => name), held }));`;

/**
 * Runs a notebook as it is kept three times in one kernel and once after a restart: without an error, each time with the
 * same outputs and panels, and the third run leaves no more behind than the second.
 */
export async function runsAgain(t: TestContext, name: string): Promise<void> {
  const folder = notebookFolder(t);
  copyFileSync(join(projectRoot, "notebooks", name), join(folder, name));
  const db = join(folder, "market.db");
  storeMarket(db, { seconds: 900, hole: [500, 520] });
  const runs = await runPython<AgainRun[]>("rerun_notebook.py", [join(folder, name), "3", PROBE], {
    TICKBOOK_DB: db,
  });
  const [first, second, third, restarted] = runs as [AgainRun, AgainRun, AgainRun, AgainRun];
  for (const [k, { error, outputs, left }] of runs.entries()) {
    assert.equal(error, "", `run ${k + 1}`);
    assert.deepEqual(outputs, first.outputs, `run ${k + 1}`);
    assert.deepEqual(left.panels, first.left.panels, `run ${k + 1}`);
  }
  assert.deepEqual(third.left.held, second.left.held);
  assert.deepEqual(restarted.left.panels, first.left.panels);
}
