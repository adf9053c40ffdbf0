import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { test } from "node:test";
import { codeFiles } from "../../src/app/study/report/code-fingerprint.ts";
import { projectRoot } from "../support/project.ts";
import { importsOf, sourceFiles } from "../support/sources.ts";

const MOST_ENTRIES = 15;

test("a source folder has at most 15 entries", () => {
  const large: string[] = [];
  const look = (folder: string): void => {
    const entries = readdirSync(join(projectRoot, folder), { withFileTypes: true });
    if (entries.length > MOST_ENTRIES) large.push(`${folder}: ${entries.length}`);
    for (const entry of entries) if (entry.isDirectory()) look(`${folder}/${entry.name}`);
  };
  for (const folder of ["src", "labextension/src"]) look(folder);
  assert.deepEqual(large, []);
});

test("no file imports itself by way of others, types included", () => {
  const files = ["src", "labextension/src"].flatMap(sourceFiles);
  const targets = new Map(files.map((file) => [file, importsOf(file).flatMap((one) => one.file ?? [])]));
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, way: readonly string[]): void => {
    const at = way.indexOf(file);
    if (at >= 0) circles.push([...way.slice(at), file].join(" → "));
    if (at >= 0 || done.has(file)) return;
    for (const target of targets.get(file) ?? []) visit(target, [...way, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  assert.deepEqual(circles, []);
});

test("a report's code fingerprint covers what its figures come from: statistics, charts, the store and the simulated market", () => {
  const covered = new Set(codeFiles().map((file) => relative(projectRoot, file).split(sep).join("/")));
  for (const file of [
    "src/analytics/backtest/engine/simulate.ts",
    "src/analytics/rolling/rolling.ts",
    "src/app/study/report/seal.ts",
    "src/pipeline/exchange/market/market.ts",
    "src/pipeline/files/read-file.ts",
    "src/pipeline/store/read/reader.ts",
    "src/render/chart/backtest/equity.ts",
  ]) {
    assert.ok(covered.has(file), file);
  }
  // what talks to an exchange or to a page changes no figure
  assert.deepEqual(
    [...covered].filter((file) => /^src\/(kernel|notebook|pipeline\/(feed|net|venues))\//.test(file)),
    [],
  );
});
