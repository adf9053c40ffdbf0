import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { projectRoot } from "../support/project.ts";

const documents = ["", "docs", "data"].flatMap((folder) =>
  readdirSync(join(projectRoot, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name)),
);
const textOf = (name: string): string => readFileSync(join(projectRoot, name), "utf8");

for (const name of documents) {
  test(`what ${name} links to and shows is there`, () => {
    const links = [...textOf(name).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map((match) => match[1]!);
    const missing = links
      .filter((link) => !/^https?:/.test(link))
      .filter((link) => !existsSync(join(projectRoot, dirname(name), link)));
    assert.deepEqual(missing, []);
  });

  test(`the npm commands in ${name} are there`, () => {
    const { scripts } = JSON.parse(textOf("package.json")) as { scripts: Record<string, string> };
    const commands = [...textOf(name).matchAll(/\bnpm (start|test\b|run ([\w:-]+))/g)].map(
      (match) => match[2] ?? match[1]!,
    );
    assert.deepEqual(
      commands.filter((command) => scripts[command] === undefined),
      [],
    );
  });
}
