import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { type TestContext, test } from "node:test";
import { FILES, VIEW_MIME } from "../../../src/notebook/page/live-messages.ts";
import { exportButtons } from "../../../src/notebook/show/export-buttons.ts";
import { linesChart } from "../../../src/render/chart/lines.ts";
import { simulated } from "../../support/bars.ts";
import { fakeKernel } from "../../support/fake-kernel.ts";
import { tempFolder } from "../../support/temp.ts";

/** The CSV of RFC 4180 in rows of cells. */
function rowsOf(text: string): string[][] {
  return text
    .trimEnd()
    .split("\r\n")
    .map((line) =>
      [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(,|$)/g)]
        .slice(0, -1)
        .map(([, cell]) => cell!.replace(/^"|"$/g, "").replaceAll('""', '"')),
    );
}

function inFolder(t: TestContext): void {
  const before = process.cwd();
  process.chdir(tempFolder(t));
  t.after(() => process.chdir(before));
}

const ROWS = [
  { name: 'a "quoted", one', price: 0.1 + 0.2, count: 3 },
  { name: "ü", price: 1 / 3, count: 9_007_199_254_740_991 },
];
const TIMES = Float64Array.from([0, 1, 2], (k) => Date.UTC(2026, 0, 5, 12, k) * 1000);
const CHART = linesChart(TIMES, [{ name: "z", values: Float64Array.from([1, 2, 3]) }]);

test("nothing is made before a button is pressed; the CSV reads back equal to the table, each row with its venue", async (t) => {
  inFolder(t);
  let made = 0;
  const files = exportButtons("pair-research", {
    venue: simulated,
    csv: () => {
      made++;
      return ROWS;
    },
    html: () => ({ Rows: ROWS }),
  });
  assert.equal(made, 0);
  const { path } = await files.csv();
  assert.match(basename(path), /^pair-research-\d{8}T\d{6}Z\.csv$/);
  const [head, ...rows] = rowsOf(readFileSync(path, "utf8"));
  assert.deepEqual(head, ["venue", "venue_kind", "name", "price", "count"]);
  assert.deepEqual(
    rows.map(([, , name, price, count]) => ({ name, price: Number(price), count: Number(count) })),
    ROWS,
  );
  assert.ok(rows.every(([venue, kind]) => venue === "sim-seed7" && kind === "simulated"));
});

test("the page holds what is returned, by its headings: a view, a list of views and tables, or a table of rows", async (t) => {
  inFolder(t);
  const table = { length: 2, columns: [{ name: "n", values: [1, 2] }] };
  const files = exportButtons("correlation", {
    ...{ venue: simulated, note: "two symbols", csv: () => ROWS },
    html: async () => ({ One: CHART, "Several <b>": [CHART, table, CHART], Rows: ROWS }),
  });
  const html = readFileSync((await files.html()).path, "utf8");
  for (const part of [
    "<h1>Correlation</h1>",
    "two symbols",
    "SIMULATED · seed 7",
    "<h2>One</h2>",
    "Several &lt;b&gt;",
  ])
    assert.ok(html.includes(part), part);
  assert.equal(html.match(/<figure data-chart=/g)?.length, 3);
  assert.ok(html.includes("a &quot;quoted&quot;, one"));
  assert.match(html, /Content-Security-Policy" content="default-src &#39;none&#39;/);
});

test("a page asks the kernel for a file when its button is pressed, until the cell runs again; what fails is said in a sentence", async (t) => {
  inFolder(t);
  const kernel = fakeKernel();
  exportButtons("first", { csv: () => ROWS, html: () => 5 });
  const { files: of } = kernel.shown.at(-1)![VIEW_MIME] as { files: string };
  const ask = async (as: string): Promise<Record<string, unknown>> => {
    const answers = kernel.ask(FILES, { of, as });
    for (let k = 0; answers.length === 0 && k < 500; k++) await new Promise((r) => setTimeout(r, 10));
    return answers[0] as Record<string, unknown>;
  };
  const csv = await ask("csv");
  assert.match(String(csv.name), /^first-.*\.csv$/);
  assert.equal(readFileSync(String(csv.place), "utf8"), csv.text);
  assert.match(String((await ask("html")).problem), /^exportButtons: what html returns must be an object/);
  kernel.rerun();
  assert.deepEqual(await ask("csv"), { problem: "the kernel no longer has it: run its cell again" });
});

test("exportButtons refuses a CSV of what is no table, and settings that it does not know", async (t) => {
  inFolder(t);
  const files = exportButtons("x", { csv: () => 5, html: () => ({}) });
  await assert.rejects(files.csv(), { code: "no-table" });
  assert.throws(() => exportButtons("x", { csv: () => 5, html: () => ({}), pdf: 1 } as never), /pdf/);
});
