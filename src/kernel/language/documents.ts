import ts from "typescript-kernel";

/** The files that TypeScript has parsed; the comments of packages' files only where they are asked for. */
export interface Documents {
  readonly registry: ts.DocumentRegistry;
  /** The file is parsed with its comments from now on; false where it was. */
  comment(path: string): boolean;
  /** What tells a package's file with its comments from the one without them. */
  versionOf(path: string): string;
}

/**
 * Most of what the typings of Node say is comments, of which TypeScript makes trees: at the start that would take a
 * fifth of the time and 15 MB, for the one that a tooltip shows later.
 */
export function createDocuments(isPackages: (path: string) => boolean): Documents {
  const commented = new Set<string>();
  const parsed = new Map<ts.Path, ts.SourceFile>();
  const document = (
    name: string,
    path: ts.Path,
    _settings: unknown,
    _key: unknown,
    snapshot: ts.IScriptSnapshot,
    version: string,
    kind: ts.ScriptKind | undefined,
    options: ts.CreateSourceFileOptions,
  ): ts.SourceFile => {
    const known = parsed.get(path);
    if ((known as { version?: string } | undefined)?.version === version) return known!;
    const { ParseAll, ParseNone } = ts.JSDocParsingMode;
    const jsDocParsingMode = isPackages(name) && !commented.has(name) ? ParseNone : ParseAll;
    const made = ts.createLanguageServiceSourceFile(
      name,
      snapshot,
      { ...options, jsDocParsingMode },
      version,
      false,
      kind,
    );
    parsed.set(path, made);
    return made;
  };
  return {
    comment: (path) => {
      if (!isPackages(path) || commented.has(path)) return false;
      commented.add(path);
      return true;
    },
    versionOf: (path) => (commented.has(path) ? "with comments" : "1"),
    // what a language service calls; it is the only one, with one set of options
    registry: {
      getKeyForCompilationSettings: () => "",
      acquireDocumentWithKey: document,
      updateDocumentWithKey: document,
      releaseDocumentWithKey: (path: ts.Path) => parsed.delete(path),
    } as unknown as ts.DocumentRegistry,
  };
}
