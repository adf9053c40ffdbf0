import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { notebookFolder, runNotebook, writeNotebook } from "../support/notebooks.ts";
import { projectRoot } from "../support/project.ts";
import { stored } from "../support/stored.ts";
import { T0, trade } from "../support/trades.ts";

test("the cells in the README run as they stand, on a fresh kernel", { timeout: 60_000 }, async (t) => {
  const readme = readFileSync(join(projectRoot, "README.md"), "utf8");
  const cells = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]!);
  assert.ok(cells.length >= 2);
  const trades = Array.from({ length: 40 }, (_, s) => {
    const at = { tradeTimeUs: T0 + s * 60e6, eventTimeUs: T0 + s * 60e6 };
    return [
      trade(s + 1, at),
      trade(s + 1, { ...at, symbol: "ETHUSDT", price: `${2600 + (s % 5)}.00000000` }),
    ];
  }).flat();
  const path = writeNotebook(notebookFolder(t), "readme.ipynb", [...cells, "stopLive()"]);
  const { error, cells: ran } = await runNotebook(path, { env: { TICKBOOK_DB: stored(t, trades) } });
  assert.equal(error, "");
  const shown = ran.map(({ outputs }) =>
    outputs.map(({ data, text }) => text ?? String(data?.["text/plain"])).join("\n"),
  );
  const [, printed] = /```\n(Yes: .*\n)```/.exec(readme)!;
  assert.match(shown[0]!, /^z-score of the spread/);
  assert.ok(shown[0]!.endsWith(printed!), "the program's output is the one that stands below it");
  assert.match(shown[1]!, /z-score of the spread/);
  assert.match(shown[2]!, /BTCUSDT, bars of 5m[\s\S]*z-score of the price[\s\S]*bars +low +high/);
  assert.match(shown[3]!, /After costs it (gained|lost)[\s\S]*One thing at a time taken another way/);
});
