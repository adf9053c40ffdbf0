import assert from "node:assert/strict";
import { test } from "node:test";
import { barsTable } from "../../src/render/bars-table.ts";
import { renderTable, tableMarkup, tableText, tableView } from "../../src/render/table.ts";
import type { TableData } from "../../src/render/table-data.ts";
import { rowOrder } from "../../src/render/table-order.ts";
import { walkBars } from "../support/bars.ts";

const one = (values: ArrayLike<unknown>, more: object = {}): TableData => ({
  length: values.length,
  columns: [{ name: "v", values, ...more }],
});
const cells = (table: TableData): string[] =>
  [...tableMarkup(table).matchAll(/<td[^>]*>([^<]*)<\/td>/g)].map(([, text]) => text!);

test("renderTable escapes names, units, captions and cells", () => {
  const evil = `<img src=x onerror="alert('1')">&`;
  const html = renderTable({
    length: 1,
    caption: evil,
    columns: [{ name: evil, unit: evil, values: [evil] }],
  });
  assert.ok(!html.includes("<img"));
  const escaped = "&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;";
  assert.equal(html.split(escaped).length - 1, 4);
});

test("characters that turn the direction of writing, or control a terminal, are shown as such", () => {
  const evil = "a\u202eb\u0007c\u001b[31m";
  assert.deepEqual(cells(one([evil])), ["a\ufffdb\ufffdc\ufffd[31m"]);
  assert.equal(tableText(one([evil])), "v\na\ufffdb\ufffdc\ufffd[31m");
});

test("NaN is an en dash that says `not defined`, a missing value an empty cell", () => {
  const html = tableMarkup(one([1.5, Number.NaN, null, undefined], { kind: "number" }));
  assert.ok(html.includes('<td class="n none" title="not defined">–</td>'));
  assert.equal(html.split('<td class="n none" title="no value"></td>').length - 1, 2);
  assert.deepEqual(cells(one([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1])), ["∞", "−∞", "1"]);
});

test("a column of numbers has the same decimals in each row: exact where ten digits are, else six digits", () => {
  assert.deepEqual(cells(one([61837.63, 61837.6, 61838])), ["61,837.63", "61,837.60", "61,838.00"]);
  assert.deepEqual(cells(one([0.00001234, 0.1])), ["0.00001234", "0.10000000"]);
  assert.deepEqual(cells(one([1 / 3, 2 / 3])), ["0.333333", "0.666667"]);
  assert.deepEqual(cells(one([0.1 + 0.2])), ["0.3"]);
  assert.deepEqual(cells(one([1e20, 1])), ["100,000,000,000,000,000,000", "1"]);
  assert.deepEqual(cells(one([1000.123456789, 1e-9])), ["1000.12", "1e-9"]);
  assert.deepEqual(cells(one([-0.5, 0.25], { digits: 1 })), ["−0.5", "0.3"]);
  assert.deepEqual(cells(one([0, 0])), ["0", "0"]);
});

test("times are UTC, as exact as the most exact of them", () => {
  const us = Date.UTC(2024, 7, 8, 23, 54, 15) * 1000;
  assert.deepEqual(cells(one([us, us + 342_000], { kind: "time" })), [
    "2024-08-08T23:54:15.000Z",
    "2024-08-08T23:54:15.342Z",
  ]);
  assert.deepEqual(cells(one(BigInt64Array.from([BigInt(us)]), { kind: "time" })), ["2024-08-08T23:54:15Z"]);
  assert.deepEqual(cells(one([new Date(us / 1000)])), ["2024-08-08T23:54:15Z"]);
  assert.deepEqual(cells(one([1e18, Number.NaN], { kind: "time" })), ["1000000000000000000", "–"]);
});

test("integers keep every digit, bigint included; objects are JSON", () => {
  assert.deepEqual(cells(one([3735683259], { kind: "integer" })), ["3,735,683,259"]);
  assert.deepEqual(cells(one([9223372036854775807n], { name: "id" })), ["9223372036854775807"]);
  assert.deepEqual(cells(one([{ a: 1n }])), ["{&quot;a&quot;:&quot;1&quot;}"]);
  assert.deepEqual(cells(one(Uint8Array.from([1, 0]), { kind: "boolean" })), ["true", "false"]);
});

test("a long table shows its first and last rows and says how many there are", () => {
  const table = one(Float64Array.from({ length: 12_345 }, (_, i) => i));
  const html = tableMarkup(table, { maxRows: 5 });
  assert.deepEqual(
    [...html.matchAll(/<td[^>]*>([^<]*)<\/td>/g)].map(([, text]) => text),
    ["0", "1", "2", "… 12,345 rows in all", "12,343", "12,344"],
  );
  assert.equal(tableText(table, { maxRows: 2 }), "     v\n     0\n… 12,345 rows in all\n12,344");
  assert.ok(!tableMarkup(one([1, 2, 3]), { maxRows: 3 }).includes("rows in all"));
});

test("an empty table says so", () => {
  assert.deepEqual(cells(one([])), ["no rows"]);
  assert.equal(tableText(one([])), "v\nno rows");
});

test("tableView aligns its plain text by kind", () => {
  const { text } = tableView({
    length: 2,
    caption: "two rows",
    columns: [
      { name: "symbol", values: ["BTCUSDT", "X"] },
      { name: "price", unit: "USDT", values: [1.5, 10] },
    ],
  });
  assert.equal(
    text,
    ["two rows", "symbol   price (USDT)", "BTCUSDT           1.5", "X                10.0"].join("\n"),
  );
});

test("barsTable names its units and copies nothing", () => {
  const bars = walkBars(3);
  const table = barsTable(bars, ["start", "close", "volume", "complete"]);
  assert.deepEqual(
    table.columns.map(({ name, unit }) => [name, unit]),
    [
      ["start", "UTC"],
      ["close", "USDT"],
      ["volume", "BTC"],
      ["complete", undefined],
    ],
  );
  assert.equal(table.columns[1]!.values, bars.close);
  assert.equal(barsTable(bars).columns.length, 13);
});

test("a table of a million rows is cut before it is formatted", () => {
  const values = new Float64Array(1_000_000).fill(1.25);
  const start = process.cpuUsage().user;
  renderTable(one(values));
  assert.ok(process.cpuUsage().user - start < 500_000);
});

test("thousands are set apart where a column reaches 10,000, not in ids and not where it is told", () => {
  assert.deepEqual(cells(one([9999, 1500.5])), ["9999.0", "1500.5"]);
  assert.deepEqual(cells(one([10_000, -1500.5, 7])), ["10,000.0", "−1,500.5", "7.0"]);
  assert.deepEqual(cells(one([-12_345_678], { digits: 2 })), ["−12,345,678.00"]);
  for (const name of ["id", "trade_id", "firstId", "order ids"])
    assert.deepEqual(cells(one([1_234_567], { name })), ["1234567"], name);
  for (const name of ["bid", "mid", "grid"])
    assert.deepEqual(cells(one([1_234_567], { name })), ["1,234,567"], name);
  assert.deepEqual(cells(one([1_234_567], { grouped: false })), ["1234567"]);
});

test("a number below the floor of its column is less than the floor, never 0", () => {
  assert.deepEqual(cells(one([0, 1e-12, 0.0001, 0.04], { digits: 4, floor: 1e-4 })), [
    "&lt; 0.0001",
    "&lt; 0.0001",
    "0.0001",
    "0.0400",
  ]);
});

test("sorted by a column, what has no value comes last either way, and equal rows stay as they stood", () => {
  const table: TableData = {
    length: 5,
    columns: [
      { name: "z", values: [2, Number.NaN, -1, 2, null] },
      { name: "row", values: ["a", "b", "c", "d", "e"] },
    ],
  };
  const rows = (options: object): string =>
    tableText(table, options)
      .split("\n")
      .slice(1)
      .map((line) => line.at(-1))
      .join("");
  assert.equal(rows({ sortBy: "z" }), "cadbe");
  assert.equal(rows({ sortBy: "z", descending: true }), "adcbe");
  assert.match(tableText(table, { sortBy: "z" }), /^ *z ↑ {2}row\n/);
  assert.throws(
    () => tableText(table, { sortBy: "y" }),
    /^TickbookError: sortBy: there is no column "y"; the columns are "z", "row"\. /,
  );
});

test("sorting goes by size for numbers and times, in the order of a dictionary for texts", () => {
  const sorted = (values: unknown[]): string[] =>
    [...rowOrder(one(values), "v")].map((row) => String(values[row]));
  assert.deepEqual(sorted([10, 9, -1]), ["-1", "9", "10"]);
  assert.deepEqual(sorted([10n, 9n]), ["9", "10"]);
  assert.deepEqual(sorted(["bar 10", "Bar 2", "ask"]), ["ask", "Bar 2", "bar 10"]);
  assert.deepEqual([...rowOrder(one([new Date(5), new Date(3)]), "v")], [1, 0]);
});

test("a page shows its rows and says which they are; one that is beyond the end is the last", () => {
  const table = one(Float64Array.from({ length: 45 }, (_, i) => i));
  const text = tableText(table, { maxRows: 20, page: 2 });
  assert.deepEqual(text.split("\n").slice(1, 3), ["20", "21"]);
  assert.equal(text.split("\n").at(-1), "rows 21 to 40 of 45");
  assert.match(tableText(table, { maxRows: 20, page: 99 }), /\n44\nrows 41 to 45 of 45$/);
  assert.doesNotMatch(tableText(table, { maxRows: 45, page: 1 }), /rows/);
});

test("cells that stand out have a mark as well as a colour", () => {
  const table: TableData = {
    length: 3,
    columns: [{ name: "z", values: [1, -2.5, Number.NaN], alarm: (z: number) => !(Math.abs(z) < 2) }],
  };
  assert.ok(tableMarkup(table).includes('<td class="n alarm">▲ −2.5</td>'));
  assert.equal(tableText(table), "     z\n   1.0\n▲ −2.5\n     –");
});

test("a column of numbers stands with decimal mark under decimal mark, whatever follows it, as HTML and as text", () => {
  const table: TableData = {
    length: 6,
    columns: [
      { name: "v", values: ["−61.51 %", "0.4", "29", "1,451.743", "3 d 4 h", "–"], right: true },
      { name: "w", values: ["a", "b", "c", "d", "e", "f"] },
    ],
  };
  const lines = ["v  w", "−61.51 %  a", "0.4     b", "29       c", "1,451.743   d", "3 d 4 h  e", "–  f"];
  assert.equal(tableText(table), lines.map((line) => line.padStart(13)).join("\n"));
  assert.deepEqual(
    [...tableMarkup(table).matchAll(/<td class="n">(.*?)<\/td>/g)].map(([, html]) => html),
    [
      ...['−61<i style="width:5ch">.51 %</i>', '0<i style="width:5ch">.4</i>', '29<i style="width:5ch"></i>'],
      ...['1,451<i style="width:5ch">.743</i>', "3 d 4 h", "–"],
    ],
  );
});

test("an amount below half of its last decimal is 0; another number keeps its digits", () => {
  const values = [0.0000916, -0.0000914, 12.5, 0.005];
  assert.deepEqual(cells(one(values, { digits: 2, isMoney: true })), ["0.00", "0.00", "12.50", "0.01"]);
  assert.match(tableText(one([0.0000916, 12.5], { digits: 2 })), / 0\.0000916\n12\.50/);
});
