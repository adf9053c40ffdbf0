import { SourceMap } from "node:module";
import type { Place } from "./failures.ts";

/** A piece of the user's code as it was compiled. */
export interface CompiledCode {
  /** What the user wrote. */
  readonly source: string;
  /** From the compiled lines without the first, which is the kernel's, to lines of the source. */
  readonly map: string;
  /** Lines that stand before the source in what the map speaks of. */
  readonly linesBefore: number;
  /** Of the compiled code without the kernel's own around it. */
  readonly lines: number;
}

/** The lines of cells and of the user's files in a stack, the one that failed first. */
export function placesIn(
  stack: string,
  codeOf: (of: { cell: number } | { url: string }) => CompiledCode | undefined,
  nameOf: (url: string) => string,
): Place[] {
  const places: Place[] = [];
  const frames = /(?:tickbook-cell-(\d+)|(file:\S+?\?tickbook=[0-9a-f]+)):(\d+):(\d+)/g;
  for (const [, cell, url, line, column] of stack.matchAll(frames)) {
    const code = codeOf(cell === undefined ? { url: url! } : { cell: Number(cell) });
    const at = code && placeAt(code, Number(line), Number(column));
    const place: Place = {
      ...(cell === undefined ? { file: nameOf(url!) } : { count: Number(cell) }),
      ...at,
    };
    const before = places.at(-1);
    if (before?.count !== place.count || before?.file !== place.file || before?.line !== place.line)
      places.push(place);
  }
  // the frame of the wrapper around a cell has no line of its own
  const known = places.filter(({ line }) => line !== undefined);
  return (known.length > 0 ? known : places.slice(0, 1)).slice(0, 6);
}

const maps = new WeakMap<CompiledCode, SourceMap>();

/** The place in the source of a place in the compiled code; undefined for what the kernel has added. */
export function placeAt(
  code: CompiledCode,
  line: number,
  column: number,
): Pick<Place, "line" | "column" | "text"> | undefined {
  if (line < 2 || line - 2 >= code.lines) return undefined;
  const map = maps.get(code) ?? new SourceMap(JSON.parse(code.map));
  maps.set(code, map);
  const entry = map.findEntry(line - 2, column - 1);
  if (!("originalLine" in entry)) return undefined;
  const at = entry.originalLine + 1 - code.linesBefore;
  const text = code.source.split("\n")[at - 1];
  if (text === undefined) return undefined;
  // a call stands at its parenthesis there; a reader looks for its name
  const { originalColumn } = entry;
  const name = text[originalColumn] === "(" ? (/[\w$]*$/.exec(text.slice(0, originalColumn))?.[0] ?? "") : "";
  return { line: at, column: originalColumn + 1 - name.length, text };
}
