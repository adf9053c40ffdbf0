import assert from "node:assert/strict";
import { test } from "node:test";
import { jsonText } from "../../src/core/json.ts";

test("jsonText writes what JSON.stringify writes, BigInts as numbers and halves of surrogate pairs as U+FFFD", () => {
  assert.equal(jsonText({ a: [1, "x", null], b: undefined }), '{"a":[1,"x",null]}');
  assert.equal(jsonText({ a: 2n ** 60n }), '{"a":1152921504606847000}');
  assert.equal(jsonText({ a: "\ud83d", b: "😀", c: 5n }), '{"a":"\ufffd","b":"😀","c":5}');
  assert.equal(jsonText(["\\ud83d"]), '["\\\\ud83d"]');
  assert.equal(jsonText(undefined), "null");
});

test("jsonText refuses what contains itself with its place, and throws what the value throws", () => {
  const row: Record<string, unknown> = {};
  row.self = { row };
  const shared = { a: 1 };
  assert.throws(() => jsonText({ one: shared, two: shared, rows: [row] }, "live"), {
    message:
      "live: what is shown may not contain itself; rows.0.self.row does. Leave that property out, or show a copy without it.",
  });
  const boom = new RangeError("boom");
  const throwing = {
    toJSON() {
      throw boom;
    },
  };
  assert.throws(
    () => jsonText({ throwing }),
    (error) => error === boom,
  );
});
