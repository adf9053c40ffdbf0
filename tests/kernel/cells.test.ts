import assert from "node:assert/strict";
import { test } from "node:test";
import { type Cell, openCell } from "../../src/kernel/output/cells.ts";

function cell(): { cell: Cell; sent: [string, string][] } {
  const sent: [string, string][] = [];
  const send = (_: string, { name, text }: Readonly<Record<string, unknown>>): number =>
    sent.push([String(name), String(text)]);
  return { cell: openCell({} as never, 1, send), sent };
}

test("a cell's stdout and stderr keep their order", () => {
  const { cell: one, sent } = cell();
  for (const stream of ["stdout", "stderr", "stderr", "stdout"] as const) one.write(stream, "a");
  one.flush();
  assert.equal(sent.map(([name, text]) => `${name} ${text.length}`).join(), "stdout 1,stderr 2,stdout 1");
});

test("where they take turns thousands of times, few messages are sent, and each stream is whole and in order", () => {
  const { cell: one, sent } = cell();
  for (let i = 0; i < 5_000; i++)
    for (const stream of ["stdout", "stderr"] as const) one.write(stream, `${i} `);
  one.flush();
  assert.ok(sent.length < 200, `${sent.length} messages`);
  const lines = Array.from({ length: 5_000 }, (_, i) => `${i} `).join("");
  for (const stream of ["stdout", "stderr"])
    assert.equal(sent.flatMap(([name, text]) => (name === stream ? [text] : [])).join(""), lines);
});
