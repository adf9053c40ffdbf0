import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { chosenSymbols, symbolChoice } from "../../../src/app/collector/symbols/choice.ts";
import { withConfig } from "../../../src/app/commands/collect/config-file.ts";
import { COLLECT, type CollectFlags } from "../../../src/app/commands/collect/flags.ts";
import { readFlags } from "../../../src/app/terminal/flags.ts";
import { tempFolder } from "../../support/temp.ts";

function withFile(t: TestContext, content: string, ...argv: string[]): CollectFlags {
  const file = join(tempFolder(t), "collector.json");
  writeFileSync(file, content);
  const { config: _, ...flags } = withConfig(readFlags(COLLECT, ["--config", file, ...argv], () => {})!);
  return flags;
}

test("a configuration is the flags by their names: texts, numbers, switches, symbols as a list", (t) => {
  const content = { symbols: ["BTCUSDT", "*EUR"], "metrics-port": 9464, quiet: true, "archive-after": "7d" };
  assert.deepEqual(withFile(t, JSON.stringify(content), "--keep", "30d"), {
    symbols: "BTCUSDT,*EUR",
    "metrics-port": "9464",
    quiet: "true",
    "archive-after": "7d",
    keep: "30d",
  });
  assert.deepEqual(withFile(t, '{"quiet":false}'), {});
  assert.deepEqual(withFile(t, '\uFEFF{"keep":"31d"}'), { keep: "31d" });
  assert.deepEqual(withFile(t, '{"keep":"30d"}', "--keep", "30d"), { keep: "30d" });
});

for (const [content, says] of [
  ['{"keep":"31d"}', /^--keep: needs one value; got "30d" here and "31d" in /],
  ['{"symbol":"BTCUSDT"}', /needs flags of npm run collect, .*; got "symbol"/],
  ['{"config":"x"}', /needs flags of npm run collect/],
  ['{"__proto__":{"keep":"1d"}}', /needs flags of npm run collect/],
  ['{"quiet":"yes"}', /needs true or false as quiet; got "yes"/],
  ['{"db":7e400}', /needs a text as db/],
  ['{"symbols":[1]}', /needs a text, or a list of texts as symbols/],
  ["[]", /needs an object of flags/],
  ["{", /needs JSON; /],
] as const) {
  test(`the configuration ${content} is refused in one sentence`, (t) => {
    assert.throws(() => withFile(t, content, "--keep", "30d"), { message: says });
  });
}

test("a pattern means what trades, most trades first, each symbol once; the rest of a name is no expression", () => {
  const listed = [
    { symbol: "ETHUSDT", trades: 5 },
    { symbol: "OLDUSDT", trades: 0 },
    { symbol: "BTCUSDT", trades: 9 },
    { symbol: "A.USDT", trades: 1 },
    { symbol: "ABUSDT", trades: 1 },
    { symbol: "BTCEUR", trades: 7 },
  ];
  const chosen = (list: string[], most?: number) => chosenSymbols(symbolChoice(list, most)!, listed);
  assert.deepEqual(chosen(["*USDT"]), ["BTCUSDT", "ETHUSDT", "A.USDT", "ABUSDT"]);
  assert.deepEqual(chosen(["*USDT"], 1), ["BTCUSDT"]);
  assert.deepEqual(chosen(["ETHUSDT", "*"], 2), ["ETHUSDT", "BTCUSDT", "BTCEUR"]);
  assert.deepEqual(chosen(["A.*"]), ["A.USDT"]);
  assert.throws(() => symbolChoice(["BTCUSDT"], 3), /needs a pattern among --symbols/);
  assert.throws(() => symbolChoice(["*usdt"], 3), /needs symbols as the exchange writes them/);
});
