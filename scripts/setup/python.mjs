import { execFile } from "node:child_process";
import { findPython } from "./machine.mjs";
import { inProject, programIn, root, state } from "./paths.mjs";
import { step } from "./progress.mjs";
import { hash, readStamp, removeStamp, textOf, writeStamp } from "./stamp.mjs";
import { cleanEnvironment, removeFolder, tool } from "./tool.mjs";

// A Python environment holds absolute paths: one that was moved has to be made again.
const wanted = (lock) => hash(textOf(lock), root, process.platform, process.arch);

/** The environment's own version, as `3.11`; nothing where its Python is gone. */
const versionInside = (folder) =>
  new Promise((resolve) => {
    const ask = "import sys; print('%d.%d' % sys.version_info[:2])";
    const args = ["-S", "-c", ask];
    execFile(programIn(folder, "python"), args, { timeout: 20_000, windowsHide: true }, (error, out) =>
      resolve(error ? undefined : out.trim()),
    );
  });

/** A Python environment in a folder, exactly as locked. The user's own Python is only read. */
const environment = (folder, lock, what) => ({
  async isCurrent() {
    const stamp = readStamp(folder);
    return stamp.wanted === wanted(lock) && stamp.version === (await versionInside(folder));
  },

  async make() {
    const base = await findPython();
    const env = cleanEnvironment({
      PIP_USER: "0",
      PIP_DISABLE_PIP_VERSION_CHECK: "1",
      PYTHONNOUSERSITE: "1",
    });
    for (const name of ["PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX"]) delete env[name];
    removeStamp(folder);
    await step(`Python environment (Python ${base.text})`, async () => {
      removeFolder(folder);
      await tool(base.executable, ["-m", "venv", folder], {
        env,
        problem: `making a Python environment with ${base.executable} (${base.text}) failed`,
        hint: "On Debian and Ubuntu its venv module is a package of its own (apt install python3-venv). Then run the command again",
      });
    });
    await step(what, () =>
      tool(
        programIn(folder, "python"),
        [
          "-m",
          "pip",
          "install",
          "--require-hashes",
          // the lock holds all that is needed, and leaves out what is not (python/requirements.in)
          "--no-deps",
          "--only-binary",
          ":all:",
          "--no-input",
          "--progress-bar",
          "off",
          "-r",
          lock,
        ],
        {
          env,
          problem: `installing ${what} failed`,
          hint: "Look at pip's last lines above: mostly it is the network or the disk. Then run the command again",
        },
      ),
    );
    writeStamp(folder, { wanted: wanted(lock), version: await versionInside(folder) });
  },
});

/** The environment in .venv, with JupyterLab. */
export const python = environment(inProject(".venv"), inProject("python", "requirements.txt"), "JupyterLab");

/** What `npm run bench` measures beside us, in an environment of its own. */
export const peersFolder = state("peers");
export const peers = environment(peersFolder, inProject("bench", "requirements.txt"), "peers");
