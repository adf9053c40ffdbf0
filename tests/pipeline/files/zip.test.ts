import assert from "node:assert/strict";
import { test } from "node:test";
import { openFile } from "../../../src/pipeline/files/tables/open-file.ts";
import { openZip } from "../../../src/pipeline/files/tables/zip.ts";
import { put } from "../../support/import.ts";
import { tempFolder } from "../../support/temp.ts";
import { type ZipFile, zipOf } from "../../support/zip.ts";

const TEXT = Array.from({ length: 20_000 }, (_, i) => `${i},60000.0${i % 10}\n`).join("");
const FILE: ZipFile = { name: "a.csv", content: TEXT };

async function unzip(t: Parameters<typeof tempFolder>[0], bytes: Uint8Array): Promise<string> {
  const file = openFile(put(tempFolder(t), "a.zip", bytes));
  try {
    const entry = openZip(file);
    const parts: Uint8Array[] = [];
    for await (const part of entry.read()) parts.push(part);
    const text = Buffer.concat(parts).toString();
    assert.equal(text.length, entry.bytes);
    assert.equal(Buffer.from(entry.readSync()).toString(), text);
    return text;
  } finally {
    file.close();
  }
}

test("a deflated file, a stored one, and one with 64-bit sizes come out as they went in", async (t) => {
  assert.equal(await unzip(t, zipOf(FILE)), TEXT);
  assert.equal(await unzip(t, zipOf({ ...FILE, method: 0 })), TEXT);
  assert.equal(await unzip(t, zipOf({ ...FILE, wide: true })), TEXT);
  assert.equal(await unzip(t, zipOf({ ...FILE, content: "" })), "");
});

test("a comment after the end record is no harm", async (t) => {
  const bytes = zipOf(FILE);
  bytes.writeUInt16LE(5, bytes.length - 2);
  assert.equal(await unzip(t, Buffer.concat([bytes, Buffer.from("hello")])), TEXT);
});

// row 82
test("an archive cut off anywhere is refused", async (t) => {
  const bytes = zipOf(FILE);
  for (const share of [0.001, 0.3, 0.9, 0.99]) {
    const part = bytes.subarray(0, Math.floor(bytes.length * share));
    await assert.rejects(unzip(t, part), { code: "damaged-zip" }, `${share}`);
  }
});

// row 82
test("an archive with a flipped byte in its content is refused", async (t) => {
  for (const at of [40, 500, 5000, 20_000]) {
    const bytes = zipOf(FILE);
    bytes[at]! ^= 0x10;
    await assert.rejects(unzip(t, bytes), { code: "damaged-zip" }, `${at}`);
  }
  await assert.rejects(unzip(t, zipOf({ ...FILE, says: { crc: 1 } })), /CRC-32/);
});

// row 85
test("names that lead elsewhere are refused: folders, drives, dots, control characters", async (t) => {
  for (const name of ["../../x.csv", "..\\x.csv", "/etc/x.csv", "C:x.csv", "a/b.csv", "..", "", "a\nb.csv"]) {
    await assert.rejects(unzip(t, zipOf({ ...FILE, name })), { code: "zip-path" }, name);
  }
});

// row 85
test("two files, or none, are refused", async (t) => {
  await assert.rejects(unzip(t, zipOf(FILE, { ...FILE, name: "b.csv" })), { code: "zip-entries" });
  await assert.rejects(unzip(t, zipOf()), { code: "zip-entries" });
});

test("what systems put beside a file is passed over: folders, resource forks, thumbnails", async (t) => {
  const beside = ["__MACOSX/._a.csv", ".DS_Store", "Thumbs.db", "x/", "__MACOSX/"];
  const content = "not the file";
  assert.equal(await unzip(t, zipOf(...beside.map((name) => ({ name, content })), FILE)), FILE.content);
  await assert.rejects(unzip(t, zipOf(...beside.map((name) => ({ name, content })))), {
    code: "zip-entries",
  });
});

// row 85
test("a bomb is refused by what it says, and one that lies where its lie ends", async (t) => {
  const zeros = Buffer.alloc(20_000_000);
  await assert.rejects(unzip(t, zipOf({ ...FILE, content: zeros })), { code: "zip-bomb" });
  await assert.rejects(unzip(t, zipOf({ ...FILE, content: zeros, says: { bytes: 10_000 } })), {
    code: "damaged-zip",
    message: /longer than the 10000 bytes/,
  });
  await assert.rejects(unzip(t, zipOf({ ...FILE, wide: true, says: { bytes: 10e9 } })), { code: "zip-bomb" });
});

test("what is encrypted, or packed in another way, is refused", async (t) => {
  await assert.rejects(unzip(t, zipOf({ ...FILE, says: { flags: 1 } })), { code: "zip-method" });
});
