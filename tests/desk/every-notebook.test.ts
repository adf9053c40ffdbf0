import assert from "node:assert/strict";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { openRelay } from "../../src/pipeline/desk/relay/relay.ts";
import { startDesk } from "../support/desk.ts";
import { storeMarket } from "../support/market-store.ts";
import {
  copyNotebook,
  filesOf,
  notebookFolder,
  pressingExports,
  type RunNotebook,
  runNotebook,
} from "../support/notebooks.ts";
import { projectRoot } from "../support/project.ts";

const desk = await startDesk();

/** What tells of the run, of the file or of the server, and not of the market. */
const OF_THE_RUN: Readonly<Record<string, RegExp>> = {
  "live-monitor": /liveStatus\(\)\)/,
  "data-quality": /table\("disk"\)|tiles\(\)/,
};

describe("on a desk gives, to the last bit, what it gives on the database that was published", {
  timeout: 900_000,
}, () => {
  let folder: string;
  let db: string;
  const ends: (() => void)[] = [];

  before(async () => {
    folder = notebookFolder({ after: (end: () => void) => ends.push(end) } as never);
    db = join(folder, "market.db");
    storeMarket(db, { seconds: 3700, hole: [1500, 1520] });
    const relay = await openRelay({
      ...{ db, to: desk.url(), user: { user: "default", password: "" } },
      nowUs: () => Date.now() * 1000,
    });
    await relay.pass();
    assert.ok(await relay.confirm());
    relay.close();
  });
  after(() => {
    for (const end of ends) end();
  });

  for (const name of [
    "explore",
    "pair-research",
    "correlation",
    "backtest",
    "data-quality",
    "live-monitor",
  ]) {
    it(`the notebook ${name}`, async () => {
      const [here, there] = await Promise.all([run(name, "here", db), run(name, "there", desk.url())]);
      assert.equal(here.error, "");
      assert.equal(there.error, "");
      let compared = 0;
      here.cells.forEach(({ source, outputs }, i) => {
        if (OF_THE_RUN[name]?.test(source)) return;
        const [told, expected] = [lines(there.cells[i]!.outputs), lines(outputs)];
        compared += expected.length;
        assert.deepEqual(differences(told, expected), [], `cell ${i}: ${source}`);
      });
      assert.ok(compared > 500, `${compared} lines`);
      const [csv, own] = [there, here].map((one) => readFileSync(filesOf(one).csv, "utf8"));
      assert.ok(own!.length > 100);
      assert.equal(csv, own);
    });
  }

  function run(name: string, as: string, source: string): Promise<RunNotebook> {
    const file = `${name}.ipynb`;
    let path = join(folder, `${as}-${file}`);
    if (name === "backtest") path = copyNotebook(folder, file, undefined, `${as}-${file}`);
    else copyFileSync(join(projectRoot, "notebooks", file), path);
    return runNotebook(pressingExports(path), { env: { TICKBOOK_DB: source }, cellTimeoutMs: 120_000 });
  }

  /** Outputs without what is another in each run: ids of widgets and panels, times of drawing, names of files. */
  function lines(outputs: RunNotebook["cells"][number]["outputs"]): string[] {
    return JSON.stringify(
      outputs.filter(({ text }) => text?.startsWith("FILES ") !== true),
      null,
      1,
    )
      .replaceAll(db, "SOURCE")
      .replaceAll(desk.url(), "SOURCE")
      .replace(/[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}|\b[0-9a-f]{32}\b/g, "ID")
      .replace(/("(table|files)": "|data-asks=\\")\d+/g, "$1ID")
      .replace(/"(atMs|ageMs|stillMs)": \d+/g, '"$1": 0')
      .split("\n");
  }
});

/** The first few lines that differ, shortened to where they do. */
function differences(told: readonly string[], expected: readonly string[]): string[] {
  const found: string[] = [];
  for (let i = 0; i < Math.max(told.length, expected.length) && found.length < 3; i++) {
    const [a, b] = [told[i] ?? "", expected[i] ?? ""];
    if (a === b) continue;
    let at = 0;
    while (a[at] === b[at]) at++;
    const part = (text: string): string => text.slice(Math.max(0, at - 60), at + 100);
    found.push(`line ${i}: ${part(a)} | ${part(b)}`);
  }
  return found;
}
