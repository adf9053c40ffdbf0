import path from "node:path";
import { projectNode } from "./node.mjs";
import { inProject } from "./paths.mjs";
import { runTool } from "./run-program.mjs";

// Not through node_modules/.bin: the `tsc` there belongs to another package.
const packageProgram = (...parts) => inProject("node_modules", ...parts);
const biome = packageProgram("@biomejs", "biome", "bin", "biome");
const compiler = packageProgram("typescript", "bin", "tsc");

const run = (name, args) => runTool(projectNode(), [name, ...args]);

/** Format, lint and types. */
export async function runChecks() {
  const colors = process.stdout.isTTY ? "force" : "off";
  const style = await run(biome, [process.env.CI === undefined ? "check" : "ci", `--colors=${colors}`]);
  if (style !== 0) return style;
  const types = await run(compiler, ["--noEmit"]);
  return types !== 0 ? types : run(compiler, ["--noEmit", "-p", path.join("labextension", "tsconfig.json")]);
}

/** Formats what can be formatted, and mends what the linter can. */
export const runFormat = (args) =>
  run(biome, ["check", "--write", ...args.map((name) => path.resolve(name))]);
