/** Where what fails was awaited first, of errors that Node makes without a stack: of files, sockets, `fetch`. */
const places = new WeakMap<object, string>();

export interface AwaitedAt {
  /** The number of a cell, or the path of a file. */
  readonly of: string;
  readonly line: number;
  readonly column: number;
}

/** `at` is `of:line:column`. */
export function noteAwait(problem: unknown, at: string | undefined): void {
  if (at !== undefined && typeof problem === "object" && problem !== null && !places.has(problem))
    places.set(problem, at);
}

export function awaitedAt(problem: unknown): AwaitedAt | undefined {
  const at = typeof problem === "object" && problem !== null ? places.get(problem) : undefined;
  const [, of, line, column] = /^(.*):(\d+):(\d+)$/s.exec(at ?? "") ?? [];
  return of === undefined ? undefined : { of, line: Number(line), column: Number(column) };
}
