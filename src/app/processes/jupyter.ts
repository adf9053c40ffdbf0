import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";

import { join, relative, sep } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { TickbookError } from "../../core/errors.ts";
import { makeFolder } from "../../pipeline/store/file/folder.ts";
import { projectRoot } from "../project.ts";
import { rotatingFile } from "../terminal/log.ts";
import { describeEnding, type Ending, endGently, endingOf, killGroup, OWN_GROUP } from "./process-end.ts";

export interface JupyterSettings {
  readonly port: number;
  /** The folder that it shows. */
  readonly folder: string;
  /** Absolute path of the notebook in it that the address opens; absent: the list of its files. */
  readonly notebook?: string;
  /** Whether the notebook is opened as a desk, its cells run. */
  readonly desk: boolean;
  /** For the kernels: what they are to look at. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface Jupyter {
  readonly pid: number | undefined;
  readonly ended: Promise<Ending>;
  /** Resolves with the address, its token included, as soon as the server answers. */
  readonly ready: Promise<string>;
  /** Ends the server and its kernels. */
  stop(): Promise<void>;
  kill(): void;
}

const READY_WITHIN_MS = 120_000;
const GRACE_MS = 15_000;

/** Where JupyterLab writes what it has to say. */
export const jupyterLogFile: string = join(projectRoot, "data", "logs", "jupyter.log");

/** Starts the project's JupyterLab on 127.0.0.1; it ends, with its kernels, when we do. */
export function startJupyter(settings: JupyterSettings): Jupyter {
  const { port, folder, notebook, environment } = settings;
  const desk = settings.desk && notebook !== undefined;
  const token = randomBytes(24).toString("hex");
  const python = join(
    projectRoot,
    ".venv",
    ...(process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"]),
  );
  const config = join(projectRoot, "python", "jupyter_server_config.py");
  const path = notebook === undefined ? [] : relative(folder, notebook).split(sep);
  const child = spawn(
    python,
    [
      join(projectRoot, "python", "lab.py"),
      `--config=${config}`,
      `--ServerApp.port=${port}`,
      "--ServerApp.port_retries=0",
    ],
    {
      cwd: projectRoot,
      env: {
        ...process.env,
        ...ownFolders(),
        ...environment,
        JUPYTER_TOKEN: token,
        TICKBOOK_NOTEBOOKS: folder,
        TICKBOOK_DESK: desk ? path.join("/") : "",
      },
      stdio: ["pipe", "pipe", "pipe"],
      ...OWN_GROUP,
    },
  );
  const toFile = rotatingFile(jupyterLogFile, 2_000_000, 1);
  let said: string[] = [];
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      toFile(text.trimEnd());
      said = [...said, ...text.split("\n").filter((line) => line.trim() !== "")].slice(-5);
    });
  }
  child.stdin!.on("error", () => {});
  const ended = endingOf(child);
  const base = `http://127.0.0.1:${port}`;
  const isOpened = !desk && notebook !== undefined;
  const place = isOpened ? `lab/tree/${path.map(encodeURIComponent).join("/")}` : "lab";
  return {
    pid: child.pid,
    ended,
    ready: waitForAnswer(`${base}/api/status?token=${token}`, ended, () => said).then(
      () => `${base}/${place}?token=${token}`,
    ),
    stop: () => endGently(child, () => child.stdin!.end(), GRACE_MS),
    kill: () => killGroup(child),
  };
}

/** Jupyter's own files stay inside the project: the user's settings, kernels and history are neither read nor written. */
function ownFolders(): Record<string, string | undefined> {
  const folder = join(projectRoot, ".tickbook", "jupyter");
  makeFolder(folder);
  return {
    JUPYTER_CONFIG_DIR: join(folder, "config"),
    JUPYTER_DATA_DIR: join(folder, "data"),
    JUPYTER_RUNTIME_DIR: join(folder, "runtime"),
    IPYTHONDIR: join(folder, "ipython"),
    JUPYTER_PATH: undefined,
    JUPYTER_CONFIG_PATH: undefined,
    JUPYTERLAB_SETTINGS_DIR: undefined,
    JUPYTERLAB_WORKSPACES_DIR: undefined,
    JUPYTERLAB_DIR: undefined,
    PYTHONPATH: undefined,
    PYTHONHOME: undefined,
  };
}

async function waitForAnswer(
  address: string,
  ended: Promise<Ending>,
  said: () => readonly string[],
): Promise<void> {
  let ending: Ending | undefined;
  void ended.then((value) => {
    ending = value;
  });
  const until = performance.now() + READY_WITHIN_MS;
  while (ending === undefined && performance.now() < until) {
    if (await answers(address)) return;
    await sleep(100);
  }
  const isTaken = said().some((line) => /\bport \d+ is (not available|already in use)/.test(line));
  throw new TickbookError({
    code: isTaken ? "port-taken" : "jupyter-failed",
    where: "JupyterLab",
    problem:
      ending === undefined
        ? `needs to answer within ${READY_WITHIN_MS / 1000} s; it did not`
        : `needs to start; it ended with ${describeEnding(ending)}${said().length === 0 ? "" : `, saying: ${said().at(-1)}`}`,
    hint: `Its log is ${relative(projectRoot, jupyterLogFile)}.`,
  });
}

async function answers(address: string): Promise<boolean> {
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(5000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}
