import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { projectRoot } from "./project.ts";

/** What a command came to, and what it printed. */
export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
  /** What it told programs: a JSON object a line. */
  readonly lines: Record<string, unknown>[];
}

/** Runs one of `scripts/` to its end, as npm does. */
export function runScript(name: string, args: readonly string[], cwd?: string): Ran {
  const script = join(projectRoot, "scripts", `${name}.ts`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    encoding: "utf8",
    ...(cwd !== undefined && { cwd }),
  });
  const json = stdout.split("\n").filter((line) => line.startsWith("{"));
  return { code: status, out: stdout, error: stderr, lines: json.map((line) => JSON.parse(line)) };
}
