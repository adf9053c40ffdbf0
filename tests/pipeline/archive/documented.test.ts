import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import pl from "nodejs-polars";
import { archive } from "../../../src/pipeline/archive/archive.ts";
import { fewDays, storeTrades } from "../../support/archive.ts";
import { archivePython } from "../../support/archive-python.ts";
import { projectRoot } from "../../support/project.ts";
import { tempFolder } from "../../support/temp.ts";

const page = readFileSync(join(projectRoot, "docs", "data.md"), "utf8");

/** The first block of code in a language. */
function block(language: string): string {
  return new RegExp(`\`\`\`${language}\\n([^\`]+)\`\`\``).exec(page)![1]!;
}

test("the page names the columns of a file with their types, in their order", (t) => {
  const db = join(tempFolder(t), "x.db");
  storeTrades(db, fewDays(100));
  const [part] = archive({ db, nowUs: 1 }).parts;
  const frame = pl.readParquet(join(dirname(db), part!.path));
  const table = page.slice(page.indexOf("| column | type |"));
  const said = [...table.matchAll(/^\| (`.+?`) \| (\w+)/gm)].flatMap(([, names, type]) =>
    names!.split(", ").map((name) => [name.replaceAll("`", ""), type]),
  );
  const short = (type: unknown): string => String((type as { variant: string }).variant).toLowerCase();
  assert.deepEqual(
    said,
    frame.columns.map((name) => [name, short(frame.getColumn(name).dtype)]),
  );
});

test("the flags on the page are known to their commands", () => {
  for (const [, command, line] of page.matchAll(/^npm run (\w+) -- (.*)$/gm)) {
    const script = join(projectRoot, "scripts", `${command}.ts`);
    const { stdout } = spawnSync(process.execPath, [script, "--help"], { encoding: "utf8" });
    for (const [flag] of line!.split("#")[0]!.matchAll(/--[a-z-]+/g))
      assert.ok(stdout.includes(`${flag} `), `${command} ${flag}`);
  }
});

test("the page's DuckDB query and Polars program run on an archive", (t) => {
  const python = archivePython();
  if (python === undefined) return t.skip("no Python with duckdb and polars");
  const db = join(tempFolder(t), "x.db");
  storeTrades(db, fewDays(200));
  archive({ db, nowUs: 1 });
  const files = join(dirname(db), "archive", "**", "*.parquet");
  const here = (text: string): string => text.replace("data/archive/**/*.parquet", files);
  const query = `import duckdb\nprint(len(duckdb.sql("""${here(block("sql"))}""").fetchall()))`;
  const duck = spawnSync(python, ["-c", query], { encoding: "utf8" });
  assert.equal(duck.stdout, "6\n", duck.stderr);
  const polars = spawnSync(python, ["-c", here(block("python"))], { encoding: "utf8" });
  assert.match(polars.stdout, /shape: \(6, 4\)/, polars.stderr);
});
