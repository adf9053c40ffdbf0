import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Another process that has a file open. */
export interface FileUser {
  readonly pid: number;
  readonly name: string;
}

/** The other processes of this user that have a file open; none where the system does not tell (Linux does). */
export function fileUsers(path: string): FileUser[] {
  return list("/proc")
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .filter((pid) => list(`/proc/${pid}/fd`).some((fd) => target(`/proc/${pid}/fd/${fd}`) === path))
    .map((pid) => ({ pid: Number(pid), name: nameOf(pid) }));
}

function list(folder: string): string[] {
  return quietly(() => readdirSync(folder)) ?? [];
}

function target(link: string): string | undefined {
  return quietly(() => readlinkSync(link));
}

function nameOf(pid: string): string {
  return quietly(() => readFileSync(`/proc/${pid}/comm`, "utf8").trim()) ?? "";
}

/** Processes come and go, and those of others are closed to us. */
function quietly<Value>(look: () => Value): Value | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
