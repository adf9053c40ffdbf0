import path from "node:path";
import { projectNode } from "./node.mjs";
import { inProject } from "./paths.mjs";
import { print } from "./progress.mjs";
import { runTool } from "./run-program.mjs";

// Not through node_modules/.bin: the `tsc` there belongs to another package.
const packageProgram = (...parts) => inProject("node_modules", ...parts);
const biome = packageProgram("@biomejs", "biome", "bin", "biome");
const compiler = packageProgram("typescript", "bin", "tsc");

async function run(name, args) {
  const { code, text } = await runTool(projectNode(), [name, ...args]);
  print(text);
  return code;
}

/** Format, lint and types, side by side. */
export async function runChecks() {
  const [colors, pretty] = process.stdout.isTTY ? ["force", "true"] : ["off", "false"];
  const types = ["--noEmit", "--pretty", pretty];
  const codes = await Promise.all([
    run(biome, [process.env.CI === undefined ? "check" : "ci", `--colors=${colors}`]),
    run(compiler, types),
    run(compiler, [...types, "-p", path.join("labextension", "tsconfig.json")]),
  ]);
  return Math.max(...codes);
}

/** Formats what can be formatted, and mends what the linter can. */
export const runFormat = (args) =>
  run(biome, ["check", "--write", ...args.map((name) => path.resolve(name))]);
