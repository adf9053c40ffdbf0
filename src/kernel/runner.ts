import {
  type Diagnostic,
  type Failure,
  notCompiled,
  type Place,
  stopped,
  thrown,
} from "./errors/failures.ts";
import { sourceLines } from "./errors/source-lines.ts";
import { expandShorthand } from "./shorthand.ts";
import type { Tslab, TslabConverter, TslabExecutor } from "./tslab.ts";

/** Runs the code of cells, one at a time. */
export interface Runner {
  /** Resolves to what went wrong, or to nothing. Code is type-checked first and not run if it fails there. */
  run(source: string, count: number): Promise<Failure | undefined>;
  /** Ends the running cell, if it is awaiting something or is in its first synchronous part. */
  interrupt(): void;
  /** Waits for what holds the cell; nothing but an interruption ends it early. */
  settle(holds: readonly Promise<unknown>[]): Promise<Failure | undefined>;
  explain(error: unknown): Failure;
  readonly executor: TslabExecutor;
}

interface CompiledCell {
  readonly source: string;
  /** As it was compiled. */
  readonly expanded: string;
  readonly output: string;
  lines?: (number | undefined)[];
}

const remembered = 1_000;

export function createRunner(tslab: Tslab, rootDir: string, print: (value: unknown) => void): Runner {
  const compiled = new Map<number, CompiledCell>();
  let count = 0;
  let problems: unknown[][] = [];
  let interruptHold = (): void => {};

  const named = (converter: TslabConverter): TslabConverter => ({
    ...converter,
    convert: (previous, source) => {
      const expanded = expandShorthand(tslab.typescript, source);
      const result = converter.convert(previous, expanded);
      if (!result.output) return result;
      compiled.set(count, { source, expanded, output: result.output });
      compiled.delete(count - remembered);
      return { ...result, output: `${result.output}\n//# sourceURL=tickbook-cell-${count}` };
    },
  });
  const node = named(tslab.createConverter({ isJS: false, isBrowser: false }));
  let browser: TslabConverter | undefined;
  const executor = tslab.createExecutor(
    rootDir,
    {
      node,
      get browser(): TslabConverter {
        browser ??= tslab.createConverter({ isJS: false, isBrowser: true });
        return browser;
      },
      close: () => {
        node.close();
        browser?.close();
      },
    },
    {
      log: (value) => {
        try {
          print(value);
        } catch (problem) {
          problems.push([problem]);
        }
      },
      error: (...values) => problems.push(values),
    },
  );

  const placesOf = (stack: string): Place[] => {
    const places: Place[] = [];
    for (const [, cell, outputLine] of stack.matchAll(/tickbook-cell-(\d+):(\d+):\d+/g)) {
      const of = compiled.get(Number(cell));
      if (of) of.lines ??= sourceLines(tslab.typescript, of.expanded, of.output);
      const line = of?.lines?.[Number(outputLine) - 1];
      const text = line === undefined ? undefined : of?.source.split("\n")[line - 1];
      const before = places.at(-1);
      if (before?.count !== Number(cell) || before.line !== line)
        places.push({ count: Number(cell), line, text });
    }
    // The frame of the wrapper around a cell has no line of its own.
    const known = places.filter((place) => place.line !== undefined);
    return (known.length > 0 ? known : places.slice(0, 1)).slice(0, 6);
  };

  return {
    executor,
    interrupt: () => {
      executor.interrupt();
      interruptHold();
    },
    settle: async (holds) => {
      if (holds.length === 0) return undefined;
      const interrupted = new Promise<Failure>((resolve) => {
        interruptHold = () => resolve(stopped);
      });
      return Promise.race([interrupted, Promise.allSettled(holds).then(() => undefined)]);
    },
    explain: (error) => thrown(error, placesOf),
    run: async (source, number) => {
      count = number;
      problems = [];
      if ((await executor.execute(source)) && problems.length === 0) return undefined;
      const [first] = problems;
      const diagnostics = problems.flatMap(diagnosticOf);
      if (diagnostics.length > 0) return notCompiled(diagnostics, source, number);
      return thrown(first?.[0], placesOf);
    },
  };
}

/** tslab reports a mistake found by TypeScript as `("%s%d:%d - %s", file, line, column, message)`, an error as itself. */
function diagnosticOf(values: readonly unknown[]): Diagnostic[] {
  if (values.length !== 5 || values[0] !== "%s%d:%d - %s") return [];
  const [, file, line, column, message] = values;
  return [
    {
      line: Number(line),
      column: Number(column),
      message: String(message),
      file: String(file).trim() || undefined,
    },
  ];
}
