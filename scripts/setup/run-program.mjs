import { spawn } from "node:child_process";
import os from "node:os";
import { root, state, windows } from "./paths.mjs";

// Node takes the types off our sources once, not at each start: a command begins in a quarter of the time.
const compiled = { NODE_COMPILE_CACHE: state("compiled") };

// One Ctrl-C arrives more than once: from the terminal, and again from npm, which passes it on.
const sameKeyPressMs = 300;

/**
 * Runs a program with our terminal and passes its exit code on. It gets each signal once, and learns of our death
 * by the closing of its channel (`disconnect`), so that nothing is left running.
 */
export function runProgram(command, args) {
  const child = spawn(command, args, {
    cwd: root,
    env: { ...compiled, ...process.env },
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    detached: !windows,
  });
  const last = new Map();
  followParent(
    () => !last.has("SIGHUP"),
    () => child.kill("SIGTERM"),
  );
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      const now = performance.now();
      const repeated = now - (last.get(signal) ?? Number.NEGATIVE_INFINITY) < sameKeyPressMs;
      last.set(signal, now);
      if (!repeated && !windows) child.kill(signal);
    });
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (...ending) => resolve(exitCode(...ending)));
  });
}

/**
 * A shell between npm and us passes no signal on: a `kill` of npm ends the shell, and we would live on as an orphan. A
 * terminal that is closed takes both away too, but then we are told by SIGHUP, and what ran on purpose goes on.
 */
function followParent(mayEnd, end) {
  if (process.env.npm_lifecycle_event === undefined || windows) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    setTimeout(() => mayEnd() && end(), 300);
  }, 1000);
  watch.unref();
}

const tools = new Set();
let stopSignal;

/** What asked us to stop, if anything did: no further tool is worth its start. */
export const askedToStop = () => stopSignal;

function listen() {
  if (stopSignal !== undefined || process.listenerCount("SIGTERM") > 0) return;
  // A Ctrl-C reaches the tools without us: they are in our process group.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      stopSignal = signal;
      if (signal !== "SIGINT") for (const child of tools) child.kill(signal);
    });
  }
}

/**
 * Runs a tool to its end; returns its exit code and what it printed. The printing is left to us: not every tool
 * outlives its reader. One that takes longer than `withinMs` is killed.
 */
export function runTool(command, args, { env = process.env, withinMs } = {}) {
  listen();
  const child = spawn(command, args, {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env,
    timeout: withinMs,
    killSignal: "SIGKILL",
  });
  tools.add(child);
  let text = "";
  const keep = (part) => {
    text += part;
  };
  child.stdout.setEncoding("utf8").on("data", keep);
  child.stderr.setEncoding("utf8").on("data", keep);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    // What it has started and left behind may hold its output open.
    child.on("exit", () => setTimeout(() => child.stdout.destroy(), 1000).unref());
    child.on("exit", () => setTimeout(() => child.stderr.destroy(), 1000).unref());
    child.on("close", (...ending) => {
      tools.delete(child);
      resolve({ code: exitCode(...ending), text });
    });
  });
}

const exitCode = (code, signal) => code ?? 128 + (os.constants.signals[signal] ?? 0);
