import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { findChromium } from "../support/chromium.ts";
import { lookAtPair } from "../support/desk-looks.ts";
import { sharedBrowser } from "../support/lab.ts";
import { start } from "../support/started.ts";
import { tempFolder } from "../support/temp.ts";

const chromium = findChromium();

// fewer looks: tests/jupyter/desk.serial.test.ts
test("the desk says the same in tile, table and chart in 1,000 looks", {
  skip: !chromium,
  timeout: 240_000,
}, async (t) => {
  const folder = tempFolder(t);
  const started = start(t, ["--venue", "sim", "--db", join(folder, "sim.db"), "--no-browser"], {
    HOME: folder,
  });
  const [, address] = (await started.printed(/JupyterLab: (\S+)/)) as unknown as [string, string];
  const page = await (await sharedBrowser()).newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(60_000);
  await page.goto(address);
  await page.locator('[data-panel="pair"] .tickbook-chart canvas').waitFor();
  await page.locator('[data-panel="alerts"] tbody tr', { hasText: "z-score out" }).first().waitFor();
  const looks = await page.evaluate(lookAtPair, 1000);
  assert.equal(looks.length, 1000);
  assert.deepEqual(
    looks.filter(({ tile, table, chart }) => tile !== chart || table !== chart),
    [],
  );
  started.kill("SIGINT");
  await started.ended;
  await page.close();
});
