import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { MeasureFacts } from "../../../src/analytics/alerts/measures/measure.ts";
import { MEASURES } from "../../../src/analytics/alerts/measures/measures.ts";
import { parseRuleTests } from "../../../src/analytics/alerts/rule-tests/check-rule-tests.ts";
import { runRuleTests } from "../../../src/analytics/alerts/rule-tests/rule-tests.ts";
import { checkRules, parseRules } from "../../../src/analytics/alerts/rules/check-rules.ts";
import { CONDITION_TEXT_NAMES, RULE_FIELDS, TEXT_NAMES } from "../../../src/analytics/alerts/rules/fields.ts";
import { alertJson } from "../../../src/app/alerts/sinks/alert-json.ts";

const page = readFileSync(new URL("../../../docs/alerts.md", import.meta.url), "utf8");
const [rules, combined, message, tests] = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(
  ([, block]) => block!,
);

test("the page has each field and each measure as the code has it", () => {
  for (const [name, { about, required, otherwise = "" }] of Object.entries(RULE_FIELDS)) {
    const row = `| \`${name}\` | ${about} | ${required ? "required" : otherwise} |`;
    assert.ok(page.includes(row), row);
  }
  for (const [name, facts] of Object.entries(MEASURES) as [string, MeasureFacts][]) {
    const { of, about, unit, leastWindow, window } = facts;
    const bars =
      leastWindow === undefined
        ? "none"
        : window === undefined
          ? `from ${leastWindow}`
          : `${window} by default`;
    const row = `| \`${name}\` | ${of} | ${about} | ${unit} | ${bars} |`;
    assert.ok(page.includes(row), row);
  }
  for (const name of [...TEXT_NAMES, ...CONDITION_TEXT_NAMES])
    assert.ok(page.includes(`\`{${name}}\``), name);
});

test("the rule file on the page is sound", () => {
  const symbols = ["BTCUSDT", "ETHUSDT", "SOLUSDT"];
  assert.equal(parseRules(rules!, { symbols }).rules.length, 3);
  assert.equal(parseRules(combined!, { symbols }).rules[0]!.all!.length, 3);
});

test("the tests on the page pass", () => {
  const { file, rules: own } = parseRuleTests(tests!, "docs/alerts.md", (given) => checkRules(given).rules);
  const outcomes = runRuleTests(file, own);
  assert.deepEqual(
    outcomes.map(({ name, failures }) => ({ name, failures })),
    [
      { name: "fires when it stays out for a second", failures: [] },
      { name: "the same from prices, for one of two symbols", failures: [] },
    ],
  );
});

test("the message on the page has the fields of a real one", () => {
  const record = {
    ...{
      id: 17,
      venue: "v",
      venueKind: "real" as const,
      key: "k",
      rule: "r",
      watched: "w",
      severity: "s",
      kind: "firing",
      from: "pending",
    },
    ...{ timeUs: 0, atUs: 0, sinceUs: 0, value: 1, fire: 1, resolve: 1, delivery: "sent", silencedBy: "" },
    ...{ isLate: false, heldBack: 0, text: "t", labels: {} },
  };
  assert.deepEqual(Object.keys(JSON.parse(message!)), Object.keys(alertJson(record, 1)));
});
