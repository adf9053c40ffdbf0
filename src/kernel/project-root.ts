import { fileURLToPath } from "node:url";

/** Where the project lies: its packages are those of every notebook. */
export const projectRoot: string = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "../.." : "../../..", import.meta.url),
);
