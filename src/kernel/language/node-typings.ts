/** The typings of Node, of which what few notebooks use, a quarter of it, is read when something imports it. */
export interface NodeTypings {
  /** Takes notice of an import; whether it needs more of the typings than before. */
  needs(specifier: string, from: string): boolean;
  /** Whether it is the file that refers to all others. */
  isIndex(path: string): boolean;
  /** The index without what is not needed. */
  index(text: string): string;
  /** Another one whenever more is needed. */
  version(): string;
}

export const seldomUsed: ReadonlySet<string> = new Set([
  "cluster",
  "domain",
  "http2",
  "inspector",
  "punycode",
  "repl",
  "sea",
  "sqlite",
  "test",
  "trace_events",
  "wasi",
]);

export function createNodeTypings(): NodeTypings {
  const needed = new Set<string>();
  const isNodes = (path: string): boolean => /[\\/]node_modules[\\/]@types[\\/]node[\\/]/.test(path);
  return {
    needs: (specifier, from) => {
      const name = specifier.replace(/^node:/, "").replace(/\/.*$/s, "");
      if (!seldomUsed.has(name) || needed.has(name) || isNodes(from)) return false;
      needed.add(name);
      return true;
    },
    isIndex: (path) => isNodes(path) && /[\\/]node[\\/]index\.d\.ts$/.test(path),
    index: (text) =>
      text.replace(/^\/\/\/ <reference path="(\w+)[^"]*" \/>$/gm, (line, name: string) =>
        seldomUsed.has(name) && !needed.has(name) ? "" : line,
      ),
    version: () => `with ${[...needed].join(" ")}`,
  };
}
