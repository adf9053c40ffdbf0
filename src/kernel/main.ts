import { writeSync } from "node:fs";
import { inspect } from "node:util";
import { TickbookError } from "../core/errors.ts";
import { controls } from "../notebook/controls/arrange.ts";
import { isControl } from "../notebook/controls/control.ts";
import { display } from "../notebook/page/display.ts";
import { resultView } from "../notebook/view/views.ts";
import { createCells, routeProcessOutput } from "./cells.ts";
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
  const text = problem instanceof TickbookError ? problem.message : inspect(problem);
  toTerminal(`tickbook kernel: ${text}\n`);
}

/** Shows what the last expression of a cell comes to. */
function printResult(value: unknown): void {
  const view = isControl(value) ? undefined : resultView(value);
  if (isControl(value)) controls(value);
  else if (view) display(view);
  else process.stdout.write(`${typeof value === "string" ? value : inspect(value)}\n`);
}

/** A server that was killed leaves no kernel behind. */
function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(0);
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
  const runner = createRunner(tslab, process.cwd(), printResult);
  routeProcessOutput(cells, toTerminal);
  process.on("SIGINT", () => runner.interrupt());
  const report = (error: unknown): void => {
    const { traceback } = runner.explain(error);
    process.stderr.write(`${traceback.join("\n")}\n`);
  };
  process.on("uncaughtException", report);
  process.on("unhandledRejection", report);
  process.removeAllListeners("warning");
  process.on("warning", (warning) => logError(`${warning.name}: ${warning.message}`));
  Error.stackTraceLimit = 50;
  endWithParent();
  await serve(tslab, connectionFile, {
    runner,
    cells,
    logError,
    completer: createCompleter(tslab, runner.executor),
  });
}

try {
  await main(process.argv);
} catch (problem) {
  const text = problem instanceof TickbookError ? problem.message : `tickbook kernel: ${String(problem)}`;
  toTerminal(`${text}\n`);
  process.exit(1);
}
