import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ParseArgsConfig, parseArgs } from "node:util";
import { runProgram } from "../../src/app/terminal/output.ts";

interface Bench<Options extends NonNullable<ParseArgsConfig["options"]>> {
  /** As a user calls it. */
  readonly command: string;
  readonly help: string;
  readonly options: Options;
  /** Writes the newest quiet result into the documents; returns a line a document. */
  readonly documents: () => Promise<readonly string[]> | readonly string[];
  /** Measures in a folder that is removed afterwards; what it returns is the exit code. */
  readonly measure: (values: Values<Options>, folder: string) => Promise<number>;
}

type Values<Options extends NonNullable<ParseArgsConfig["options"]>> = ReturnType<
  typeof parseArgs<{ options: Options }>
>["values"];

/** A bench as a program: --help, --documents, a folder of its own, and a sentence where something is wrong. */
export async function runBench<const Options extends NonNullable<ParseArgsConfig["options"]>>({
  command,
  help,
  options,
  documents,
  measure,
}: Bench<Options>): Promise<void> {
  await runProgram(async (argv) => {
    try {
      const common = { documents: { type: "boolean" }, help: { type: "boolean", short: "h" } } as const;
      const { values } = parseArgs({ args: [...argv], options: { ...common, ...options } });
      const asked = values as { readonly help?: boolean; readonly documents?: boolean };
      if (asked.help === true) process.stdout.write(help);
      else if (asked.documents === true)
        for (const line of await documents()) process.stdout.write(`${line}\n`);
      else {
        const folder = mkdtempSync(join(tmpdir(), "tickbook-bench-"));
        try {
          return await measure(values as Values<Options>, folder);
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
      }
      return 0;
    } catch (problem) {
      process.stderr.write(`${command}: ${(problem as Error).message.replace(/\.?$/, ".")}\n`);
      return 2;
    }
  });
}
