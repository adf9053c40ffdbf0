import assert from "node:assert/strict";
import { test } from "node:test";
import { TABLES, VIEW_MIME } from "../../../src/notebook/page/live-messages.ts";
import { show } from "../../../src/notebook/show/show.ts";
import { fakeKernel } from "../../support/fake-kernel.ts";

const settled = async (): Promise<void> => {
  for (let i = 0; i < 6; i++) await new Promise(setImmediate);
};

test("a page can ask for all rows of a table that is shown, each digit of them, until its cell runs again", async () => {
  const kernel = fakeKernel();
  const idOf = (n: number): string => (kernel.shown.at(n)![VIEW_MIME] as { table: string }).table;
  show(
    [
      { a: 1 / 3, b: "x\ty" },
      { a: 2, b: "=1" },
    ],
    { sortBy: "a", descending: true },
  );
  const short = idOf(-1);
  assert.deepEqual(kernel.ask(TABLES, { table: short, as: "csv" }), [
    { text: "a,b\r\n2,'=1\r\n0.3333333333333333,x\ty\r\n" },
  ]);
  assert.deepEqual(kernel.ask(TABLES, { table: short, as: "tsv" }), [
    { text: 'a\tb\r\n2\t\'=1\r\n0.3333333333333333\t"x\ty"\r\n' },
  ]);
  show(Array.from({ length: 45 }, (_, n) => ({ n })));
  await settled();
  const [{ text }] = kernel.ask(TABLES, { table: idOf(-1), as: "csv" }) as [{ text: string }];
  assert.equal(text.split("\r\n").length, 47);
  kernel.rerun();
  assert.deepEqual(kernel.ask(TABLES, { table: short, as: "csv" }), [
    { problem: "the kernel no longer has it: run its cell again" },
  ]);
});
