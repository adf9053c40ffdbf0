import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Trade } from "../../../src/core/trade.ts";
import { projectRoot } from "../../support/project.ts";
import { REPLAY, SYMBOLS, span, stored, tamper, write } from "../../support/stored.ts";
import { tempFolder } from "../../support/temp.ts";
import { batchOf, trade } from "../../support/trades.ts";

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function doctor(...flags: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [join(projectRoot, "scripts", "doctor.ts"), ...flags], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (err += text));
  const [code] = (await once(child, "close")) as [number];
  return { code, out, err };
}

const recent = (ids: readonly number[]): Trade[] => {
  const nowUs = Date.now() * 1000;
  return ids.map((id) =>
    trade(id, { tradeTimeUs: nowUs + id, eventTimeUs: nowUs + id, receivedUs: nowUs + id + 30_000 }),
  );
};

test("0 and a text for a healthy database, which may be written to meanwhile", async (t) => {
  const file = join(tempFolder(t), "x.db");
  let answer: Promise<Ended> | undefined;
  write(file, (writer) => {
    for (let i = 0; i < 100; i++) {
      writer.append(batchOf(recent(span(1 + 100 * i, 100 + 100 * i)), SYMBOLS), Date.now() * 1000);
      answer ??= doctor("--source", file);
    }
  });
  const { code, out, err } = await answer!;
  assert.deepEqual([code, err], [0, ""]);
  assert.match(out, /^HEALTHY · .*x\.db · [\d,]+ trades, none missing\n/);
});

test("1 for a database with an open hole, and one JSON object by --json", async (t) => {
  const file = stored(t, recent([1, 2, 3, 7, 8]));
  const { code, out, err } = await doctor("--source", file, "--json", "--full", "--symbols", "BTCUSDT");
  assert.deepEqual([code, err], [1, ""]);
  const { healthy, findings, series, integrity, path } = JSON.parse(out);
  assert.deepEqual([healthy, path], [false, file]);
  assert.deepEqual(
    findings.map((finding: { code: string }) => finding.code),
    ["open-holes"],
  );
  assert.deepEqual(integrity, { checked: true, problems: [], missingFiles: [] });
  assert.equal(series.length, 1);
  assert.deepEqual(
    [series[0].symbol, series[0].trades.coverage.rawPercent, series[0].trades.holes.detected],
    ["BTCUSDT", 62.5, { holes: 1, missingIds: 3 }],
  );
});

test("a replay is examined without a word about latency that it does not have", async (t) => {
  const file = stored(
    t,
    span(1, 50).map((id) => trade(id)),
    REPLAY,
  );
  const { code, out } = await doctor("--source", file);
  assert.equal(code, 0);
  assert.match(out, /^replay-tape-1 · REPLAYED · tape at x8$/m);
  assert.match(out, /its times are those of a replay: latency and growth say nothing\./);
  assert.match(out, /^BTCUSDT +2024-08-08T23:54:15Z +2024-08-08T23:54:15Z .* ago +– +– +– +–$/m);
});

test("2 and one sentence for what is no database of ours, which stays as it is", async (t) => {
  const folder = tempFolder(t);
  const at = (name: string): string => join(folder, name);
  writeFileSync(at("garbage.db"), "x".repeat(10_000));
  writeFileSync(at("empty.db"), "");
  mkdirSync(at("folder.db"));
  const newer = stored(t, [trade(1)]);
  tamper(newer, "PRAGMA user_version = 99");
  const foreign = stored(t, [trade(1)]);
  tamper(foreign, "PRAGMA application_id = 7");
  const short = stored(
    t,
    span(1, 3000).map((id) => trade(id)),
  );
  truncateSync(short, 60_000);
  const says = async (...flags: string[]): Promise<string> => {
    const { code, out, err } = await doctor(...flags);
    assert.deepEqual([code, out], [2, ""], err);
    assert.match(err, /^[^\n]+\n$/);
    return err;
  };
  const files = [at("garbage.db"), at("empty.db"), newer, foreign, short];
  const before = files.map((file) => readFileSync(file));
  const [missing, garbage, empty, directory, version, other, cut] = await Promise.all(
    [at("none.db"), at("garbage.db"), at("empty.db"), at("folder.db"), newer, foreign, short].map((file) =>
      says("--source", file),
    ),
  );
  assert.match(missing!, /there is no such file\. Run npm start/);
  assert.match(garbage!, /SQLite says "file is not a database"/);
  assert.match(empty!, /application_id 0/);
  assert.match(directory!, /needs a Tickbook database/);
  assert.match(
    version!,
    /needs schema version \d+; the file has version 99, and was left untouched\. Update Tickbook/,
  );
  assert.match(other!, /another program's \(application_id 7\)/);
  assert.match(cut!, /malformed/);
  assert.deepEqual(
    files.map((file) => readFileSync(file)),
    before,
  );
});

test("2 for flags that make no sense, and a help text", async (t) => {
  const file = stored(t, [trade(1)]);
  const all = await Promise.all([
    doctor("--db", file),
    doctor("--source", file, "--since", "yesterday"),
    doctor("--source", file, "--symbols", "XRPUSDT"),
    doctor("--nonsense"),
  ]);
  assert.deepEqual(
    all.map(({ code }) => code),
    [2, 2, 2, 2],
  );
  assert.match(all[0]!.err, /^--db: is called --source now; got ".*"\. Write --source .*\.db\.?$/m);
  assert.match(all[1]!.err, /^--since: .* got "yesterday"\. Pass for example 1h/);
  assert.match(all[2]!.err, /: needs "XRPUSDT"; it holds BTCUSDT \(\S+\), ETHUSDT/);
  const help = await doctor("--help");
  assert.equal(help.code, 0);
  for (const word of ["--source FILE", "--since TIME", "--symbols A,B", "--venue NAME", "--full", "--json"])
    assert.ok(help.out.includes(word), word);
});
