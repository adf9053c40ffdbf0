import { spawn } from "node:child_process";
import path from "node:path";
import { SetupError } from "./errors.mjs";
import { root } from "./paths.mjs";

const tether = path.join(import.meta.dirname ?? path.join(root, "scripts", "setup"), "tether.mjs");

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
  if (code === 0) return;
  const lines = output.split(/\r?\n/).filter((line) => line.trim() !== "");
  throw new SetupError(problem, hint, pick(lines).slice(-15));
}
