import fs from "node:fs";
import path from "node:path";
import { projectNode } from "./node.mjs";
import { inProject } from "./paths.mjs";
import { textOf } from "./stamp.mjs";

const file = inProject(".venv", "share", "jupyter", "kernels", "tickbook", "kernel.json");

const wanted = () =>
  `${JSON.stringify(
    {
      argv: [
        projectNode(),
        inProject("dist", "src", "kernel", "main.js"),
        "--connection-file",
        "{connection_file}",
      ],
      display_name: "TypeScript (tickbook)",
      language: "typescript",
    },
    undefined,
    2,
  )}\n`;

/** How Jupyter starts the notebooks' kernel: known inside .venv only, written again when the project was moved. */
export const kernel = {
  isCurrent: () => textOf(file) === wanted(),

  make() {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, wanted());
  },
};
