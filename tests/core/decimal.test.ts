import assert from "node:assert/strict";
import { test } from "node:test";
import { decimalsOf, e8ToText, parseE8 } from "../../src/core/decimal.ts";
import { random } from "../../src/core/random.ts";

test("parseE8 scales decimal text by 1e8 without rounding", () => {
  assert.equal(parseE8("61837.63000000"), 6183763000000n);
  assert.equal(parseE8("0.00001234"), 1234n);
  assert.equal(parseE8("12"), 1200000000n);
  assert.equal(parseE8("0"), 0n);
  assert.equal(parseE8("92233720368.54775807"), 9223372036854775807n);
});

for (const text of [
  "",
  ".",
  ".5",
  "1.",
  "-1",
  "+1",
  "1e8",
  "1e-8",
  " 1",
  "1 ",
  "01",
  "00.1",
  "1.123456789",
  "NaN",
  "Infinity",
  "0x10",
  "1_000",
  "1,5",
  "９",
  "92233720368.54775808",
  "1".repeat(40),
]) {
  test(`parseE8 refuses ${JSON.stringify(text)}`, () => assert.equal(parseE8(text), undefined));
}

test("e8ToText gives back each text that parseE8 takes, to the byte", () => {
  const { uniform } = random(7);
  for (let i = 0; i < 20_000; i++) {
    const decimals = Math.floor(uniform() * 9);
    const whole = Math.floor(uniform() ** 8 * 92_233_720_367);
    const fraction = String(Math.floor(uniform() * 10 ** decimals)).padStart(decimals, "0");
    const text = decimals === 0 ? `${whole}` : `${whole}.${fraction}`;
    assert.equal(e8ToText(parseE8(text)!, decimalsOf(text)), text);
  }
});
