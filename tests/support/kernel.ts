import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { jupyterHome } from "./notebooks.ts";
import { projectPython, projectRoot } from "./project.ts";

export interface KernelMessage {
  readonly channel: "shell" | "iopub";
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the kernel sent
  readonly content: any;
  /** The number of the run that it belongs to, from 0. */
  readonly run: number | null;
  readonly session: string;
  /** The id of the message that it answers or belongs to. */
  readonly parent: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Base64. */
  readonly buffers: readonly string[];
}

export interface KernelRun {
  readonly done: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the kernel sent
  readonly reply: any;
  readonly seconds: number;
  /** Everything that came since the last call, of every run. */
  readonly messages: readonly KernelMessage[];
}

/** A kernel driven through Jupyter's own client library. */
export interface TestKernel {
  run(
    code: string,
    options?: {
      stopOnError?: boolean;
      interruptAfter?: number;
      /** It is interrupted as soon as it reaches `begun`. */
      interruptOnceBegun?: boolean;
      cellId?: string;
      timeout?: number;
      input?: string;
      /** The kernel may ask, and nobody answers. */
      allowStdin?: boolean;
    },
  ): Promise<KernelRun>;
  /** Sends code and does not wait; the number of the run. */
  send(code: string): Promise<number>;
  wait(run: number): Promise<KernelRun>;
  /** What comes within a time in which nothing is asked. */
  listen(seconds: number): Promise<readonly KernelMessage[]>;
  /** Code that tells that it was reached. */
  readonly begun: string;
  /** Resolves when code that was sent has reached `begun`. */
  hasBegun(): Promise<void>;
  /** Sends a message other than code and waits for its reply, where one is due, and until the kernel is done with it. */
  request(
    type: string,
    content: object,
    buffers?: readonly string[],
  ): Promise<{
    id: string;
    reply: { type: string; content: Record<string, unknown> } | null;
    messages: KernelMessage[];
  }>;
  /** Sends a message and does not wait; its id. */
  post(type: string, content: object): Promise<string>;
  interrupt(): Promise<void>;
  /** What the kernel wrote to its terminal. */
  log(): string;
  shutdown(): Promise<{ seconds: number; alive: boolean }>;
  stop(): Promise<void>;
  /** Kills Jupyter's side and leaves the kernel to itself. */
  killParent(): Promise<void>;
  /** Until it answered for the first time. */
  readonly startSeconds: number;
  readonly pid: number;
  /** A folder that the command lines of Jupyter's side and of the kernel name. */
  readonly home: string;
}

export async function startKernel(
  options: {
    /** `tickbook` unless told, `stock-tslab`, or one that `kernels` names. */
    kernel?: string;
    /** Others, by name: how they are started. */
    kernels?: Readonly<Record<string, readonly string[]>>;
    folder?: string;
    env?: Readonly<Record<string, string>>;
  } = {},
): Promise<TestKernel> {
  const { kernel = "tickbook", folder = projectRoot, env = {}, kernels = {} } = options;
  const home = jupyterHome();
  writeStockKernel(home.env.JUPYTER_DATA_DIR!);
  for (const [name, argv] of Object.entries(kernels)) writeKernel(home.env.JUPYTER_DATA_DIR!, name, argv);
  const script = fileURLToPath(new URL("kernel_driver.py", import.meta.url));
  const logFile = join(home.folder, "kernel.log");
  const begunFile = join(home.folder, "begun");
  const driver = spawn(projectPython(), [script, kernel, folder, logFile, begunFile], {
    env: { ...process.env, ...home.env, TMPDIR: home.folder, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const ended = new Promise((resolve) => driver.on("exit", resolve));
  let printed = "";
  driver.stderr.on("data", (data) => (printed += data));
  const lines = createInterface({ input: driver.stdout })[Symbol.asyncIterator]();
  const answer = async <T>(): Promise<T> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`the kernel's driver ended: ${printed.slice(-2_000)}`);
    return JSON.parse(value) as T;
  };
  const ask = <T>(command: object): Promise<T> => {
    driver.stdin.write(`${JSON.stringify(command)}\n`);
    return answer<T>();
  };
  const { seconds, pid } = await answer<{ seconds: number; pid: number }>();
  return {
    startSeconds: seconds,
    pid,
    run: (code, given = {}) => ask({ do: "run", code, ...given }),
    send: async (code) => (await ask<{ run: number }>({ do: "send", code })).run,
    wait: (run) => ask({ do: "wait", run }),
    listen: async (seconds) => (await ask<{ messages: KernelMessage[] }>({ do: "listen", seconds })).messages,
    begun: `process.getBuiltinModule("node:fs").writeFileSync(${JSON.stringify(begunFile)}, "")`,
    hasBegun: async () => {
      if (!(await ask<{ begun: boolean }>({ do: "begun" })).begun) throw new Error("it has not begun");
    },
    request: (type, content, buffers = []) => ask({ do: "request", type, content, buffers }),
    post: async (type, content) => (await ask<{ id: string }>({ do: "post", type, content })).id,
    interrupt: () => ask({ do: "interrupt" }),
    log: () => readFileSync(logFile, "utf8"),
    shutdown: () => ask({ do: "shutdown" }),
    stop: async () => {
      driver.stdin.end();
      await ended;
      home.remove();
    },
    killParent: async () => {
      driver.kill("SIGKILL");
      await ended;
    },
    home: home.folder,
  };
}

/** tslab as it is, without this project's launcher. */
export function writeStockKernel(dataDir: string): void {
  const tslab = join(projectRoot, "node_modules", "tslab", "bin", "tslab");
  writeKernel(dataDir, "stock-tslab", [
    process.execPath,
    tslab,
    "kernel",
    "--config-path",
    "{connection_file}",
  ]);
}

function writeKernel(dataDir: string, name: string, argv: readonly string[]): void {
  const folder = join(dataDir, "kernels", name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "kernel.json"),
    JSON.stringify({ argv, display_name: name, language: "typescript" }),
  );
}

/** What was printed to a stream in a run; the value of the cell, as text, is a last line of `stdout`. */
export function printedIn(messages: readonly KernelMessage[], run: number, stream = "stdout"): string {
  return messages
    .filter((m) => m.run === run)
    .map(({ type, content }) => {
      if (type === "stream" && content.name === stream) return content.text;
      return type === "execute_result" && stream === "stdout" ? `${content.data["text/plain"]}\n` : "";
    })
    .join("");
}

export function ofType(messages: readonly KernelMessage[], type: string): KernelMessage[] {
  return messages.filter((message) => message.type === type);
}
