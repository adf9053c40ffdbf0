import { execFileSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** A file system of its own of so many bytes; undefined (and a loud line) where this user may not make one. */
export function smallDisk(
  t: Pick<TestContext, "after">,
  bytes: number,
): { folder: string; grow: (bytes: number) => void } | undefined {
  const folder = mkdtempSync(join(tmpdir(), "tickbook-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", folder], { stdio: "ignore" });
  } catch {
    rmdirSync(folder);
    console.warn("SKIPPED: no file system can be mounted here; the test of a full disk did not run.");
    return undefined;
  }
  t.after(() => {
    execFileSync("umount", ["-l", folder]);
    rmdirSync(folder);
  });
  return { folder, grow: (size) => execFileSync("mount", ["-o", `remount,size=${size}`, folder]) };
}
