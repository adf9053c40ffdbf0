import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { alertsOf } from "../../../src/analytics/alerts/alerts.ts";
import { parseRuleTests } from "../../../src/analytics/alerts/rule-tests/check-rule-tests.ts";
import { runRuleTests } from "../../../src/analytics/alerts/rule-tests/rule-tests.ts";
import {
  checkRules,
  parseRules,
  type RuleFault,
  ruleFaults,
} from "../../../src/analytics/alerts/rules/check-rules.ts";
import { parsePlaced } from "../../../src/analytics/alerts/rules/json-places.ts";
import { alertEvaluator } from "../../../src/analytics/alerts/values/evaluator.ts";
import { TickbookError } from "../../../src/core/errors.ts";
import { random } from "../../../src/core/random.ts";

const read = (name: string): string =>
  readFileSync(new URL(`../../../rules/${name}`, import.meta.url), "utf8");
/** The rules that come with Tickbook, and one of several conditions each way. */
const RULES = JSON.stringify(
  {
    rules: [
      ...(JSON.parse(read("default.json")) as { rules: object[] }).rules,
      ...["all", "any"].map((way) => ({
        ...{ name: way, pair: ["ETHUSDT", "BTCUSDT"], interval: "1s", for: "2s" },
        [way]: [
          { measure: "zScore", window: 60, when: "abs", fire: 2, resolve: 1 },
          { measure: "quoteVolume", leg: "y", window: 9, when: "above", fire: 1000, resolve: 500 },
        ],
        text: "{values}, {value.1} {fire.2}",
      })),
    ],
  },
  undefined,
  2,
);
const OWN_TEST = `{"name": "both", "values": {"all": ["0 3 -3 _ 0", "1000x5"]},
  "expect": [{"at": "2s", "rule": "all", "state": "pending"}]},`;
const TESTS = read("default.test.json")
  .replace('"tests": [', `"tests": [${OWN_TEST}`)
  .replace('"default.json"', JSON.stringify(JSON.parse(RULES).rules));

const PIECES = [
  '"',
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  "null",
  "-1",
  "1e999",
  '"\\u0000"',
  "\n",
  "true",
  "{}",
  "[]",
  '"*"',
  "0",
  '"0s"',
  "🙂",
];

/** A text with a few of its letters or words cut, doubled or replaced. */
function damaged(text: string, { uniform }: { uniform: () => number }): string {
  let out = text;
  for (let changes = 1 + Math.floor(3 * uniform()); changes > 0; changes--) {
    const words = [...out.matchAll(/"[^"]*"|[-\d.e]+|[[\]{},:]/g)];
    const word = words[Math.floor(words.length * uniform())];
    if (word === undefined) return out;
    const [from, to] = [word.index, word.index + word[0].length];
    const piece = PIECES[Math.floor(PIECES.length * uniform())]!;
    const choice = uniform();
    const middle =
      choice < 0.3 ? "" : choice < 0.6 ? piece : choice < 0.8 ? word[0] + word[0] : word[0].slice(0, -1);
    out = out.slice(0, from) + middle + out.slice(to);
  }
  return out;
}

/** Refusals are sentences of ours; anything else is a defect. */
function refusal(work: () => void): TickbookError | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    assert.ok(error instanceof TickbookError, String((error as Error).stack));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    assert.doesNotMatch(error.message, /[\u0000-\u0009\u000b-\u001f\u007f]/);
    return error;
  }
}

test("a damaged rule file is refused in sentences with places that are in the file, or makes alerts that run", () => {
  const source = random(2);
  let refused = 0;
  for (let i = 0; i < 1500; i++) {
    const text = damaged(RULES, source);
    const error = refusal(() => {
      const { rules } = parseRules(text, { symbols: ["BTCUSDT", "ETHUSDT"] });
      alertEvaluator(alertsOf(rules, { venue: "v", symbols: ["BTCUSDT", "ETHUSDT"] }));
    });
    if (error === undefined) continue;
    refused++;
    const lines = text.split("\n").length;
    for (const { line = 1 } of (error.facts.faults ?? []) as RuleFault[])
      assert.ok(line >= 1 && line <= lines);
  }
  assert.ok(refused > 1000);
});

test("parsePlaced takes what JSON.parse takes, gives the same value, and refuses the rest", () => {
  const source = random(4);
  for (let i = 0; i < 3000; i++) {
    const text = damaged(
      RULES.slice(0, 400 + Math.floor(400 * source.uniform())) + (i % 2 === 0 ? RULES.slice(800) : ""),
      source,
    );
    let expected: unknown;
    let isJson = true;
    try {
      expected = JSON.parse(text);
    } catch {
      isJson = false;
    }
    const error = refusal(() => assert.deepEqual(parsePlaced(text, "x").value, expected));
    assert.equal(error === undefined, isJson, text);
  }
});

test("a damaged file of tests is refused in sentences, or runs", () => {
  const source = random(6);
  for (let i = 0; i < 600; i++) {
    refusal(() => {
      const { file, rules } = parseRuleTests(damaged(TESTS, source), "x", (given) => checkRules(given).rules);
      runRuleTests(file, rules);
    });
  }
});

test("values of any kind in any field are faults, not defects", () => {
  const values = [
    null,
    0,
    -1,
    Number.NaN,
    "",
    "x",
    true,
    [],
    {},
    [[]],
    [null],
    { a: 1 },
    "__proto__",
    1e308,
    "9".repeat(500),
    [["A", "A"]],
  ];
  const [sound] = JSON.parse(RULES).rules as Record<string, unknown>[];
  for (const name of [
    ...Object.keys(sound!),
    "pair",
    "labels",
    "hedge",
    "within",
    "beta",
    "perHour",
    "all",
    "any",
    "leg",
    "__proto__",
    "constructor",
  ]) {
    for (const value of values) {
      const rule = Object.fromEntries([...Object.entries(sound!), [name, value]]);
      assert.doesNotThrow(() => ruleFaults([rule]), `${name} ${JSON.stringify(value)}`);
      const inner = { ...sound, fire: undefined, all: [{ ...rule }, value], text: "{value.1}" };
      assert.doesNotThrow(() => ruleFaults([inner]), `all: ${name} ${JSON.stringify(value)}`);
    }
  }
});
