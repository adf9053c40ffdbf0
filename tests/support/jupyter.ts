import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { writeStockKernel } from "./kernel.ts";
import { jupyterHome } from "./notebooks.ts";
import { processesNaming } from "./processes.ts";
import { projectPython } from "./project.ts";

/** A running JupyterLab. */
export interface JupyterLab {
  /** Without a slash at its end. */
  readonly url: string;
  readonly token: string;
  /** The address that opens a notebook, its path relative to the root folder. */
  notebookUrl(path: string): string;
  /** What the server has printed so far. */
  log(): string;
  /** Ends the kernels of all notebooks. */
  endKernels(): Promise<void>;
  /** Ends the server and its kernels; rejects when a process of them is left. */
  stop(): Promise<void>;
}

export interface JupyterOptions {
  /** The folder that JupyterLab shows. */
  readonly rootDir: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly theme?: "JupyterLab Light" | "JupyterLab Dark";
  /** Whether the project's front-end extension is there; it is unless told. */
  readonly extension?: boolean;
}

/** Starts a JupyterLab on a free port of 127.0.0.1, with settings and files of its own. */
export async function startJupyterLab(options: JupyterOptions): Promise<JupyterLab> {
  const { rootDir, env = {}, theme = "JupyterLab Light", extension = true } = options;
  const home = jupyterHome();
  writeStockKernel(home.env.JUPYTER_DATA_DIR!);
  if (!extension) {
    // the one file of configuration that is read
    home.env.JUPYTER_NO_CONFIG = "";
    const folder = join(home.env.JUPYTER_CONFIG_DIR!, "labconfig");
    mkdirSync(folder);
    writeFileSync(join(folder, "page_config.json"), '{"disabledExtensions":{"tickbook":true}}');
  }
  // every cell stays in the page, seen or not
  setting(home.folder, "notebook-extension/tracker", { windowingMode: "none" });
  setting(home.folder, "apputils-extension/notification", { fetchNews: "false", checkForUpdates: false });
  setting(home.folder, "apputils-extension/themes", { theme });
  const token = "tickbook-test";
  const server = spawn(
    projectPython(),
    [
      "-m",
      "jupyterlab",
      "--no-browser",
      "--ServerApp.ip=127.0.0.1",
      `--ServerApp.port=${await freePort()}`,
      `--ServerApp.root_dir=${rootDir}`,
      `--IdentityProvider.token=${token}`,
      "--LabApp.expose_app_in_browser=True",
      // as in python/jupyter_server_config.py
      "--ServerApp.tornado_settings={'page_config_data': {'buildCheck': False}}",
      ...(process.getuid?.() === 0 ? ["--allow-root"] : []),
    ],
    { env: { ...process.env, ...home.env, ...env }, detached: true, stdio: ["ignore", "pipe", "pipe"] },
  );
  let printed = "";
  server.stdout.on("data", (data) => (printed += data));
  server.stderr.on("data", (data) => (printed += data));

  const stop = async (): Promise<void> => {
    if (server.exitCode === null && server.signalCode === null) {
      const ended = new Promise((resolve) => server.on("exit", resolve));
      signalGroup(server, "SIGTERM");
      const killer = setTimeout(() => signalGroup(server, "SIGKILL"), 10_000);
      await ended;
      clearTimeout(killer);
    }
    const left = processesNaming(home.folder);
    for (const pid of left) process.kill(pid, "SIGKILL");
    home.remove();
    if (left.length > 0) throw new Error(`JupyterLab left processes behind: ${left.join(", ")}`);
  };

  try {
    const url = await waitUntilServing(server, join(home.folder, "runtime"), token, () => printed);
    return {
      url,
      token,
      notebookUrl: (path) => `${url}/lab/tree/${encodeURI(path)}?reset&token=${token}`,
      log: () => printed,
      endKernels: async () => {
        const headers = { Authorization: `token ${token}` };
        const sessions = (await (await fetch(`${url}/api/sessions`, { headers })).json()) as { id: string }[];
        for (const { id } of sessions)
          await fetch(`${url}/api/sessions/${id}`, { method: "DELETE", headers });
      },
      stop,
    };
  } catch (problem) {
    await stop();
    throw problem;
  }
}

async function waitUntilServing(
  server: ChildProcess,
  runtimeDir: string,
  token: string,
  log: () => string,
): Promise<string> {
  const deadline = performance.now() + 60_000;
  while (performance.now() < deadline && server.exitCode === null) {
    const file = readdirSync(runtimeDir).find((name) => /^jpserver-\d+\.json$/.test(name));
    const url = file && urlIn(readFileSync(join(runtimeDir, file), "utf8"));
    if (url && (await answers(`${url}/api/status?token=${token}`))) return url;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`JupyterLab does not answer:\n${log().slice(-3_000)}`);
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

/** Undefined while the server is still writing the file. */
function urlIn(info: string): string | undefined {
  try {
    return (JSON.parse(info) as { url: string }).url.replace(/\/$/, "");
  } catch {
    return undefined;
  }
}

function setting(home: string, plugin: string, value: Record<string, unknown>): void {
  const [extension, name] = plugin.split("/") as [string, string];
  const folder = join(home, "settings", "@jupyterlab", extension);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.jupyterlab-settings`), JSON.stringify(value));
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    process.kill(-child.pid!, signal);
  } catch {
    // it has ended meanwhile
  }
}
