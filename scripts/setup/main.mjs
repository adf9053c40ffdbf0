import { build } from "./build.mjs";
import { dependencies } from "./dependencies.mjs";
import { SetupError } from "./errors.mjs";
import { jupyter } from "./jupyter.mjs";
import { labextension, page } from "./labextension.mjs";
import { withLock } from "./lock.mjs";
import { checkWritable, findPython } from "./machine.mjs";
import { projectNode } from "./node.mjs";
import { inProject, state } from "./paths.mjs";
import { say } from "./progress.mjs";
import { python } from "./python.mjs";
import { runProgram } from "./run-program.mjs";
import { tasks } from "./tasks.mjs";
import { lastToolGone } from "./tool.mjs";

const parts = { dependencies, build, python, jupyter, labextension, page };

/** Runs a task of package.json's scripts: makes sure that what it needs is set up, then runs it. Returns the exit code. */
export async function main([name, ...args]) {
  try {
    const task = Object.hasOwn(tasks, name ?? "") ? tasks[name] : undefined;
    if (task === undefined) {
      throw new SetupError(
        `a task is needed, one of ${Object.keys(tasks).join(", ")}; got ${JSON.stringify(name ?? "")}`,
        "For example: npm start",
      );
    }
    const askedForHelp = task.program !== undefined && (args.includes("--help") || args.includes("-h"));
    await setUp(askedForHelp ? ["dependencies", "build"] : task.needs);
    if (task.work !== undefined) return await task.work(args);
    return await runProgram(projectNode(), [inProject("dist", "scripts", task.program), ...args]);
  } catch (error) {
    const failure = asSetupError(error);
    for (const line of failure.lastLines) say(`    ${line}`);
    say(`${name === undefined ? "tickbook" : `npm run ${name}`}: ${failure.message}.`);
    return 1;
  }
}

/** What the system refused (a full disk, a right that is missing) is for the user to mend; anything else is a defect of ours. */
function asSetupError(error) {
  if (error instanceof SetupError) return error;
  if (typeof error?.syscall !== "string") throw error;
  return new SetupError(error.message, "Mend that and run the command again: what was finished is kept");
}

async function missing(needs) {
  for (const need of needs) if (!(await parts[need].isCurrent())) return true;
  return false;
}

async function setUp(needs) {
  projectNode();
  if (!(await missing(needs))) return;
  checkWritable();
  const onWait = (pid) =>
    say(
      `Another set-up is at work in this folder${pid === undefined ? "" : ` (process ${pid})`}: waiting for it.`,
    );
  await withLock(
    state("setup.lock"),
    async () => {
      await lastToolGone();
      if (!(await missing(needs))) return;
      const since = performance.now();
      say("Setting up");
      if (needs.includes("python") && !(await python.isCurrent())) await findPython();
      for (const need of needs) if (!(await parts[need].isCurrent())) await parts[need].make();
      say(`Set up in ${((performance.now() - since) / 1000).toFixed(1)} s`);
    },
    onWait,
  );
}
