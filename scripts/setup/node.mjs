import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { SetupError } from "./errors.mjs";
import { inProject, root, state, windows } from "./paths.mjs";
import { step } from "./progress.mjs";
import { textOf } from "./stamp.mjs";
import { removeFolder, tool } from "./tool.mjs";

const oldestOwn = 24;
const name = `node-${windows ? "win" : process.platform}-${process.arch}`;
const program = windows ? "node.exe" : "node";
const programIn = (folder) => path.join(folder, "node_modules", name, "bin", program);

const lockText = () => textOf(inProject("package-lock.json"));
const lockEntry = () => JSON.parse(lockText()).packages?.[`node_modules/${name}`];

/** Whether the lockfile brings a Node for this machine. */
function isLocked() {
  try {
    return lockEntry() !== undefined;
  } catch {
    throw new SetupError(
      "package-lock.json can't be read as a lockfile",
      "Restore it (git checkout package-lock.json) and run the command again",
    );
  }
}

const machineNodeIsEnough = () => Number.parseInt(process.versions.node, 10) >= oldestOwn;

/**
 * The Node that builds and runs the project: the one among its dependencies, or the machine's own
 * where there is none for this kind of machine. Its path, which need not be there yet.
 */
export function projectNode() {
  if (isLocked()) return programIn(root);
  if (machineNodeIsEnough()) return process.execPath;
  throw new SetupError(
    `Node ${oldestOwn} or newer is needed on ${process.platform} ${process.arch}; this is ${process.versions.node}`,
    "Install it from https://nodejs.org and run the command again",
  );
}

const runs = (node) =>
  new Promise((resolve) => execFile(node, ["--version"], { timeout: 20_000 }, (error) => resolve(!error)));

/**
 * A Node that npm can run on. Under an older one npm leaves out, in silence, the native part of nodejs-polars;
 * so the locked Node is installed first, alone, by whatever npm the machine has.
 */
export async function nodeForNpm() {
  if (machineNodeIsEnough()) return process.execPath;
  const folder = state("node");
  const node = programIn(folder);
  if (await runs(node)) return node;
  const { version, optional, ...entry } = lockEntry();
  removeFolder(folder);
  fs.mkdirSync(folder, { recursive: true });
  const dependencies = { [name]: version };
  const lock = {
    lockfileVersion: 3,
    requires: true,
    packages: { "": { dependencies }, [`node_modules/${name}`]: { version, ...entry } },
  };
  fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify({ private: true, dependencies }));
  fs.writeFileSync(path.join(folder, "package-lock.json"), JSON.stringify(lock));
  await step(`Node ${version} for the project`, () =>
    npm(process.execPath, ["ci", "--ignore-scripts"], {
      cwd: folder,
      problem: `installing Node ${version} for the project failed`,
    }),
  );
  if (await runs(node)) return node;
  throw new SetupError(
    `the Node ${version} of the project does not run on this machine; this is ${process.versions.node}`,
    `Install Node ${oldestOwn} or newer from https://nodejs.org and run the command again`,
  );
}

/** The Node installed for npm alone is not needed any longer. */
export function removeNodeForNpm() {
  removeFolder(state("node"));
}

/** Runs the machine's npm by the Node given. */
export async function npm(node, args, { cwd, problem }) {
  const common = ["--no-audit", "--no-fund", "--no-progress", "--prefer-offline"];
  await tool(node, [npmProgram(), ...args, ...common], {
    cwd,
    problem,
    hint: "Look at npm's last lines above: mostly it is the network or the disk. What was downloaded is kept; run the command again",
    pick: withoutUsage,
  });
}

/** npm's errors without the flags that it explains after them. */
function withoutUsage(lines) {
  const errors = lines.filter((line) => line.startsWith("npm error ") && !line.includes("complete log"));
  const usage = errors.findIndex((line) => /^npm error (Usage:|Clean install)/.test(line));
  const telling = usage === -1 ? errors : errors.slice(0, usage);
  return telling.length === 0 ? lines : telling;
}

function npmProgram() {
  const given = process.env.npm_execpath ?? "";
  if (path.basename(given) === "npm-cli.js" && fs.existsSync(given)) return given;
  const beside = path.dirname(process.execPath);
  const places = [
    path.join(beside, "node_modules", "npm", "bin", "npm-cli.js"),
    path.join(beside, "..", "lib", "node_modules", "npm", "bin", "npm-cli.js"),
    ...(process.env.PATH ?? "").split(path.delimiter).map((folder) => path.join(folder, "npm")),
  ];
  for (const place of places) {
    try {
      const real = fs.realpathSync(place);
      if (path.basename(real) === "npm-cli.js") return real;
    } catch {
      // not there
    }
  }
  throw new SetupError(
    "npm is needed to install the project's packages; it was not found on the PATH",
    "Install Node with its npm from https://nodejs.org and run the command again",
  );
}
