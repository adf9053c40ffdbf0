import path from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder, wherever it lies. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..", "..");

export const windows = process.platform === "win32";

/** A path inside the project. */
export const inProject = (...parts) => path.join(root, ...parts);

/** Made at run time by the set-up and by JupyterLab; ignored by git. */
export const state = (...parts) => inProject(".tickbook", ...parts);

/** A program of a Python environment. */
export const programIn = (folder, name) =>
  windows ? path.join(folder, "Scripts", `${name}.exe`) : path.join(folder, "bin", name);
