import assert from "node:assert/strict";
import { test } from "node:test";
import { quote } from "../../src/core/errors.ts";

test("quote makes any value from outside one short line without control or direction characters", () => {
  assert.equal(quote("a\u001b[2Jb\n\u202e"), '"a\\u001b[2Jb\\n\\u202e"');
  assert.equal(quote({ p: 1 }), '{"p":1}');
  assert.equal(quote(undefined), "undefined");
  assert.equal(quote(10n), "10");
  assert.equal(quote("x".repeat(1000)).length, 201);
});

// row 45
test("quote survives a value that is nested 100,000 deep", () => {
  const deep: unknown = JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`);
  assert.equal(quote({ price: deep }), "a value nested too deep");
});
