import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { awaitedAt } from "../errors/awaited.ts";
import type { Place } from "../errors/failures.ts";
import { type CompiledCode, placeAt } from "../errors/places.ts";
import { readableStacks } from "../errors/readable-stacks.ts";
import { fixGlobal } from "../globals/fixed-global.ts";
import { type Compiled, compileFile } from "../modules/compile.ts";
import { createLocalFiles, type LocalFiles } from "../modules/files.ts";
import { all, createLoader, type Loader, type Namespace, pick, type Reload } from "../modules/loader.ts";
import { notebookRequire } from "../modules/notebook-require.ts";
import { isLocal } from "../modules/places.ts";
import { type Activities, Stopped } from "../stop/activities.ts";
import { createCellValues } from "./cell-values.ts";
import { type Converter, createConverter, shortPath } from "./converter.ts";
import { createService, type Service } from "./service.ts";

/** The code of one notebook: its cells, their values and the files that they import. */
export interface Notebook {
  readonly folder: string;
  readonly service: Service;
  readonly converter: Converter;
  readonly activities: Activities;
  readonly interruptible: <T>(work: () => T) => T;
  /** What was asked to stop has stopped. */
  stopped(): void;
  codeOf(of: { cell: number } | { url: string }): CompiledCode | undefined;
  /** Where what was thrown was awaited first. */
  awaited(problem: unknown): Place | undefined;
  /** What a reader calls the file of a URL. */
  nameOf(url: string): string;
  /** The text with its stacks in the reader's own terms. */
  readable(text: string): string;
  /** After a cell has run: what it has declared is there for the cells after it. */
  settle(succeeded: boolean): void;
}

export interface NotebookOptions {
  readonly folder: string;
  readonly projectRoot: string;
  readonly activities: Activities;
  /** Runs synchronous work so that the stop button ends it. */
  readonly interruptible: <T>(work: () => T) => T;
  /** Loads a package, which must come to its end. */
  readonly loading: <T>(load: () => T) => T;
  readonly stopped: () => void;
  /** Says a line under the running cell. */
  readonly say: (line: string) => void;
}

export function openNotebook(options: NotebookOptions): Notebook {
  const { folder, projectRoot, activities, interruptible, loading } = options;
  const files = createLocalFiles();
  const service = createService({
    folder,
    projectRoot,
    versionOf: (path) => (files.has(path) ? files.key(path) : undefined),
    find: (specifier, from) => (isLocal(specifier) ? files.find(specifier, dirname(from)) : undefined),
  });
  const compiler = createConverter(service, files, folder);
  const converter: Converter = {
    ...compiler,
    convert: (before, source) => loading(() => compiler.convert(before, source)),
  };
  const values = createCellValues();
  const compiled = new Map<string, CompiledCode>();
  const loader = createLoader({
    files,
    folder,
    projectRoot,
    compile: (path, url) => {
      const file = files.file(path)!;
      const { code, map }: Compiled = compileFile(service, file, url);
      compiled.set(url, { source: file.text, map, linesBefore: 0, lines: code.split("\n").length - 3 });
      return code;
    },
  });
  offerRuntime({ ...options, values, loader, files });

  const cells = new WeakMap<object, CompiledCode>();
  const codeOf = (of: { cell: number } | { url: string }): CompiledCode | undefined => {
    if ("url" in of) return compiled.get(of.url);
    const cell = converter.compiled(of.cell);
    if (cell === undefined) return undefined;
    const { source, map, code } = cell;
    const known = cells.get(cell) ?? { source, map, linesBefore: 1, lines: code.split("\n").length - 2 };
    cells.set(cell, known);
    return known;
  };
  const awaited = (problem: unknown): Place | undefined => {
    const at = awaitedAt(problem);
    if (at === undefined) return undefined;
    const { of, line, column } = at;
    const isCell = /^\d+$/.test(of);
    const source = isCell ? converter.compiled(Number(of))?.source : files.file(of)?.text;
    const where = isCell ? { count: Number(of) } : { file: shortPath(of, folder) };
    return { ...where, line, column, text: source?.split("\n")[line - 1] };
  };
  const nameOf = (url: string): string => shortPath(loader.fileOf(url) ?? url, folder);
  const frameText = (file: string, line: number, column: number): string | undefined => {
    const cell = /^tickbook-cell-(\d+)$/.exec(file)?.[1];
    const isOwn = cell !== undefined || loader.fileOf(file) !== undefined;
    if (isOwn) {
      const code = codeOf(cell === undefined ? { url: file } : { cell: Number(cell) });
      const at = code && placeAt(code, line, column);
      const where = cell === undefined ? nameOf(file) : `In [${cell}]`;
      return at && `${where}, line ${at.line}, column ${at.column}`;
    }
    const path = file.startsWith("file:") ? fileURLToPath(file) : file;
    const inPackages = /[\\/]node_modules[\\/](?!tslab[\\/]|@tslab[\\/]|tickbook[\\/])(.+)$/.exec(path)?.[1];
    if (inPackages) return `${inPackages}:${line}`;
    const isInside =
      path.startsWith("node:") || path.includes("node_modules") || path.startsWith(projectRoot);
    return isInside ? undefined : `${shortPath(path, folder)}:${line}`;
  };
  return {
    folder,
    service,
    converter,
    activities,
    interruptible,
    stopped: options.stopped,
    codeOf,
    awaited,
    nameOf,
    readable: (text) => readableStacks(text, frameText),
    settle: (succeeded) => {
      const reached = values.settle();
      converter.settle(succeeded ? "all" : reached);
    },
  };
}

interface RuntimeParts
  extends Pick<
    NotebookOptions,
    "activities" | "interruptible" | "loading" | "say" | "folder" | "projectRoot"
  > {
  readonly values: ReturnType<typeof createCellValues>;
  readonly loader: Loader;
  readonly files: LocalFiles;
}

/** What compiled code calls: the cells by one symbol, the user's files by another. */
function offerRuntime(parts: RuntimeParts): void {
  const { values, loader, activities, interruptible, loading, say, folder, projectRoot, files } = parts;
  const { wait, each } = activities;
  const sayReloads = (): void => {
    const anew = loader.loadedAnew();
    if (anew.length > 0) say(reloadText(anew, folder));
  };
  const loadOne = (specifier: string): Promise<Namespace> =>
    isLocal(specifier) ? loader.load(specifier) : loading(() => loader.load(specifier));
  const load = async (specifier: unknown): Promise<Namespace> => {
    files.look();
    const loaded = (await loadOne(String(specifier))) as Namespace;
    sayReloads();
    return loaded;
  };
  fixGlobal(Symbol.for("tickbook.cells"), {
    box: values.box,
    bind: values.bind,
    wait,
    each,
    pick,
    all,
    load,
    sync: interruptible,
    require: notebookRequire(folder, projectRoot, loading, files),
    meta: {
      url: pathToFileURL(join(folder, "notebook.ts")).href,
      dirname: folder,
      filename: join(folder, "notebook.ts"),
    },
    start: async (imports: readonly string[], body: (loaded: readonly Namespace[]) => unknown) => {
      const loaded: Namespace[] = [];
      for (const specifier of imports) loaded.push(await loadOne(specifier));
      sayReloads();
      // pressed while files and packages were loaded, which come to their end
      wait(undefined);
      if (activities.isStopped()) throw new Stopped();
      return interruptible(() => body(loaded));
    },
  });
  fixGlobal(Symbol.for("tickbook.files"), (path: string) => ({
    wait,
    each,
    pick,
    all,
    path,
    folder: dirname(path),
    require: createRequire(path),
  }));
}

/** Which files were run again, and why: what they had kept in variables is gone. */
function reloadText(anew: readonly Reload[], folder: string): string {
  const name = ({ path, itself }: Reload): string =>
    `${relative(folder, path) || path} (${itself ? "changed" : "imports a file that changed"})`;
  return `Reloaded, as the files stand now: ${anew.map(name).join(", ")}. What they kept in variables begins again.`;
}
