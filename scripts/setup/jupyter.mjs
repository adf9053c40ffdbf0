import fs from "node:fs";
import path from "node:path";
import { projectNode } from "./node.mjs";
import { inProject } from "./paths.mjs";
import { textOf } from "./stamp.mjs";

const share = (...parts) => inProject(".venv", "share", "jupyter", ...parts);

/** What JupyterLab of this project has to know: how its kernel is started, and settings that differ from the usual ones. */
const files = () => ({
  [share("kernels", "tickbook", "kernel.json")]: `${JSON.stringify(
    {
      argv: [
        projectNode(),
        // the young objects of a kernel are few: it is smaller by a quarter
        "--max-semi-space-size=4",
        // and what is kept no longer is collected after a quarter of growth, not after its doubling
        "--heap-growing-percent=25",
        inProject("dist", "src", "kernel", "main.js"),
        "--connection-file",
        "{connection_file}",
      ],
      // C++ has one heap for all threads, and hands back what it frees: it would keep 40 MB that nobody uses
      env: { MALLOC_ARENA_MAX: "1", MALLOC_TRIM_THRESHOLD_: "131072" },
      display_name: "TypeScript (tickbook)",
      language: "typescript",
      // heard by a thread of its own, also while a cell keeps the other one busy
      interrupt_mode: "message",
    },
    undefined,
    2,
  )}\n`,
  [share("lab", "settings", "overrides.json")]: textOf(inProject("python", "overrides.json")),
  // The scripts that JupyterLab brings are CommonJS; our own package.json above them says otherwise.
  [inProject(".venv", "package.json")]: "{}\n",
});

/** Jupyter's files inside .venv, written again when the project was moved. The user's own Jupyter never sees them. */
export const jupyter = {
  isCurrent: () => Object.entries(files()).every(([file, text]) => textOf(file) === text),

  make() {
    for (const [file, text] of Object.entries(files())) {
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, text);
    }
  },
};
