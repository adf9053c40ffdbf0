import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "../../pipeline/store/file/folder.ts";
import { projectRoot } from "../project.ts";

const folder = join(projectRoot, ".tickbook", "desks");
const fileOf = (db: string): string =>
  join(folder, `${createHash("sha256").update(db).digest("hex").slice(0, 16)}.address`);

/** Says to later starts at which address the desk on these databases runs, until the returned function is called. Its user alone can read that. */
export function noteDesk(dbs: readonly string[], address: string): () => void {
  makeFolder(folder);
  for (const db of dbs) writeFileSync(fileOf(db), address, { mode: 0o600 });
  return () => {
    for (const db of dbs) if (readAddress(db) === address) rmSync(fileOf(db), { force: true });
  };
}

/** The address of the desk that runs on a database; undefined where none answers any more. */
export async function runningDesk(db: string): Promise<string | undefined> {
  const address = readAddress(db);
  if (address === undefined) return undefined;
  const status = new URL("/api/status", address);
  status.search = new URL(address).search;
  try {
    const answer = await fetch(status, { signal: AbortSignal.timeout(2000) });
    await answer.body?.cancel();
    return answer.ok ? address : undefined;
  } catch {
    return undefined;
  }
}

function readAddress(db: string): string | undefined {
  try {
    return readFileSync(fileOf(db), "utf8");
  } catch {
    return undefined;
  }
}
