import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import Database from "better-sqlite3";
import pl from "nodejs-polars";
import { readFile } from "../../../src/pipeline/files/read-file.ts";
import { closesOf, NOW_US, reading, refusal, timesOf } from "../../support/files.ts";
import { tempFolder } from "../../support/temp.ts";
import { zipOf } from "../../support/zip.ts";

const ROWS = [
  ["time", "btc_close", "eth_close"],
  ["2024-01-02", "102.5", "52.25"],
  ["2024-01-03", "103.5", "53.25"],
];
const csv = (separator: string, end = "\n"): string => ROWS.map((row) => row.join(separator) + end).join("");
const EXPECTED: [string, number][] = [
  ["2024-01-02T00:00:00Z", 102.5],
  ["2024-01-03T00:00:00Z", 103.5],
];

test("a table is the same table in every encoding, with every separator, line end and way to pack it", (t) => {
  const utf16 = (text: string, mark: string): Buffer => Buffer.from(mark + text, "utf16le");
  const variants: readonly (readonly [string, string | Uint8Array, string?])[] = [
    ["commas", csv(",")],
    ["semicolons", csv(";")],
    ["tabs", csv("\t")],
    ["bars", csv("|")],
    ["CRLF", csv(",", "\r\n")],
    ["no end of the last line", csv(",").trimEnd()],
    ["UTF-8 with a mark", `\ufeff${csv(",")}`],
    ["UTF-16 with a mark", utf16(csv(","), "\ufeff")],
    ["UTF-16 without", utf16(csv(","), "")],
    ["UTF-16 of the other order", utf16(csv(";"), "\ufeff").swap16()],
    ["quotes", ROWS.map((row) => `${row.map((cell) => `"${cell}"`).join(",")}\n`).join("")],
    ["blanks around", ROWS.map((row) => `${row.join(" , ")}\n`).join("")],
    ["blanks around quotes", ROWS.map((row) => `${row.map((cell) => `"${cell}"`).join(", ")}\n`).join("")],
    ["blank lines", `\n${csv(",").replaceAll("\n", "\n\n")}  \n,,\n`],
    ["a comment in front", `# of the year 2024\n${csv(",")}`],
    ["an address in front", `https://example.org/x,y\n${csv(",")}`],
    ["sep= in front", `sep=;\n${csv(";")}`],
    ["decimal commas", csv(";").replaceAll(".", ",")],
    ["gzip", gzipSync(csv(",")), "data.csv.gz"],
    ["gzip under another name", gzipSync(csv(",")), "data.csv"],
    ["zstd", zstdCompressSync(csv(",")), "data.csv.zst"],
    ["zip", zipOf({ name: "data.csv", content: csv(",") }), "data.zip"],
    [
      "zip with a text beside",
      zipOf({ name: "data.csv", content: csv(",") }, { name: "README.txt", content: "hello" }),
      "data.zip",
    ],
    ["another ending", csv("\t"), "data.txt"],
  ];
  for (const [what, content, name = "data.csv"] of variants) {
    const data = reading(t, content, {}, { name });
    assert.deepEqual(closesOf(data), EXPECTED, what);
    assert.deepEqual(
      closesOf(data, 1).map(([, close]) => close),
      [52.25, 53.25],
      what,
    );
  }
});

test("a row with another number of cells than the first is refused with its line", (t) => {
  assert.match(
    refusal(t, `${csv(",")}2024-01-04,104.5,54.25,9\n`),
    /^data\.csv, line 4: needs 3 cells, as the first row has; got 4\./,
  );
  assert.match(
    refusal(t, `${csv(",")}2024-01-04,104.5\n`),
    /^data\.csv, line 4: needs 3 cells, as the first row has; got 2\./,
  );
  assert.match(
    refusal(t, `${csv(",")}"2024-01-04,104.5,54.25\n`),
    /^data\.csv, line 4: needs quotes that close in the same line/,
  );
  assert.match(
    refusal(t, `${csv(",")}2024-01-04,1"0"4.5,54.25\n`),
    /^data\.csv, line 4: needs quotes that close/,
  );
});

test("cells that two separators cut alike are refused, unless one is told", (t) => {
  const text = "time;a,b\n1704067200;1,2\n1704067260;3,4\n";
  assert.match(
    refusal(t, text),
    /needs cells that are cut in one way; .* Pass --separator|needs the columns|needs a column/,
  );
  assert.match(refusal(t, "just words\nand more\n"), /needs cells between commas, semicolons, tabs or bars/);
  assert.match(refusal(t, csv(","), { separator: "x" as "," }), /^--separator: needs/);
});

test("what is no text of ours is named for what it is", (t) => {
  const told: readonly (readonly [string | Uint8Array, string, RegExp])[] = [
    [Buffer.from([0x74, 0xe9, 0x2c, 0x31, 0x0a]), "data.csv", /needs text in UTF-8 or UTF-16/],
    ["\u0000\u0001\u0002\u0003\u0004", "data.csv", /needs text in UTF-8 or UTF-16/],
    ["BZh91AY", "data.csv.bz2", /this is a bzip2 archive/],
    ["<!doctype html><p>", "data.csv", /this is a web page/],
    ["nonsense", "data.parquet", /this is no Parquet file, whatever its name says/],
    ["", "data.csv", /needs a file with content; it is empty/],
    ["time,close\n", "data.csv", /needs rows; it has none/],
    ["a\rb,c\rd,e", "data.csv", /holds a CR alone/],
    [
      zipOf({ name: "xl/workbook.xml", content: "x" }, { name: "xl/styles.xml", content: "x" }),
      "book.xlsx",
      /this is a workbook of a spreadsheet\. Save the sheet as CSV/,
    ],
    [
      zipOf({ name: "a.csv", content: "x" }, { name: "b.csv", content: "x" }),
      "two.zip",
      /needs a zip with exactly one file of data; it holds 2/,
    ],
    [gzipSync(csv(",")).subarray(0, 40), "data.csv.gz", /needs a sound archive/],
    [gzipSync(Buffer.alloc(400e6 / 4, 48)), "bomb.csv.gz", /can't be unpacked|at most 200 times its size/],
  ];
  for (const [content, name, expected] of told)
    assert.match(refusal(t, content, {}, { name }), expected, name);
});

test("what is no file that can be read is refused at once: nothing there, a folder, a pipe", (t) => {
  const folder = tempFolder(t);
  const read = (name: string) => () => readFile(join(folder, name), {}, { voice: "flags", nowUs: NOW_US });
  assert.throws(
    read("none.csv"),
    /none\.csv: needs a file that can be read; .*: there is none\. Check the path/,
  );
  mkdirSync(join(folder, "dir.csv"));
  assert.throws(read("dir.csv"), /got a folder/);
  if (process.platform !== "win32") {
    execFileSync("mkfifo", [join(folder, "pipe.csv")]);
    assert.throws(read("pipe.csv"), /got a pipe or a device/);
  }
});

test("JSON lines, a list of objects and a list of lists hold the same rows; numbers keep their text", (t) => {
  const lines =
    '{"t":1704067200000,"o":1,"h":3,"l":1,"c":2.50,"v":1e-8}\n{"t":1704067260000,"o":2,"h":3,"l":1,"c":null,"v":0}\n';
  const objects = `[${lines.trim().split("\n").join(",")}]`;
  for (const [text, name] of [
    [lines.replace("null", "2"), "data.jsonl"],
    [objects.replace("null", "2"), "data.json"],
  ] as const) {
    const data = reading(t, text, {}, { name });
    assert.deepEqual(closesOf(data), [
      ["2024-01-01T00:00:00Z", 2.5],
      ["2024-01-01T00:01:00Z", 2],
    ]);
    assert.equal(data.series[0]!.volume![0], 1e-8);
  }
  const lists = "[[1704067200000,1,3,1,2.5,7],[1704067260000,1,3,1,2,7]]";
  const columns = ["time", "open", "high", "low", "close", "volume"];
  assert.deepEqual(timesOf(reading(t, lists, { columns }, { name: "data.json" })), [
    "2024-01-01T00:00:00Z",
    "2024-01-01T00:01:00Z",
  ]);
  assert.match(refusal(t, lists, {}, { name: "data.json" }), /needs a header that names its columns/);
  assert.match(refusal(t, `${lines}{"t":\n`, {}, { name: "data.jsonl" }), /line 3: needs JSON/);
  const big =
    '{"trade_id":6734512354,"price":"85245.16000000","qty":0.00217,"time":1704067200123456789,"side":"sell"}\n';
  const { columns: trades } = reading(t, big, {}, { name: "t.ndjson" }).trades[0]!;
  assert.deepEqual(
    [trades.id[0], trades.tradeTimeUs[0], trades.price[0], trades.isBuyerMaker[0]],
    [6734512354, 1704067200123456, 85245.16, 1],
  );
});

test("a table or a query of an SQLite database is read without writing to it", (t) => {
  const path = join(tempFolder(t), "ticks.db");
  const db = new Database(path);
  db.exec(`CREATE TABLE ticks (timestamp TEXT, symbol TEXT, price REAL, qty REAL);
    INSERT INTO ticks VALUES ('2024-01-01T00:00:00.250', 'BTCUSDT', 42000.5, 0.25), ('2024-01-01T00:00:01', 'BTCUSDT', 42001.5, 0.5);
    CREATE TABLE other (x INTEGER);`);
  db.close();
  const read = (options: object) => readFile(path, options, { voice: "flags", nowUs: NOW_US });
  assert.throws(
    () => read({}),
    /needs the name of a table; it has 2\. Pass --table other; there are "other", "ticks"/,
  );
  const [trades] = read({ table: "ticks" }).trades;
  assert.deepEqual(
    [trades!.symbol, trades!.isCounted, trades!.hasSide, ...trades!.columns.price],
    ["BTCUSDT", false, false, 42000.5, 42001.5],
  );
  const query = "SELECT timestamp AS time, price AS close FROM ticks ORDER BY time";
  assert.equal(read({ query, interval: "250ms" }).kind, "bars");
  assert.throws(() => read({ query: "DELETE FROM ticks" }), /needs a query that gives rows/);
  assert.throws(() => read({ table: "nope" }), /needs a table of this database; got "nope"/);
});

test("data frames of any physical type hold what was written, under any name", (t) => {
  const folder = tempFolder(t);
  const base = pl.DataFrame({ time: [1704067200000, 1704067260000], close: [42000.5, 0.1] });
  const column = (name: string, type: pl.DataType): pl.DataFrame => base.withColumn(pl.col(name).cast(type));
  const frames: readonly (readonly [string, pl.DataFrame])[] = [
    ["float64", base],
    ["float32", column("close", pl.Float32)],
    ["text", column("close", pl.Utf8)],
    ["categories", base.withColumn(pl.col("close").cast(pl.Utf8).cast(pl.Categorical))],
    ["times in ms", base.withColumn(pl.col("time").cast(pl.Datetime("ms")))],
    ["times in us", base.withColumn(pl.col("time").mul(1000).cast(pl.Int64).cast(pl.Datetime("us")))],
    [
      "times in ns, UTC",
      base.withColumn(pl.col("time").mul(1e6).cast(pl.Int64).cast(pl.Datetime("ns", "UTC"))),
    ],
    [
      "times of a zone",
      base.withColumn(pl.col("time").mul(1000).cast(pl.Int64).cast(pl.Datetime("us", "Asia/Kolkata"))),
    ],
    ["whole numbers", column("time", pl.Int64)],
    ["unsigned", column("time", pl.UInt64)],
  ];
  for (const [what, frame] of frames) {
    for (const name of [`${what} [1]*.parquet`, `${what}.feather`]) {
      const path = join(folder, name);
      if (name.endsWith("parquet")) writeFileSync(path, frame.writeParquet({}));
      else writeFileSync(path, frame.writeIPC({}));
      const data = readFile(path, {}, { voice: "flags", nowUs: NOW_US });
      assert.deepEqual(
        closesOf(data),
        [
          ["2024-01-01T00:00:00Z", 42000.5],
          ["2024-01-01T00:01:00Z", 0.1],
        ],
        name,
      );
    }
  }
  const wall = join(folder, "wall.parquet");
  writeFileSync(wall, frames[4]![1].writeParquet({}));
  const inKolkata = readFile(wall, { tz: "Asia/Kolkata" }, { voice: "flags", nowUs: NOW_US });
  assert.deepEqual(timesOf(inKolkata), ["2023-12-31T18:30:00Z", "2023-12-31T18:31:00Z"]);
});
