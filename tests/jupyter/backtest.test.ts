import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { verifyReport } from "../../src/app/study/report/verify.ts";
import { storeMarket } from "../support/market-store.ts";
import {
  copyNotebook,
  notebookFolder,
  pressingExports,
  type RunNotebook,
  runNotebook,
} from "../support/notebooks.ts";
import { sharedData } from "../support/shared-data.ts";

const NAME = "backtest.ipynb";
const hourly = sharedData("btc-eth-hourly/btc_eth_1h.parquet");

function textOf({ cells }: RunNotebook): string {
  return cells.flatMap(({ outputs }) => outputs.map(({ data }) => String(data?.["text/plain"]))).join("\n");
}

/** The report that a notebook of this folder wrote is made again. */
function verify(folder: string): void {
  const exports = join(folder, "exports");
  const [page, ...more] = readdirSync(exports).filter((name) => name.endsWith(".html"));
  assert.deepEqual(more, []);
  assert.deepEqual(verifyReport(join(exports, page!)).differences, []);
}

describe("the notebook backtest", { timeout: 300_000 }, () => {
  it("runs as it is kept, without a database; its claims hold and its report can be made again", async (t) => {
    const folder = notebookFolder(t);
    const run = await runNotebook(pressingExports(copyNotebook(folder, NAME, "sim:7")), {
      env: { TICKBOOK_DB: join(folder, "none.db") },
    });
    assert.equal(run.error, "");
    assert.match(textOf(run), /SIMULATED · seed 7/);
    assert.match(
      textOf(run),
      /A pair\? Yes: .*\nHow the rule did: After costs it lost \d\.\d\d % of its money in \d\d closed round trips/,
    );
    assert.match(
      textOf(run),
      /\d of 14 changes turns? that into a gain|None of 1\d changes turns that into a gain/,
    );
    verify(folder);
  });

  it("runs on the database that is being filled, a hole in it, by two settings", async (t) => {
    const folder = notebookFolder(t);
    const db = join(folder, "market.db");
    storeMarket(db, { seconds: 2400, hole: [1500, 1520] });
    const path = pressingExports(copyNotebook(folder, NAME, undefined));
    const text = readFileSync(path, "utf8").replace('interval: \\"5s\\"', 'interval: \\"1s\\"');
    writeFileSync(path, text);
    const run = await runNotebook(path, { env: { TICKBOOK_DB: db } });
    assert.equal(run.error, "");
    assert.match(textOf(run), /ids missing[\s\S]*ETHUSDT +23\d\d +\d+ +2\d +[\d,]+ +\d{3}/);
    verify(folder);
  });

  it("runs on real hourly bars by their file's name alone", { skip: !hourly }, async (t) => {
    const folder = notebookFolder(t);
    const run = await runNotebook(pressingExports(copyNotebook(folder, NAME, hourly!)), {
      env: { TICKBOOK_DB: join(folder, "none.db") },
    });
    assert.equal(run.error, "");
    assert.match(textOf(run), /6,?000 bars of 1h/);
    verify(folder);
  });
});
