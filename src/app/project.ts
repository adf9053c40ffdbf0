import { existsSync } from "node:fs";
import { dirname, isAbsolute, join, relative } from "node:path";

/** The project's folder, from the sources as from the build. */
export const projectRoot: string = findRoot(import.meta.dirname);

/** A path as it is told to a person: from the project's folder where it lies inside, else in full. */
export function nearPath(path: string): string {
  const near = relative(projectRoot, path);
  return near === "" || near.startsWith("..") || isAbsolute(near) ? path : near;
}

function findRoot(folder: string): string {
  return existsSync(join(folder, "package.json")) ? folder : findRoot(dirname(folder));
}
