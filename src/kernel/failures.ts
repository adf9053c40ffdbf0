import { inspect } from "node:util";
import { TickbookError } from "../core/errors.ts";

/** The content of a Jupyter `error` message. */
export interface Failure {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

/** A line of a cell: its number in `In [n]`, its line from 1 and the line's text, where they are known. */
export interface Place {
  readonly count: number;
  readonly line?: number | undefined;
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

/** An error of ours is its one line. Any other is its name, its message and the lines of cells it came through. */
export function thrown(error: unknown, placesOf: (stack: string) => readonly Place[]): Failure {
  if (isOurs(error)) return failure("TickbookError", error.message, []);
  if (!(error instanceof Error) && !hasStack(error)) {
    return failure("Thrown", typeof error === "string" ? error : inspect(error, { depth: 2 }), []);
  }
  if (isInterrupt(error)) return stopped;
  const causes: string[] = [];
  for (let cause = error.cause; hasStack(cause) && causes.length < 5; cause = cause.cause) {
    causes.push(`because: ${cause.message}`);
  }
  const within = "errors" in error && Array.isArray(error.errors) ? error.errors : [];
  const parts = within
    .slice(0, 5)
    .map((part) => `one of them: ${hasStack(part) ? part.message : String(part)}`);
  const places = placesOf(error.stack ?? "");
  return failure(error.name || "Error", error.message, [
    ...places.map((place, index) => `${index === 0 ? "at" : "called from"} ${placeText(place)}`),
    ...causes,
    ...parts,
  ]);
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
    traceback.push(`${file ?? `In [${count}]`}, line ${line}: ${bold(message)}`);
    if (text !== undefined) traceback.push(`    ${text}`, `    ${" ".repeat(Math.max(0, column - 1))}^`);
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

export const stopped: Failure = failure(
  "Interrupted",
  "the cell was stopped; a timer or request that it started may go on",
  [],
);

function failure(ename: string, evalue: string, more: readonly string[]): Failure {
  const head = ename === "TickbookError" ? bold(evalue) : `${bold(ename)}: ${evalue}`;
  return { ename, evalue, traceback: [head, ...more] };
}

function placeText({ count, line, text }: Place): string {
  if (line === undefined) return `In [${count}]`;
  return `In [${count}], line ${line}${text ? `: ${text.trim()}` : ""}`;
}

/** By its shape too, because the package may be loaded twice. */
function isOurs(error: unknown): error is TickbookError {
  return error instanceof TickbookError || (hasStack(error) && error.name === "TickbookError");
}

function hasStack(error: unknown): error is Error {
  return typeof error === "object" && error !== null && "stack" in error && "message" in error;
}

function isInterrupt(error: Error): boolean {
  return (
    error.message === "Interrupted asynchronously" ||
    ("code" in error && error.code === "ERR_SCRIPT_EXECUTION_INTERRUPTED")
  );
}
