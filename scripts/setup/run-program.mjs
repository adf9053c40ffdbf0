import { spawn } from "node:child_process";
import os from "node:os";
import { root, windows } from "./paths.mjs";

// One Ctrl-C arrives more than once: from the terminal, and again from npm, which passes it on.
const sameKeyPressMs = 300;

/**
 * Runs a program with our terminal and passes its exit code on. It gets each signal once, and learns of our death
 * by the closing of its channel (`disconnect`), so that nothing is left running.
 */
export function runProgram(command, args) {
  const child = spawn(command, args, {
    cwd: root,
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    detached: !windows,
  });
  const last = new Map();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      const now = performance.now();
      const repeated = now - (last.get(signal) ?? Number.NEGATIVE_INFINITY) < sameKeyPressMs;
      last.set(signal, now);
      if (!repeated && !windows) child.kill(signal);
    });
  }
  return exitCode(child);
}

/** Runs a tool in our own process group: a Ctrl-C reaches it without us. */
export function runTool(command, args, env = process.env) {
  const child = spawn(command, args, { cwd: root, stdio: "inherit", env });
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  return exitCode(child);
}

const exitCode = (child) =>
  new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(code ?? 128 + (os.constants.signals[signal] ?? 0)));
  });
