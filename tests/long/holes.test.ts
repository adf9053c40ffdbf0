import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { openWriter } from "../../src/pipeline/store/write/writer.ts";
import { tempFolder } from "../support/temp.ts";
import { batchOf, trade } from "../support/trades.ts";

const SETTINGS = {
  venue: { name: "sim-seed7", kind: "simulated", detail: "seed 7" },
  symbols: ["BTCUSDT"],
} as const;
const HOLES = 200_000;

// row 108
test("200,000 holes of one id: opened in seconds, and each commit and question costs what it costs without them", (t) => {
  const file = join(tempFolder(t), "x.db");
  let writer = openWriter(file, SETTINGS);
  for (let from = 0; from <= HOLES; from += 5000) {
    const ids = Array.from({ length: 5000 }, (_, i) => trade(2 * (from + i) + 10));
    writer.append(batchOf(ids, ["BTCUSDT"]), 1e15);
  }
  writer.close();
  const timed = (work: () => void): number => {
    const since = performance.now();
    work();
    return performance.now() - since;
  };
  const openMs = timed(() => {
    writer = openWriter(file, SETTINGS);
  });
  t.after(() => writer.close());
  assert.ok(openMs < 10_000, `${openMs} ms to open`);
  assert.ok(writer.holeTotals()[0]!.holes >= HOLES);
  const newest = writer.newest()[0]!.id;
  const gapMs = timed(() => writer.append(batchOf([trade(newest + 2)], ["BTCUSDT"]), 1e15));
  const [hole] = writer.holesBelow(0, 100_000, 1);
  const fillMs = timed(() => {
    const page = batchOf(
      [hole!.first - 1, hole!.first, hole!.first + 1].map((id) => trade(id)),
      ["BTCUSDT"],
    );
    assert.equal(writer.fill(0, hole!.holeId, page, 1e15).kind, "stored");
  });
  const someMs = timed(() => writer.holesBelow(0, Number.MAX_SAFE_INTEGER, 2000));
  for (const ms of [gapMs, fillMs, someMs]) assert.ok(ms < 500, `${gapMs}, ${fillMs}, ${someMs} ms`);
});
