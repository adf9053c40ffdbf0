import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type LogEntry, logLine, rotatingFile, throttled } from "../../../src/app/terminal/log.ts";
import { smallDisk } from "../../support/small-disk.ts";
import { tempFolder } from "../../support/temp.ts";
import { virtualClock } from "../../support/virtual-clock.ts";

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

test("a folder of logs that is deleted while they are written is made again", (t) => {
  const path = join(tempFolder(t), "logs", "x.log");
  const write = rotatingFile(path, 100_000, 1);
  write("first");
  rmSync(join(path, ".."), { recursive: true });
  write("second");
  assert.equal(readFileSync(path, "utf8"), "second\n");
});

// row 119
test("a line that a full disk cut is ended before the next one, and how many were left out is a line", (t) => {
  const disk = smallDisk(t, 16_384);
  if (disk === undefined) return;
  const path = join(disk.folder, "x.log");
  const line = (i: number): string => JSON.stringify({ i, text: "x".repeat(990) });
  const write = rotatingFile(path, 1e6, 1, (lines) => JSON.stringify({ lines }));
  for (let i = 0; i < 30; i++) write(line(i));
  disk.grow(1 << 20);
  write(line(30));
  write(line(31));
  const [whole, odd]: [unknown[], string[]] = [[], []];
  for (const text of readFileSync(path, "utf8").trimEnd().split("\n")) {
    try {
      whole.push(JSON.parse(text));
    } catch {
      odd.push(text);
    }
  }
  assert.equal(odd.length, 1);
  assert.ok(line(whole.length - 3).startsWith(odd[0]!));
  const kept = whole.length - 3;
  assert.deepEqual(whole.slice(-3), [
    { lines: 30 - kept },
    JSON.parse(line(30)) as unknown,
    JSON.parse(line(31)) as unknown,
  ]);
});

// row 90
test("of a repeated warning ten pass, then one a minute with the exact count; after a quiet time all of it is told again", () => {
  const clock = virtualClock();
  const heard: LogEntry[] = [];
  const log = throttled((entry) => heard.push(entry), clock);
  const flood = (): void => {
    for (let i = 0; i < 1000; i++) log({ level: "warn", event: "bad" });
  };
  flood();
  for (let minute = 0; minute < 3; minute++) {
    clock.advance(60_000);
    flood();
  }
  log({ level: "warn", event: "other" });
  log({ level: "info", event: "bad news" });
  const told = heard.map(({ event, times }) => [event, times]);
  const first = Array.from({ length: 10 }, (_, i) => ["bad", i + 1]);
  const later = [1001, 2001, 3001].map((times) => ["bad", times]);
  assert.deepEqual(told, [...first, ...later, ["other", 1], ["bad news", undefined]]);
  heard.length = 0;
  clock.advance(600_000);
  flood();
  assert.deepEqual(
    heard.map(({ times }) => times),
    Array.from({ length: 10 }, (_, i) => 4001 + i),
  );
});

// row 98
test("a year of logs shows every outage: one a day, each with an hour of attempts, is told each day from its beginning", () => {
  const clock = virtualClock();
  const days = new Set<number>();
  let lines = 0;
  let day = 0;
  const log = throttled(() => {
    days.add(day);
    lines++;
  }, clock);
  for (day = 0; day < 365; day++) {
    for (let attempt = 0; attempt < 120; attempt++) {
      log({ level: "warn", event: "disconnected" });
      clock.advance(30_000);
    }
    clock.advance(23 * 3_600_000);
  }
  assert.equal(days.size, 365);
  assert.ok(lines < 365 * 80, `${lines} lines`);
});

// row 90
test("a million equal errors leave a small log, and the count in it is exact", (t) => {
  const path = join(tempFolder(t), "logs", "x.log");
  const write = rotatingFile(path, 50_000, 2);
  const clock = virtualClock();
  const log = throttled((entry) => write(logLine(0, entry)), clock);
  for (let i = 0; i < 999_999; i++) log({ level: "error", event: "the same" });
  clock.advance(60_000);
  log({ level: "error", event: "the same" });
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
