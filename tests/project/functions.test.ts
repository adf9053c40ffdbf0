import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { projectRoot } from "../support/project.ts";
import { sourceFiles } from "../support/sources.ts";

// the compiler of the cells: the project's own, version 7, has no parser for programs
const ts = createRequire(import.meta.url)("typescript-kernel");

const MOST_LINES = 100;

/** Longer ones, with the reason why each is better left whole: at most three. */
const LONGER: Readonly<Record<string, string>> = {};
const MOST_LONGER = 3;
const LEAST_REASON = 40;

interface Found {
  readonly name: string;
  readonly lines: number;
}

/** Every function of a file with a body, by its name or that of what it is given to, with the lines from its first word to its end. */
function functionsOf(file: string, text: string): Found[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  assert.deepEqual(
    source.parseDiagnostics.map(({ messageText }: { messageText: string }) => messageText),
    [],
    file,
  );
  const line = (at: number): number => source.getLineAndCharacterOfPosition(at).line;
  const found: Found[] = [];
  // biome-ignore lint/suspicious/noExplicitAny: the fork of the compiler comes without types
  const look = (node: any): void => {
    if (ts.isFunctionLike(node) && node.body !== undefined) {
      const name = node.name?.getText() ?? node.parent?.name?.getText() ?? ts.SyntaxKind[node.kind];
      found.push({ name, lines: line(node.getEnd()) - line(node.getStart()) + 1 });
    }
    ts.forEachChild(node, look);
  };
  look(source);
  return found;
}

test("a function has at most 100 lines; longer ones are three at most, each with its reason", () => {
  const long: string[] = [];
  for (const file of ["src", "labextension/src"].flatMap(sourceFiles)) {
    for (const { name, lines } of functionsOf(file, readFileSync(join(projectRoot, file), "utf8")))
      if (lines > MOST_LINES) long.push(`${file} ${name}`);
  }
  assert.deepEqual(long.sort(), Object.keys(LONGER).sort());
  assert.ok(long.length <= MOST_LONGER, `${long.length} functions are longer: ${long.join(", ")}`);
  for (const [name, reason] of Object.entries(LONGER)) assert.ok(reason.length >= LEAST_REASON, name);
});

test("functions of every form are counted, from their first word to their end, those inside them included", () => {
  const found = functionsOf(
    "x.ts",
    [
      "/** A comment. */",
      "export async function one(",
      "  a: number,",
      "): Promise<number> {",
      "  const two = () => {",
      "    return a;",
      "  };",
      "  return two();",
      "}",
      "class Three { get four() { return 1; } constructor(x = 1) {} five = function* () {",
      "  yield 1;",
      "}; }",
      "const six = { seven() {}, eight: (b: string) => b } satisfies object;",
      "export default () => 1;",
      "declare function nine(): void;",
    ].join("\n"),
  );
  assert.deepEqual(
    found.map(({ name, lines }) => `${name} ${lines}`),
    ["one 8", "two 3", "four 1", "Three 1", "five 3", "seven 1", "eight 1", "ArrowFunction 1"],
  );
});
