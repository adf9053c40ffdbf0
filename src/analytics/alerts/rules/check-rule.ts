import { quote } from "../../../core/errors.ts";
import { checkCondition, noSilence } from "./check-condition.ts";
import { checkField, type FaultFinder, isObject, listWords } from "./check-field.ts";
import { conditionsOf } from "./conditions.ts";
import {
  CONDITION_FIELDS,
  CONDITION_TEXT_NAMES,
  FIELD_NAMES,
  OWN_LABELS,
  RULE_FIELDS,
  TEXT_NAMES,
} from "./fields.ts";
import { alertLabels, labelsKey, watchedBy } from "./identity.ts";
import { placeAt } from "./json-places.ts";
import type { AlertRule } from "./rule.ts";
import { suggest } from "./suggest.ts";
import { durationUs } from "./times.ts";

const COMBINED = ["all", "any"] as const;

/** Every fault of one rule; `symbols`: those that there are, undefined where any will do. */
export function checkRule(
  find: FaultFinder,
  place: string,
  rule: unknown,
  symbols: readonly string[] | undefined,
): void {
  if (!isObject(rule)) {
    find(place, `needs a rule; got ${quote(rule, 60)}`, 'Write {"name": …, "measure": …}');
    return;
  }
  const combined = COMBINED.filter((name) => rule[name] !== undefined);
  const fields = combined.length === 0 ? FIELD_NAMES : OWN_FIELDS;
  const isSound = checkFields(find, place, rule, { fields, what: "rule", symbols });
  const given = rule as unknown as AlertRule;
  const [way] = combined;
  if (way === undefined) checkCondition(find, place, rule, { rule: given, isSound, isOne: true });
  else checkCombined(find, place, rule, combined);
  const areSound = combined.every((name) => isSound[name] === true);
  if (isSound.text === true && areSound) checkText(find, place, given);
  if (isSound.labels === true) {
    for (const name of Object.keys(given.labels!)) {
      if (!OWN_LABELS.includes(name)) continue;
      const at = placeAt(placeAt(place, "labels"), name);
      find(at, `"${name}" is a label that every alert has by itself`, "Take another name");
    }
  }
  if (isSound.remind === true && durationUs(given.remind!) > 0 && durationUs(given.remind!) < 1_000_000)
    find(
      placeAt(place, "remind"),
      `needs 1s or more, or 0s for never; got ${quote(given.remind)}`,
      "Write for example 15m",
    );
}

/** The fields of a rule whose conditions stand in `all` or `any`. */
const OWN_FIELDS = FIELD_NAMES.filter((name) => !(CONDITION_FIELDS as readonly string[]).includes(name));

interface FieldCheck {
  readonly fields: readonly (keyof AlertRule)[];
  readonly what: "rule" | "condition";
  readonly symbols?: readonly string[] | undefined;
}

/** Checks each field by itself; whether it is sound, by name. */
function checkFields(
  find: FaultFinder,
  place: string,
  value: Readonly<Record<string, unknown>>,
  { fields, what, symbols }: FieldCheck,
): Record<string, boolean> {
  for (const name of Object.keys(value)) {
    if ((fields as readonly string[]).includes(name)) continue;
    const at = placeAt(place, name);
    if (what === "rule" && Object.hasOwn(RULE_FIELDS, name)) {
      find(at, 'does not go beside "all" or "any"', "Write it into each condition that needs it");
      continue;
    }
    const meant = suggest(name, fields);
    const problem = `${quote(name, 60)} is no field of a ${what}`;
    find(at, problem, meant === undefined ? `Allowed are ${listWords(fields)}` : `Did you mean "${meant}"?`);
  }
  const isSound: Record<string, boolean> = {};
  for (const name of fields) {
    const field = RULE_FIELDS[name];
    if (value[name] !== undefined)
      isSound[name] = checkField(find, placeAt(place, name), value[name], field, symbols);
    else if (field.required) find(placeAt(place, name), "is missing", `Say ${field.about}`);
  }
  return isSound;
}

function checkCombined(
  find: FaultFinder,
  place: string,
  rule: Readonly<Record<string, unknown>>,
  ways: readonly (typeof COMBINED)[number][],
): void {
  const hasPair = rule.pair !== undefined;
  if (hasPair === (rule.symbol !== undefined))
    find(place, `needs either "symbol" or "pair"; got ${hasPair ? "both" : "none"}`, "Write one of the two");
  if (hasPair && rule.silences === true) noSilence(find, place, "a pair");
  if (ways.length > 1)
    find(placeAt(place, "any"), 'does not go beside "all"', "Leave one of the two out, or write two rules");
  for (const way of ways) {
    const list = rule[way];
    if (!Array.isArray(list)) continue;
    list.forEach((one: unknown, i) => {
      const at = placeAt(placeAt(place, way), i);
      if (!isObject(one)) {
        find(at, `needs a condition; got ${quote(one, 60)}`, 'Write {"measure": …, "when": …, "fire": …}');
        return;
      }
      const isSound = checkFields(find, at, one, { fields: CONDITION_FIELDS, what: "condition" });
      const given = { rule: rule as unknown as AlertRule, isSound, isOne: false };
      checkCondition(find, at, one, given);
    });
  }
}

function checkText(find: FaultFinder, place: string, rule: AlertRule): void {
  const { text, labels = {} } = rule;
  const isOne = rule.measure !== undefined;
  const ofConditions = isOne
    ? CONDITION_TEXT_NAMES
    : conditionsOf(rule).flatMap((_, i) => CONDITION_TEXT_NAMES.map((name) => `${name}.${i + 1}`));
  const known = [
    ...TEXT_NAMES,
    ...ofConditions,
    ...Object.keys(isObject(labels) ? labels : {}).map((name) => `label.${name}`),
  ];
  for (const [whole, name] of text!.matchAll(/\{([^{}]*)\}/g)) {
    if (known.includes(name!)) continue;
    const meant = suggest(name!, known);
    find(
      placeAt(place, "text"),
      `${quote(whole, 60)} has nothing to be filled in with`,
      meant === undefined
        ? `Allowed are ${listWords(known.map((one) => `{${one}}`))}`
        : `Did you mean {${meant}}?`,
    );
  }
}

/** Two alerts with the same labels could not be told apart. Symbols that are all of a database's are compared as "*". */
export function checkIdentity(
  find: FaultFinder,
  place: string,
  rule: AlertRule,
  seen: Map<string, string>,
): void {
  for (const watched of watchedBy(rule, ["*"])) {
    const key = labelsKey(alertLabels(rule, watched, ""));
    const other = seen.get(key);
    if (other !== undefined) {
      find(
        placeAt(place, "name"),
        `is the same alert as ${other}: name, symbols, interval and labels are equal`,
        "Take another name, or add a label",
      );
      return;
    }
    seen.set(key, place);
  }
}
