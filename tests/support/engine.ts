import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Table } from "../../src/pipeline/desk/native/decode.ts";
import { openAsk } from "../../src/pipeline/desk/sync/ask.ts";
import { deskAddress } from "../../src/pipeline/desk/wire/address.ts";
import { projectRoot } from "./project.ts";

/** ClickHouse's engine behind HTTP on loopback. */
export interface DeskServer {
  readonly port: number;
  /** The address of a database of that name. */
  url(database?: string): string;
  /** Makes it lie or fail: the next so many inserts of trades are forgotten, statements refused, answers held up. */
  faults(faults: { forgetTrades?: number; refuse?: number; holdMs?: number }): Promise<void>;
  users(users: Record<string, { password: string; readonly: boolean; denied?: string }>): Promise<void>;
  /** One statement, in a database. */
  ask(sql: string, database?: string): Table;
  stop(): Promise<void>;
}

const packages = process.env.TICKBOOK_DESK_ENGINE ?? join(projectRoot, ".tickbook", "desk-engine");

/** Starts an engine; `data` goes on where another one has ended. Its port is its own unless told. */
export async function startEngine({
  data,
  port = 0,
}: {
  data?: string;
  port?: number;
} = {}): Promise<DeskServer> {
  if (!existsSync(join(packages, "node_modules", "chdb")))
    throw new Error("The engine is not installed: run npm run test:desk.");
  const folder = data ?? mkdtempSync(join(tmpdir(), "tickbook-engine-"));
  const program = join(projectRoot, "tests", "desk", "engine", "server.mjs");
  const child = spawn(process.execPath, [program, packages, folder, String(port)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const bound = await new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdout! }).once("line", (line) => resolve(Number(line)));
    void ended.then(() => reject(new Error("the engine ended before it listened")));
  });
  const at = `http://127.0.0.1:${bound}`;
  const tell = async (path: string, body: unknown): Promise<void> => {
    await fetch(`${at}${path}`, { method: "POST", body: JSON.stringify(body) });
  };
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await ended;
    if (data === undefined) rmSync(folder, { recursive: true, force: true });
  };
  return {
    port: bound,
    url: (database = "tickbook") => `${at}/${database}`,
    faults: (faults) => tell("/-/faults", faults),
    users: (users) => tell("/-/users", users),
    ask: (sql, database = "tickbook") => {
      const ask = openAsk(deskAddress("test", `${at}/${database}`), { user: "default", password: "" });
      try {
        return ask(sql);
      } finally {
        ask.close();
      }
    },
    stop,
  };
}
