import { closeSync, fsyncSync, openSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import type Database from "better-sqlite3";
import { refuse } from "../../../core/errors.ts";

/** What a copy of a database takes. */
export function usedBytes(db: Database.Database): number {
  const ask = (name: string): number => db.pragma(name, { simple: true }) as number;
  return (ask("page_count") - ask("freelist_count")) * ask("page_size");
}

/** Refuses, as something that may pass, where a disk has no room for so much more. */
export function refuseWithoutRoom(path: string, needed: number, what: string): void {
  const { bavail, bsize } = statfsSync(dirname(path));
  if (bavail * bsize > needed) return;
  const mega = (bytes: number, round: (value: number) => number): string =>
    `${(round(bytes / 1e4) / 100).toLocaleString("en")} MB`;
  refuse({
    code: "no-room",
    where: path,
    problem: `needs ${mega(needed, Math.ceil)} of room for ${what}; the disk has ${mega(bavail * bsize, Math.floor)} left`,
    hint: "Make room, or pass a place on another disk.",
    facts: { code: "ENOSPC" },
  });
}

/** Makes a file last through a loss of power. */
export function syncFile(path: string): void {
  const file = openSync(path, "r+");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
