import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { parseRules } from "../../analytics/alerts/rules/check-rules.ts";
import { defaultRules } from "../../analytics/alerts/rules/defaults.ts";
import { watchedBy } from "../../analytics/alerts/rules/identity.ts";
import type { RuleFile } from "../../analytics/alerts/rules/rule.ts";
import { quote, refuse, TickbookError } from "../../core/errors.ts";
import { nearPath } from "../project.ts";

const MOST_BYTES = 4 << 20;

/** A small text file of the user's; refuses what is none. */
export function readText(file: string, what: string): string {
  const path = resolve(file);
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  const bad = (came: string): never =>
    refuse({
      code: "no-file",
      where: nearPath(path),
      problem: `needs ${what}; ${came}`,
      hint: "Pass another file.",
      facts: { path },
    });
  if (size === undefined) return bad("there is no such file");
  if (size > MOST_BYTES) return bad(`the file has ${size} bytes, of ${MOST_BYTES} at the most`);
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    return bad(`the system says ${quote((error as Error).message)}`);
  }
}

/** Where the rules of a watch come from. */
export interface RuleLoader {
  /** The symbols that they name; none where they are on all that there are. */
  readonly named: readonly string[];
  /** The rules for the symbols that there are, all of them and those with trades of late. */
  rulesOf(all: readonly string[], active: readonly string[]): RuleFile;
  /** Takes up a file that has changed, and is sound for the symbols that there are; whether it has, or why not, once. */
  look(all: readonly string[]): { readonly hasChanged: boolean; readonly problem: string };
}

const SAME = { hasChanged: false, problem: "" };

/** The rules of a file; or those that come with Tickbook, on the first two symbols, y being the second. */
export function ruleLoader(file: string | undefined): RuleLoader {
  return file === undefined ? ownRules() : rulesOfFile(resolve(file));
}

function ownRules(): RuleLoader {
  return {
    named: [],
    rulesOf: (_, [x, y]) => ({
      rules: defaultRules(x === undefined || y === undefined ? {} : { pair: [y, x] }),
    }),
    look: () => SAME,
  };
}

function rulesOfFile(path: string): RuleLoader {
  const where = nearPath(path);
  let text = readText(path, "a file of alert rules");
  let named = symbolsOf(text, where);
  /** Of the file as it was looked at last, and as it was taken up or refused. */
  let [seen, settled] = [stampOf(path), stampOf(path)];
  const takeUp = (all: readonly string[]): boolean => {
    const next = readText(path, "a file of alert rules");
    if (next === text) return false;
    parseRules(next, { symbols: all, where });
    [text, named] = [next, symbolsOf(next, where)];
    return true;
  };
  return {
    get named() {
      return named;
    },
    rulesOf: (symbols) => parseRules(text, { symbols, where }),
    look: (all) => {
      const before = seen;
      seen = stampOf(path);
      // one that is being written is left alone until it stands still
      if (seen === settled || seen !== before) return SAME;
      settled = seen;
      try {
        return { hasChanged: takeUp(all), problem: "" };
      } catch (error) {
        if (!(error instanceof TickbookError)) throw error;
        return { hasChanged: false, problem: error.message };
      }
    },
  };
}

/** Tells whether a file is another one than before. */
function stampOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? "none" : [stat.ino, stat.size, stat.mtimeMs].join(" ");
}

/** None of rules with faults: these are told all at once, when the symbols are known. */
function symbolsOf(text: string, where: string): string[] {
  try {
    return [...new Set(parseRules(text, { where }).rules.flatMap((rule) => watchedBy(rule, []).flat()))];
  } catch (error) {
    if (error instanceof TickbookError) return [];
    throw error;
  }
}
