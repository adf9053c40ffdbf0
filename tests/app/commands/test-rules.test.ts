import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { defaultRules } from "../../../src/analytics/alerts/rules/defaults.ts";
import { rulesSchema } from "../../../src/analytics/alerts/rules/json-schema.ts";
import { type Ran, runScript } from "../../support/command.ts";
import { projectRoot } from "../../support/project.ts";
import { tempFolder } from "../../support/temp.ts";

const run = (...args: string[]): Ran => runScript("test-rules", args, projectRoot);
const json = (name: string): unknown => JSON.parse(readFileSync(join(projectRoot, "rules", name), "utf8"));

test("rules/default.json holds the rules that come with Tickbook, and rules/schema.json their schema", () => {
  assert.deepEqual(json("default.json"), {
    $schema: "./schema.json",
    rules: defaultRules({ pair: ["ETHUSDT", "BTCUSDT"] }),
  });
  assert.deepEqual(json("schema.json"), rulesSchema());
});

test("the tests of the default rules pass: exit code 0", () => {
  const { code, out } = run("rules/default.test.json");
  assert.match(out, /\n6 of 6 tests passed\n$/);
  assert.equal(code, 0);
});

test("a test that fails ends with 1 and says why; what can't be read with 2, in a sentence", (t) => {
  const folder = tempFolder(t);
  const file = join(folder, "x.json");
  const one = {
    name: "hostile \u001b[31m",
    values: { "feed stale": "0 11" },
    expect: [{ at: "2s", rule: "feed stale", state: "inactive" }],
  };
  writeFileSync(file, JSON.stringify({ rules: join(projectRoot, "rules", "default.json"), tests: [one] }));
  const failed = run(file, "rules/default.test.json");
  assert.equal(failed.code, 1);
  assert.match(
    failed.out,
    /FAIL hostile \\u001b\[31m\n {7}at 2s, feed stale: needs inactive; it is firing \(value 11\)/,
  );
  assert.match(failed.out, /6 of 6 tests passed/);
  for (const [args, expected] of [
    [[], /needs a file of tests; got none/],
    [[join(folder, "none.json")], /there is no such file/],
    [[join(projectRoot, "package.json")], /needs tests of rules/],
    [["--colour"], /needs flags that it knows/],
  ] as const) {
    const { code, error } = run(...args);
    assert.equal(code, 2);
    assert.match(error, expected);
    assert.doesNotMatch(error, /\n\s+at /);
  }
});
