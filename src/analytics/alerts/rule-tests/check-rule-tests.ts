import { quote } from "../../../core/errors.ts";
import { type FaultFinder, isObject, listWords } from "../rules/check-field.ts";
import { faultsError, type RuleFault } from "../rules/check-rules.ts";
import { DURATION } from "../rules/fields.ts";
import { parsePlaced, placeAt } from "../rules/json-places.ts";
import type { AlertRule } from "../rules/rule.ts";
import { suggest } from "../rules/suggest.ts";
import { durationUs } from "../rules/times.ts";
import { ALERT_STATES, type AlertStateName } from "../state.ts";
import { readSeries } from "./series-text.ts";

/** The state of a rule's alerts after a time. */
export interface StateExpected {
  /** After so long from the begin of the series: `"5s"` is after the fifth bar of a second. */
  readonly at: string;
  readonly rule: string;
  /** One symbol, or `"ETHUSDT/BTCUSDT"`; all that the rule watches unless told. */
  readonly watched?: string;
  readonly state: AlertStateName;
  /** What is told at that bar; `""`: nothing. */
  readonly told?: string;
}

/** One test: what comes in, and which states are expected. */
export interface RuleTest {
  readonly name: string;
  /**
   * Values by the name of their rule, in short: `"0x5 2.1 1.5x3 0.9"`; of a rule with `all` or `any` a list, one for each
   * condition. Judges states alone.
   */
  readonly values?: Readonly<Record<string, string | readonly string[]>>;
  /** Bars by symbol: `close`, `volume` and `trades`, each in short. Judges all of it. */
  readonly bars?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Length of those bars; `"1s"` unless told. Rules on other bars are left out. */
  readonly interval?: string;
  readonly expect: readonly StateExpected[];
}

/** A file of tests of rules. */
export interface RuleTestFile {
  /** The file of rules, from this file's folder on; or the rules themselves. */
  readonly rules: string | readonly AlertRule[];
  readonly tests: readonly RuleTest[];
}

/** The tests of a JSON text; throws one error with all faults, each with its line. `rulesOf` reads the rules that it names. */
export function parseRuleTests(
  text: string,
  where: string,
  rulesOf: (rules: RuleTestFile["rules"]) => readonly AlertRule[],
): { readonly file: RuleTestFile; readonly rules: readonly AlertRule[] } {
  const { value, lines, twice } = parsePlaced(text, where);
  const faults: RuleFault[] = twice.map(({ place, line }) => ({
    ...{ place, line, problem: "stands here for the second time", hint: "Leave one of the two out" },
  }));
  const find: FaultFinder = (place, problem, hint) => {
    faults.push({
      place,
      line: lines.get(place) ?? lines.get(place.replace(/\.[^.[\]]+$/, "")),
      problem,
      hint,
    });
  };
  const fail = (): never => {
    throw faultsError(
      faults.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)),
      where,
      "tests of rules",
    );
  };
  const root = isObject(value) ? value : {};
  known(find, "", root, ["rules", "tests"]);
  const given = root.rules;
  if (typeof given !== "string" && !Array.isArray(given))
    find("rules", "needs the path of a file of rules, or a list of rules", 'Write for example "alerts.json"');
  if (!Array.isArray(root.tests) || root.tests.length === 0)
    find("tests", "needs a list of tests", 'Write [{"name": …, "values": {…}, "expect": […]}]');
  if (faults.length > 0) return fail();
  const rules = rulesOf(given as RuleTestFile["rules"]);
  (root.tests as unknown[]).forEach((test, i) => {
    checkTest(find, placeAt("tests", i), test, rules);
  });
  return faults.length > 0 ? fail() : { file: value as RuleTestFile, rules };
}

function checkTest(find: FaultFinder, place: string, test: unknown, rules: readonly AlertRule[]): void {
  const names = rules.map(({ name }) => name);
  if (!isObject(test)) {
    find(place, `needs a test; got ${quote(test, 60)}`, 'Write {"name": …, "values": {…}, "expect": […]}');
    return;
  }
  known(find, place, test, ["name", "values", "bars", "interval", "expect"]);
  if (typeof test.name !== "string" || test.name === "")
    find(placeAt(place, "name"), "needs a text", "Say what the test shows");
  if (test.interval !== undefined) time(find, placeAt(place, "interval"), test.interval);
  if ((test.values === undefined) === (test.bars === undefined))
    find(place, 'needs either "values" or "bars"', "Write one of the two");
  if (test.values !== undefined) {
    for (const [name, text] of entries(find, placeAt(place, "values"), test.values)) {
      const at = placeAt(placeAt(place, "values"), name);
      word(find, at, name, names, "rule");
      ruleValues(
        find,
        at,
        text,
        rules.find((rule) => rule.name === name),
      );
    }
  }
  if (test.bars !== undefined) {
    for (const [symbol, columns] of entries(find, placeAt(place, "bars"), test.bars)) {
      const at = placeAt(placeAt(place, "bars"), symbol);
      for (const [name, text] of entries(find, at, columns)) {
        word(find, placeAt(at, name), name, ["close", "volume", "trades"], "column");
        series(find, placeAt(at, name), text);
      }
      if (isObject(columns) && columns.close === undefined)
        find(at, "needs the closes", 'Write "close": "100x10"');
    }
  }
  if (!Array.isArray(test.expect) || test.expect.length === 0) {
    find(
      placeAt(place, "expect"),
      "needs a list of states",
      'Write [{"at": "5s", "rule": …, "state": "firing"}]',
    );
    return;
  }
  test.expect.forEach((one: unknown, i: number) => {
    checkExpected(find, placeAt(placeAt(place, "expect"), i), one, names);
  });
}

/** What can be told; "": nothing. */
const TOLD: readonly string[] = ["", "firing", "reminder", "resolved", "no data", "inactive", "pending"];

function checkExpected(find: FaultFinder, place: string, one: unknown, rules: readonly string[]): void {
  if (!isObject(one)) {
    find(
      place,
      `needs a state at a time; got ${quote(one, 60)}`,
      'Write {"at": "5s", "rule": …, "state": "firing"}',
    );
    return;
  }
  known(find, place, one, ["at", "rule", "watched", "state", "told"]);
  time(find, placeAt(place, "at"), one.at);
  word(find, placeAt(place, "rule"), one.rule, rules, "rule");
  word(find, placeAt(place, "state"), one.state, ALERT_STATES, "state");
  if (one.watched !== undefined && typeof one.watched !== "string")
    find(placeAt(place, "watched"), "needs a text", "Write it in double quotes");
  if (one.told !== undefined) word(find, placeAt(place, "told"), one.told, TOLD, "message");
}

function known(
  find: FaultFinder,
  place: string,
  value: Readonly<Record<string, unknown>>,
  names: readonly string[],
): void {
  for (const name of Object.keys(value)) {
    if (!names.includes(name)) word(find, placeAt(place, name), name, names, "name");
  }
}

function entries(find: FaultFinder, place: string, value: unknown): [string, unknown][] {
  if (isObject(value) && Object.keys(value).length > 0) return Object.entries(value);
  find(place, `needs an object; got ${quote(value, 60)}`, 'Write {"name": …}');
  return [];
}

function word(
  find: FaultFinder,
  place: string,
  value: unknown,
  words: readonly string[],
  what: string,
): void {
  if (words.includes(value as string)) return;
  const meant = typeof value === "string" ? suggest(value, words) : undefined;
  const hint =
    meant === undefined ? `There are ${listWords(words.slice(0, 30))}` : `Did you mean "${meant}"?`;
  find(place, `${quote(value, 60)} is no ${what} that is known`, hint);
}

function time(find: FaultFinder, place: string, value: unknown): void {
  if (typeof value === "string" && DURATION.test(value) && durationUs(value) > 0) return;
  find(place, `needs a time; got ${quote(value, 60)}`, 'Write for example "5s"');
}

/** The values of a rule: a series, or one for each of its conditions. */
function ruleValues(find: FaultFinder, place: string, given: unknown, rule: AlertRule | undefined): void {
  const conditions = rule?.all ?? rule?.any;
  if (conditions === undefined) {
    series(find, place, given);
    return;
  }
  if (!Array.isArray(given) || given.length !== conditions.length) {
    const hint = `Write ["0x5 2.1", "1x6"${conditions.length > 2 ? ", …" : ""}]`;
    find(place, `needs a list of ${conditions.length} series, one for each condition of the rule`, hint);
    return;
  }
  given.forEach((text: unknown, i) => {
    series(find, placeAt(place, i), text);
  });
  const lengths = given.map((text) => (typeof text === "string" ? readSeries(text) : []).length);
  if (new Set(lengths).size > 1 && given.every((text) => Array.isArray(readSeries(String(text)))))
    find(place, `needs series of equal length; got ${lengths.join(" and ")} values`, "Write a value a bar");
}

function series(find: FaultFinder, place: string, text: unknown): void {
  const read = typeof text === "string" ? readSeries(text) : "it is no text";
  if (typeof read === "string")
    find(place, `needs a series of values; ${read}`, 'Write for example "0x5 2.1 _ 100+1x5"');
}
