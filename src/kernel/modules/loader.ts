import { registerHooks } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { TickbookError } from "../../core/errors.ts";
import { fixGlobal } from "../globals/fixed-global.ts";
import { isCode, isForeign, missingModule, noCode } from "../language/missing.ts";
import type { LocalFiles } from "./files.ts";
import { isLocal, packageFolders } from "./places.ts";

/** A namespace, as `import()` gives it. */
export type Namespace = Readonly<Record<string, unknown>>;

export interface Loader {
  /** What a cell imports by this name: the user's own files as they stand now. */
  load(specifier: string): Promise<Namespace>;
  /** Files that the loads since the last call have run again because they, or what they import, had changed. */
  loadedAnew(): readonly Reload[];
  /** The file of a frame of a stack. */
  fileOf(url: string): string | undefined;
}

export interface Reload {
  readonly path: string;
  /** Whether it has changed itself, or a file that it imports has. */
  readonly itself: boolean;
}

export interface LoaderOptions {
  readonly files: LocalFiles;
  readonly folder: string;
  readonly projectRoot: string;
  /** The file as JavaScript: a module that says at its end that it has run. */
  readonly compile: (path: string, url: string) => string;
}

const mark = "tickbook";
const fromCell = "tickbook-cell:";

export function createLoader({ files, folder, projectRoot, compile }: LoaderOptions): Loader {
  /** By path: what was loaded last. */
  const loaded = new Map<string, { key: string; hash: string }>();
  const finished = new Set<string>();
  let anew: Reload[] = [];
  const urlOf = (path: string): string => {
    const url = pathToFileURL(path);
    url.searchParams.set(mark, files.key(path));
    return url.href;
  };

  registerHooks({
    resolve: (specifier, context, next) => {
      const isCell = specifier.startsWith(fromCell);
      const name = isCell ? specifier.slice(fromCell.length) : specifier;
      const path = isCell || context.parentURL === undefined ? undefined : markedPath(context.parentURL);
      if (path === undefined && !isCell) return next(specifier, context);
      if (path !== undefined && isLocal(name)) {
        const found = files.find(name, dirname(path));
        if (found === undefined || found.endsWith(".node")) return next(specifier, context);
        files.add(found);
        return { url: urlOf(found), shortCircuit: true };
      }
      if (isForeign(name)) throw missingModule(name);
      let problem: unknown;
      for (const place of packageFolders(name, path === undefined ? folder : dirname(path), projectRoot)) {
        try {
          return next(name, { ...context, parentURL: pathToFileURL(join(place, "notebook.mjs")).href });
        } catch (failed) {
          problem ??= failed;
        }
      }
      throw unresolved(name, problem);
    },
    load: (url, context, next) => {
      const path = markedPath(url);
      if (path === undefined) return next(url, context);
      const file = files.file(path);
      if (file === undefined) throw missing(path, folder);
      if (context.importAttributes?.type === "json")
        return { format: "json", source: file.text, shortCircuit: true };
      return { format: "module", source: compile(path, url), shortCircuit: true };
    },
  });
  fixGlobal(Symbol.for("tickbook.finished"), (url: string) => finished.add(url));

  const note = (path: string): void => {
    for (const file of files.closure(path)) {
      const before = loaded.get(file.path);
      const key = files.key(file.path);
      if (before && before.key !== key) anew.push({ path: file.path, itself: before.hash !== file.hash });
      loaded.set(file.path, { key, hash: file.hash });
    }
  };

  return {
    load: async (specifier) => {
      if (!isLocal(specifier)) return (await import(fromCell + specifier)) as Namespace;
      const path = files.find(specifier, folder);
      if (path === undefined) throw missing(specifier, folder);
      if (!isCode(path)) throw noCode(specifier);
      files.add(path);
      note(path);
      try {
        return (await import(urlOf(path))) as Namespace;
      } catch (problem) {
        for (const file of files.closure(path)) {
          if (finished.has(urlOf(file.path))) continue;
          files.failed(file.path);
          // it has kept nothing that could be lost
          loaded.delete(file.path);
          anew = anew.filter((one) => one.path !== file.path);
        }
        throw problem;
      }
    },
    loadedAnew: () => {
      const unique = new Map(anew.map((one) => [one.path, one]));
      anew = [];
      return [...unique.values()];
    },
    fileOf: markedPath,
  };
}

/** The path of a URL that this loader has made. */
function markedPath(url: string): string | undefined {
  if (!url.startsWith("file:") || !url.includes(`?${mark}=`)) return undefined;
  return fileURLToPath(url.replace(/\?.*$/s, ""));
}

/** A package that is not there is told in the reader's words. */
function unresolved(name: string, problem: unknown): unknown {
  const code = (problem as { code?: unknown } | undefined)?.code;
  const isMissing =
    code === "ERR_UNKNOWN_BUILTIN_MODULE" ||
    (code === "ERR_MODULE_NOT_FOUND" && String((problem as Error).message).startsWith("Cannot find package"));
  return isMissing ? missingModule(name) : problem;
}

function missing(specifier: string, folder: string): TickbookError {
  return new TickbookError({
    code: "no-file",
    where: "import",
    problem: `a file ${specifier} is needed; there is none, seen from ${folder}`,
    hint: "Was it renamed or deleted? Name the file that is there.",
    facts: { specifier, folder },
  });
}

/** What an import binds: a package in CommonJS gives what TypeScript believes that it gives. */
export function pick(from: Namespace, name: string, specifier: string): unknown {
  const whole = from["module.exports"] as Record<string, unknown> | undefined;
  const isTranspiled = whole !== undefined && whole !== null && Boolean(whole.__esModule);
  if (name === "default" && isTranspiled && "default" in whole) return whole.default;
  if (name in from) return from[name];
  if (whole !== undefined && whole !== null && name in Object(whole)) return whole[name];
  throw new SyntaxError(`${specifier} does not export ${name}`);
}

/** What `import * as …` binds. */
export function all(from: Namespace): unknown {
  const whole = from["module.exports"] as Record<string, unknown> | undefined;
  return whole?.__esModule ? whole : from;
}
