import assert from "node:assert/strict";
import { test } from "node:test";
import { random } from "../../../src/core/random.ts";
import { decodeBlocks, NotNative } from "../../../src/pipeline/desk/native/decode.ts";
import { encodeBlock, int64Bytes } from "../../../src/pipeline/desk/native/encode.ts";

/** `SELECT toInt64(-2) AS a, 'é' AS s, [toInt64(1), 2] AS l FORMAT Native`, written down by hand from the format's description. */
const BY_HAND = Buffer.from(
  ["03", "01", "0161", "05496e743634", "feffffffffffffff", "0173", "06537472696e67", "02c3a9"].join("") +
    ["016c", "0c417272617928496e74363429", "0200000000000000", "0100000000000000", "0200000000000000"].join(
      "",
    ),
  "hex",
);

test("encodeBlock writes a block as the format describes it, and decodeBlocks reads it", () => {
  const block = encodeBlock(1, [
    { name: "a", type: "Int64", values: Float64Array.of(-2) },
    { name: "s", type: "String", values: "é" },
    { name: "l", type: "Array(Int64)", values: [[1, 2]] },
  ]);
  assert.equal(block.toString("hex"), BY_HAND.toString("hex"));
  assert.deepEqual(decodeBlocks(block), {
    rows: 1,
    columns: { a: BigInt64Array.of(-2n), s: ["é"], l: [[1n, 2n]] },
  });
});

test("whole numbers of 53 bits keep every bit as Int64, below zero and above", () => {
  const chance = random(5);
  const edges = [
    0,
    1,
    -1,
    2 ** 32,
    -(2 ** 32),
    2 ** 32 - 1,
    Number.MAX_SAFE_INTEGER,
    Number.MIN_SAFE_INTEGER,
  ];
  const drawn = Array.from({ length: 2000 }, () =>
    Math.round((chance.uniform() - 0.5) * 2 ** Math.floor(54 * chance.uniform())),
  );
  const values = Float64Array.from([...edges, ...drawn]);
  const read = new BigInt64Array(new Uint8Array(int64Bytes(values)).buffer);
  assert.deepEqual(
    [...read],
    [...values].map((value) => BigInt(value)),
  );
});

test("what is encoded is decoded as it was, over several blocks and empty ones", () => {
  const chance = random(6);
  const sizes = [0, 1, 200, 0, 3];
  const whole = sizes.map((rows) => ({
    rows,
    f: Float64Array.from({ length: rows }, () => chance.normal()),
    b: BigInt64Array.from({ length: rows }, () =>
      BigInt.asIntN(64, BigInt(Math.floor(chance.uniform() * 2 ** 53)) << 11n),
    ),
    u: Uint8Array.from({ length: rows }, () => 256 * chance.uniform()),
    s: Array.from({ length: rows }, () => "é".repeat(Math.floor(200 * chance.uniform()))),
    l: Array.from({ length: rows }, () =>
      Array.from({ length: Math.floor(4 * chance.uniform()) }, () => "x"),
    ),
  }));
  const bytes = Buffer.concat(
    whole.map(({ rows, f, b, u, s, l }) =>
      encodeBlock(rows, [
        { name: "f", type: "Float64", values: f },
        { name: "b", type: "Int64", values: b },
        { name: "u", type: "UInt8", values: u },
        { name: "s", type: "String", values: s },
        { name: "l", type: "Array(String)", values: l },
      ]),
    ),
  );
  const { rows, columns } = decodeBlocks(bytes);
  assert.equal(rows, 204);
  for (const name of ["f", "b", "u", "s", "l"] as const)
    assert.deepEqual(
      [...columns[name]!],
      whole.flatMap((one) => [...(one[name] as Iterable<unknown>)]),
    );
});

test("a body that is cut anywhere between blocks' edges, or holds something else, is never taken for whole", () => {
  for (let end = 1; end < BY_HAND.length; end++)
    assert.throws(() => decodeBlocks(BY_HAND.subarray(0, end)), NotNative, String(end));
  assert.throws(() => decodeBlocks(Buffer.from("Code: 60. DB::Exception: no such table")), NotNative);
});
