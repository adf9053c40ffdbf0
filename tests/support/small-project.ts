import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { TestContext } from "node:test";
import { pathToFileURL } from "node:url";
import { projectRoot } from "./project.ts";
import { tempFolder } from "./temp.ts";

/** A project of a few files with this project's set-up: installing takes a second and needs no network. */
export interface SmallProject {
  readonly folder: string;
  write(file: string, text: string): void;
  read(file: string): string;
  /** Runs a task to its end. */
  run(args: readonly string[], options?: RunOptions): Promise<Run>;
  /** Starts a task. */
  start(args: readonly string[], options?: RunOptions): StartedRun;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Flags of Node itself. */
  readonly node?: readonly string[];
}

export interface Run {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartedRun {
  readonly child: ChildProcess;
  readonly ended: Promise<Run>;
  /** Resolves when it has printed this, on either stream. */
  printed(text: string): Promise<void>;
}

const PROGRAM = `
declare const process: any;
declare function setTimeout(work: () => void, ms: number): unknown;
if (process.argv.includes("--wait")) {
  const signals: string[] = [];
  process.on("SIGINT", () => signals.push("SIGINT"));
  process.on("SIGTERM", () => {
    signals.push("SIGTERM");
    setTimeout(() => {
      process.stdout.write("got " + signals.join(" "));
      process.exit(7);
    }, 200);
  });
  setTimeout(() => {}, 600_000);
  process.stdout.write("waiting");
} else process.stdout.write("program says " + process.argv.slice(2).join(" "));
export {};
`;

/** A new one, or a copy of one. */
export function smallProject(t: TestContext, of?: string): SmallProject {
  const folder = join(tempFolder(t), "project");
  if (of === undefined) makeProject(folder);
  else cpSync(of, folder, { recursive: true, verbatimSymlinks: true });
  return projectIn(folder, t);
}

function writing(folder: string, file: string, text: string): void {
  mkdirSync(join(folder, file, ".."), { recursive: true });
  writeFileSync(join(folder, file), text);
}

function makeProject(folder: string): void {
  for (const part of ["scripts/setup", "scripts/run.mjs", "python/overrides.json"]) {
    mkdirSync(join(folder, part, ".."), { recursive: true });
    cpSync(join(projectRoot, part), join(folder, part), { recursive: true });
  }
  const write = (file: string, text: string): void => writing(folder, file, text);
  const compiler = join(projectRoot, "node_modules", "typescript", "bin", "tsc");
  write(
    "tools/typescript/package.json",
    JSON.stringify({ name: "typescript", version: "0.0.0", type: "module" }),
  );
  write("tools/typescript/bin/tsc", `await import(${JSON.stringify(pathToFileURL(compiler).href)});\n`);
  const dependencies = { typescript: "file:tools/typescript" };
  write("package.json", JSON.stringify({ name: "small", version: "1.0.0", type: "module", dependencies }));
  write(
    "package-lock.json",
    JSON.stringify({
      name: "small",
      version: "1.0.0",
      lockfileVersion: 3,
      requires: true,
      packages: {
        "": { name: "small", version: "1.0.0", dependencies },
        "node_modules/typescript": { resolved: "tools/typescript", link: true },
        "tools/typescript": { version: "0.0.0" },
      },
    }),
  );
  write("tsconfig.json", JSON.stringify({ include: ["src", "scripts"] }));
  write(
    "tsconfig.build.json",
    JSON.stringify({
      extends: "./tsconfig.json",
      compilerOptions: { rootDir: ".", outDir: "dist", module: "nodenext", target: "es2023", types: [] },
      include: ["src", "scripts"],
    }),
  );
  write("python/requirements.txt", "");
  for (const name of ["collector", "start"]) write(`scripts/${name}.ts`, PROGRAM);
}

function projectIn(folder: string, t: TestContext): SmallProject {
  const start = (args: readonly string[], options: RunOptions = {}): StartedRun => {
    const env: Record<string, string | undefined> = { ...process.env, CI: "true", ...options.env };
    const child = spawn(process.execPath, [...(options.node ?? []), "scripts/run.mjs", ...args], {
      cwd: folder,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    t.after(() => child.kill("SIGKILL"));
    let stdout = "";
    let stderr = "";
    const listeners = new Set<() => void>();
    const tell = (): void => {
      for (const listener of listeners) listener();
    };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      tell();
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      tell();
    });
    const ended = new Promise<Run>((resolve) => {
      child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
    });
    return {
      child,
      ended,
      printed: (text) =>
        new Promise((resolve, reject) => {
          const look = (): void => {
            if ((stdout + stderr).includes(text)) resolve();
          };
          listeners.add(look);
          look();
          void ended.then(() => reject(new Error(`it never printed ${text}: ${stdout}${stderr}`)));
        }),
    };
  };
  return {
    folder,
    write: (file, text) => writing(folder, file, text),
    read: (file) => readFileSync(join(folder, file), "utf8"),
    start,
    run: (args, options) => start(args, options).ended,
  };
}

let built: SmallProject | undefined;

/** One that is set up already: the first of a file sets it up, the others are copies. */
export async function builtProject(t: TestContext): Promise<SmallProject> {
  if (built === undefined) {
    const remove: (() => void)[] = [];
    built = smallProject({ after: (work: () => void) => remove.push(work) } as never);
    process.once("exit", () => {
      for (const work of remove) work();
    });
    await built.run(["build"]);
  }
  return smallProject(t, built.folder);
}

/** Ids of the processes, other than this one, whose command line names a folder. */
export function processesNaming(folder: string): number[] {
  const rows = execFileSync("ps", ["-eo", "pid=,args="], { encoding: "utf8" }).split("\n");
  return rows
    .filter((row) => row.includes(folder))
    .map((row) => Number.parseInt(row, 10))
    .filter((pid) => pid !== process.pid);
}

/** What is left in a folder, as paths relative to it. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}
