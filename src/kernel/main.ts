import { writeSync } from "node:fs";
import { TickbookError } from "../core/errors.ts";
import { textOf } from "./errors/safely.ts";
import { exitKernel, keepAlive } from "./keep-alive.ts";
import { createCells } from "./output/cells.ts";
import { routeChildOutput } from "./output/children.ts";
import { createPrinter } from "./output/result.ts";
import { routeProcessOutput } from "./output/streams.ts";
import { createCompleter } from "./requests.ts";
import { createRunner } from "./runner.ts";
import { serve } from "./server.ts";
import { loadTslab } from "./tslab.ts";

function toTerminal(text: string): void {
  try {
    writeSync(2, text);
  } catch {
    // nobody reads any more
  }
}

function logError(problem: unknown): void {
  const text = problem instanceof TickbookError ? problem.message : textOf(problem);
  toTerminal(`tickbook kernel: ${text}\n`);
}

/** A server that was killed leaves no kernel behind. */
function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) exitKernel(0);
  }, 1_000).unref();
}

async function main(argv: readonly string[]): Promise<void> {
  const connectionFile = argv[argv.indexOf("--connection-file") + 1];
  if (!argv.includes("--connection-file") || connectionFile === undefined) {
    throw new TickbookError({
      code: "kernel-usage",
      where: "tickbook kernel",
      problem: "--connection-file PATH is needed; none came",
      hint: "Jupyter starts this program; run npm start to open the notebooks.",
    });
  }
  const tslab = loadTslab();
  const cells = createCells();
  const runner = createRunner(tslab, process.cwd(), createPrinter(cells));
  routeProcessOutput(cells, toTerminal);
  routeChildOutput();
  process.on("SIGINT", () => runner.interrupt());
  const report = (error: unknown): void => {
    const text = `${runner.explain(error).traceback.join("\n")}\n`;
    const cell = cells.current();
    if (cell) cell.write("stderr", text);
    else toTerminal(text);
  };
  keepAlive(report);
  process.removeAllListeners("warning");
  process.on("warning", (warning) => logError(`${warning.name}: ${warning.message}`));
  Error.stackTraceLimit = 50;
  endWithParent();
  await serve(tslab, connectionFile, {
    runner,
    cells,
    report,
    logError,
    completer: createCompleter(tslab, runner.executor),
  });
}

try {
  await main(process.argv);
} catch (problem) {
  const text = problem instanceof TickbookError ? problem.message : `tickbook kernel: ${String(problem)}`;
  toTerminal(`${text}\n`);
  exitKernel(1);
}
