import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { dirname, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript-kernel";
import { isLocal } from "./places.ts";

/** A file of the user's own, as it stands. */
export interface LocalFile {
  readonly path: string;
  readonly text: string;
  readonly hash: string;
  /** The files of the user's own that it imports. */
  readonly imports: readonly string[];
}

/** The user's files that cells import, with what they import in their turn, read anew for each run. */
export interface LocalFiles {
  /** What is asked from now on is as the files stand now. */
  look(): void;
  /** The file that a relative or absolute specifier names, whatever its ending. */
  find(specifier: string, folder: string): string | undefined;
  /** Takes a file, with all that it imports, among the user's own. */
  add(path: string): void;
  has(path: string): boolean;
  file(path: string): LocalFile | undefined;
  /** The file and all that it imports, each once. */
  closure(path: string): LocalFile[];
  /** Another one whenever the file or one that it imports is another. */
  key(path: string): string;
  /** A file that threw while it ran is run again, though its text is the same. */
  failed(path: string): void;
}

const endings = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json", ".node"];
const written: Readonly<Record<string, readonly string[]>> = {
  ".js": [".ts", ".tsx"],
  ".jsx": [".tsx"],
  ".mjs": [".mts"],
  ".cjs": [".cts"],
};

export function createLocalFiles(): LocalFiles {
  const own = new Set<string>();
  const failures = new Map<string, number>();
  const parsed = new Map<string, LocalFile>();
  let seen = new Map<string, LocalFile | undefined>();
  let keys = new Map<string, string>();

  const find = (specifier: string, folder: string): string | undefined => {
    if (specifier.startsWith("file:")) return named(fileURLToPath(specifier), folder);
    // a name may hold these signs, which end it in an address
    return named(specifier, folder) ?? named(specifier.replace(/[?#].*$/, ""), folder);
  };
  const named = (name: string, folder: string): string | undefined => {
    const base = resolve(folder, name);
    const ending = extname(base);
    const candidates = [
      base,
      ...(written[ending] ?? []).map((other) => base.slice(0, -ending.length) + other),
      ...endings.map((other) => base + other),
      ...endings.map((other) => join(base, `index${other}`)),
    ];
    return candidates.find(isFile);
  };
  const file = (path: string): LocalFile | undefined => {
    if (seen.has(path)) return seen.get(path);
    const text = read(path);
    let found: LocalFile | undefined;
    if (text !== undefined) {
      const hash = createHash("sha1").update(text).digest("hex");
      const before = parsed.get(path);
      const specifiers =
        before?.hash === hash ? undefined : /\.(json|node)$/.test(path) ? [] : importsOf(text);
      // another file may answer to the same specifier by now
      const wanted = specifiers ?? specifiersOf.get(before!) ?? [];
      const imports = wanted.flatMap((one) => (isLocal(one) ? (find(one, dirname(path)) ?? []) : []));
      found = { path, text, hash, imports };
      specifiersOf.set(found, wanted);
      parsed.set(path, found);
    }
    seen.set(path, found);
    return found;
  };
  const specifiersOf = new WeakMap<LocalFile, readonly string[]>();
  const closure = (path: string): LocalFile[] => {
    const found = new Map<string, LocalFile>();
    const visit = (one: string): void => {
      const of = found.has(one) ? undefined : file(one);
      if (!of) return;
      found.set(one, of);
      for (const next of of.imports) visit(next);
    };
    visit(path);
    return [...found.values()];
  };
  return {
    look: () => {
      seen = new Map();
      keys = new Map();
    },
    find,
    add: (path) => {
      for (const one of closure(path)) own.add(one.path);
    },
    has: (path) => own.has(path),
    file,
    closure,
    key: (path) => {
      const known = keys.get(path);
      if (known) return known;
      const parts = closure(path).map((one) => `${one.path} ${one.hash} ${failures.get(one.path) ?? 0}`);
      const key = createHash("sha1").update(parts.sort().join("\n")).digest("hex").slice(0, 12);
      keys.set(path, key);
      return key;
    },
    failed: (path) => {
      failures.set(path, (failures.get(path) ?? 0) + 1);
      keys = new Map();
    },
  };
}

/** What some editors put in front of a text. */
export function withoutMark(text: string): string {
  return text.replace(/^\ufeff/, "");
}

function importsOf(text: string): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function read(path: string): string | undefined {
  try {
    return withoutMark(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
