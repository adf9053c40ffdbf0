import { execFile } from "node:child_process";
import { findPython } from "./machine.mjs";
import { inProject, root, venvProgram } from "./paths.mjs";
import { step } from "./progress.mjs";
import { hash, readStamp, removeStamp, textOf, writeStamp } from "./stamp.mjs";
import { cleanEnvironment, removeFolder, tool } from "./tool.mjs";

const folder = inProject(".venv");
const lock = inProject("python", "requirements.txt");

// A Python environment holds absolute paths: one that was moved has to be made again.
const wanted = () => hash(textOf(lock), root, process.platform, process.arch);

/** The environment's own version, as `3.11`; nothing where its Python is gone. */
const versionInside = () =>
  new Promise((resolve) => {
    const ask = "import sys; print('%d.%d' % sys.version_info[:2])";
    execFile(venvProgram("python"), ["-S", "-c", ask], { timeout: 20_000, windowsHide: true }, (error, out) =>
      resolve(error ? undefined : out.trim()),
    );
  });

/** The Python environment in .venv with JupyterLab, exactly as locked. The user's own Python is only read. */
export const python = {
  async isCurrent() {
    const stamp = readStamp(folder);
    return stamp.wanted === wanted() && stamp.version === (await versionInside());
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
    await step("JupyterLab", () =>
      tool(
        venvProgram("python"),
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
          problem: "installing JupyterLab failed",
          hint: "Look at pip's last lines above: mostly it is the network or the disk. Then run the command again",
        },
      ),
    );
    writeStamp(folder, { wanted: wanted(), version: await versionInside() });
  },
};
