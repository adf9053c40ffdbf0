import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { projectRoot } from "../tests/support/project.ts";

/** What of its library is used. */
interface Chunk {
  readonly columnCount: number;
  readonly rowCount: number;
  getColumnVector(index: number): { readonly items: Float64Array };
}
interface Connection {
  run(sql: string): Promise<unknown>;
  runAndReadAll(sql: string): Promise<{ readonly chunks: readonly Chunk[] }>;
  closeSync(): void;
}
interface Library {
  readonly DuckDBInstance: { create(path: string): Promise<{ connect(): Promise<Connection> }> };
}

/** DuckDB in this process, on two threads: columns of doubles. */
export interface Duckdb {
  columns(sql: string): Promise<Float64Array[]>;
  close(): void;
}

const WANTED = "@duckdb/node-api@1.5.6-r.1";
const home = join(projectRoot, ".tickbook", "duckdb");

/** In a folder of its own; installed by the first call. */
export async function openDuckdb(): Promise<Duckdb> {
  if (!existsSync(join(home, "node_modules"))) {
    mkdirSync(home, { recursive: true });
    const { status } = spawnSync("npm", ["install", "--prefix", home, "--no-save", WANTED], {
      stdio: "inherit",
    });
    if (status !== 0) throw new Error("installing DuckDB failed");
  }
  const { DuckDBInstance } = createRequire(join(home, "home.js"))("@duckdb/node-api") as Library;
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run("SET threads TO 2");
  return {
    columns: async (sql) => {
      const { chunks } = await connection.runAndReadAll(sql);
      const length = chunks.reduce((sum, { rowCount }) => sum + rowCount, 0);
      return Array.from({ length: chunks[0]?.columnCount ?? 0 }, (_, k) => {
        const column = new Float64Array(length);
        let at = 0;
        for (const chunk of chunks) {
          column.set(chunk.getColumnVector(k).items.subarray(0, chunk.rowCount), at);
          at += chunk.rowCount;
        }
        return column;
      });
    },
    close: () => connection.closeSync(),
  };
}
