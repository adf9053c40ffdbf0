import { readFileSync, statSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, extname, join } from "node:path";
import ts from "typescript-kernel";
import { withoutMark } from "../modules/files.ts";
import { isLocal, packageFolders } from "../modules/places.ts";
import { createDocuments } from "./documents.ts";
import { createNodeTypings, type NodeTypings } from "./node-typings.ts";

/** TypeScript over a notebook: the text of its cells and the files that they import, as they stand at each question. */
export interface Service {
  readonly language: ts.LanguageService;
  readonly options: ts.CompilerOptions;
  program(): ts.Program;
  /** Reads the libraries, so that the first cell need not wait for them. */
  warm(): void;
  /** The text of the cell that is asked about. */
  setCell(text: string): void;
  /** Reads the comments of what stands at a place of the cell, which may be a package's; whether there are more now. */
  readComments(at: number): boolean;
  /** Keeps the text of a cell, so that later ones can refer to it; a `root` is read whether they do or not. */
  keepCell(name: string, text: string, root?: boolean): void;
  resolve(specifier: string, from: string): string | undefined;
  readonly cellFile: string;
}

export interface ServiceOptions {
  /** The folder of the notebook. */
  readonly folder: string;
  /** The project, whose packages every notebook finds. */
  readonly projectRoot: string;
  /** Changes whenever the file, or one that it imports, does. Undefined for files that are not the user's own. */
  readonly versionOf: (path: string) => string | undefined;
  /** A file that TypeScript does not find by itself: `./x` for `x.mts`. */
  readonly find: (specifier: string, from: string) => string | undefined;
}

/** What the kernel offers to cells, and what Node has and this TypeScript does not name yet. */
const ambient = `/** Asks the reader for a line of text: a field under the cell. */
declare function prompt(question?: string): Promise<string>;
/** What other kernels of JavaScript offer for showing values. */
declare const Jupyter: {
  /** Shows a value as \`show\` does; what has MIME types for keys, or \`raw\`, is sent as it is. */
  display(value: unknown, options?: { raw?: boolean }): Promise<void>;
  /** The method by which a value says how it is shown: it gives a bundle by MIME types. */
  readonly $display: unique symbol;
};
interface RegExpConstructor {
  /** The text as a pattern that matches it and nothing else. */
  escape(text: string): string;
}
`;

export function createService({ folder, projectRoot, versionOf, find }: ServiceOptions): Service {
  const cellFile = join(folder, "__cell__.ts");
  const ambientFile = join(folder, "__notebook__.d.ts");
  const texts = new Map<string, { text: string; version: number }>([
    [cellFile, { text: "", version: 0 }],
    [ambientFile, { text: ambient, version: 0 }],
  ]);
  const roots = new Set<string>();
  const options = compilerOptions(projectRoot);
  const moduleHost: ts.ModuleResolutionHost = {
    fileExists: (path) => texts.has(path) || ts.sys.fileExists(path),
    readFile: (path) => texts.get(path)?.text ?? ts.sys.readFile(path),
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
    realpath: ts.sys.realpath!,
  };
  const nodeTypings = createNodeTypings();
  let isMoreNeeded = false;
  const { resolved, used } = createResolver({
    options,
    host: moduleHost,
    isCell: (path) => texts.has(path),
    versionOf,
    find,
    projectRoot,
  });
  const documents = createDocuments((path) => !texts.has(path) && versionOf(path) === undefined);
  const versionOfFile = (path: string): string => {
    const own = texts.get(path);
    if (own) return `${own.version}`;
    const version = versionOf(path) ?? documents.versionOf(path);
    return nodeTypings.isIndex(path) ? `${version} ${nodeTypings.version()}` : version;
  };
  // what the package.json of each folder says is read once a cell, not once for each file
  const readPackages = (): ts.ModuleResolutionCache =>
    ts.createModuleResolutionCache(folder, (name) => name, options);
  let packages = readPackages();
  const host: ts.LanguageServiceHost & Pick<ts.CompilerHost, "getModuleResolutionCache"> = {
    getCompilationSettings: () => options,
    getScriptFileNames: () => [ambientFile, cellFile, ...roots, ...[...used].filter(isFile)],
    getScriptVersion: versionOfFile,
    getScriptSnapshot: createSnapshots(versionOfFile, (path) => texts.get(path)?.text, nodeTypings),
    getCurrentDirectory: () => folder,
    getDefaultLibFileName: (given) => ts.getDefaultLibFilePath(given),
    fileExists: moduleHost.fileExists,
    readFile: (path) => moduleHost.readFile(path),
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
    realpath: ts.sys.realpath!,
    getModuleResolutionCache: () => packages,
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
    resolveModuleNameLiterals: (literals, from, _redirected, _options, file) =>
      literals.map((literal) => {
        if (nodeTypings.needs(literal.text, from)) isMoreNeeded = true;
        return {
          resolvedModule: resolved(literal.text, from, ts.getModeForUsageLocation(file, literal, options)),
        };
      }),
  };
  const language = ts.createLanguageService(host, documents.registry);
  const set = (path: string, text: string): void => {
    const before = texts.get(path);
    if (before?.text !== text) texts.set(path, { text, version: (before?.version ?? 0) + 1 });
  };
  const program = (): ts.Program => {
    const made = language.getProgram()!;
    if (!isMoreNeeded) return made;
    isMoreNeeded = false;
    return language.getProgram()!;
  };
  return {
    language,
    options,
    cellFile,
    program,
    warm: () => {
      set(cellFile, "[1].map((one) => one);");
      language.getSemanticDiagnostics(cellFile);
    },
    setCell: (text) => {
      packages = readPackages();
      set(cellFile, text);
    },
    readComments: (at) => {
      program();
      const about = language.getDefinitionAtPosition(cellFile, at) ?? [];
      // each of them, not only the first
      return about.map(({ fileName }) => documents.comment(fileName)).some((isNew) => isNew);
    },
    keepCell: (name, text, root = false) => {
      set(join(folder, name), text);
      if (root) roots.add(join(folder, name));
    },
    resolve: (specifier, from) => resolved(specifier, from)?.resolvedFileName,
  };
}

/** The texts of files, each read once a version. */
function createSnapshots(
  versionOf: (path: string) => string,
  ownText: (path: string) => string | undefined,
  nodeTypings: NodeTypings,
): (path: string) => ts.IScriptSnapshot | undefined {
  const snapshots = new Map<string, { version: string; snapshot: ts.IScriptSnapshot }>();
  return (path) => {
    const version = versionOf(path);
    const known = snapshots.get(path);
    if (known?.version === version) return known.snapshot;
    const own = ownText(path);
    if (own === undefined && !isFile(path)) return undefined;
    const text =
      own ?? (nodeTypings.isIndex(path) ? nodeTypings.index(readFileSync(path, "utf8")) : undefined);
    const snapshot = text === undefined ? fileSnapshot(path) : ts.ScriptSnapshot.fromString(text);
    snapshots.set(path, { version, snapshot });
    return snapshot;
  };
}

interface ResolverOptions extends Pick<ServiceOptions, "projectRoot" | "versionOf" | "find"> {
  readonly options: ts.CompilerOptions;
  readonly host: ts.ModuleResolutionHost;
  /** Whether a file is the text of a cell. */
  readonly isCell: (path: string) => boolean;
}

interface Resolver {
  resolved(specifier: string, from: string, mode?: ts.ResolutionMode): ts.ResolvedModuleFull | undefined;
  /** The packages that cells have imported: TypeScript would forget them at a cell that needs none, and parse them again at the next. */
  readonly used: ReadonlySet<string>;
}

function createResolver({ options, host, isCell, versionOf, find, projectRoot }: ResolverOptions): Resolver {
  const used = new Set<string>();
  // what the files of packages import is as settled as their texts
  const settled = new Map<string, ts.ResolvedModuleFull>();
  const isUsers = (from: string): boolean => isCell(from) || versionOf(from) !== undefined;
  const resolved = (
    specifier: string,
    from: string,
    mode?: ts.ResolutionMode,
  ): ts.ResolvedModuleFull | undefined => {
    const look = (at: string): ts.ResolvedModuleFull | undefined =>
      ts.resolveModuleName(specifier, at, options, host, undefined, undefined, mode).resolvedModule;
    if (isLocal(specifier) && isUsers(from)) return look(from) ?? fileAt(find(specifier, from));
    if (!isUsers(from)) {
      if (isBuiltin(specifier)) return undefined;
      const key = `${mode} ${specifier} ${from}`;
      const known = settled.get(key) ?? look(from);
      if (known) settled.set(key, known);
      return known;
    }
    for (const folder of packageFolders(specifier, dirname(from), projectRoot)) {
      const found = look(join(folder, "notebook.ts"));
      if (found && isCell(from) && versionOf(found.resolvedFileName) === undefined) {
        used.add(found.resolvedFileName);
      }
      if (found) return found;
    }
    return undefined;
  };
  return { resolved, used };
}

function fileAt(path: string | undefined): ts.ResolvedModuleFull | undefined {
  if (path === undefined) return undefined;
  return { resolvedFileName: path, extension: extname(path), isExternalLibraryImport: false };
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** The text of a file, read when TypeScript parses it: at every cell it asks for the snapshots of all files, and looks into none whose version it knows. */
function fileSnapshot(path: string): ts.IScriptSnapshot {
  let text: string | undefined;
  return {
    getLength: () => {
      text = withoutMark(readFileSync(path, "utf8"));
      return text.length;
    },
    getText: (start, end) => {
      const whole = text ?? withoutMark(readFileSync(path, "utf8"));
      text = undefined; // TypeScript keeps it with what it has parsed
      return whole.slice(start, end);
    },
    getChangeRange: () => undefined,
  };
}

function compilerOptions(projectRoot: string): ts.CompilerOptions {
  return {
    // what Node 24 does not run yet is written in older words: `using`, decorators
    target: ts.ScriptTarget.ES2024,
    lib: ["lib.esnext.d.ts"],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    moduleDetection: ts.ModuleDetectionKind.Force,
    customConditions: ["node"],
    allowImportingTsExtensions: true,
    resolveJsonModule: true,
    esModuleInterop: true,
    allowJs: true,
    checkJs: false,
    jsx: ts.JsxEmit.React,
    preserveConstEnums: true,
    skipLibCheck: true,
    strict: false,
    sourceMap: true,
    inlineSources: false,
    newLine: ts.NewLineKind.LineFeed,
    removeComments: false,
    types: ["node"],
    typeRoots: [join(projectRoot, "node_modules", "@types")],
    noErrorTruncation: false,
    outDir: join(dirname(projectRoot), "__tickbook_out__"),
  };
}
