import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { storeMarket } from "../support/market-store.ts";
import { notebookFolder, type RunNotebook, runNotebook } from "../support/notebooks.ts";
import { projectRoot } from "../support/project.ts";

interface Notebook {
  readonly cells: { readonly cell_type: string; source: string[] }[];
}

const read = (name: string): Notebook =>
  JSON.parse(readFileSync(join(projectRoot, "notebooks", `${name}.ipynb`), "utf8")) as Notebook;
const codeOf = ({ cells }: Notebook): string[] =>
  cells.filter(({ cell_type }) => cell_type === "code").map(({ source }) => source.join(""));
const textOf = ({ cells }: RunNotebook): string =>
  cells
    .flatMap(({ outputs }) => outputs.map(({ data, text }) => text ?? String(data?.["text/plain"])))
    .join("\n");

/** Calls that would make bars past the cell of Polars. */
const PAST_POLARS = /pairCloses\(|alignedCloses\(|readBars\(|barsFrom\w+\(/;

for (const name of ["explore", "pair-research", "correlation"]) {
  test(`in ${name} one cell of Polars, of at most twelve lines, makes the bars of every later one`, () => {
    const cells = codeOf(read(name));
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
    // the last cell compares with the product's own
    for (const code of later.slice(0, -1)) assert.doesNotMatch(code, PAST_POLARS);
    assert.match(later.at(-1)!, PAST_POLARS);
  });
}

test("explore, pair-research and correlation run on the seeded market; other bars in their Polars cell change what follows", {
  timeout: 300_000,
}, async (t) => {
  const folder = notebookFolder(t);
  const db = join(folder, "market.db");
  storeMarket(db, { seconds: 3700 });
  const run = (name: string, as: string, change: (notebook: Notebook) => void): Promise<RunNotebook> => {
    const notebook = read(name);
    change(notebook);
    writeFileSync(join(folder, `${as}.ipynb`), JSON.stringify(notebook));
    return runNotebook(join(folder, `${as}.ipynb`), { env: { TICKBOOK_DB: db } });
  };
  const replace =
    (from: RegExp, to: string) =>
    ({ cells }: Notebook): void => {
      for (const cell of cells) cell.source = [cell.source.join("").replace(from, to)];
    };
  const asKept = await run("explore", "as-kept", () => {});
  assert.equal(asKept.error, "");
  assert.match(textOf(asKept), /volumes agree to 1e-9 +yes/);
  const changes = [
    run("explore", "longer", replace(/every: "5s"/, 'every: "30s"')),
    run("pair-research", "ten-seconds", replace(/const every = data\.interval;/, 'const every = "10s";')),
    run("correlation", "ten-seconds-too", replace(/const every = data\.interval;/, 'const every = "10s";')),
  ];
  for (const one of await Promise.all(changes)) assert.equal(one.error, "");
  const [, pair, correlation] = await Promise.all(changes);
  for (const one of [pair!, correlation!]) assert.match(textOf(one), /\d+ bars of 10s/);
});
