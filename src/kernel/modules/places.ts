import { existsSync } from "node:fs";
import { join } from "node:path";

/** Whether a specifier names a file, and not a package. */
export function isLocal(specifier: string): boolean {
  return /^(\.{0,2}\/|\.{1,2}$|file:|[a-zA-Z]:[\\/])/.test(specifier);
}

/**
 * The folders from which a package is looked for, in this order: where the user has added it by `npm run add`, the
 * importing file's own, the project's. `tslab` is the one that runs.
 */
export function packageFolders(specifier: string, from: string, projectRoot: string): string[] {
  if (specifier === "tslab") return [projectRoot];
  const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  const added = join(projectRoot, "data", "packages");
  const isAdded = existsSync(join(added, "node_modules", name));
  return [...(isAdded ? [added] : []), from, projectRoot];
}
