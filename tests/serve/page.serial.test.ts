import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { LIVE, type LiveNews } from "../../src/notebook/page/live-messages.ts";
import { findChromium, launchChromium } from "../support/chromium.ts";
import { storeMarket } from "../support/market-store.ts";
import { projectRoot } from "../support/project.ts";
import { tempFolder } from "../support/temp.ts";

const chromium = findChromium();

test("npm run serve shows the live panels on one page, says that nothing lives in a recording, and writes nothing; another database is shown where it takes its place", {
  skip: chromium === undefined,
}, async (t) => {
  const db = join(tempFolder(t), "market.db");
  storeMarket(db, { seconds: 3000 });
  const stored = readFileSync(db);
  const child = spawn(process.execPath, [
    join(projectRoot, "scripts", "serve.ts"),
    "--source",
    db,
    "--port",
    "0",
  ]);
  const ended = new Promise((resolve) => child.on("close", resolve));
  t.after(() => child.kill("SIGKILL"));
  const address = await new Promise<string>((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (part: Buffer) => {
      said += part;
      const found = /Page: (\S+)/.exec(said);
      if (found) resolve(found[1]!);
    });
    child.stderr.on("data", (part: Buffer) => {
      said += part;
    });
    child.on("close", () => reject(new Error(said)));
  });
  const browser = await launchChromium(chromium!);
  t.after(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const problems: string[] = [];
  const asked = new Set<string>();
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("request", (request) => asked.add(new URL(request.url()).origin));
  await page.goto(address);
  await page.locator('[data-panel="pair"] canvas').waitFor();
  await page.locator('[data-panel="tiles"]').getByText("a pair?").waitFor();
  await page.locator('[data-panel="alerts"] tr[data-row]').first().waitFor();
  await page.locator('[data-panel="pairs"]').getByText("SOL/BTC").waitFor();
  await page.locator('[data-panel="pair"] [data-state="as of"]').waitFor();
  assert.equal(await page.locator("select, input, .tickbook-desk-layouts").count(), 0);
  // what is in the database alone is read: bars of before, where a reader moves there
  const chart = (await page.locator('[data-panel="pair"] canvas').boundingBox())!;
  const draws = (): Promise<number> =>
    page.locator('[data-panel="pair"]').evaluate((node) => Number(node.dataset.draws));
  const before = await draws();
  await page.mouse.move(chart.x + 200, chart.y + 100);
  await page.mouse.down();
  await page.mouse.move(chart.x + 500, chart.y + 100, { steps: 5 });
  await page.mouse.up();
  while ((await draws()) === before) await page.waitForTimeout(20);
  assert.deepEqual([...asked], [new URL(address).origin]);
  assert.deepEqual(problems, []);
  // another database takes the place of this one: its own trades are shown
  assert.ok(readFileSync(db).equals(stored), "the database is as it was");
  const other = join(tempFolder(t), "other.db");
  const laterUs = Date.UTC(2025, 1, 13, 9) * 1000;
  storeMarket(other, { seconds: 600, fromUs: laterUs });
  for (const end of ["-wal", "-shm"]) rmSync(`${db}${end}`, { force: true });
  renameSync(other, db);
  const body = JSON.stringify({ target: LIVE, data: { panels: [], desk: true } });
  const shown = async (): Promise<readonly (number | undefined)[]> => {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${address}ask`, { method: "POST", headers, body });
    const { said } = (await answer.json()) as { said: LiveNews };
    return said.panels.map(({ view }) => view?.asOfMs);
  };
  while (!(await shown()).every((ms) => ms !== undefined && ms * 1000 >= laterUs))
    await page.waitForTimeout(50);
  child.kill("SIGINT");
  assert.equal(await ended, 0);
  await page.locator('[data-panel="pair"] [data-state="not live"]').waitFor();
});
