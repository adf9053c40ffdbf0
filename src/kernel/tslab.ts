import { createRequire } from "node:module";
import type { Publisher, Reply, Router } from "zeromq";
import { refuse } from "../core/errors.ts";

/** What this project uses of tslab's inside: undocumented, hence one pinned version and this one file. */
export interface Tslab {
  readonly createConverter: (options: { isJS: boolean; isBrowser: boolean }) => TslabConverter;
  readonly createExecutor: (
    rootDir: string,
    converters: { readonly node: TslabConverter; readonly browser: TslabConverter; close(): void },
    console: { log(value: unknown): void; error(...values: unknown[]): void },
  ) => TslabExecutor;
  readonly isCompleteCode: (code: string) => { completed: boolean; indent?: string };
  readonly printQuickInfo: (info: unknown) => string;
  readonly ZmqServer: new (handler: { close(): void }, connectionFile: string) => TslabServer;
  /** Of the module `tslab/dist/jupyter`, where tslab's display functions look it up at every call. */
  readonly jupyter: { lastWriteDisplayData: WriteDisplayData | null };
  readonly typescript: TslabTypeScript;
}

export type WriteDisplayData = (
  message: {
    data: Record<string, unknown>;
    metadata: Record<string, unknown>;
    transient?: { display_id?: string | undefined };
  },
  update?: boolean,
) => void;

export interface TslabConverter {
  convert(previous: string, source: string): { output?: string; declOutput?: string };
  close(): void;
}

export interface TslabExecutor {
  /** False when the cell failed; what was wrong went to `console.error`. */
  execute(source: string): Promise<boolean>;
  inspect(source: string, position: number): unknown;
  complete(source: string, position: number): { start: number; end: number; candidates: string[] };
  interrupt(): void;
  close(): void;
}

export interface TslabServer {
  readonly iopub: Publisher;
  bindSocket(socket: Publisher | Router | Reply, port: number): Promise<void>;
  handleShellMessage(socket: Router, ...frames: Buffer[]): Promise<void>;
  init(): Promise<void>;
  close(): void;
}

/** A node of a syntax tree; a property in shorthand has a name. */
export interface SyntaxNode {
  readonly name: { readonly end: number; readonly text: string };
}

export interface TslabTypeScript {
  readonly version: string;
  readonly ModuleKind: { readonly ESNext: number };
  readonly ScriptTarget: { readonly ES2022: number };
  readonly NewLineKind: { readonly LineFeed: number };
  createSourceFile(name: string, source: string, target: number, setParents: boolean): SyntaxNode;
  forEachChild(node: SyntaxNode, visit: (child: SyntaxNode) => void): void;
  isShorthandPropertyAssignment(node: SyntaxNode): boolean;
  transpileModule(
    source: string,
    options: { fileName: string; compilerOptions: Record<string, unknown> },
  ): { outputText: string; sourceMapText?: string };
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
  const fromTslab = createRequire(require.resolve("tslab/package.json"));
  return {
    createConverter: require("tslab/dist/converter").createConverter,
    isCompleteCode: require("tslab/dist/converter").isCompleteCode,
    createExecutor: require("tslab/dist/executor").createExecutor,
    printQuickInfo: require("tslab/dist/inspect").printQuickInfo,
    ZmqServer: require("tslab/dist/jupyter").ZmqServer,
    jupyter: require("tslab/dist/jupyter"),
    typescript: fromTslab("@tslab/typescript-for-tslab"),
  };
}
