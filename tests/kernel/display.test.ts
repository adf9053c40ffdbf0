import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type KernelRun, ofType, printedIn, startKernel, type TestKernel } from "../support/kernel.ts";
import { projectRoot } from "../support/project.ts";

describe("what other kernels give", { timeout: 60_000 }, () => {
  let kernel: TestKernel;
  before(async () => {
    kernel = await startKernel();
    const { reply } = await kernel.run('import { show } from "tickbook";');
    assert.equal(reply.status, "ok", reply.evalue);
  });
  after(() => kernel.stop());

  const bundles = ({ messages }: KernelRun): Record<string, unknown>[] =>
    messages
      .filter(({ type }) => type === "display_data" || type === "execute_result")
      .map(({ content }) => content.data);
  const rich = '{ "text/html": "<b>rich</b>", "text/plain": "rich" }';

  it('a value shows itself by Symbol.for("Jupyter.display"), also a promised bundle, as a value and by show', async () => {
    for (const code of [
      `({ [Symbol.for("Jupyter.display")]() { return ${rich}; } })`,
      `({ async [Symbol.for("Jupyter.display")]() { return ${rich}; } })`,
      `show({ [Symbol.for("Jupyter.display")]: () => (${rich}) })`,
    ]) {
      assert.deepEqual(
        bundles(await kernel.run(code)),
        [{ "text/html": "<b>rich</b>", "text/plain": "rich" }],
        code,
      );
    }
    const failed = await kernel.run(
      '({ async [Symbol.for("Jupyter.display")]() { throw new Error("cannot be shown"); } })',
    );
    const text = JSON.stringify(failed.messages.map(({ content }) => content));
    assert.match(text, /cannot be shown/);
  });

  it("the cells in docs/notebooks.md run as they stand", async () => {
    const text = readFileSync(join(projectRoot, "docs", "notebooks.md"), "utf8");
    const cells = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, cell]) => cell!);
    assert.ok(cells.length > 0);
    for (const cell of cells) {
      const { reply } = await kernel.run(cell);
      assert.equal(reply.status, "ok", `${cell}: ${reply.evalue}`);
    }
  });

  it("Jupyter.display shows as show does, and sends a bundle by MIME types as it is", async () => {
    const [bundle, table, own] = bundles(
      await kernel.run(
        `await Jupyter.display(${rich}); await Jupyter.display([{ a: 1 }]); await Jupyter.display({ [Jupyter.$display]: () => (${rich}) });`,
      ),
    );
    assert.deepEqual(bundle, { "text/html": "<b>rich</b>", "text/plain": "rich" });
    assert.equal(table!["text/plain"], "a\n1");
    assert.deepEqual(own, bundle);
  });

  it("progress shows in one place how far a loop has come, and how it ended", async () => {
    const { reply, messages } = await kernel.run(
      'import { progress } from "tickbook"; for await (const n of progress((async function* () { for (let i = 0; i < 4; i++) { await new Promise((r) => setTimeout(r, 60)); yield i; } })(), { total: 4 })) console.log(n);',
    );
    assert.equal(reply.status, "ok", reply.evalue);
    const lines = messages.flatMap(({ type, content }) =>
      /display_data/.test(type) ? [[type, content.transient.display_id, content.data["text/plain"]]] : [],
    );
    assert.deepEqual([lines[0]![0], lines[0]![2]], ["display_data", "0 of 4 · 0 %"]);
    assert.ok(lines.slice(1).every(([type, id]) => type === "update_display_data" && id === lines[0]![1]));
    assert.match(lines.at(-1)![2], /^4 in 0\.\d s$/);
  });

  it("an ordinary Vega-Lite specification is a chart, and a Vega specification one of JupyterLab's", async () => {
    const lite =
      '{ $schema: "https://vega.github.io/schema/vega-lite/v6.json", data: { values: [{ a: 1, b: 2n }] }, mark: "bar", encoding: { x: { field: "a" }, y: { field: "b" } } }';
    for (const code of [`show(${lite})`, `(${lite})`]) {
      const [bundle] = bundles(await kernel.run(code));
      assert.deepEqual((bundle!["application/vnd.vegalite.v5+json"] as { mark: string }).mark, "bar", code);
    }
    const [vega] = bundles(
      await kernel.run('show({ $schema: "https://vega.github.io/schema/vega/v6.json", marks: [] })'),
    );
    assert.deepEqual((vega!["application/vnd.vega.v5+json"] as { marks: unknown[] }).marks, []);
  });

  it("console.clear clears the output of its cell, and console.table prints a table", async () => {
    const { messages } = await kernel.run('console.log("a"); console.clear(); console.table([{ x: 1 }]);');
    assert.deepEqual(
      ofType(messages, "clear_output").map(({ content }) => content),
      [{ wait: false }],
    );
    assert.match(
      printedIn(messages, messages.findLast(({ type }) => type === "execute_reply")!.run!),
      /│ 0 +│ 1 │/,
    );
  });

  it("prompt asks the reader for a line, and says so where nobody can answer", async () => {
    const asked = await kernel.run('const name = await prompt("Who are you?"); name.toUpperCase()', {
      input: "ada",
    });
    assert.equal(asked.reply.status, "ok", asked.reply.evalue);
    assert.deepEqual(
      ofType(asked.messages, "input_request").map(({ content }) => content),
      [{ prompt: "Who are you?", password: false }],
    );
    assert.equal(
      printedIn(asked.messages, asked.messages.findLast(({ type }) => type === "execute_reply")!.run!),
      "ADA\n",
    );
    const refused = await kernel.run('await prompt("Anybody?")');
    assert.match(
      refused.reply.evalue,
      /^prompt: input of a reader is needed; whoever runs this notebook offers none\. /,
    );
  });
});
