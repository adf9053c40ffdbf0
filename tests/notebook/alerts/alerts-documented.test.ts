import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { notebookFolder, runNotebook, writeNotebook } from "../../support/notebooks.ts";
import { projectRoot } from "../../support/project.ts";
import { stored } from "../../support/stored.ts";
import { T0, trade } from "../../support/trades.ts";

test("the cell in docs/alerts.md runs as it stands, on a fresh kernel", { timeout: 60_000 }, async (t) => {
  const page = readFileSync(join(projectRoot, "docs", "alerts.md"), "utf8");
  const [cell] = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, block]) => block!);
  const trades = Array.from({ length: 400 }, (_, s) => {
    const at = { tradeTimeUs: T0 + s * 1e6, eventTimeUs: T0 + s * 1e6 };
    const y = 2600 + 20 * Math.sin(s / 40) + (s % 90 > 85 ? 10 : 0);
    return [
      trade(s + 1, { ...at, price: `${60_000 + s}.00000000` }),
      trade(s + 1, { ...at, symbol: "ETHUSDT", price: y.toFixed(8) }),
    ];
  }).flat();
  const path = writeNotebook(notebookFolder(t), "alerts.ipynb", [cell!]);
  const { error, cells } = await runNotebook(path, { env: { TICKBOOK_DB: stored(t, trades) } });
  assert.equal(error, "");
  const shown = cells[0]!.outputs.map(({ data }) => String(data?.["text/plain"])).join("\n");
  assert.match(shown, /What came in the 360 bars after each firing \(medians\), 6\.7 minutes of bars/);
  assert.match(shown, /stretched: What came in the 360 bars after each firing[\s\S]*3, over at 0\.75/);
});
