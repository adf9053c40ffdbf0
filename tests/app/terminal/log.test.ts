import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type LogEntry, logLine, rotatingFile, throttled } from "../../../src/app/terminal/log.ts";
import { tempFolder } from "../../support/temp.ts";

test("a rotating log never takes more than its files of the given size, and keeps the newest lines in order", (t) => {
  const path = join(tempFolder(t), "logs", "x.log");
  const write = rotatingFile(path, 1000, 2);
  for (let i = 0; i < 500; i++) write(`line ${i}`);
  const names = readdirSync(join(path, "..")).sort().reverse();
  assert.deepEqual(names, ["x.log.2", "x.log.1", "x.log"]);
  const texts = names.map((name) => readFileSync(join(path, "..", name), "utf8"));
  for (const text of texts) assert.ok(text.length <= 1000 + "line 499\n".length);
  const lines = texts.join("").trimEnd().split("\n");
  assert.deepEqual(
    lines,
    Array.from(lines, (_, k) => `line ${500 - lines.length + k}`),
  );
});

test("a log that is there already is continued, and its size counts", (t) => {
  const path = join(tempFolder(t), "x.log");
  writeFileSync(path, "old\n".repeat(300));
  const write = rotatingFile(path, 1000, 1);
  write("new");
  assert.equal(readFileSync(path, "utf8"), "new\n");
  assert.equal(statSync(`${path}.1`).size, 1200);
});

test("a log that can't be written stops nobody", (t) => {
  const path = join(tempFolder(t), "x.log");
  mkdirSync(path);
  rotatingFile(path, 100_000, 1)("lost");
  assert.ok(statSync(path).isDirectory());
});

test("of a repeated warning the first ten pass, then every thousandth with the count; news always pass", () => {
  const heard: LogEntry[] = [];
  const log = throttled((entry) => heard.push(entry));
  for (let i = 0; i < 2500; i++) log({ level: "warn", event: "bad" });
  log({ level: "warn", event: "other" });
  log({ level: "info", event: "bad" });
  assert.deepEqual(
    heard.map(({ event, times }) => [event, times]),
    [
      ...Array.from({ length: 10 }, (_, i) => ["bad", i + 1]),
      ["bad", 1000],
      ["bad", 2000],
      ["other", 1],
      ["bad", undefined],
    ],
  );
});

// row 90
test("a million equal errors leave a small log, and the count in it is exact", (t) => {
  const path = join(tempFolder(t), "logs", "x.log");
  const write = rotatingFile(path, 50_000, 2);
  const log = throttled((entry) => write(logLine(0, entry)));
  for (let i = 0; i < 1_000_000; i++) log({ level: "error", event: "the same" });
  const names = readdirSync(join(path, ".."));
  const size = names.reduce((sum, name) => sum + statSync(join(path, "..", name)).size, 0);
  assert.ok(size < 3 * 51_000, `${size} bytes`);
  const last = readFileSync(path, "utf8").trimEnd().split("\n").at(-1)!;
  assert.equal((JSON.parse(last) as LogEntry).times, 1_000_000);
});

test("a log line is JSON with its time in UTC first", () => {
  assert.equal(
    logLine(0, { level: "info", event: "x" }),
    '{"t":"1970-01-01T00:00:00Z","level":"info","event":"x"}',
  );
});
