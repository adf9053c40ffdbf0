import { existsSync } from "node:fs";
import { createRequire } from "node:module";
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

/** A `require` for cells, which finds what their imports find. */
export function notebookRequire(
  folder: string,
  projectRoot: string,
  /** Loads a package, which must come to its end. */
  loading: <T>(load: () => T) => T,
): NodeJS.Require {
  const own = createRequire(join(folder, "notebook.js"));
  const found = (specifier: string): NodeJS.Require => {
    if (isLocal(specifier) || specifier.startsWith("node:")) return own;
    for (const place of packageFolders(specifier, folder, projectRoot)) {
      const require = createRequire(join(place, "notebook.js"));
      try {
        require.resolve(specifier);
        return require;
      } catch {
        // the next place
      }
    }
    return own;
  };
  const require = ((specifier: string) =>
    isLocal(specifier)
      ? own(specifier)
      : loading(() => found(specifier)(specifier) as unknown)) as NodeJS.Require;
  return Object.assign(require, own, {
    resolve: Object.assign(
      (specifier: string, options?: { paths?: string[] }) => found(specifier).resolve(specifier, options),
      { paths: own.resolve.paths },
    ),
  });
}
