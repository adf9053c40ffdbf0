import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The project's folder, from the sources as from the build. */
export const projectRoot: string = findRoot(import.meta.dirname);

function findRoot(folder: string): string {
  return existsSync(join(folder, "package.json")) ? folder : findRoot(dirname(folder));
}
