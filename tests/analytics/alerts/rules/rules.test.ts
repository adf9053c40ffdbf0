import assert from "node:assert/strict";
import { test } from "node:test";
import { alertsOf } from "../../../../src/analytics/alerts/alerts.ts";
import { MEASURE_NAMES, MEASURES } from "../../../../src/analytics/alerts/measures/measures.ts";
import { replayAlerts } from "../../../../src/analytics/alerts/replay.ts";
import {
  checkRules,
  parseRules,
  type RuleFault,
  ruleFaults,
} from "../../../../src/analytics/alerts/rules/check-rules.ts";
import { defaultRules } from "../../../../src/analytics/alerts/rules/defaults.ts";
import { RULE_FIELDS } from "../../../../src/analytics/alerts/rules/fields.ts";
import { parsePlaced } from "../../../../src/analytics/alerts/rules/json-places.ts";
import { rulesSchema } from "../../../../src/analytics/alerts/rules/json-schema.ts";
import type { AlertRule } from "../../../../src/analytics/alerts/rules/rule.ts";
import { suggest } from "../../../../src/analytics/alerts/rules/suggest.ts";
import { alertText, eventText } from "../../../../src/analytics/alerts/text.ts";
import { TickbookError } from "../../../../src/core/errors.ts";
import { simulatedMarket } from "../../../../src/pipeline/exchange/market/market.ts";
import { secondBars } from "../../../support/second-bars.ts";

const SYMBOLS = ["BTCUSDT", "ETHUSDT", "SOLUSDT"];
const Z: AlertRule = {
  name: "z out",
  pair: ["ETHUSDT", "BTCUSDT"],
  interval: "1s",
  measure: "zScore",
  window: 60,
  when: "abs",
  fire: 2,
  resolve: 1,
};

/** The faults of one rule made from a sound one: `place: problem | hint`. */
function faults(change: Record<string, unknown>, symbols?: readonly string[]): string[] {
  const rule = Object.fromEntries(
    Object.entries({ ...Z, ...change }).filter(([, value]) => value !== undefined),
  );
  const list = ruleFaults({ rules: [rule] }, symbols === undefined ? {} : { symbols });
  return list.map(({ place, problem, hint }) => `${place}: ${problem} | ${hint}`);
}

test("the default rules are sound, and cover z-score, volume, correlation, stale feed and open hole", () => {
  const rules = defaultRules({ pair: ["ETHUSDT", "BTCUSDT"] });
  assert.deepEqual(ruleFaults({ rules }, { symbols: SYMBOLS }), []);
  assert.deepEqual(
    rules.map(({ measure, fire, within = 1 }) => [measure, fire, within]),
    [
      ["feedAge", 10, 1],
      ["holeOpen", 1, 1],
      ["quoteVolume", 1000, 1],
      ["zScore", 2.5, 1],
      ["correlation", 0.3, 1],
    ],
  );
  assert.equal(alertsOf(rules, { venue: "sim", symbols: SYMBOLS }).length, 3 * 3 + 2);
  assert.deepEqual(ruleFaults(defaultRules()), []);
});

test("in twenty calm minutes the default rules hold nothing back, and tell a pair's desk no more than eight times", () => {
  const market = simulatedMarket(7);
  const symbols = ["ETHUSDT", "BTCUSDT"];
  const fromUs = Date.UTC(2026, 0, 5, 12) * 1000;
  const bars = symbols.map((symbol) => secondBars(market, symbol, fromUs, 1200));
  const alerts = alertsOf(defaultRules({ pair: ["ETHUSDT", "BTCUSDT"] }), { venue: "v", symbols });
  const told = replayAlerts(alerts, bars).flatMap(({ events }) => events.map(({ delivery }) => delivery));
  assert.ok(!told.includes("held back"));
  assert.ok(told.filter((delivery) => delivery === "sent").length <= 8);
});

test("every measure can be used in a rule with what its table says", () => {
  for (const measure of MEASURE_NAMES) {
    const { of, leastWindow, window } = MEASURES[measure];
    const rule = {
      name: measure,
      measure,
      interval: "1m",
      when: "above",
      fire: 1,
      ...(of === "pair" ? { pair: ["ETHUSDT", "BTCUSDT"] } : { symbol: "BTCUSDT" }),
      ...(leastWindow !== undefined && window === undefined && { window: leastWindow }),
    };
    assert.deepEqual(ruleFaults([rule]), [], measure);
  }
});

test("a fault tells its place, what came, and what is allowed", () => {
  for (const [change, ...expected] of [
    [{ mesure: "zScore" }, 'rules[0].mesure: "mesure" is no field of a rule | Did you mean "measure"?'],
    [
      { measure: "z-score" },
      /rules\[0\]\.measure: needs one of "zScore", .*; got "z-score" \| Did you mean "zScore"\?/,
    ],
    [{ measure: undefined }, "rules[0].measure: is missing | Say what is looked at"],
    [
      { pair: ["ETHUSDT", "BTCUSD"] },
      /rules\[0\]\.pair\[1\]: "BTCUSD" is not in the database, .* Did you mean "BTCUSDT"/,
    ],
    [{ pair: ["ETHUSDT", "ETHUSDT"] }, /two different symbols; got "ETHUSDT" twice/],
    [{ pair: undefined }, /rules\[0\]\.pair: is missing: zScore is a measure of a pair/],
    [{ symbol: "BTCUSDT" }, /rules\[0\]\.symbol: does not go with zScore/],
    [{ pair: ["eth", "BTCUSDT"] }, /needs a symbol as the exchange writes it; got "eth"/],
    [
      { resolve: 3 },
      'rules[0].resolve: lies beyond fire: 3 is above 2 | With "abs", resolve has to be from 0 to 2',
    ],
    [{ when: "above", resolve: 2.5 }, /resolve: lies beyond fire: 2\.5 is above 2/],
    [{ when: "below", resolve: 1 }, /resolve: lies beyond fire: 1 is below 2/],
    [{ fire: -2, resolve: 0 }, /fire: with "abs" it has to be above 0; got -2/],
    [{ fire: 0, resolve: undefined }, /fire: with "abs" it has to be above 0; got 0/],
    [
      { fire: "2" },
      'rules[0].fire: needs a finite number; got "2" | Write for example 2 or 0.3, without quotes',
    ],
    [{ window: 10, fire: 3, resolve: 1 }, /never goes beyond ±2\.85/],
    [{ window: 2.5 }, /window: needs a whole number from 1 to 100000; got 2\.5/],
    [{ window: undefined }, /window: is missing \| zScore needs a whole number of bars, at least 3/],
    [
      { for: "-5s" },
      'rules[0].for: needs a time from 0s to 365d; got "-5s" | Write for example "30s", "5m" or "1h"',
    ],
    [{ keepFiringFor: 5 }, /keepFiringFor: needs a time from 0s to 365d; got 5/],
    [{ remind: "10ms" }, /remind: needs 1s or more/],
    [{ interval: "1w" }, /interval: needs the length of a bar, 100ms to 1d; got "1w"/],
    [{ hedge: "frosen" }, /Did you mean "frozen"/],
    [{ hedge: "fixed" }, /beta: is missing \| A fixed hedge needs its β/],
    [{ beta: 1 }, /beta: goes with a fixed hedge only/],
    [{ labels: { venue: "x" } }, /labels\.venue: "venue" is a label that every alert has by itself/],
    [{ labels: { "a b": "x" } }, /labels\["a b"\]: "a b" is no name for a label/],
    [{ labels: { team: 1 } }, /labels\.team: needs a text/],
    [
      { text: "{valeu} is out" },
      'rules[0].text: "{valeu}" has nothing to be filled in with | Did you mean {value}?',
    ],
    [{ silences: true }, /silences: does not go with zScore/],
    [{ name: "" }, /name: needs a text of 1 to 100 letters/],
    [{ perHour: 0 }, /perHour: needs a whole number from 1 to 3600/],
    [{ severity: "sever" }, /needs one of "info", "warning", "critical"/],
  ] as [Record<string, unknown>, ...(string | RegExp)[]][]) {
    const found = faults(change, SYMBOLS);
    assert.equal(found.length, expected.length, `${JSON.stringify(change)}: ${found.join("\n")}`);
    expected.forEach((text, i) => {
      if (typeof text === "string") assert.equal(found[i], text);
      else assert.match(found[i]!, text);
    });
  }
});

test("a fault of the measure of one symbol tells what a symbol needs", () => {
  const rule = {
    name: "v",
    symbol: "BTCUSDT",
    interval: "1s",
    measure: "feedAge",
    when: "above",
    fire: 1,
    window: 3,
    hedge: "frozen",
  };
  assert.deepEqual(
    ruleFaults([rule]).map(({ place }) => place),
    ["[0].window", "[0].hedge"],
  );
});

test("a file's faults come all at once, each with its line", () => {
  const text = `{
  "rules": [
    { "name": "a", "pair": ["ETHUSDT", "BTCUSDT"], "interval": "1s",
      "measure": "zScor", "window": 60, "when": "abs",
      "fire": 2, "resolve": 3,
      "for": "-1s" },
    { "name": "b", "symbol": "*", "interval": "1s", "measure": "feedAge",
      "when": "over", "fire": 1, "fire": 2,
      "colour": "red" }
  ]
}`;
  assert.throws(
    () => parseRules(text, { where: "data/alerts.json", symbols: SYMBOLS }),
    (error: TickbookError) => {
      assert.ok(error instanceof TickbookError);
      const lines = (error.facts.faults as RuleFault[]).map(({ line, place }) => [line, place]);
      assert.deepEqual(lines, [
        [4, "rules[0].measure"],
        [5, "rules[0].resolve"],
        [6, "rules[0].for"],
        [8, "rules[1].fire"],
        [8, "rules[1].when"],
        [9, "rules[1].colour"],
      ]);
      assert.match(
        error.message,
        /^data\/alerts\.json: needs rules as docs\/alerts\.md describes them; 6 things are wrong\. Mend them:\n {2}line 4, /,
      );
      return true;
    },
  );
});

test("hostile names stay text in what is told of a file", () => {
  const name = "a\u001b[31m\u009b31m\u202e\n";
  const rule = { ...Z, [name]: 1, labels: { [name]: "x" }, text: "{nothing}", measure: name };
  assert.throws(
    () => checkRules([rule]),
    (error: TickbookError) => {
      const faults = (error.facts.faults as RuleFault[]).length;
      assert.equal(error.message.split("\n").length, faults + 1);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      assert.doesNotMatch(error.message, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
      return faults >= 4;
    },
  );
});

test("a threshold that no value can reach is refused: it would never fire, or never be over", () => {
  const of = { pair: undefined, symbol: "*", resolve: undefined };
  for (const [change, expected] of [
    [
      { measure: "correlation", when: "below", fire: -1.5, resolve: 0 },
      /^rules\[0\]\.fire: correlation is from -1 to 1; got -1.5, which never fires/,
    ],
    [
      { measure: "correlation", when: "below", fire: 0.3, resolve: 1.5 },
      /^rules\[0\]\.resolve: correlation is from -1 to 1; got 1.5, at which it is never over/,
    ],
    [
      { measure: "adfPValue", when: "above", fire: 5, resolve: 1 },
      /^rules\[0\]\.fire: adfPValue is from 0 to 1/,
    ],
    [{ ...of, measure: "volume", when: "below", fire: -1 }, /^rules\[0\]\.fire: volume is never below 0/],
    [
      { ...of, measure: "feedAge", window: undefined, when: "above", fire: 10, resolve: -1 },
      /^rules\[0\]\.resolve: feedAge is never below 0/,
    ],
    [
      { when: "above", fire: 2, resolve: -9 },
      /^rules\[0\]\.resolve: a z-score of 60 bars never goes beyond ±7\.62/,
    ],
  ] as const) {
    const found = faults(change);
    assert.equal(found.length, 1, found.join());
    assert.match(found[0]!, expected);
  }
  for (const sound of [
    { measure: "correlation", when: "below", fire: -1, resolve: 1 },
    { ...of, measure: "volume", when: "below", fire: 0 },
    { ...of, measure: "priceMove", when: "below", fire: -5 },
    { measure: "spread", window: undefined, when: "below", fire: -1e9 },
  ])
    assert.deepEqual(faults(sound), []);
});

test("what is no JSON is told with its line, and what is no rule file with what it needs", () => {
  assert.throws(() => parseRules('{\n"rules": [,]\n}'), /needs JSON; line 2 needs a value and has ","/);
  for (const [text, expected] of [
    ["[", /line 1 needs a value and has its end/],
    ["", /line 1 needs a value and has its end/],
    ["[1\n 2]", /line 2 needs "," or "]" and has "2"/],
    ["{a: 1}", /line 1 needs a name in double quotes and has "a"/],
    ['{"a" 1}', /line 1 needs ":" and has "1"/],
    ['{"a": 1,}', /line 1 needs a name in double quotes and has "}"/],
    ['{"a": "x\n"}', /line 1 needs a value/],
    ["[1] // x", /line 1 needs nothing more and has "\/\/"/],
    ["[01]", /line 1 needs a value and has "01"/],
  ] as const)
    assert.throws(() => parseRules(text), expected, text);
  assert.throws(() => parseRules(`${"[".repeat(60)}${"]".repeat(60)}`), /nested 50 deep/);
  for (const value of [null, 3, {}, { rules: {} }, { rules: [] }, []]) {
    assert.throws(() => checkRules(value), /needs a list of 1 to 10000 rules/, JSON.stringify(value));
  }
  assert.match(ruleFaults({ rules: [Z], rulez: 1 })[0]!.problem, /"rulez" is not known/);
  assert.match(ruleFaults({ rules: [Z, 3] })[0]!.problem, /needs a rule; got 3/);
  assert.match(ruleFaults({ rules: [Z], perHour: -1 })[0]!.problem, /whole number from 1/);
});

test("two rules that would be the same alert are refused; another label, symbol or interval makes another one", () => {
  assert.match(ruleFaults([Z, { ...Z, fire: 3 }])[0]!.problem, /is the same alert as \[0\]/);
  assert.deepEqual(ruleFaults([Z, { ...Z, interval: "1m" }, { ...Z, labels: { level: "2" } }]), []);
  const star = { name: "s", symbol: "*", interval: "1s", measure: "volume", when: "below", fire: 1 } as const;
  assert.throws(
    () => alertsOf([star, { ...star, symbol: "BTCUSDT" }], { venue: "v", symbols: SYMBOLS }),
    /on BTCUSDT comes twice/,
  );
});

test("an alert's identity does not depend on thresholds, on text, or on the order of its labels", () => {
  const key = (rule: AlertRule): string => alertsOf([rule], { venue: "v", symbols: [] })[0]!.key;
  const labelled = { ...Z, labels: { a: "1", b: "2" } };
  assert.equal(
    key(labelled),
    key({ ...labelled, labels: { b: "2", a: "1" }, fire: 3, text: "other", for: "1m" }),
  );
  assert.notEqual(key(labelled), key(Z));
});

test("a text is filled in; hostile labels stay text", () => {
  const rule: AlertRule = {
    ...Z,
    labels: { who: "<b>{value}\u001b[31m" },
    text: "{pair} {value} of {fire} at {time} {label.who}",
  };
  const [alert] = alertsOf([rule], { venue: "v", symbols: [] });
  const moment = { timeUs: 0, values: [-2.34567], state: "firing", sinceUs: 0 };
  assert.equal(
    alertText(alert!, moment),
    "ETHUSDT/BTCUSDT −2.346 of 2 at 1970-01-01T00:00:00Z <b>{value}\u001b[31m",
  );
});

test("an event says what has become of it, and its own text only while it fires", () => {
  const [alert] = alertsOf([{ ...Z, text: "{pair} is out at {value}" }], { venue: "v", symbols: [] });
  const texts = ["firing", "reminder", "resolved", "no data", "inactive"].map((kind) =>
    eventText(alert!, { kind, timeUs: 0, sinceUs: 0, values: [kind === "no data" ? Number.NaN : 0.5] }),
  );
  assert.deepEqual(texts, [
    "ETHUSDT/BTCUSDT is out at 0.5",
    "ETHUSDT/BTCUSDT is out at 0.5",
    "ETHUSDT/BTCUSDT: zScore is 0.5, over at 1",
    "ETHUSDT/BTCUSDT: no value of zScore",
    "ETHUSDT/BTCUSDT: zScore is 0.5 again",
  ]);
});

test("suggest names the word that is near, and none where none is", () => {
  assert.equal(suggest("keepfiringfro", Object.keys(RULE_FIELDS)), "keepFiringFor");
  assert.equal(suggest("xyzzy", Object.keys(RULE_FIELDS)), undefined);
});

test("parsePlaced knows the line of each place, and what stands twice", () => {
  const text = '{"a":\n[1,\n{"b c":\n"x,]}\\"\\n"}],\n"a": 2}';
  const { value, lines, twice } = parsePlaced(text, "x");
  assert.deepEqual(value, JSON.parse(text));
  assert.deepEqual(
    [...lines],
    [
      ["", 1],
      ["a", 5],
      ["a[0]", 2],
      ["a[1]", 3],
      ['a[1]["b c"]', 4],
    ],
  );
  assert.deepEqual(twice, [{ place: "a", line: 5 }]);
});

test("the JSON Schema has each field with the words that it allows", () => {
  const { rule, condition } = (
    rulesSchema() as { $defs: Record<string, { properties: object; required: string[] }> }
  ).$defs;
  assert.deepEqual(Object.keys(rule!.properties), Object.keys(RULE_FIELDS));
  assert.deepEqual(rule!.required, ["name", "interval"]);
  assert.deepEqual(condition!.required, ["measure", "when", "fire"]);
  assert.doesNotThrow(() => JSON.stringify(rulesSchema()));
});

/** A sound rule with two conditions. */
const BOTH: AlertRule = {
  name: "both",
  pair: ["ETHUSDT", "BTCUSDT"],
  interval: "1s",
  all: [
    { measure: "zScore", window: 60, when: "abs", fire: 2, resolve: 1 },
    { measure: "quoteVolume", leg: "y", when: "above", fire: 1000 },
  ],
};

test("several conditions: what one of them or the rule around them lacks, has too much or can't be, is a fault at its place", () => {
  assert.deepEqual(ruleFaults([BOTH], { symbols: SYMBOLS }), []);
  const [z, volume] = BOTH.all as unknown as Record<string, unknown>[];
  const { pair, all, ...bare } = BOTH as unknown as Record<string, unknown>;
  for (const [rule, expected] of [
    [{ ...BOTH, any: all }, /^rules\[0\]\.any: does not go beside "all"/],
    [{ ...BOTH, all: [] }, /^rules\[0\]\.all: needs a list of 1 to 20 conditions; got \[\]/],
    [{ ...BOTH, all: z }, /^rules\[0\]\.all: needs a list/],
    [{ ...BOTH, all: [z, 3] }, /^rules\[0\]\.all\[1\]: needs a condition; got 3/],
    [{ ...BOTH, fire: 3 }, /^rules\[0\]\.fire: does not go beside "all" or "any" \| Write it into each/],
    [{ ...BOTH, all: [{ ...z, for: "3s" }] }, /^rules\[0\]\.all\[0\]\.for: "for" is no field of a condition/],
    [{ ...BOTH, all: [{ ...z, all: [z] }] }, /^rules\[0\]\.all\[0\]\.all: "all" is no field of a condition/],
    [{ ...BOTH, all: [{ ...z, fire: undefined }] }, /^rules\[0\]\.all\[0\]\.fire: is missing/],
    [
      { ...BOTH, all: [{ ...z, fire: 9 }] },
      /^rules\[0\]\.all\[0\]\.fire: a z-score of 60 bars never goes beyond/,
    ],
    [{ ...BOTH, all: [{ ...z, resolve: 3 }] }, /^rules\[0\]\.all\[0\]\.resolve: lies beyond fire/],
    [
      { ...BOTH, all: [z, { ...volume, leg: undefined }] },
      /^rules\[0\]\.all\[1\]\.leg: is missing: quoteVolume/,
    ],
    [
      { ...BOTH, all: [{ ...z, leg: "y" }] },
      /^rules\[0\]\.all\[0\]\.leg: does not go with zScore, a measure of both/,
    ],
    [{ ...BOTH, all: [z, { ...volume, leg: "z" }] }, /^rules\[0\]\.all\[1\]\.leg: needs one of "y", "x"/],
    [{ ...BOTH, silences: true }, /^rules\[0\]\.silences: does not go with a pair/],
    [{ ...BOTH, symbol: "BTCUSDT" }, /^rules\[0\]: needs either "symbol" or "pair"; got both/],
    [{ ...bare, all }, /^rules\[0\]: needs either "symbol" or "pair"; got none/],
    [
      { ...bare, symbol: "BTCUSDT", all: [z] },
      /^rules\[0\]\.all\[0\]\.measure: zScore is a measure of a pair, and the rule/,
    ],
    [
      { ...bare, symbol: "BTCUSDT", any: [volume] },
      /^rules\[0\]\.any\[0\]\.leg: does not go with quoteVolume where one/,
    ],
    [{ ...BOTH, text: "{value}" }, /^rules\[0\]\.text: "\{value\}" has nothing to be filled in with/],
    [{ ...BOTH, text: "{value.3}" }, /^rules\[0\]\.text: "\{value\.3\}" has nothing to be filled in with/],
    [{ ...Z, leg: "y" }, /^rules\[0\]\.leg: goes with a condition in "all" or "any" only/],
  ] as const) {
    const plain = JSON.parse(JSON.stringify([rule]));
    const found = ruleFaults({ rules: plain }).map(
      ({ place, problem, hint }) => `${place}: ${problem} | ${hint}`,
    );
    assert.match(found[0] ?? "", expected, JSON.stringify(rule));
  }
});

test("a combined rule makes one alert of several conditions, with its texts", () => {
  const text = "{values}: {value.1} of {fire.1}, {measure.2} {value.2} {unit.2}";
  const [alert] = alertsOf([{ ...BOTH, text }], { venue: "v", symbols: [] });
  assert.deepEqual(
    alert!.conditions.map(({ of: { measure, watched } }) => [measure, ...watched]),
    [
      ["zScore", "ETHUSDT", "BTCUSDT"],
      ["quoteVolume", "ETHUSDT"],
    ],
  );
  const moment = { timeUs: 0, values: [-2.5, 1200], state: "firing", sinceUs: 0 };
  assert.equal(
    alertText(alert!, moment),
    "zScore is −2.5 and quoteVolume of ETHUSDT is 1200: −2.5 of 2, quoteVolume 1200 quote units",
  );
  const [own] = alertsOf([BOTH], { venue: "v", symbols: [] });
  assert.equal(
    alertText(own!, moment),
    "ETHUSDT/BTCUSDT: zScore is −2.5 σ (at or beyond ±2, 60 bars of 1s) and quoteVolume of ETHUSDT is 1200 quote units (at or above 1000)",
  );
  const told = (kind: string, values: number[]): string =>
    eventText(own!, { kind, timeUs: 0, sinceUs: 0, values });
  assert.equal(
    told("resolved", [0.5, 1200]),
    "ETHUSDT/BTCUSDT: zScore is 0.5 and quoteVolume of ETHUSDT is 1200, over",
  );
  assert.equal(told("no data", [Number.NaN, 1200]), "ETHUSDT/BTCUSDT: no value of zScore");
});
