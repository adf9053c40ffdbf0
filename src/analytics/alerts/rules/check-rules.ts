import { plainText, quote, TickbookError } from "../../../core/errors.ts";
import { MEASURES } from "../measures.ts";
import { checkField, type FaultFinder, isObject, listWords } from "./check-field.ts";
import { checkReach, checkThresholds } from "./check-thresholds.ts";
import { FIELD_NAMES, MOST_RULES, OWN_LABELS, RULE_FIELDS, TEXT_NAMES } from "./fields.ts";
import { alertLabels, labelsKey, watchedBy } from "./identity.ts";
import { type PlacedJson, parsePlaced, placeAt } from "./json-places.ts";
import type { AlertRule, RuleFile } from "./rule.ts";
import { suggest } from "./suggest.ts";
import { durationUs } from "./times.ts";

/** One thing that is wrong with a rule file. */
export interface RuleFault {
  /** Where: `rules[2].fire`. */
  readonly place: string;
  /** Of the file; undefined where the rules did not come from one. */
  readonly line: number | undefined;
  readonly problem: string;
  /** What is allowed, or what to do. */
  readonly hint: string;
}

export interface RuleCheck {
  /** The symbols that there are; undefined: not known, any will do. */
  readonly symbols?: readonly string[];
  /** The file, for messages; "rules" unless told. */
  readonly where?: string;
}

/** Every fault of rules given as a value: of `{ rules: […] }`, or of a list of rules. */
export function ruleFaults(value: unknown, check: RuleCheck = {}): RuleFault[] {
  return faultsOf({ value, lines: new Map(), twice: [] }, check);
}

/** Rules that are as they have to be. Otherwise throws one error that tells all faults, each with its place. */
export function checkRules(value: unknown, check: RuleCheck = {}): RuleFile {
  const faults = ruleFaults(value, check);
  if (faults.length > 0) throw faultsError(faults, check.where ?? "rules", "rules");
  return fileOf(value);
}

/** `checkRules` of a JSON text, whose faults are told with their lines. */
export function parseRules(text: string, check: RuleCheck = {}): RuleFile {
  const where = check.where ?? "rules";
  const placed = parsePlaced(text, where);
  const faults = faultsOf(placed, check);
  if (faults.length > 0) throw faultsError(faults, where, "rules");
  return fileOf(placed.value);
}

/** All faults in one error: a sentence in front, a line each below. */
export function faultsError(faults: readonly RuleFault[], where: string, what: string): TickbookError {
  const shown = faults.slice(0, MOST_SHOWN).map(({ place, line, problem, hint }) => {
    const at = [line === undefined ? "" : `line ${line}`, place].filter(Boolean).join(", ");
    return `\n  ${plainText(`${at === "" ? "the whole" : at}: ${problem}. ${hint}${/[.?]$/.test(hint) ? "" : "."}`)}`;
  });
  const more = faults.length - shown.length;
  const count = `${faults.length === 1 ? "one thing is" : `${faults.length} things are`} wrong`;
  return new TickbookError({
    code: "bad-rules",
    where,
    problem: `needs ${what} as docs/alerts.md tells them; ${count}`,
    hint: `Mend them:${shown.join("")}${more > 0 ? `\n  … and ${more} more.` : ""}`,
    facts: { faults },
  });
}

const MOST_SHOWN = 50;

function fileOf(value: unknown): RuleFile {
  return Array.isArray(value) ? { rules: value as AlertRule[] } : (value as RuleFile);
}

function faultsOf({ value, lines, twice }: PlacedJson, { symbols }: RuleCheck): RuleFault[] {
  const faults: RuleFault[] = [];
  const find: FaultFinder = (place, problem, hint) => {
    faults.push({ place, line: lines.get(place) ?? lines.get(parentOf(place)), problem, hint });
  };
  for (const { place, line } of twice) {
    faults.push({
      place,
      line,
      problem: "stands here for the second time",
      hint: "Leave one of the two out",
    });
  }
  const isList = Array.isArray(value);
  const rules = isList ? value : isObject(value) ? value.rules : undefined;
  const root = isList ? "" : "rules";
  if (isObject(value)) {
    for (const name of Object.keys(value)) {
      if (["rules", "perHour", "$schema"].includes(name)) continue;
      find(placeAt("", name), `${quote(name, 60)} is not known`, 'Allowed are "rules" and "perHour"');
    }
    if (value.perHour !== undefined)
      checkField(find, "perHour", value.perHour, { kind: "whole", least: 1, most: 100_000 });
  }
  if (!Array.isArray(rules) || rules.length === 0 || rules.length > MOST_RULES) {
    const got = Array.isArray(rules) ? `${rules.length} of them` : quote(rules, 60);
    find(root, `needs a list of 1 to ${MOST_RULES} rules; got ${got}`, 'Write {"rules": [{…}, {…}]}');
    return faults;
  }
  const seen = new Map<string, string>();
  rules.forEach((rule: unknown, i) => {
    const place = placeAt(root, i);
    const before = faults.length;
    checkRule(find, place, rule, symbols);
    if (faults.length === before) checkIdentity(find, place, rule as AlertRule, seen);
  });
  return faults.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

function parentOf(place: string): string {
  return place.replace(/(\.[^.[\]]+|\[[^\]]*\]|^[^.[\]]+)$/, "");
}

function checkRule(
  find: FaultFinder,
  place: string,
  rule: unknown,
  symbols: readonly string[] | undefined,
): void {
  if (!isObject(rule)) {
    find(place, `needs a rule; got ${quote(rule, 60)}`, 'Write {"name": …, "measure": …}');
    return;
  }
  for (const name of Object.keys(rule)) {
    if (Object.hasOwn(RULE_FIELDS, name)) continue;
    const meant = suggest(name, FIELD_NAMES);
    find(
      placeAt(place, name),
      `${quote(name, 60)} is no field of a rule`,
      meant === undefined ? `Allowed are ${listWords(FIELD_NAMES)}` : `Did you mean "${meant}"?`,
    );
  }
  const isSound: Record<string, boolean> = {};
  for (const name of FIELD_NAMES) {
    const field = RULE_FIELDS[name];
    const value = rule[name];
    if (value === undefined) {
      if (field.required) find(placeAt(place, name), "is missing", `Say ${field.about}`);
      continue;
    }
    isSound[name] = checkField(find, placeAt(place, name), value, field, symbols);
  }
  const given = rule as unknown as AlertRule;
  const sound = (...names: (keyof AlertRule)[]): boolean => names.every((name) => isSound[name] === true);
  if (sound("measure")) checkMeasure(find, place, given, isSound);
  if (sound("fire", "when") && isSound.resolve !== false) {
    checkThresholds(find, place, given);
    if (sound("measure") && isSound.window !== false) checkReach(find, place, given);
  }
  if (sound("text")) checkText(find, place, given);
  if (sound("labels")) {
    for (const name of Object.keys(given.labels!)) {
      if (!OWN_LABELS.includes(name)) continue;
      const at = placeAt(placeAt(place, "labels"), name);
      find(at, `"${name}" is a label that every alert has by itself`, "Take another name");
    }
  }
  if (sound("remind") && durationUs(given.remind!) > 0 && durationUs(given.remind!) < 1_000_000)
    find(
      placeAt(place, "remind"),
      `needs 1s or more, or 0s for never; got ${quote(given.remind)}`,
      "Write for example 15m",
    );
}

function checkMeasure(
  find: FaultFinder,
  place: string,
  rule: AlertRule,
  isSound: Readonly<Record<string, boolean>>,
): void {
  const { measure } = rule;
  const facts = MEASURES[measure];
  const at = (name: keyof AlertRule): string => placeAt(place, name);
  const [needed, other] = facts.of === "pair" ? (["pair", "symbol"] as const) : (["symbol", "pair"] as const);
  if (rule[needed] === undefined)
    find(at(needed), `is missing: ${measure} is a measure of a ${needed}`, RULE_FIELDS[needed].about);
  if (rule[other] !== undefined)
    find(
      at(other),
      `does not go with ${measure}, a measure of a ${needed}`,
      `Leave it out, and say "${needed}"`,
    );
  if (facts.leastWindow === undefined) {
    if (rule.window !== undefined)
      find(at("window"), `does not go with ${measure}, which has none`, "Leave it out");
  } else if (rule.window === undefined) {
    if (facts.window === undefined)
      find(
        at("window"),
        "is missing",
        `${measure} needs a whole number of bars, at least ${facts.leastWindow}`,
      );
  } else if (isSound.window && rule.window < facts.leastWindow) {
    find(
      at("window"),
      `${measure} needs at least ${facts.leastWindow} bars; got ${rule.window}`,
      "Take more bars",
    );
  }
  for (const name of ["hedge", "hedgeBars", "prices", "beta", "alpha"] as const) {
    if (rule[name] === undefined) continue;
    if (!facts.hedged) find(at(name), `does not go with ${measure}, which has no spread`, "Leave it out");
    else if ((name === "beta" || name === "alpha") && rule.hedge !== "fixed")
      find(at(name), "goes with a fixed hedge only", 'Add "hedge": "fixed", or leave it out');
    else if (name === "hedgeBars" && (rule.hedge === "kalman" || rule.hedge === "fixed"))
      find(at(name), `does not go with a ${rule.hedge} hedge`, "Leave it out");
  }
  if (rule.hedge === "fixed" && rule.beta === undefined)
    find(at("beta"), "is missing", "A fixed hedge needs its β");
  if (rule.silences === true && facts.of === "pair")
    find(
      at("silences"),
      `does not go with ${measure}: only what watches one symbol can silence others`,
      "Leave it out",
    );
}

function checkText(find: FaultFinder, place: string, { text, labels = {} }: AlertRule): void {
  const known = [
    ...TEXT_NAMES,
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
function checkIdentity(find: FaultFinder, place: string, rule: AlertRule, seen: Map<string, string>): void {
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
