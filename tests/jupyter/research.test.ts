import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { findChromium, launchChromium } from "../support/chromium.ts";
import { storeMarket } from "../support/market-store.ts";
import {
  copyNotebook,
  filesOf,
  notebookFolder,
  pressingExports,
  type RunNotebook,
  runNotebooks,
} from "../support/notebooks.ts";
import { openOffline } from "../support/offline-page.ts";
import { projectRoot } from "../support/project.ts";
import { sharedData } from "../support/shared-data.ts";

const NAMES = ["explore", "pair-research", "correlation"] as const;
type Name = (typeof NAMES)[number];
const hourly = sharedData("btc-eth-hourly/btc_eth_1h.parquet");
const chromium = findChromium();

interface Notebook {
  readonly cells: { readonly cell_type: string; source: string[] }[];
}

const kept = (name: string): string => readFileSync(join(projectRoot, "notebooks", `${name}.ipynb`), "utf8");
const codeOf = (name: Name): string[] =>
  (JSON.parse(kept(name)) as Notebook).cells
    .filter(({ cell_type }) => cell_type === "code")
    .map(({ source }) => source.join(""));
const textOf = ({ cells }: RunNotebook): string =>
  cells
    .flatMap(({ outputs }) => outputs.map(({ data, text }) => text ?? String(data?.["text/plain"])))
    .join("\n");
const chartsOf = ({ cells }: RunNotebook): string[] =>
  cells.flatMap(({ outputs }) =>
    outputs.flatMap(({ data }) => {
      const spec = data?.["application/vnd.vegalite.v5+json"];
      return spec === undefined ? [] : [JSON.stringify(spec)];
    }),
  );

/** Calls that would make bars past the cell of Polars. */
const PAST_POLARS = /pairCloses\(|alignedCloses\(|readBars\(|barsFrom\w+\(/;

for (const name of NAMES) {
  it(`in ${name} one cell of Polars, of at most twelve lines, makes the bars of every later one`, () => {
    const cells = codeOf(name);
    const polars = cells.filter((code) => code.includes("groupByDynamic("));
    assert.equal(polars.length, 1, "there is one such cell");
    assert.ok(polars[0]!.split("\n").length <= 12, "it is short");
    const later = cells.slice(cells.indexOf(polars[0]!) + 1);
    const made = [...polars[0]!.matchAll(/^const (?:\[([^\]]+)\]|(\w+)) =/gm)].flatMap(([, list, one]) =>
      (list ?? one)!.split(/,\s*/),
    );
    assert.ok(
      later.some((code) => made.some((variable) => new RegExp(`\\b${variable}\\b`).test(code))),
      `later cells use ${made.join(", ")}`,
    );
    // the one that checks compares with the product's own
    const [checks, ...more] = later.filter((code) => code.includes("check({"));
    assert.deepEqual(more, []);
    assert.match(checks!, PAST_POLARS);
    for (const code of later.filter((one) => one !== checks)) assert.doesNotMatch(code, PAST_POLARS);
  });
}

describe("explore, pair-research and correlation", { timeout: 300_000 }, () => {
  /**
   * Of each notebook, in one kernel: as it is `kept` and with `longer` bars in its Polars cell, on the same hour of the
   * seeded market; by a file's name on one that is `holed`, on `hourly` bars, and on one that is `nowhere`.
   */
  const ran = {} as Record<Name, Readonly<Record<string, RunNotebook>>>;
  const asRan = (as: string) =>
    NAMES.flatMap((name) => (ran[name][as] ? [[name, ran[name][as]] as const] : []));
  const ends: (() => unknown)[] = [];
  const context = { after: (end: unknown) => ends.unshift(end as () => unknown) };

  const runAll = async (name: Name, folder: string): Promise<void> => {
    const every = name === "explore" ? "settings.every" : "data.interval";
    const text = kept(name).replace(`const every = ${every};`, 'const every = \\"10s\\";');
    assert.notEqual(text, kept(name), `${name} has its bars there`);
    const write = (as: string, text: string): string => {
      const path = join(folder, `${as}-${name}.ipynb`);
      writeFileSync(path, text);
      return path;
    };
    const copy = (source: string, as: string): string =>
      copyNotebook(folder, `${name}.ipynb`, source, `${as}-${name}.ipynb`);
    const db = join(folder, "market.db");
    const none = join(folder, "none.db");
    const runs = {
      kept: { path: pressingExports(write("kept", kept(name))), db },
      longer: { path: write("longer", text), db },
      ...(name !== "explore" && { holed: { path: copy(join(folder, "holed.db"), "holed"), db: none } }),
      ...(name !== "explore" && hourly && { hourly: { path: copy(hourly, "hourly"), db: none } }),
      ...(name === "pair-research" && {
        nowhere: { path: copy("nowhere.parquet", "nowhere"), db: none, allowErrors: true },
      }),
    };
    const results = await runNotebooks(Object.values(runs));
    ran[name] = Object.fromEntries(Object.keys(runs).map((as, k) => [as, results[k]!]));
  };

  before(async () => {
    const folder = notebookFolder(context as never);
    storeMarket(join(folder, "market.db"), { seconds: 3700 });
    storeMarket(join(folder, "holed.db"), { seconds: 1200, hole: [500, 560] });
    await Promise.all(NAMES.map((name) => runAll(name, folder)));
  });
  after(async () => {
    for (const end of ends) await end();
  });

  it("run by nbclient on the seeded market as they are kept; their claims hold, and the verdict comes first", () => {
    for (const [name, run] of asRan("kept")) {
      assert.equal(run.error, "", name);
      assert.match(textOf(run), /SIMULATED · seed 7/);
      assert.match(textOf(run), /✓ All \d claims hold\./);
    }
    const pair = textOf(ran["pair-research"].kept!);
    const verdict = /^(Worth a backtest|Not shown|Not worth trading)[^\n]*For it: \d, against: \d/m;
    assert.ok(pair.search(verdict) < pair.search(/rejected at|not rejected/), "before what it rests on");
    assert.match(textOf(ran.correlation.kept!), /Correlation, Kendall \(τ-b\)/);
    assert.match(textOf(ran.explore.kept!), /volumes agree to 1e-9 +yes/);
  });

  it("other bars in the Polars cell change every chart below it, and are the product's own bars still", () => {
    for (const [name, run] of asRan("longer")) {
      assert.equal(run.error, "", name);
      if (name !== "explore") assert.match(textOf(run), /\d+ bars of 10s/);
      const [before, now] = [chartsOf(ran[name].kept!), chartsOf(run)];
      assert.ok(now.length > 1 && now.length === before.length, name);
      for (const chart of now) assert.ok(!before.includes(chart), `${name}: ${chart.slice(0, 200)}`);
    }
  });

  it("give a CSV, a row for each row that is shown, and a page that opens without a network and draws its charts", {
    skip: !chromium,
  }, async () => {
    const browser = await launchChromium(chromium!);
    try {
      for (const [name, run] of asRan("kept")) {
        const { csv, html } = filesOf(run);
        const lines = readFileSync(csv, "utf8").trimEnd().split("\r\n");
        assert.ok(lines.length > 2, name);
        assert.ok(
          lines.slice(1).every((line) => line.startsWith("sim-seed7,simulated,")),
          name,
        );
        const { text, charts, problems } = await openOffline(browser, html);
        assert.match(text, /SIMULATED/);
        assert.ok(charts > 1, name);
        assert.deepEqual(problems, [], name);
      }
    } finally {
      await browser.close();
    }
  });

  it("run by nbclient on a market with a hole, by a file's name", () => {
    assert.equal(asRan("holed").length, 2);
    for (const [name, { error }] of asRan("holed")) assert.equal(error, "", name);
  });

  it("run by nbclient on five years of hourly bars by their file's name alone", { skip: !hourly }, () => {
    assert.equal(asRan("hourly").length, 2);
    for (const [name, run] of asRan("hourly")) {
      assert.equal(run.error, "", name);
      assert.match(textOf(run), /btc_eth_1h\.parquet · 43,824 bars of 1h/);
    }
  });

  it("say in one sentence what is missing, and nothing of the code", () => {
    const [first] = ran["pair-research"].nowhere!.cells.flatMap(({ outputs }) =>
      outputs.filter((o) => o.output_type === "error"),
    );
    assert.match(
      String(first?.evalue),
      /^nowhere\.parquet: needs a file that can be read; .*nowhere\.parquet": there is none\. Check the path/,
    );
  });
});
