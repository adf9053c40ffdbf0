import { types } from "node:util";
import { cut, fieldOf, plainField, stackOf, textOf } from "./safely.ts";

/** The content of a Jupyter `error` message. */
export interface Failure {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

/** A place in a cell, by its number in `In [n]`, or in a file of the user's: line and column from 1, and the line's text. */
export interface Place {
  readonly count?: number | undefined;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly text?: string | undefined;
}

export interface Diagnostic {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** Set when the mistake is in a file, not in the cell. */
  readonly file?: string | undefined;
}

const bold = (text: string): string => `\u001b[1m${text}\u001b[0m`;

/**
 * An error of ours is its one line. Any other is its name, its message and the lines of cells it came through. What is
 * thrown may be anything, and may throw when it is read.
 */
export function thrown(error: unknown, placesOf: (stack: string) => readonly Place[]): Failure {
  if (isOurs(error)) return failure("TickbookError", messageOf(error), []);
  if (!hasStack(error)) return failure("Thrown", textOf(error), []);
  if (isInterrupt(error)) return stopped;
  const lost = /nodejs-polars-[\w-]+/.exec(messageOf(error))?.[0];
  if (lost !== undefined && /cannot find/i.test(messageOf(error))) return lostBinary(lost);
  const causes: string[] = [];
  const told = new Set<unknown>([error]);
  for (
    let cause = fieldOf(error, "cause");
    hasStack(cause) && !told.has(cause) && causes.length < 5;
    cause = fieldOf(cause, "cause")
  ) {
    told.add(cause);
    causes.push(`because: ${messageOf(cause)}`);
  }
  const parts = partsOf(error).map(
    (part) => `one of them: ${hasStack(part) ? messageOf(part) : textOf(part)}`,
  );
  const places = placesOf(stackOf(error));
  return failure(nameOf(error), messageOf(error), [
    ...places.flatMap((place, index) => (index === 0 ? failedAt(place) : `called from ${placeText(place)}`)),
    ...causes,
    ...parts,
  ]);
}

/** What a cell has changed of the language itself keeps its error from being read. */
export function untold(error: unknown, problem: unknown): Failure {
  return failure("Error", textOf(error), [
    `its places cannot be named: ${textOf(fieldOf(problem, "message"))}`,
  ]);
}

function messageOf(error: unknown): string {
  const message = fieldOf(error, "message");
  if (typeof message !== "string") return textOf(message);
  return cut(ownNames(message.replace(/\nRequire stack:\n(- .*\n?)+$/, "")));
}

/** A name of an earlier cell is spelt otherwise in compiled code, which some packages read. */
export function ownNames(text: string): string {
  return text.replace(/\b__of_([\p{ID_Continue}$]+)(\.v\b)?/gu, "$1");
}

function nameOf(error: unknown): string {
  const name = fieldOf(error, "name");
  return typeof name === "string" && name !== "" ? name.slice(0, 200) : "Error";
}

/** npm under an older Node leaves out, in silence, what declares a newer one. */
function lostBinary(name: string): Failure {
  const words = `nodejs-polars: its binary ${name} is needed; it is not installed, as happens after a plain npm install in the project's folder. Run npm run build there and restart the kernel; add packages for notebooks with npm run add -- NAME.`;
  return failure("TickbookError", words, []);
}

/** The first of the errors that an `AggregateError` holds. */
function partsOf(error: unknown): unknown[] {
  const parts = fieldOf(error, "errors");
  try {
    return Array.isArray(parts) ? parts.slice(0, 5) : [];
  } catch {
    return [];
  }
}

/** Mistakes that TypeScript found before the cell was run. */
export function notCompiled(diagnostics: readonly Diagnostic[], source: string, count: number): Failure {
  const lines = source.split("\n");
  const traceback: string[] = [];
  let lastAt = "";
  for (const { line, column, message, file } of diagnostics) {
    const at = `${file ?? ""}:${line}:${column}`;
    if (at === lastAt) {
      traceback.push(`    ${message}`);
      continue;
    }
    lastAt = at;
    const text = file === undefined ? lines[line - 1] : undefined;
    traceback.push(`${file ?? `In [${count}]`}, line ${line}, column ${column}: ${bold(message)}`);
    if (text !== undefined) traceback.push(...marked(text, column));
  }
  const first = diagnostics[0];
  const where = first === undefined ? "" : `${first.file ? `${first.file}, ` : ""}line ${first.line}: `;
  const more = diagnostics.length > 1 ? ` (and ${diagnostics.length - 1} more)` : "";
  return {
    ename: "TypeScript",
    evalue: `${where}${first?.message ?? "the cell does not compile"}${more}`,
    traceback: [bold("TypeScript: the cell was not run"), ...traceback],
  };
}

export const stopped: Failure = failure("Interrupted", "stopped", []);

function failure(ename: string, evalue: string, more: readonly string[]): Failure {
  const head = ename === "TickbookError" ? bold(evalue) : `${bold(ename)}: ${evalue}`;
  return { ename, evalue, traceback: [head, ...more] };
}

/** Where it failed, with the line's text and a mark under the column. */
function failedAt({ text, column = 1, ...at }: Place): string[] {
  const head = `at ${placeText({ ...at, column })}`;
  return text === undefined ? [head] : [head, ...marked(text, column)];
}

function placeText({ count, file, line, column, text }: Place): string {
  const where = file ?? `In [${count}]`;
  if (line === undefined) return where;
  return `${where}, line ${line}, column ${column ?? 1}${text ? `: ${text.trim()}` : ""}`;
}

/** A line of code, and a mark under one of its columns. */
function marked(text: string, column: number): string[] {
  const mark = text.slice(0, Math.max(0, column - 1)).replace(/[^\t]/g, " ");
  return [`    ${text}`, `    ${mark}^`];
}

/** By its shape too, because the package may be loaded twice. */
function isOurs(error: unknown): boolean {
  return hasStack(error) && fieldOf(error, "name") === "TickbookError";
}

function hasStack(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  try {
    return types.isNativeError(error) || ("stack" in error && "message" in error);
  } catch {
    return false;
  }
}

/** What is thrown where code was stopped: by Node, by tslab, by the kernel. Nothing of the value's own is run. */
export function isInterrupt(error: unknown): boolean {
  return (
    plainField(error, "message") === "Interrupted asynchronously" ||
    plainField(error, "code") === "ERR_SCRIPT_EXECUTION_INTERRUPTED"
  );
}
