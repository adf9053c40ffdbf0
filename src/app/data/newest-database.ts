import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { refuse } from "../../core/errors.ts";
import { projectRoot } from "../project.ts";

/** The database in `data/` that was written to last. */
export function newestDatabase(): string {
  const folder = join(projectRoot, "data");
  const changed = (path: string): number =>
    Math.max(...[path, `${path}-wal`].map((one) => (existsSync(one) ? statSync(one).mtimeMs : 0)));
  const files = (existsSync(folder) ? readdirSync(folder) : [])
    // what is kept of alerts holds no trades
    .filter((name) => name.endsWith(".db") && name !== "alerts.db" && name !== "alert-acts.db")
    .map((name) => join(folder, name))
    .sort((a, b) => changed(b) - changed(a));
  if (files[0] !== undefined) return files[0];
  return refuse({
    code: "no-database",
    where: "source",
    problem: "needs a database that a collector has made; there is none in data/",
    hint: "Run npm start, or npm run collect, first, or name another source.",
  });
}
