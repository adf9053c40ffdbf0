import ts from "typescript-kernel";
import type { Completer } from "../server/requests.ts";
import { cellText } from "./cell-emit.ts";
import type { CellScope } from "./cell-scope.ts";
import { seldomUsed } from "./node-typings.ts";
import type { Service } from "./service.ts";

/** Answers what the editor asks about the code of a cell. Positions count code points, as the protocol has it. */
export function createCompleter(
  service: Service,
  scope: CellScope,
  packages: () => readonly string[],
  isComplete: (code: string) => { completed: boolean; indent?: string },
): Completer {
  const { language, cellFile } = service;
  const asked = (code: string, position: number): { at: number; prefix: number; index: number } => {
    const cell = cellText(code, scope);
    service.setCell(cell.text);
    const index = indexOfPoint(code, position);
    return { at: cell.prefix + index, prefix: cell.prefix, index };
  };
  return {
    typescriptVersion: ts.version,
    complete: (code, position) => {
      const { at, prefix, index } = asked(code, position);
      service.program();
      const found = language.getCompletionsAtPosition(cellFile, at, {
        includeCompletionsWithInsertText: false,
      });
      const inString = /(?:from|import|require\s*\(|import\s*\()\s*["']([^"'\n]*)$/.exec(
        code.slice(0, index),
      );
      const span =
        found?.entries.find(({ replacementSpan }) => replacementSpan)?.replacementSpan ??
        found?.optionalReplacementSpan;
      const word = inString
        ? (/[^/]*$/.exec(inString[1]!)?.[0] ?? "")
        : (/[\p{ID_Continue}$]*$/u.exec(code.slice(0, index))?.[0] ?? "");
      let start = index - word.length;
      const after = inString ? "" : (/^[\p{ID_Continue}$]*/u.exec(code.slice(index))?.[0] ?? "");
      const entries = (found?.entries ?? []).map(({ name, sortText }) => ({ name, sortText }));
      if (inString) {
        if (span) start = Math.min(start, Math.max(0, span.start - prefix));
        if (!inString[1]!.startsWith(".")) {
          start = index - inString[1]!.length;
          const nodes = [...seldomUsed].flatMap((name) => [name, `node:${name}`]);
          entries.push(...[...packages(), ...nodes].map((name) => ({ name, sortText: "1" })));
        }
      } else if (found === undefined || found.isGlobalCompletion) {
        entries.push(...[...scope.keys()].map((name) => ({ name, sortText: "10" })));
      }
      const typed = code.slice(start, index);
      const matches = ranked(entries, typed);
      return {
        status: "ok",
        cursor_start: pointOfIndex(code, start),
        cursor_end: pointOfIndex(code, index + after.length),
        matches,
        metadata: {},
      };
    },
    inspect: (code, position) => {
      const { at, prefix } = asked(code, position);
      const called = language.getSignatureHelpItems(cellFile, at, {})?.applicableSpan.start;
      for (const one of [at, at - 1, ...(called === undefined ? [] : [called - 2])])
        if (one >= prefix) service.readComments(one);
      const quick = [at, at - 1]
        .filter((one) => one >= prefix)
        .map((one) => language.getQuickInfoAtPosition(cellFile, one))
        .find((info) => info !== undefined && info.displayParts !== undefined);
      const help = language.getSignatureHelpItems(cellFile, at, {});
      const callee =
        help && language.getQuickInfoAtPosition(cellFile, Math.max(prefix, help.applicableSpan.start - 2));
      // the cursor is on the name of what is called
      const isCallee =
        quick &&
        callee &&
        quick.textSpan.start === callee.textSpan.start &&
        at <= quick.textSpan.start + quick.textSpan.length;
      const text = help && !isCallee ? signatureText(help) : quick && quickText(quick);
      const data = text ? { "text/plain": text } : {};
      return { status: "ok", found: Boolean(text), data, metadata: {} };
    },
    isComplete: (code) => {
      const { completed, indent } = isComplete(code);
      return completed ? { status: "complete" } : { status: "incomplete", indent: indent ?? "" };
    },
  };
}

/** What begins with what was typed comes first, then in other case, then what only contains it. */
function ranked(entries: readonly { name: string; sortText: string }[], typed: string): string[] {
  const lower = typed.toLowerCase();
  const rank = (name: string): number => {
    if (name.startsWith(typed)) return 0;
    if (name.toLowerCase().startsWith(lower)) return 1;
    return name.toLowerCase().includes(lower) ? 2 : 3;
  };
  const names = new Map(
    entries.map(({ name, sortText }) => [name, { name, key: `${rank(name)} ${sortText}` }]),
  );
  return [...names.values()]
    .filter(({ key }) => !key.startsWith("3"))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ name }) => name);
}

function plain(parts: readonly ts.SymbolDisplayPart[] | undefined): string {
  return ts.displayPartsToString(parts as ts.SymbolDisplayPart[] | undefined);
}

function quickText({ displayParts, documentation, tags }: ts.QuickInfo): string {
  // a name of an earlier cell is an import to TypeScript, and none to the reader
  const head = plain(displayParts)
    .replace(/^\(alias\) /, "")
    .replace(/\nimport [^\n]*$/, "");
  return withNotes(head, documentation, tags);
}

function signatureText({ items, selectedItemIndex, argumentIndex }: ts.SignatureHelpItems): string {
  const item = items[selectedItemIndex] ?? items[0];
  if (!item) return "";
  const parameters = item.parameters.map(({ displayParts }) => plain(displayParts));
  const head = `${plain(item.prefixDisplayParts)}${parameters.join(plain(item.separatorDisplayParts))}${plain(item.suffixDisplayParts)}`;
  const more = items.length > 1 ? ` (${items.length} ways to call it)` : "";
  const at = item.parameters[Math.min(argumentIndex, item.parameters.length - 1)];
  const about = at ? plain(at.documentation) : "";
  const here = at ? `\n→ ${plain(at.displayParts)}${about ? `: ${about}` : ""}` : "";
  return withNotes(`${head}${more}${here}`, item.documentation, item.tags);
}

function withNotes(
  head: string,
  documentation: readonly ts.SymbolDisplayPart[] | undefined,
  tags: readonly ts.JSDocTagInfo[] | undefined,
): string {
  const notes = (tags ?? []).map(({ name, text }) => `@${name} ${plain(text)}`.trim());
  return [head, plain(documentation), notes.join("\n")].filter(Boolean).join("\n\n");
}

/** The index in UTF-16 of the code point at `position`. */
export function indexOfPoint(code: string, position: number): number {
  let index = 0;
  for (let point = 0; point < position && index < code.length; point++) {
    index += code.codePointAt(index)! > 0xffff ? 2 : 1;
  }
  return index;
}

export function pointOfIndex(code: string, index: number): number {
  return [...code.slice(0, index)].length;
}
