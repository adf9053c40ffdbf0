import assert from "node:assert/strict";
import { test } from "node:test";
import { parseRuleTests } from "../../../../src/analytics/alerts/rule-tests/check-rule-tests.ts";
import { runRuleTests, testReport } from "../../../../src/analytics/alerts/rule-tests/rule-tests.ts";
import { readSeries } from "../../../../src/analytics/alerts/rule-tests/series-text.ts";
import { checkRules, type RuleFault } from "../../../../src/analytics/alerts/rules/check-rules.ts";
import type { AlertRule } from "../../../../src/analytics/alerts/rules/rule.ts";
import type { TickbookError } from "../../../../src/core/errors.ts";

const MOVED: AlertRule = {
  name: "moved",
  symbol: "*",
  interval: "1s",
  measure: "priceMove",
  when: "above",
  fire: 1,
  for: "1s",
};

const parsed = (file: object) =>
  parseRuleTests(JSON.stringify(file), "x.json", (rules) => checkRules(rules).rules);
const run = (file: object) => {
  const { file: read, rules } = parsed(file);
  return runRuleTests(read, rules);
};

test("a series in short", () => {
  assert.deepEqual(readSeries(" 1  -2.5x2 _ 100+1x3 3-0.1x4 _x2 1e-3"), [
    1,
    -2.5,
    -2.5,
    Number.NaN,
    100,
    101,
    102,
    3,
    2.9,
    2.8,
    2.7,
    Number.NaN,
    Number.NaN,
    0.001,
  ]);
  for (const bad of ["", "1,2", "x3", "1x", "1+1", "1y3", "__", "1x9999999", "1x100000 1"])
    assert.equal(typeof readSeries(bad), "string", bad);
});

test("an expectation that is not met is told with what came and the value; one that is met is not", () => {
  const file = {
    rules: [MOVED],
    tests: [
      {
        name: "jump",
        bars: { BTCUSDT: { close: "100x3 102 104.5 104.5" }, ETHUSDT: { close: "5x6" } },
        expect: [
          { at: "4s", rule: "moved", watched: "BTCUSDT", state: "pending" },
          { at: "5s", rule: "moved", watched: "BTCUSDT", state: "firing", told: "firing" },
          { at: "5s", rule: "moved", state: "firing" },
          { at: "6s", rule: "moved", watched: "BTCUSDT", state: "firing", told: "" },
          { at: "7s", rule: "moved", watched: "ETHUSDT", state: "inactive" },
          { at: "5s", rule: "moved", watched: "SOLUSDT", state: "inactive" },
        ],
      },
    ],
  };
  const [outcome] = run(file);
  assert.equal(outcome!.checks, 6);
  assert.deepEqual(
    outcome!.failures.map(({ at, watched, expected, got, values }) => [
      at,
      watched,
      expected,
      got,
      ...values,
    ]),
    [
      ["5s", "ETHUSDT", "firing", "inactive", 0],
      ["6s", "BTCUSDT", "firing, told nothing", "resolved, told resolved", 0],
      ["7s", "ETHUSDT", "inactive", "before the first bar, or after the last"],
      ["5s", "SOLUSDT", "inactive", "no such alert in this test"],
    ],
  );
  const report = testReport([outcome!, { name: "other", checks: 2, failures: [] }]);
  assert.match(report, /^FAIL jump\n {7}at 5s, moved, ETHUSDT: needs firing; it is inactive \(value 0\)\n/);
  assert.match(report, /\nok {3}other \(2\)\n1 of 2 tests passed$/);
});

test("rules on other bars than the test's are left out", () => {
  const rules = [MOVED, { ...MOVED, name: "minutes", interval: "1m" }];
  const bars = { BTCUSDT: { close: "100x3 102x3" } };
  const expect = [{ at: "3m", rule: "minutes", state: "inactive" }];
  assert.deepEqual(run({ rules, tests: [{ name: "m", interval: "1m", bars, expect }] })[0]!.failures, []);
  assert.match(run({ rules, tests: [{ name: "s", bars, expect }] })[0]!.failures[0]!.got, /no such alert/);
});

test("faults of a file of tests come all at once, with place and what is allowed", () => {
  const file = {
    rules: [MOVED],
    test: 1,
    tests: [],
  };
  assert.throws(
    () => parsed(file),
    (error: TickbookError) => {
      assert.match(
        error.message,
        /x\.json: needs tests of rules as docs\/alerts\.md describes them; 2 things are wrong/,
      );
      assert.match(error.message, /test: "test" is no name that is known\. Did you mean "tests"\?/);
      return true;
    },
  );
  const bad = {
    rules: [MOVED],
    tests: [
      {
        name: "",
        values: { moved: "1,2", mooved: "1" },
        expect: [{ at: "5", rule: "movd", state: "fire", told: "resolve" }],
      },
      { name: "b", values: { moved: "1" }, bars: { A: { volume: "1" } }, expect: [] },
      3,
    ],
  };
  assert.throws(
    () => parsed(bad),
    (error: TickbookError) => {
      const places = (error.facts.faults as RuleFault[]).map(({ place }) => place);
      assert.deepEqual(places, [
        "tests[0].name",
        "tests[0].values.moved",
        "tests[0].values.mooved",
        "tests[0].expect[0].at",
        "tests[0].expect[0].rule",
        "tests[0].expect[0].state",
        "tests[0].expect[0].told",
        "tests[1]",
        "tests[1].bars.A",
        "tests[1].expect",
        "tests[2]",
      ]);
      return true;
    },
  );
  assert.throws(
    () => parsed({ rules: [{ ...MOVED, fire: "1" }], tests: [1] }),
    /fire: needs a finite number/,
  );
});

test("a rule may have the name of what every object has", () => {
  const rules = ["constructor", "__proto__", "b"].map((name) => ({ ...MOVED, name }));
  const tests = [
    {
      name: "t",
      values: JSON.parse('{"b": "0 2x3", "__proto__": "0x4"}'),
      expect: [
        { at: "4s", rule: "b", state: "firing" },
        { at: "4s", rule: "__proto__", state: "inactive" },
        { at: "4s", rule: "constructor", state: "inactive" },
      ],
    },
  ];
  assert.deepEqual(
    run({ rules, tests })[0]!.failures.map(({ rule, got }) => [rule, got]),
    [["constructor", "no such alert in this test"]],
  );
});

const TWO: AlertRule = {
  name: "two",
  pair: ["ETHUSDT", "BTCUSDT"],
  interval: "1s",
  any: [
    { measure: "zScore", window: 60, when: "abs", fire: 2, resolve: 1 },
    { measure: "tradeCount", leg: "x", when: "below", fire: 1, resolve: 3 },
  ],
};

test("a rule with several conditions takes a series for each, and shows all values of a failure", () => {
  const expect = [
    { at: "2s", rule: "two", state: "firing", told: "firing" },
    { at: "4s", rule: "two", state: "firing", told: "firing" },
    { at: "5s", rule: "two", state: "firing", told: "" },
    { at: "6s", rule: "two", state: "inactive" },
  ];
  const [outcome] = run({
    rules: [TWO],
    tests: [{ name: "t", values: { two: ["0 3 3 -3 -1 0", "9x4 1 5"] }, expect }],
  });
  assert.deepEqual(
    outcome!.failures.map(({ at, got }) => [at, got]),
    [["6s", "resolved"]],
  );
  assert.match(testReport([outcome!]), /needs inactive; it is resolved \(values 0, 5\)/);
});

test("series for a rule with several conditions are as many as its conditions, and of one length", () => {
  const expect = [{ at: "1s", rule: "two", state: "firing" }];
  for (const [values, expected] of [
    ["0 1", /values\.two: needs a list of 2 series, one for each condition of the rule/],
    [["0 1"], /values\.two: needs a list of 2 series/],
    [["0 1", "1x3"], /values\.two: needs series of equal length; got 2 and 3 values/],
    [["0 1", "1,3"], /values\.two\[1\]: needs a series of values/],
    [["0 1", 3], /values\.two\[1\]: needs a series of values/],
  ] as const)
    assert.throws(
      () => run({ rules: [TWO], tests: [{ name: "t", values: { two: values }, expect }] }),
      expected,
    );
});

test("the trades of bars, and the z-score of their closes, judge a rule with several conditions", () => {
  const bars = { ETHUSDT: { close: "50+0.1x80" }, BTCUSDT: { close: "100x80", trades: "9x70 1x10" } };
  const expect = [
    { at: "70s", rule: "two", state: "no data" },
    { at: "71s", rule: "two", state: "firing" },
  ];
  const [outcome] = run({ rules: [TWO], tests: [{ name: "t", bars, expect }] });
  assert.deepEqual(outcome!.failures, []);
});
