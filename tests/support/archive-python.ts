import { spawnSync } from "node:child_process";

/** A Python with duckdb and polars: `TICKBOOK_PYTHON`, or the one on the path; undefined, with a loud line, without them. */
export function archivePython(): string | undefined {
  const python = process.env.TICKBOOK_PYTHON ?? "python3";
  if (spawnSync(python, ["-c", "import duckdb, polars"]).status === 0) return python;
  console.warn(
    "SKIPPED: no Python with duckdb and polars (set TICKBOOK_PYTHON); only we have read the archive.",
  );
  return undefined;
}
