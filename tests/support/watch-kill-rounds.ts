import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { random } from "../../src/core/random.ts";
import { readAlertHistory } from "../../src/pipeline/store/alert-store.ts";
import { openWriter } from "../../src/pipeline/store/write/writer.ts";
import { simulated } from "./bars.ts";
import { until } from "./processes.ts";
import { projectRoot } from "./project.ts";
import { tempFolder } from "./temp.ts";
import { batchOf, trade } from "./trades.ts";

const START = Date.UTC(2026, 0, 5, 12) * 1000;
/** Pending for 2 s, firing, back for 2 s, cool-down of 4 s, once in twenty seconds. */
const RULES = {
  rules: [
    {
      name: "moved",
      symbol: "BTCUSDT",
      interval: "1s",
      measure: "priceMove",
      window: 5,
      when: "above",
      fire: 1,
      resolve: 0.5,
      for: "2s",
      keepFiringFor: "2s",
      coolDown: "4s",
    },
  ],
};

/**
 * Kills a watch with SIGKILL at random moments while the market goes on, and starts it again; the last one is stopped as a
 * user does. Each alert has to stand once in the history and in the file, and in the terminal.
 */
export async function watchKillRounds(t: TestContext, seed: number, rounds: number): Promise<void> {
  const folder = tempFolder(t);
  const [db, file, history, rules] = ["x.db", "alerts.jsonl", "alerts.db", "rules.json"].map((name) =>
    join(folder, name),
  ) as [string, string, string, string];
  writeFileSync(rules, JSON.stringify(RULES));
  const writer = openWriter(db, { venue: simulated, symbols: ["BTCUSDT"] });
  let second = 0;
  const add = (): void => {
    const timeUs = START + second * 1e6 + 500_000;
    const price = (100 * 1.02 ** Math.floor(second / 20)).toFixed(8);
    const times = { tradeTimeUs: timeUs, eventTimeUs: timeUs, receivedUs: Date.now() * 1000 };
    writer.append(batchOf([trade(second + 1, { price, ...times })]), timeUs);
    second++;
  };
  while (second < 10) add();
  // a second of the market every 25 ms
  const timer = setInterval(add, 25);
  t.after(() => {
    clearInterval(timer);
    writer.close();
  });

  const flags = ["--source", db, "--rules", rules, "--file", file, "--poll-ms", "10", "--grace-ms", "0"];
  const { uniform } = random(seed);
  let shown = "";
  for (let round = 1; round <= rounds; round++) {
    const child = spawn(process.execPath, [join(projectRoot, "scripts", "watch.ts"), ...flags], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    t.after(() => child.kill("SIGKILL"));
    let said = "";
    let wrong = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      wrong += text;
    });
    const ended = new Promise((resolve) => child.once("close", resolve));
    await until(() => said.includes("Watching"), `round ${round}: ${wrong}`, 20_000);
    await sleep(30 + 500 * uniform());
    child.kill(round === rounds ? "SIGTERM" : "SIGKILL");
    assert.equal(await ended, round === rounds ? 0 : null, wrong);
    shown += said;
  }
  const events = readAlertHistory(history).filter(({ delivery }) => delivery === "sent");
  const told = events.map(({ timeUs, kind }) => `${(timeUs - START) / 1e6} ${kind}`);
  assert.ok(told.length >= 6, `${told}`);
  // fires two seconds after the bar of the jump, resolves when the move has been back for two seconds
  const first = 20 * Math.floor(Number(told[0]!.split(" ")[0]) / 20);
  const expected = Array.from({ length: told.length }, (_, i) => {
    const jump = first + 20 * Math.floor(i / 2);
    return i % 2 === 0 ? `${jump + 3} firing` : `${jump + 8} resolved`;
  });
  // the first watch may have begun after the first jump
  assert.match(told[0]!, /^\d+ firing$/);
  expected[0] = told[0]!;
  assert.deepEqual(told, expected);
  const lines = readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { id: string; kind: string });
  assert.deepEqual(
    lines.map(({ kind }) => kind),
    events.map(({ kind }) => kind),
  );
  assert.equal(new Set(lines.map(({ id }) => id)).size, lines.length);
  for (const { timeUs, kind } of events) {
    const word = kind === "firing" ? "FIRING" : "resolved";
    assert.match(shown, new RegExp(`${new Date(timeUs / 1000).toISOString().slice(0, 19)}Z . ${word}`));
  }
}
