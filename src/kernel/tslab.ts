import Module, { createRequire } from "node:module";
import typescript from "typescript-kernel";
import { refuse } from "../core/errors.ts";

/** What this project uses of tslab's inside: undocumented, hence one pinned version and this one file. */
export interface Tslab {
  readonly createExecutor: (
    rootDir: string,
    converters: { readonly node: TslabConverter; readonly browser: TslabConverter; close(): void },
    console: { log(value: unknown): void; error(...values: unknown[]): void },
  ) => TslabExecutor;
  readonly isCompleteCode: (code: string) => { completed: boolean; indent?: string };
  /** Of the module `tslab/dist/jupyter`, where tslab's display functions look it up at every call. */
  readonly jupyter: { lastWriteDisplayData: WriteDisplayData | null };
}

export type WriteDisplayData = (
  message: {
    data: Record<string, unknown>;
    metadata: Record<string, unknown>;
    transient?: { display_id?: string | undefined };
  },
  update?: boolean,
) => void;

/** What tslab's executor asks of whoever compiles cells; this project does it by a TypeScript of its own. */
export interface TslabConverter {
  convert(
    previous: string,
    source: string,
  ): {
    diagnostics: readonly { start: { line: number; character: number }; messageText: string }[];
    output?: string;
    declOutput?: string;
    /** Whether `output` returns a promise. */
    hasToplevelAwait?: boolean;
    /** The name under which `output` leaves the value of the last expression in `exports`. */
    lastExpressionVar?: string;
  };
  addModule(): readonly never[];
  close(): void;
}

export interface TslabExecutor {
  /** False when the cell failed; what was wrong went to `console.error`. */
  execute(source: string): Promise<boolean>;
  interrupt(): void;
  close(): void;
}

const pinned = "1.0.22";

/** Loads the tslab that `from` would import; refuses every version but the one these declarations were written for. */
export function loadTslab(from: string = import.meta.url): Tslab {
  const require = createRequire(from);
  const found = (require("tslab/package.json") as { version: string }).version;
  if (found !== pinned) {
    refuse({
      code: "tslab-version",
      where: "tickbook kernel",
      problem: `tslab ${pinned} is needed; found ${found}`,
      hint: "Run npm ci in the project's folder.",
      facts: { needed: pinned, found },
    });
  }
  // tslab's fork of TypeScript 5.0 is not loaded: the one that compiles cells stands in its place
  const fork = createRequire(require.resolve("tslab/package.json")).resolve("@tslab/typescript-for-tslab");
  require.cache[fork] = Object.assign(new Module(fork), { exports: typescript, loaded: true });
  return {
    isCompleteCode: require("tslab/dist/converter").isCompleteCode,
    createExecutor: require("tslab/dist/executor").createExecutor,
    jupyter: require("tslab/dist/jupyter"),
  };
}
