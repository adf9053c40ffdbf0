import assert from "node:assert/strict";
import { test } from "node:test";
import { openScreen } from "../../../src/app/terminal/screen.ts";
import { statusText } from "../../../src/app/terminal/status-text.ts";

function fake(isTTY: boolean, columns?: number): { out: NodeJS.WriteStream; text: () => string } {
  let text = "";
  const out = { isTTY, columns, write: (part: string) => (text += part) } as unknown as NodeJS.WriteStream;
  return { out, text: () => text };
}

test("on a terminal the status stays below the lines, cut to the width", () => {
  const { out, text } = fake(true, 21);
  const screen = openScreen(out, () => 0);
  screen.status("123456789012345678901234567890");
  screen.line("news");
  screen.clear();
  const wipe = "\r\u001b[J";
  const shown = "1234567890123456789…";
  assert.equal(text(), `${wipe}${shown}${wipe}news\n${shown}${wipe}`);
});

test("what is pinned stays whole below the status, in as many rows as it takes", () => {
  const { out, text } = fake(true, 21);
  const screen = openScreen(out, () => 0);
  screen.status("live");
  screen.pin("http://127.0.0.1:8888/lab?token=ab");
  screen.status("live · 5/s");
  screen.line("news");
  screen.clear();
  const wipe = "\r\u001b[2A\u001b[J";
  const address = "http://127.0.0.1:8888/lab?token=ab";
  assert.equal(
    text(),
    `\r\u001b[Jlive\r\u001b[Jlive\n${address}${wipe}live · 5/s\n${address}${wipe}news\nlive · 5/s\n${address}${wipe}`,
  );
});

test("elsewhere a status line is written once a minute, and nothing is rewritten", () => {
  const { out, text } = fake(false);
  let nowMs = 0;
  const screen = openScreen(out, () => nowMs);
  for (nowMs = 0; nowMs <= 60_000; nowMs += 1000) screen.status(`at ${nowMs}`);
  screen.line("news");
  screen.pin("address");
  screen.clear();
  assert.equal(text(), "at 0\nat 60000\nnews\naddress\n");
});

test("a status names its state first: not storing, disconnected or live", () => {
  const symbols = {
    BTCUSDT: { rate: 3, stored: 10, lagMs: 12.4 },
    ETHUSDT: { rate: 0, stored: 0, lagMs: null },
  };
  const status = { feed: { kind: "live" }, pending: 0, blocked: "", symbols };
  assert.equal(statusText(status), "live · BTCUSDT 3/s lag 12 ms stored 10 · ETHUSDT 0/s stored 0");
  assert.match(statusText({ ...status, feed: { kind: "waiting" } }), /^disconnected · /);
  assert.match(statusText({ ...status, blocked: "disk full" }), /^NOT STORING · /);
  assert.match(statusText({ ...status, pending: 20_000 }), / · 20000 waiting$/);
  const backfill = { active: true, missing: 1234, reason: "" };
  assert.match(statusText({ ...status, backfill }), / · 1234 missing \(being filled in\)$/);
  const paused = { ...backfill, active: false, reason: "HTTP 429" };
  assert.match(statusText({ ...status, backfill: paused }), / · 1234 missing \(HTTP 429\)$/);
});
