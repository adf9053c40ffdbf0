import assert from "node:assert/strict";
import { test } from "node:test";
import { troubleTeller } from "../../../src/app/alerts/trouble-teller.ts";

test("trouble is said when it changes; where only its counts grow, once a minute; and its end", () => {
  const lines: string[] = [];
  let nowMs = 0;
  const tell = troubleTeller({ line: (text) => void lines.push(text) }, () => nowMs);
  const times: [number, string][] = [
    [0, ""],
    [1, "webhook: 1 waiting (no answer)"],
    [2, "webhook: 1 waiting (no answer)"],
    [3, "webhook: 2 waiting (no answer)"],
    [59_000, "webhook: 3 waiting (no answer)"],
    [61_000, "webhook: 3 waiting (no answer)"],
    [62_000, "webhook: 3 waiting, 1 given up (no answer)"],
    [63_000, ""],
    [64_000, "file: 1 lost (a\u001b[31m)"],
  ];
  for (const [atMs, troubles] of times) {
    nowMs = atMs;
    tell(troubles);
  }
  assert.deepEqual(lines, [
    "webhook: 1 waiting (no answer)",
    "webhook: 3 waiting (no answer)",
    "webhook: 3 waiting, 1 given up (no answer)",
    "All is well again.",
    "file: 1 lost (a\\u001b[31m)",
  ]);
});
