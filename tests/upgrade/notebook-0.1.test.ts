import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { assertNear, keptFolder } from "../support/kept.ts";
import { notebookFolder, type Output, runNotebook, writeNotebook } from "../support/notebooks.ts";

interface SavedCell {
  readonly source: string | readonly string[];
  readonly outputs: readonly Output[];
}

type RanCell = Awaited<ReturnType<typeof run>>["cells"][number];

interface Spelling {
  /** In a cell of 0.1. */
  readonly was: string;
  readonly is: string;
  /** What a reader is told who still writes the first. */
  readonly told: RegExp;
}

/** What is written otherwise in the cells of 0.1 today; a new spelling belongs here. */
const SPELLINGS: readonly Spelling[] = [
  {
    was: "[y, x].map((symbol) => findSeries(store, symbol))",
    is: "whichSeries(store, { symbols: [y, x] })",
    told: /^findSeries: is written whichSeries\(/,
  },
  {
    was: 'findSeries(days, "BTCUSDT")',
    is: 'whichSeries(days, { symbols: ["BTCUSDT"] })[0]',
    told: /^findSeries: is written whichSeries\(/,
  },
  {
    was: 'openImportedBars("data/binance.db")',
    is: "days.importedBars()",
    told: /^openImportedBars: is written openStore\(path\)\.importedBars\(\)/,
  },
  {
    was: "pairBars",
    is: "pairCloses",
    told: /^pairBars: is written pairCloses, with the same settings, now/,
  },
  {
    was: 'spreadChart(pair.timeUs, s, { ...common, y, x, hedgeRatio: ratio.beta, intercept: ratio.alpha, scale: "log" })',
    is: "spreadChart(spread(pair, ratio))",
    told: /^spreadChart: takes a result, .* Write spreadChart\(spread, options\)/,
  },
  {
    was: "zscoreChart(pair.timeUs, z, { ...common, threshold: 2, window: 15 })",
    is: "zScoreChart(zScore(spread(pair, ratio), { window: 15 }), { threshold: 2 })",
    told: /^zscoreChart: is written zScoreChart\(zScore\(spread, \{ window \}\), \{ threshold \}\)/,
  },
  { was: 'source: "store", ', is: "", told: /^\w+: source needs .* Leave source out\.$/ },
];

const IMPORTS = 'import { whichSeries, zScore, zScoreChart } from "tickbook";\n';

/** Cells whose figures are others by a rule that has changed since 0.1, as the changelog tells: they run, and that is all. */
const CHANGED: readonly string[] = ["backtestPair({"];

const printed = (outputs: readonly Output[]): unknown[] =>
  outputs
    .flatMap(({ output_type, text = "" }) =>
      output_type === "stream" ? [text].flat().join("").trim().split("\n") : [],
    )
    .map((line) => JSON.parse(line) as unknown);

test("a notebook of 0.1 gives the figures that 0.1 saved with it, in the spelling that each refused cell names", async (t) => {
  const { folder, cells } = open(t);
  const [first, ...rest] = cells.map(({ source }) => [source].flat().join(""));
  const sources = [IMPORTS + first!, ...rest];
  const asWas = await run(folder, sources);
  const today = sources.map((source) =>
    SPELLINGS.reduce((text, { was, is }) => text.replaceAll(was, is), source),
  );
  // what stands behind another refusal is written again below the cells that give it what it needs
  const behind = SPELLINGS.filter((spelling) => !asWas.cells.some((cell) => isTold(cell, spelling)));
  const { cells: ran, error } = await run(folder, [...today, ...behind.map(({ was }) => was)]);
  assert.equal(error, "");
  const unsaid = behind.filter((spelling) => !ran.slice(today.length).some((cell) => isTold(cell, spelling)));
  assert.deepEqual(unsaid, []);
  ran.slice(0, today.length).forEach(({ source, outputs }, i) => {
    assert.deepEqual(outputs.find(({ output_type }) => output_type === "error")?.evalue, undefined, source);
    if (CHANGED.some((text) => source.includes(text))) return;
    assertNear(printed(outputs), printed(cells[i]!.outputs), source);
  });
});

function isTold({ source, outputs }: RanCell, { was, told }: Spelling): boolean {
  return source.includes(was) && outputs.some(({ evalue }) => told.test(evalue ?? ""));
}

function open(t: TestContext): { folder: string; cells: readonly SavedCell[] } {
  const folder = notebookFolder(t);
  const kept = keptFolder("0.1", folder);
  return { folder, cells: kept.read<{ cells: readonly SavedCell[] }>("notebook.ipynb").cells };
}

function run(folder: string, sources: readonly string[]): ReturnType<typeof runNotebook> {
  const path = writeNotebook(folder, "old.ipynb", sources);
  return runNotebook(path, { allowErrors: true, env: { TICKBOOK_DB: `${folder}/data/sim.db` } });
}
