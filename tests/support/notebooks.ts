import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { artifacts, projectPython, projectRoot } from "./project.ts";

/** A folder for notebooks inside the project, where they find its packages; it goes when the test ends. */
export function notebookFolder(t: Pick<TestContext, "after">): string {
  mkdirSync(artifacts, { recursive: true });
  const folder = mkdtempSync(join(artifacts, "notebooks-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A notebook of code cells; `kernel` is the project's own unless told. */
export function writeNotebook(
  folder: string,
  name: string,
  cells: readonly string[],
  kernel = "tickbook",
): string {
  const path = join(folder, name);
  writeFileSync(
    path,
    JSON.stringify({
      cells: cells.map((source, index) => ({
        id: `cell-${index}`,
        cell_type: "code",
        source,
        metadata: {},
        outputs: [],
        execution_count: null,
      })),
      metadata: { kernelspec: { name: kernel, display_name: kernel, language: "typescript" } },
      nbformat: 4,
      nbformat_minor: 5,
    }),
  );
  return path;
}

export interface Output {
  readonly output_type: "stream" | "display_data" | "execute_result" | "error";
  readonly name?: string;
  readonly text?: string;
  readonly data?: Record<string, unknown>;
  readonly ename?: string;
  readonly evalue?: string;
  readonly traceback?: string[];
}

export interface RunNotebook {
  /** Why the run stopped before its end; empty when it did not. */
  readonly error: string;
  readonly cells: readonly {
    readonly source: string;
    readonly execution_count: number | null;
    readonly outputs: readonly Output[];
  }[];
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly allowErrors?: boolean;
  /** For one cell; 60 s unless told. */
  readonly cellTimeoutMs?: number;
}

/** Runs a notebook from a fresh kernel by nbclient, in the notebook's folder; the file stays as it is. */
export async function runNotebook(path: string, options: RunOptions = {}): Promise<RunNotebook> {
  const { env = {}, allowErrors = false, cellTimeoutMs = 60_000 } = options;
  const run = { path, allowErrors, before: "" };
  const [ran] = await runPython<RunNotebook[]>("run_notebook.py", argsOf([run], cellTimeoutMs), env);
  return ran!;
}

/** The same for several of one folder, one after another in one kernel; `db` is the database that is being filled. */
export function runNotebooks(
  runs: readonly { readonly path: string; readonly db: string; readonly allowErrors?: boolean }[],
): Promise<RunNotebook[]> {
  const given = runs.map(({ path, db, allowErrors = false }) => ({
    ...{ path, allowErrors },
    before: `process.env.TICKBOOK_DB = ${JSON.stringify(db)};`,
  }));
  return runPython("run_notebook.py", argsOf(given, 60_000));
}

const argsOf = (runs: readonly object[], cellTimeoutMs: number): string[] => [
  String(cellTimeoutMs / 1000),
  JSON.stringify(runs),
];

/**
 * A script of tests/support under the project's Python, in a Jupyter home of its own. Its first argument is the file
 * for its result, JSON.
 */
export async function runPython<T>(
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<T> {
  const home = jupyterHome();
  try {
    const path = fileURLToPath(new URL(script, import.meta.url));
    const result = join(home.folder, "result.json");
    const child = spawn(projectPython(), [path, result, ...args], {
      env: { ...process.env, ...home.env, ...env },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let err = "";
    child.stderr.on("data", (data) => (err += data));
    const code = await new Promise((resolve) => child.on("close", resolve));
    if (code !== 0) throw new Error(`${script} ended with ${code}: ${err.slice(-2_000)}`);
    return JSON.parse(readFileSync(result, "utf8")) as T;
  } finally {
    home.remove();
  }
}

/** Jupyter's folders in a temporary place, so that a user's own are neither read nor written. */
export function jupyterHome(): { folder: string; env: Record<string, string>; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "tickbook-jupyter-"));
  const at = (name: string): string => {
    const path = join(folder, name);
    mkdirSync(path);
    return path;
  };
  return {
    folder,
    env: {
      JUPYTER_CONFIG_DIR: at("config"),
      JUPYTER_DATA_DIR: at("data"),
      JUPYTER_RUNTIME_DIR: at("runtime"),
      JUPYTERLAB_SETTINGS_DIR: at("settings"),
      JUPYTERLAB_WORKSPACES_DIR: at("workspaces"),
      IPYTHONDIR: at("ipython"),
      JUPYTER_NO_CONFIG: "1",
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The notebook as it is kept, with another source; undefined: the database that is being filled. */
export function copyNotebook(
  folder: string,
  name: string,
  source: string | undefined,
  as: string = name,
): string {
  const text = readFileSync(join(projectRoot, "notebooks", name), "utf8");
  const places = /(\/\/ )?source: \\"[^"\\]*\\"/g;
  assert.equal(text.match(places)?.length, 1, "the notebook has its source in one place");
  const changed = text.replace(places, (place) =>
    source === undefined
      ? `// ${place.replace("// ", "")}`
      : `source: ${JSON.stringify(JSON.stringify(source)).slice(1, -1)}`,
  );
  const path = join(folder, as);
  writeFileSync(path, changed);
  return path;
}

/** What a notebook's last row of buttons makes when both are pressed: the runs that have this cell at their end write it. */
export interface NotebookFiles {
  readonly csv: string;
  readonly html: string;
}

/** Adds a cell at the end of a notebook that makes both of its files. */
export function pressingExports(path: string): string {
  const notebook = JSON.parse(readFileSync(path, "utf8")) as { cells: Record<string, unknown>[] };
  notebook.cells.push({
    ...{ id: "press", cell_type: "code", metadata: {}, outputs: [], execution_count: null },
    source: 'console.log("FILES " + JSON.stringify([(await files.csv()).path, (await files.html()).path]));',
  });
  writeFileSync(path, JSON.stringify(notebook));
  return path;
}

/** The paths of both files of a run of such a notebook. */
export function filesOf({ cells }: RunNotebook): NotebookFiles {
  const texts = cells.flatMap(({ outputs }) => outputs.map(({ text }) => text ?? ""));
  const line = texts.map((text) => /FILES (\[.*\])/.exec(text)?.[1]).find(Boolean);
  assert.ok(line, "both files were made");
  const [csv, html] = JSON.parse(line) as [string, string];
  return { csv, html };
}
