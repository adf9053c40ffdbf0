import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../shared/data/", import.meta.url));

/** The path of real data beside the project, or undefined (and a loud line) where it is absent. */
export function sharedData(name: string): string | undefined {
  const path = `${ROOT}${name}`;
  if (existsSync(path)) return path;
  console.warn(`SKIPPED: real data ${name} is not beside the project; the test that needs it did not run.`);
  return undefined;
}
