import assert from "node:assert/strict";
import { test } from "node:test";
import { csvChunks, csvText } from "../../src/render/csv.ts";
import type { TableData } from "../../src/render/table-data.ts";
import { real, simulated, walkBars } from "../support/bars.ts";

const one = (values: ArrayLike<unknown>, more: object = {}): TableData => ({
  length: values.length,
  columns: [{ name: "v", values, ...more }],
});
const cells = (values: ArrayLike<unknown>, more: object = {}, options: object = {}): string =>
  csvText(one(values, more), options)
    .replace(/^v\r\n/, "")
    .replace(/\r\n$/, "");

test("csvText of a small table, by hand", () => {
  const table: TableData = {
    length: 2,
    columns: [
      { name: "start", unit: "UTC", kind: "time", values: [1723161255342000, 1723161255000000] },
      { name: "price", unit: "USDT", values: [61837.63, Number.NaN] },
      { name: "z", values: [-0.5, 0.1 + 0.2] },
      { name: "ids", values: BigInt64Array.from([3735683259n, 9223372036854775807n]) },
      { name: "complete", kind: "boolean", values: Uint8Array.from([1, 0]) },
      { name: 'a "name", with signs', values: ["x", null] },
    ],
  };
  assert.equal(
    csvText(table),
    'start (UTC),price (USDT),z,ids,complete,"a ""name"", with signs"\r\n' +
      "2024-08-08T23:54:15.342Z,61837.63,-0.5,3735683259,true,x\r\n" +
      "2024-08-08T23:54:15Z,,0.30000000000000004,9223372036854775807,false,\r\n",
  );
});

test("quotes, commas and line ends inside text are quoted", () => {
  assert.equal(cells(['say "no"']), '"say ""no"""');
  assert.equal(cells(["a,b"]), '"a,b"');
  assert.equal(cells(["a\r\nb"]), '"a\r\nb"');
  assert.equal(cells(["a\nb"]), '"a\nb"');
});

test("text that a spreadsheet would run is guarded, wherever it hides", () => {
  for (const evil of ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "  =1", "\u00a0=1", "\ufeff=1", "＝1", "－1+1"]) {
    assert.equal(cells([evil]), `'${evil}`, evil);
  }
  assert.equal(cells(['=HYPERLINK("x")']), `"'=HYPERLINK(""x"")"`);
  assert.equal(cells(["\t=1"]), "'\t=1");
  assert.equal(cells(["a\n=1"]), `"a\n'=1"`);
  assert.equal(cells(["\r=1"]), `"'\r'=1"`);
});

test("numbers are never touched, neither as numbers nor as the exchange's decimal text", () => {
  assert.equal(cells([-0.5, 1e-9, -1e21]), "-0.5\r\n1e-9\r\n-1e+21");
  assert.equal(cells(["-0.50000000", "+1", "-1e-8"]), "-0.50000000\r\n+1\r\n-1e-8");
  assert.equal(cells(["a-b", "x=1", "me@home"]), "a-b\r\nx=1\r\nme@home");
});

test("a file for programs is written without guards", () => {
  assert.equal(cells(["=1"], {}, { guardFormulas: false }), "=1");
});

test("a header is guarded like any text", () => {
  assert.equal(csvText({ length: 0, columns: [{ name: "=cmd", values: [] }] }), "'=cmd\r\n");
});

test("NaN and missing are empty, infinity is written", () => {
  assert.equal(cells([Number.NaN, 1, Number.POSITIVE_INFINITY], { kind: "number" }), "\r\n1\r\nInfinity");
  assert.equal(cells([null, undefined, "a"]), "\r\n\r\na");
});

test("every number reads back as itself", () => {
  const values = Float64Array.from({ length: 500 }, (_, i) => Math.sin(i) * 10 ** ((i % 40) - 20));
  const read = cells(values).split("\r\n").map(Number);
  assert.deepEqual(Float64Array.from(read), values);
});

test("bars carry their venue, its kind and their symbol in each row", () => {
  const lines = csvText(walkBars(2)).split("\r\n");
  assert.match(lines[0]!, /^venue,venue_kind,symbol,start \(UTC\),open \(USDT\),/);
  assert.match(lines[1]!, /^sim-seed7,simulated,BTCUSDT,2024-08-08T23:50:00Z,60000,/);
  assert.match(csvText(walkBars(1, { venue: real })).split("\r\n")[1]!, /^binance,real,BTCUSDT,/);
  assert.match(csvText(one([1]), { venue: simulated }), /^venue,venue_kind,v\r\nsim-seed7,simulated,1\r\n$/);
});

test("csvChunks gives whole rows, and together the same text", () => {
  const bars = walkBars(5_000);
  const chunks = [...csvChunks(bars)];
  assert.ok(chunks.length > 3);
  for (const chunk of chunks) assert.ok(chunk.endsWith("\r\n"));
  assert.equal(chunks.join(""), csvText(bars));
});

test("an empty table is its header", () => {
  assert.equal(csvText(one([])), "v\r\n");
});
