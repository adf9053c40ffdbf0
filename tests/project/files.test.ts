import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { projectRoot } from "../support/project.ts";

interface Notebook {
  readonly metadata: { readonly kernelspec: { readonly name: string } };
  readonly cells: readonly {
    readonly cell_type: string;
    readonly source: string | readonly string[];
    readonly outputs?: readonly unknown[];
    readonly execution_count?: number | null;
    readonly metadata: { readonly tags?: readonly string[] };
  }[];
}

const folder = join(projectRoot, "notebooks");
const notebooks = readdirSync(folder)
  .filter((name) => name.endsWith(".ipynb"))
  .map((name) => ({ name, content: JSON.parse(readFileSync(join(folder, name), "utf8")) as Notebook }));

test("there are notebooks", () => assert.ok(notebooks.length > 0));

for (const { name, content } of notebooks) {
  test(`${name} is kept without outputs, for the project's kernel, with one parameters cell and a question in front`, () => {
    assert.equal(content.metadata.kernelspec.name, "tickbook");
    for (const cell of content.cells.filter(({ cell_type }) => cell_type === "code")) {
      assert.deepEqual(cell.outputs, []);
      assert.equal(cell.execution_count, null);
    }
    assert.equal(content.cells.filter(({ metadata }) => metadata.tags?.includes("parameters")).length, 1);
    const first = [content.cells[0]!.source].flat().join("");
    assert.match(first, /^# [^\n]+\?/);
  });
}

test("the built typings can be read by the kernel's TypeScript 5.0: no Float64Array<ArrayBuffer>", (t) => {
  const dist = join(projectRoot, "dist");
  if (!existsSync(dist)) return t.skip("not built: npm test builds first");
  const bad = readdirSync(dist, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".d.ts"))
    .filter((name) => /Array<ArrayBuffer/.test(readFileSync(join(dist, name), "utf8")));
  assert.deepEqual(bad, []);
});

test("packages are pinned to one version each, and the lockfile names no registry", () => {
  const read = (name: string): string => readFileSync(join(projectRoot, name), "utf8");
  const manifest = JSON.parse(read("package.json")) as Record<string, Record<string, string>>;
  const versions = ["dependencies", "devDependencies", "optionalDependencies", "overrides"].flatMap((kind) =>
    Object.entries(manifest[kind] ?? {}),
  );
  for (const [name, version] of versions)
    assert.match(version, /^((npm:[\w@/-]+@)?\d+\.\d+\.\d+|file:\.)$/, name);
  assert.doesNotMatch(read("package-lock.json"), /"resolved": "https?:/);
  assert.doesNotMatch(read("python/requirements.txt"), /https?:\/\/|--index-url/);
});
