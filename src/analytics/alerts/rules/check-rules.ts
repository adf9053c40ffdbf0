import { requireFields, requireText } from "../../../core/arguments.ts";
import { plainText, quote, TickbookError } from "../../../core/errors.ts";
import { checkField, type FaultFinder, isObject } from "./check-field.ts";
import { checkIdentity, checkRule } from "./check-rule.ts";
import { MOST_RULES } from "./fields.ts";
import { type PlacedJson, parsePlaced, placeAt } from "./json-places.ts";
import type { AlertRule, RuleFile } from "./rule.ts";

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
  requireFields("ruleFaults", "check", check, []);

  return faultsOf({ value, lines: new Map(), twice: [] }, check);
}

/** Rules that are as they have to be. Otherwise throws one error that tells all faults, each with its place. */
export function checkRules(value: unknown, check: RuleCheck = {}): RuleFile {
  requireFields("checkRules", "check", check, []);

  const faults = ruleFaults(value, check);
  if (faults.length > 0) throw faultsError(faults, check.where ?? "rules", "rules");
  return fileOf(value);
}

/** `checkRules` of a JSON text, whose faults are told with their lines. */
export function parseRules(text: string, check: RuleCheck = {}): RuleFile {
  requireText("parseRules", "text", text);
  requireFields("parseRules", "check", check, []);

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
    problem: `needs ${what} as docs/alerts.md describes them; ${count}`,
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
