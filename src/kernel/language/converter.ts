import { basename, relative } from "node:path";
import ts from "typescript-kernel";
import type { LocalFile, LocalFiles } from "../modules/files.ts";
import { isLocal } from "../modules/places.ts";
import type { TslabConverter } from "../tslab.ts";
import { cellText, type EmittedCell, emitCell, lastName } from "./cell-emit.ts";
import type { CellName, CellScope, Declared } from "./cell-scope.ts";
import { missingModule, noCode } from "./missing.ts";
import { movedName } from "./own-package.ts";
import type { Service } from "./service.ts";

/** A mistake that TypeScript has found. */
export interface Mistake {
  /** From 1, in the cell or the file. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** Where the mistake is not in the cell itself. */
  readonly file?: string | undefined;
}

/** A cell that has been compiled. */
export interface CompiledCell extends EmittedCell {
  readonly source: string;
}

/** Compiles cells by the TypeScript that the project has chosen; tslab's executor runs what comes out. */
export interface Converter extends TslabConverter {
  /** What was wrong with the cell that was converted last. */
  mistakes(): readonly Mistake[];
  compiled(count: number): CompiledCell | undefined;
  /** The number of the cell that comes next. */
  next(count: number): void;
  /** After the cell has run: these of its names are there for later cells, and its types. */
  settle(names: ReadonlySet<string> | "all"): void;
  readonly scope: CellScope;
}

const remembered = 1_000;

export function createConverter(service: Service, files: LocalFiles, folder: string): Converter {
  const scope = new Map<string, CellName>();
  const cells = new Map<number, CompiledCell>();
  const captured = new Set<string>();
  /** By file: the key at which it had no mistakes. */
  const sound = new Map<string, string>();
  let count = 0;
  let mistakes: Mistake[] = [];
  let latest: { file: string; text: string; declared: readonly Declared[] } | undefined;

  const localImports = (source: string): LocalFile[] => {
    files.look();
    const found = new Map<string, LocalFile>();
    for (const { fileName } of ts.preProcessFile(source, true, true).importedFiles) {
      const path = isLocal(fileName) ? files.find(fileName, folder) : undefined;
      if (path === undefined) continue;
      files.add(path);
      for (const file of files.closure(path)) found.set(file.path, file);
    }
    return [...found.values()];
  };

  const mistakesIn = (program: ts.Program, path: string): ts.Diagnostic[] => {
    const file = program.getSourceFile(path);
    if (!file || file.isDeclarationFile) return [];
    const syntax = [...program.getSyntacticDiagnostics(file)];
    if (syntax.length > 0) return syntax;
    return [...program.getSemanticDiagnostics(file)].filter(
      ({ category }) => category === ts.DiagnosticCategory.Error,
    );
  };

  const convert = (_previous: string, source: string): ReturnType<TslabConverter["convert"]> => {
    mistakes = [];
    latest = undefined;
    const local = localImports(source);
    const cell = cellText(source, scope);
    service.setCell(cell.text);
    const program = service.program();
    const wrong = mistakesIn(program, service.cellFile).flatMap((one) =>
      mistakesOf(one, cell.prefix, service.cellFile, folder),
    );
    for (const { path } of local) {
      const key = files.key(path);
      if (sound.get(path) === key) continue;
      const inside = mistakesIn(program, path).flatMap((one) =>
        mistakesOf(one, cell.prefix, service.cellFile, folder),
      );
      wrong.push(...inside);
      if (inside.length === 0) sound.set(path, key);
    }
    if (wrong.length > 0) {
      mistakes = wrong;
      // one that the executor understands as such
      return { diagnostics: wrong.map(() => ({ start: { line: 0, character: 0 }, messageText: "" })) };
    }
    const emitted = emitCell(program, service.cellFile, cell, scope, captured, count);
    cells.set(count, { ...emitted, source });
    cells.delete(count - remembered);
    latest = { file: `__cell_${count}__`, text: cell.text, declared: cell.declared };
    return {
      output: `${emitted.code}\n//# sourceURL=tickbook-cell-${count}`,
      declOutput: "",
      diagnostics: [],
      hasToplevelAwait: emitted.isAsync,
      lastExpressionVar: lastName,
    };
  };

  return {
    convert,
    mistakes: () => mistakes,
    compiled: (of) => cells.get(of),
    next: (number) => {
      count = number;
    },
    settle: (names) => {
      if (!latest) return;
      const { file, text, declared } = latest;
      latest = undefined;
      if (declaresGlobals(text)) service.keepCell(`${file}.ts`, text, true);
      const values = new Set(cells.get(count)?.names);
      // types leave no value behind, and stand from the moment at which the cell compiles
      const kept = declared.filter(({ name }) => names === "all" || names.has(name) || !values.has(name));
      if (kept.length > 0) service.keepCell(`${file}.ts`, text);
      for (const { name, assignable } of kept) scope.set(name, { file, assignable });
    },
    scope,
    addModule: () => [],
    close: () => {},
  };
}

/** What such a cell says of types stands in every later cell. */
function declaresGlobals(text: string): boolean {
  return /\bdeclare\s+global\b/.test(text);
}

/** One for each line of its words. */
function mistakesOf(diagnostic: ts.Diagnostic, prefix: number, cellFile: string, folder: string): Mistake[] {
  const { file, start = 0 } = diagnostic;
  const { line, character } = file ? file.getLineAndCharacterOfPosition(start) : { line: 0, character: 0 };
  const isCell = file?.fileName === cellFile;
  const at = {
    // the first line of a cell's text is the kernel's
    line: isCell ? Math.max(1, line) : line + 1,
    column: isCell && start < prefix ? 1 : character + 1,
    file: isCell || !file ? undefined : shortPath(file.fileName, folder),
  };
  return wordsOf(diagnostic)
    .split("\n")
    .map((message) => ({ ...at, message: message.trim() }));
}

/** The path as seen from the folder, where that is shorter. */
export function shortPath(path: string, folder: string): string {
  const short = relative(folder, path);
  return short.length < path.length ? short : basename(path);
}

function wordsOf({ code, messageText }: ts.Diagnostic): string {
  const text = ts.flattenDiagnosticMessageText(messageText, "\n");
  const [first = ""] = text.split("\n");
  // an earlier cell's constant stands in the cell as an import
  const missing = code === 2307 || code === 2792 ? /module '([^']+)'/.exec(first)?.[1] : undefined;
  if (missing !== undefined) return missingModule(missing).message;
  const unknown = /^Module '"tickbook"' has no exported member (?:named )?'(\w+)'/.exec(first)?.[1];
  if (unknown !== undefined) return movedName(unknown) ?? text;
  if (code === 6263) return noCode(/module '([^']+)'/i.exec(first)?.[1] ?? "").message;
  // advice about a project's settings, of which a notebook has none
  const advice = / Do you need to (change your target library|install type definitions).*$/;
  if (advice.test(first))
    return first.replace(advice, code === 2584 ? " Cells run in Node, which has no page." : "");
  if (code === 2632) return first.replace("because it is an import", "because it is a constant");
  return text;
}
