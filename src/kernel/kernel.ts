import { randomUUID } from "node:crypto";
import { readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { TickbookError } from "../core/errors.ts";
import { display } from "../notebook/page/display.ts";
import { offerJupyter } from "../notebook/show/jupyter.ts";
import { noteView } from "../notebook/view/views.ts";
import { textOf } from "./errors/safely.ts";
import { type Builtins, keepBuiltins } from "./globals/builtins.ts";
import { exitKernel, keepAlive } from "./keep-alive.ts";
import { createCompleter } from "./language/completer.ts";
import { openNotebook } from "./language/notebook.ts";
import { createCells } from "./output/cells.ts";
import { routeChildOutput } from "./output/children.ts";
import { createPrinter } from "./output/result.ts";
import { routeProcessOutput } from "./output/streams.ts";
import { projectRoot } from "./project-root.ts";
import { createRunner, type Runner } from "./runner.ts";
import { readConnection, type Server, serve } from "./server/server.ts";
import { createActivities } from "./stop/activities.ts";
import { openChannels } from "./stop/channels.ts";
import { createInterruptible } from "./stop/interruptible.ts";
import { ownWorkers } from "./stop/workers.ts";
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

/** The packages that a notebook may import by name: the project's own, and those that the user has added. */
function packagesOf(root: string): string[] {
  return [root, join(root, "data", "packages")].flatMap((folder) => {
    try {
      return Object.keys(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).dependencies ?? {});
    } catch {
      return [];
    }
  });
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
  const connection = readConnection(connectionFile);
  const session = randomUUID();
  const parts: { server?: Server; runner?: Runner; builtins?: Builtins } = {};
  const opening = openChannels({
    connection,
    session,
    onStop: () => parts.runner?.interrupt(),
    onControl: (frames) => void parts.server?.handle(frames, channels.answerControl),
    onEnd: () => exitKernel(1),
  });
  const tslab = loadTslab();
  const cells = createCells();
  const channels = await opening;
  const activities = createActivities(channels.isStopAsked);
  const interruptible = createInterruptible(
    () => {
      channels.stopped();
      runner.interrupt();
    },
    undefined,
    channels.reach,
  );
  const restore = (): void => {
    const names = parts.builtins?.restore() ?? [];
    if (names.length === 0) return;
    const which =
      names.length > 5 ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} more` : names.join(", ");
    display(
      noteView(
        `Put back as it was: ${which}. The kernel itself runs on it; give yours a name of its own.`,
        "quiet",
      ),
    );
  };
  const notebook = openNotebook({
    folder: process.cwd(),
    projectRoot,
    activities,
    interruptible: (work) => {
      try {
        return interruptible.cell(work);
      } finally {
        restore();
      }
    },
    loading: channels.loading,
    stopped: channels.stopped,
    say: (line) => display(noteView(line, "quiet")),
  });
  const runner = createRunner(tslab, notebook, createPrinter(cells), restore);
  routeProcessOutput(cells, toTerminal);
  offerJupyter();
  routeChildOutput(channels.child, activities.onStop);
  ownWorkers(activities.onStop);
  channels.gateNativeCalls();
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
  notebook.service.warm();
  parts.runner = runner;
  parts.server = await serve({
    connection,
    session,
    channels,
    tslab,
    activities,
    runner,
    cells,
    report,
    logError,
    restore,
    interruptible,
    completer: createCompleter(
      notebook.service,
      notebook.converter.scope,
      () => packagesOf(projectRoot),
      tslab.isCompleteCode,
    ),
  });
  // with what the kernel has changed itself
  parts.builtins = keepBuiltins();
}

try {
  await main(process.argv);
} catch (problem) {
  const text = problem instanceof TickbookError ? problem.message : `tickbook kernel: ${String(problem)}`;
  toTerminal(`${text}\n`);
  exitKernel(1);
}
