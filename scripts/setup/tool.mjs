import { spawn } from "node:child_process";
import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { SetupError } from "./errors.mjs";
import { isGone } from "./lock.mjs";
import { inProject, root, state } from "./paths.mjs";
import { textOf } from "./stamp.mjs";

const tether = inProject("scripts", "setup", "tether.mjs");
const runningTool = state("tool.pid");
const longestEndMs = 10_000;

/** Waits for the tool of a set-up that was killed: its tether is ending it. */
export async function lastToolGone() {
  const pid = Number(textOf(runningTool));
  const until = performance.now() + longestEndMs;
  while (pid > 0 && !isGone(pid) && performance.now() < until) await sleep(50);
  fs.rmSync(runningTool, { force: true });
}

/** Removes a folder, also while a process that has just been killed lets go of it. */
export function removeFolder(folder) {
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

/** The environment without what the surrounding `npm run` has put there: the npm that we start reads its own settings. */
export function cleanEnvironment(extra = {}) {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^npm_(?:package|lifecycle|command|execpath|node_execpath|config_local_prefix)/i.test(name),
  );
  return { ...Object.fromEntries(kept), ...extra };
}

/** Runs a tool to its end; its failure becomes the sentence given, with what `pick` finds telling in its output. */
export async function tool(
  command,
  args,
  { problem, hint, cwd = root, env = cleanEnvironment(), pick = (lines) => lines },
) {
  const child = spawn(process.execPath, [tether, command, ...args], {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  fs.writeFileSync(runningTool, String(child.pid));
  let output = "";
  const keep = (text) => {
    output = (output + text).slice(-200_000);
  };
  child.stdout.setEncoding("utf8").on("data", keep);
  child.stderr.setEncoding("utf8").on("data", keep);
  const code = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode) => resolve(exitCode ?? 1));
  });
  fs.rmSync(runningTool, { force: true });
  if (code === 0) return;
  const lines = output.split(/\r?\n/).filter((line) => line.trim() !== "");
  throw new SetupError(problem, hint, pick(lines).slice(-15));
}
