import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { projectRoot } from "./project.ts";

/** A folder as an earlier version has left it (tests/fixtures/VERSION), as a copy to work with. */
export interface Kept {
  path(...parts: string[]): string;
  read<T>(name: string): T;
  /** Runs a command of today in the folder. */
  run(name: string, ...flags: string[]): { code: number | null; stdout: string; stderr: string };
}

export function keptFolder(version: string, folder: string): Kept {
  cpSync(join(projectRoot, "tests", "fixtures", version), folder, { recursive: true });
  for (const name of globSync("**/*.gz", { cwd: folder })) {
    writeFileSync(join(folder, name.slice(0, -3)), gunzipSync(readFileSync(join(folder, name))));
    rmSync(join(folder, name));
  }
  const pages = JSON.parse(brotliDecompressSync(readFileSync(join(folder, "reports.json.br"))).toString());
  for (const [name, html] of Object.entries(pages)) writeFileSync(join(folder, name), html as string);
  return {
    path: (...parts) => join(folder, ...parts),
    read: <T>(name: string) => JSON.parse(readFileSync(join(folder, name), "utf8")) as T,
    run: (name, ...flags) => {
      const program = join(projectRoot, "scripts", `${name}.ts`);
      const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...flags], {
        cwd: folder,
        encoding: "utf8",
      });
      return { code: status, stdout, stderr };
    },
  };
}

/** Everything that `expected` holds is in `actual`, numbers up to the rounding of their last digits; `actual` may hold more. */
export function assertNear(actual: unknown, expected: unknown, where: string): void {
  if (typeof expected === "number") {
    const isNear = Math.abs(Number(actual) - expected) <= 1e-9 * Math.max(1, Math.abs(expected));
    assert.ok(typeof actual === "number" && isNear, `${where}: is ${actual}, was ${expected}`);
  } else if (typeof expected === "object" && expected !== null) {
    assert.ok(typeof actual === "object" && actual !== null, `${where} is gone`);
    for (const [key, value] of Object.entries(expected)) {
      assertNear((actual as Record<string, unknown>)[key], value, `${where}, ${key}`);
    }
  } else assert.equal(actual, expected, where);
}
