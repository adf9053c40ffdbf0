import { dirname, resolve } from "node:path";
import { parseRuleTests } from "../../analytics/alerts/rule-tests/check-rule-tests.ts";
import { runRuleTests, testReport } from "../../analytics/alerts/rule-tests/rule-tests.ts";
import { checkRules, parseRules } from "../../analytics/alerts/rules/check-rules.ts";
import { plainText, refuse } from "../../core/errors.ts";
import { readText } from "../alerts/rules-file.ts";
import { nearPath } from "../project.ts";
import { runCommand } from "../terminal/command-line.ts";
import type { Command } from "../terminal/flags.ts";

const COMMAND: Command<never> = {
  usage: "npm run test-rules --",
  about:
    "Runs tests of alert rules: series in, states expected at times, as docs/alerts.md describes them.\n" +
    "Ends with 0: all passed; 1: some failed; 2: refused.",
  operands: "FILE …",
  flags: {},
};

/** Runs tests of rules as a program. Exit codes: 0 all passed, 1 some failed, 2 refused. */
export function testRulesMain(argv: readonly string[]): Promise<number> {
  const print = (text: string): void => {
    process.stdout.write(`${text.split("\n").map(plainText).join("\n")}\n`);
  };
  return runCommand(COMMAND, argv, ({ operands: files }) => {
    if (files.length === 0) {
      refuse({
        code: "no-file",
        where: COMMAND.usage,
        problem: "needs a file of tests; got none",
        hint: "Pass for example rules/default.test.json.",
      });
    }
    let worst = 0;
    for (const file of files) {
      if (files.length > 1) print(`${file}:`);
      worst = Math.max(worst, testFile(file, print));
    }
    return worst;
  });
}

function testFile(given: string, print: (text: string) => void): number {
  const path = resolve(given);
  const { file, rules } = parseRuleTests(readText(path, "a file of tests"), nearPath(path), (rulesOf) => {
    if (typeof rulesOf !== "string") return checkRules(rulesOf, { where: `${nearPath(path)}, rules` }).rules;
    const rulesPath = resolve(dirname(path), rulesOf);
    return parseRules(readText(rulesPath, "a file of alert rules"), { where: nearPath(rulesPath) }).rules;
  });
  const outcomes = runRuleTests(file, rules);
  print(testReport(outcomes));
  return outcomes.every(({ failures }) => failures.length === 0) ? 0 : 1;
}
