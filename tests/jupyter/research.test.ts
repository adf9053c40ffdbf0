import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { storeMarket } from "../support/market-store.ts";
import { copyNotebook, notebookFolder, type RunNotebook, runNotebook } from "../support/notebooks.ts";
import { sharedData } from "../support/shared-data.ts";

const NAMES = ["pair-research.ipynb", "correlation.ipynb"] as const;
const hourly = sharedData("btc-eth-hourly/btc_eth_1h.parquet");

function textOf({ cells }: RunNotebook): string {
  return cells.flatMap(({ outputs }) => outputs.map(({ data }) => String(data?.["text/plain"]))).join("\n");
}

describe("pair-research and correlation", { timeout: 300_000 }, () => {
  let folder: string;
  const ends: (() => unknown)[] = [];
  const context = { after: (end: unknown) => ends.unshift(end as () => unknown) };

  before(() => {
    folder = notebookFolder(context as never);
    storeMarket(join(folder, "market.db"), { seconds: 1800 });
  });
  after(async () => {
    for (const end of ends) await end();
  });

  it("run by nbclient on the seeded market, whole and with a hole, by the store and by a file's name; their claims hold", async () => {
    storeMarket(join(folder, "holed.db"), { seconds: 1200, hole: [500, 560] });
    const env = { TICKBOOK_DB: join(folder, "market.db") };
    for (const source of [undefined, join(folder, "holed.db")]) {
      const [pair, correlation] = await Promise.all(
        NAMES.map((name) =>
          runNotebook(
            copyNotebook(
              folder,
              name,
              source,
              `of-${source === undefined ? "the-default" : "a-file"}-${name}`,
            ),
            { env },
          ),
        ),
      );
      for (const run of [pair!, correlation!]) {
        assert.equal(run.error, "");
        assert.match(textOf(run), /SIMULATED · seed 7/);
      }
      assert.match(
        textOf(pair!),
        /^(Worth a backtest|Not shown|Not worth trading)[^\n]*For it: \d, against: \d/m,
      );
      assert.match(textOf(pair!), /rejected at|not rejected/);
      assert.match(textOf(correlation!), /Correlation, Kendall \(τ-b\)/);
    }
  });

  it("run by nbclient on five years of hourly bars by their file's name alone", {
    skip: !hourly,
  }, async () => {
    const runs = await Promise.all(
      NAMES.map((name) =>
        runNotebook(copyNotebook(folder, name, hourly!, `hourly-${name}`), {
          env: { TICKBOOK_DB: join(folder, "none.db") },
        }),
      ),
    );
    for (const run of runs) {
      assert.equal(run.error, "");
      assert.match(textOf(run), /btc_eth_1h\.parquet · 43,824 bars of 1h/);
    }
  });

  it("say in one sentence what is missing, and nothing of the code", async () => {
    const run = await runNotebook(copyNotebook(folder, NAMES[0], "nowhere.parquet", "nowhere.ipynb"), {
      allowErrors: true,
    });
    const [first] = run.cells.flatMap(({ outputs }) => outputs.filter((o) => o.output_type === "error"));
    assert.match(
      String(first?.evalue),
      /^nowhere\.parquet: needs a file that can be read; .*nowhere\.parquet": there is none\. Check the path/,
    );
  });
});
