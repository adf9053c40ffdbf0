import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const projectRoot: string = fileURLToPath(new URL("../../", import.meta.url));

/** Where screenshots and the notebooks of tests go; ignored by git. */
export const artifacts: string = join(projectRoot, "tests", "artifacts");

/** The Python of the project's own environment; tests that need it also need the build. */
export function projectPython(): string {
  const python = join(projectRoot, ".venv", "bin", "python");
  const kernel = join(projectRoot, "dist", "src", "kernel", "main.js");
  for (const path of [python, kernel]) {
    if (!existsSync(path)) throw new Error(`${path} is missing: npm test makes it before it runs the tests`);
  }
  return python;
}
