import assert from "node:assert/strict";
import { test } from "node:test";
import { random } from "../../../src/core/random.ts";
import { numberText, shortNumber } from "../../../src/pipeline/files/values/number-text.ts";
import { closesOf, reading, refusal } from "../../support/files.ts";

const plain = (text: string, mark?: "." | ","): string | undefined => numberText(text, mark)?.plain;

test("a number is read from its text, digit by digit: signs of money, thousands, exponents", () => {
  const cases: readonly [string, string | undefined][] = [
    ["1", "1"],
    ["$224.93", "224.93"],
    ["€ 1.234,50", "1234.50"],
    ["224.93 €", "224.93"],
    ["85,245.16", "85245.16"],
    ["1,085,245.00", "1085245.00"],
    ["1.085.245,5", "1085245.5"],
    ["1'234'567.25", "1234567.25"],
    ["1 234,5", "1234.5"],
    ["1\u00a0234,5", "1234.5"],
    ["1e-8", "0.00000001"],
    ["1.1e+09", "1100000000"],
    ["2.5E3", "2500"],
    ["1.25e2", "125"],
    ["0.1", "0.1"],
    [".5", "0.5"],
    ["+3", "3"],
    ["-3.5", "-3.5"],
    ["42000,5", "42000.5"],
    // no numbers
    ["", undefined],
    ["abc", undefined],
    ["1,23,456", undefined],
    ["12,34.5", undefined],
    ["015.15", undefined],
    ["007", undefined],
    ["1.2.3", undefined],
    ["1,2,3", undefined],
    ["5%", undefined],
    ["(5)", undefined],
    ["1_000", undefined],
    ["0x10", undefined],
    ["Infinity", undefined],
    ["1e", undefined],
    ["--1", undefined],
  ];
  for (const [text, expected] of cases) assert.equal(plain(text), expected, text);
});

test("a mark that could be either says so, and follows the file's", () => {
  assert.equal(numberText("1.234", undefined)!.isOpen, true);
  assert.equal(numberText("0.234", undefined)!.isOpen, false);
  assert.equal(numberText("1.2345", undefined)!.proves, ".");
  assert.equal(plain("1.234", "."), "1.234");
  assert.equal(plain("1.234", ","), "1234");
  assert.equal(plain("1,234", ","), "1.234");
  assert.equal(plain("1,234", "."), "1234");
  assert.equal(plain("12.5", ","), undefined);
});

test("decimal commas between semicolons are proven by any number of the file, wherever it stands", (t) => {
  const early = reading(t, "time;close\n2024-01-02;42002,5\n2024-01-03;1,234\n");
  assert.deepEqual(early.series[0]!.close, new Float64Array([42002.5, 1.234]));
  const late = reading(t, "time;close\n2024-01-02;1.234\n2024-01-03;5.678\n2024-01-04;1.234,5\n");
  assert.deepEqual(late.series[0]!.close, new Float64Array([1234, 5678, 1234.5]));
});

test("numbers that can be decimals or thousands are refused with the first of them, unless their mark is told", (t) => {
  const text = "time;close\n2024-01-02;1.234\n2024-01-03;5.678\n";
  assert.equal(
    refusal(t, text),
    'data.csv, line 2, close: needs a number that can be read in one way; "1.234" can be a decimal or thousands, and no other number settles it. Pass --decimal . or --decimal ,.',
  );
  assert.match(refusal(t, text, {}, { voice: "settings" }), /Pass decimal: "\." or decimal: ","\.$/);
  assert.deepEqual(
    closesOf(reading(t, text, { decimal: "." })).map(([, c]) => c),
    [1.234, 5.678],
  );
  assert.deepEqual(
    closesOf(reading(t, text, { decimal: "," })).map(([, c]) => c),
    [1234, 5678],
  );
  assert.match(
    refusal(t, 'time,close\n2024-01-02,"1,234"\n2024-01-03,"5,678"\n'),
    /line 2, close: .*can be a decimal or thousands/,
  );
});

test("a file that proves both marks is refused with both rows", (t) => {
  assert.match(
    refusal(t, "time;close\n2024-01-02;1,5\n2024-01-03;1.25\n"),
    /line 3, close: needs one decimal mark in the whole file; got "1\.25", and "1,5" in line 2/,
  );
});

test("between commas thousands stand in quotes; without, the row has a cell too many, or a zero in front", (t) => {
  const quoted = reading(t, 'time,close\n2024-01-02,"40,015.15"\n2024-01-03,"985.17"\n');
  assert.deepEqual(
    closesOf(quoted).map(([, c]) => c),
    [40015.15, 985.17],
  );
  assert.match(
    refusal(t, "time,close\n2024-01-02,985.17\n2024-01-03,40,015.15\n"),
    /line 3: needs 2 cells, as the first row has; got 3/,
  );
  assert.match(
    refusal(t, "time,close,volume\n2024-01-02,985.17,1\n2024-01-03,40,015.15\n"),
    /line 3, volume: needs a number; got "015\.15"/,
  );
});

test("words for nothing are nothing; any other word is refused with its row", (t) => {
  const data = reading(
    t,
    "time,btc_close,eth_close\n2024-01-02,1,2\n2024-01-03,NaN,\n2024-01-04,null,N/A\n2024-01-05,4,#N/A\n",
  );
  assert.deepEqual([...data.series[0]!.close], [1, Number.NaN, Number.NaN, 4]);
  assert.match(
    refusal(t, "time,btc_close,eth_close\n2024-01-02,1,2\n2024-01-03,n.a.,3\n"),
    /line 3, btc_close: needs a number; got "n\.a\."/,
  );
});

test("trades keep eight decimals: zeros beyond say nothing, digits beyond are refused and never rounded", (t) => {
  const trade = (price: string) => `id,price,qty,time,side\n1,${price},0.1,2024-01-01T00:00:00Z,buy\n`;
  assert.equal(reading(t, trade("0.100000000000")).trades[0]!.columns.price[0], 0.1);
  assert.equal(reading(t, trade("1.5e-7")).trades[0]!.columns.price[0], 1.5e-7);
  assert.match(
    refusal(t, trade("0.30000000000000004")),
    /line 2, price: needs a decimal above 0 with at most 8 decimals; got "0\.30000000000000004"/,
  );
  for (const price of ["0", "-1", "", "NaN", "1e-9"])
    assert.match(refusal(t, trade(price)), /line 2, price: needs a decimal above 0/, price);
});

test("what is read in one look is Number of the same text, to the last bit; every other form is left to who knows it", () => {
  const source = random(11);
  const digits = (count: number): string =>
    Array.from({ length: count }, () => Math.floor(10 * source.uniform())).join("");
  for (let k = 0; k < 20_000; k++) {
    const [front, back] = [1 + Math.floor(12 * source.uniform()), Math.floor(12 * source.uniform())];
    const whole = String(Number(digits(front)));
    const text = back === 0 ? whole : `${whole}.${digits(back)}`;
    const value = shortNumber(text);
    if (text.length <= (back === 0 ? 15 : 16)) assert.equal(value, Number(text), text);
    else assert.ok(Number.isNaN(value), text);
  }
  for (const text of [
    "",
    ".",
    "1.",
    ".5",
    "01",
    "00.5",
    "-1",
    "+1",
    "1e5",
    "1,5",
    "1 5",
    "1.2.3",
    "0x1",
    "NaN",
    "١",
  ])
    assert.ok(Number.isNaN(shortNumber(text)), text);
  assert.deepEqual(["0", "0.5", "10.50"].map(shortNumber), [0, 0.5, 10.5]);
});
