import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { verifyReport } from "../../src/app/study/report/verify.ts";
import { storeMarket } from "../support/market-store.ts";
import {
  copyNotebook,
  filesOf,
  notebookFolder,
  pressingExports,
  type RunNotebook,
  runNotebooks,
} from "../support/notebooks.ts";
import { sharedData } from "../support/shared-data.ts";

const NAME = "backtest.ipynb";
const hourly = sharedData("btc-eth-hourly/btc_eth_1h.parquet");

function textOf({ cells }: RunNotebook): string {
  return cells.flatMap(({ outputs }) => outputs.map(({ data }) => String(data?.["text/plain"]))).join("\n");
}

/** The report that a run wrote is made again. */
function verify(run: RunNotebook): void {
  assert.deepEqual(verifyReport(filesOf(run).html).differences, []);
}

describe("the notebook backtest", { timeout: 300_000 }, () => {
  let simulated: RunNotebook;
  let holed: RunNotebook;
  let ofHours: RunNotebook | undefined;
  const ends: (() => unknown)[] = [];

  before(async () => {
    const folder = notebookFolder({ after: (end) => ends.unshift(end as () => unknown) });
    const copy = (source: string | undefined, as: string): string =>
      pressingExports(copyNotebook(folder, NAME, source, `${as}.ipynb`));
    const none = join(folder, "none.db");
    const db = join(folder, "market.db");
    storeMarket(db, { seconds: 2400, hole: [1500, 1520] });
    const filled = copy(undefined, "filled");
    writeFileSync(filled, readFileSync(filled, "utf8").replace('interval: \\"5s\\"', 'interval: \\"1s\\"'));
    [simulated, holed, ofHours] = (await runNotebooks([
      { path: copy("sim:7", "simulated"), db: none },
      { path: filled, db },
      ...(hourly ? [{ path: copy(hourly, "hourly"), db: none }] : []),
    ])) as [RunNotebook, RunNotebook, RunNotebook?];
  });
  after(() => {
    for (const end of ends) end();
  });

  it("runs as it is kept, without a database; its claims hold and its report can be made again", () => {
    assert.equal(simulated.error, "");
    assert.match(textOf(simulated), /SIMULATED · seed 7/);
    assert.match(
      textOf(simulated),
      /A pair\? Yes: .*\nHow the rule did: After costs it lost \d\.\d\d % of its money in \d\d closed round trips/,
    );
    assert.match(
      textOf(simulated),
      /\d of 14 changes turns? that into a gain|None of 1\d changes turns that into a gain/,
    );
    verify(simulated);
  });

  it("runs on the database that is being filled, a hole in it, by two settings", () => {
    assert.equal(holed.error, "");
    assert.match(textOf(holed), /ids missing[\s\S]*ETHUSDT +23\d\d +\d+ +2\d +[\d,]+ +\d{3}/);
    verify(holed);
  });

  it("runs on real hourly bars by their file's name alone", { skip: !hourly }, () => {
    assert.equal(ofHours!.error, "");
    assert.match(textOf(ofHours!), /6,?000 bars of 1h/);
    verify(ofHours!);
  });
});
