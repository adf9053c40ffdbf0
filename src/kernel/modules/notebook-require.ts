import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { types } from "node:util";
import { refuse } from "../../core/errors.ts";
import type { LocalFiles } from "./files.ts";
import { isLocal, packageFolders } from "./places.ts";

/** A `require` for cells, which finds what their imports find. */
export function notebookRequire(
  folder: string,
  projectRoot: string,
  /** Loads a package, which must come to its end. */
  loading: <T>(load: () => T) => T,
  files: LocalFiles,
): NodeJS.Require {
  const own = createRequire(join(folder, "notebook.js"));
  const local = freshRequire(own, files);
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
      ? local(specifier)
      : loading(() => found(specifier)(specifier) as unknown)) as NodeJS.Require;
  return Object.assign(require, own, {
    resolve: Object.assign(
      (specifier: string, options?: { paths?: string[] }) => found(specifier).resolve(specifier, options),
      { paths: own.resolve.paths },
    ),
  });
}

/** `require` of the user's files as they stand: what Node keeps of those that have changed is forgotten, or refused where it cannot be. */
function freshRequire(own: NodeJS.Require, files: LocalFiles): (specifier: string) => unknown {
  const known = new Map<string, string>();
  return (specifier) => {
    files.look();
    const closure = files.closure(own.resolve(specifier));
    if (closure.some(({ path, hash }) => (known.get(path) ?? hash) !== hash)) {
      const kept = closure.find(({ path }) => types.isModuleNamespaceObject(own.cache[path]?.exports));
      if (kept)
        return refuse({
          code: "require-changed",
          where: "require",
          problem: `${basename(kept.path)}, or a file that it imports, has changed; it is a module, of which require gives what it was`,
          hint: `Write import … from ${JSON.stringify(specifier)}, which runs it as it stands.`,
          facts: { path: kept.path },
        });
      for (const { path } of closure) delete own.cache[path];
    }
    for (const { path, hash } of closure) known.set(path, hash);
    return own(specifier);
  };
}
